/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/letters.h"

#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Unpacked shapes on their way to the windows: a few hundred bytes of the wire make 256 KiB each.
 */
static atomic_uint shapes_waiting;

unsigned viewer_notice_shapes(void)
{
    return atomic_load(&shapes_waiting);
}

static void order_free(struct ds_letter *letter)
{
    struct viewer_order *order = (struct viewer_order *)letter;
    if (letter->kind >= VIEWER_ORDER_SAY && letter->kind <= VIEWER_ORDER_GO_ON_FILE)
        free(order->of.talk.text);
    if (letter->kind == VIEWER_ORDER_NOTE)
        free(order->of.note);
    OPENSSL_cleanse(order, sizeof(*order)); /* passwords, numbers and keys pass through here */
    free(order);
}

static void notice_free(struct ds_letter *letter)
{
    struct viewer_notice *notice = (struct viewer_notice *)letter;
    if (letter->kind == VIEWER_NOTICE_SHAPE) {
        free(notice->of.cursor.argb);
        atomic_fetch_sub(&shapes_waiting, 1);
    }
    if (letter->kind == VIEWER_NOTICE_TICKET)
        OPENSSL_cleanse(&notice->of, sizeof(notice->of));
    if (letter->kind == VIEWER_NOTICE_LINE)
        free(notice->of.line.text);
    if (letter->kind == VIEWER_NOTICE_FILE)
        free(notice->of.file.path);
    if (letter->kind == VIEWER_NOTICE_DROP)
        free(notice->of.drop.list);
    if (letter->kind == VIEWER_NOTICE_NOTE)
        free(notice->of.note);
    free(notice);
}

struct viewer_order *viewer_order_new(enum viewer_order_kind kind)
{
    struct viewer_order *order = calloc(1, sizeof(*order));
    if (order) {
        order->letter.kind = (int)kind;
        order->letter.destroy = order_free;
    }
    return order;
}

struct viewer_notice *viewer_notice_new(enum viewer_notice_kind kind)
{
    struct viewer_notice *notice = calloc(1, sizeof(*notice));
    if (notice) {
        notice->letter.kind = (int)kind;
        notice->letter.destroy = notice_free;
        if (kind == VIEWER_NOTICE_SHAPE)
            atomic_fetch_add(&shapes_waiting, 1);
    }
    return notice;
}
