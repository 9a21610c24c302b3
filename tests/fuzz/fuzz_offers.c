/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of a peer that shares its clipboard by offers, one after the other: a byte of length
 * before each, and in its top bits what this side does meanwhile. Whatever comes, no more goes than
 * was granted, what comes is never more than was asked for, and nothing goes without the right. */
#include "common/base/error.h"
#include "common/service/offers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void act(struct ds_offers *o, unsigned what)
{
    static const uint8_t some[70000];
    if (what == 1)
        ds_offers_copied(o, DS_CLIP_CLIPBOARD, DS_CLIP_ALL_FORMATS);
    else if (what == 2)
        ds_offers_want(o, DS_CLIP_CLIPBOARD, DS_CLIP_TEXT);
    else if (what == 3 && !ds_offers_is_full(o))
        ds_offers_supply(o, some, sizeof(some));
}

static void drain(struct ds_offers *o, struct ds_buf *out)
{
    struct ds_offers_given given;
    struct ds_clipboard_message m;
    size_t sent = 0;
    for (unsigned messages = 0; ds_offers_drain(o, out, &given); messages++) {
        ds_check(messages < 100);
        ds_check(!ds_clipboard_message_decode(ds_buf_peek(out), out->len, &m));
        ds_check(m.type != DS_CLIPBOARD_CHUNK || o->allowed);
        sent += m.type == DS_CLIPBOARD_CHUNK ? m.len : 0;
        ds_buf_clear(out);
    }
    ds_check(sent <= DS_CLIPBOARD_WINDOW && o->give.sent <= o->give.granted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_offers offers;
    struct ds_offers_news news;
    struct ds_buf out;
    ds_offers_init(&offers, 1, 0);
    ds_offers_allow(&offers, true);
    ds_buf_init(&out, DS_CLIPBOARD_CHUNK_MAX + 64);
    while (size > 0) {
        size_t n = data[0] & 0x3f;
        n = n < size - 1 ? n : size - 1;
        act(&offers, data[0] >> 6);
        drain(&offers, &out);
        if (ds_offers_feed(&offers, data + 1, n, &news))
            break;
        ds_check(news.type != DS_OFFERS_NEWS_CONTENT || news.total <= DS_CLIP_MAX);
        ds_check(offers.take.received <= offers.take.granted);
        drain(&offers, &out);
        data += 1 + n;
        size -= 1 + n;
    }
    ds_offers_destroy(&offers);
    ds_buf_destroy(&out);
    return 0;
}
