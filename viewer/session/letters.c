/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/letters.h"

#include <openssl/crypto.h>
#include <stdlib.h>

static void order_free(struct ds_letter *letter)
{
    struct viewer_order *order = (struct viewer_order *)letter;
    OPENSSL_cleanse(order, sizeof(*order)); /* passwords, numbers and keys pass through here */
    free(order);
}

static void notice_free(struct ds_letter *letter)
{
    struct viewer_notice *notice = (struct viewer_notice *)letter;
    if (letter->kind == VIEWER_NOTICE_SHAPE)
        free(notice->of.cursor.argb);
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
    }
    return notice;
}
