/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of a clipboard that is shared lazily, one for each end: only the offer of what was
 * copied travels; its content follows when somebody pastes, in chunks and with credit. Each
 * direction has its switch, and both ends must want it. No window, socket, thread or clock:
 * messages and contents go in, messages and news come out. Proved by tests/unit/offers.c.
 *
 * Bounds: one OFFER without its HEARD, the newest of each selection waits behind it; one content in
 * each direction at a time, of which the giving end holds DS_OFFERS_AHEAD and what the display
 * hands over at once, and the taking end nothing. */
#ifndef DS_SERVICE_OFFERS_H
#define DS_SERVICE_OFFERS_H

#include "common/base/buf.h"
#include "common/base/clip.h"
#include "common/wire/clipboard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a content that are read from the display ahead of what may be sent. */
#define DS_OFFERS_AHEAD (512u << 10)

/* What lies in one selection, of this side or the other. */
struct ds_offers_board {
    uint32_t serial; /* of its OFFER, 0: there is none */
    unsigned formats;
    bool waits; /* mine: the OFFER is to be sent; theirs: the HEARD is */
    bool taken; /* theirs: what HEARD says */
};

struct ds_offers_give {
    bool is_on, is_whole;
    uint32_t fetch; /* the other side's number for it */
    enum ds_clip_selection selection;
    enum ds_clip_format format;
    uint32_t sent, granted; /* bytes from its start */
    struct ds_buf bytes;    /* read and not sent; wiped */
};

struct ds_offers_take {
    bool is_on;
    uint32_t fetch;
    enum ds_clip_selection selection;
    enum ds_clip_format format;
    uint32_t received, granted;
};

struct ds_offers {
    bool allowed; /* the right is granted and nobody paused */
    uint64_t place;
    uint8_t own, other; /* switches: DS_CLIPBOARD_GIVES and the others */
    uint32_t last_serial, last_fetch;
    uint32_t unheard; /* serial of the OFFER that awaits its HEARD, 0: none */
    struct ds_offers_board mine[DS_CLIP_SELECTIONS], theirs[DS_CLIP_SELECTIONS];
    uint32_t heard_serials[DS_CLIP_SELECTIONS]; /* for HEARD, also of what was forgotten since */
    unsigned wanted[DS_CLIP_SELECTIONS];        /* formats to be fetched after the one under way */
    struct ds_offers_give give;
    struct ds_offers_take take;
    bool switch_waits, fetch_waits, grant_waits, cancel_waits;
    uint32_t cancelled;
    uint32_t failed; /* fetch for which FAILED is to be sent, */
    uint8_t why;     /* with this; 0: none is */
};

enum ds_offers_news_type {
    DS_OFFERS_NEWS_NONE,
    DS_OFFERS_NEWS_OFFER,    /* formats can be pasted into this side's selection; 0: no longer */
    DS_OFFERS_NEWS_GIVE,     /* read format of selection and supply it; an older GIVE is over */
    DS_OFFERS_NEWS_STOP,     /* nobody wants any more what is supplied */
    DS_OFFERS_NEWS_CONTENT,  /* the next bytes of what was wanted; is_last: it is whole */
    DS_OFFERS_NEWS_FAILED,   /* what was wanted does not come; why */
    DS_OFFERS_NEWS_SWITCHED, /* the other side's switches */
};

struct ds_offers_news {
    enum ds_offers_news_type type;
    enum ds_clip_selection selection;
    enum ds_clip_format format;
    unsigned formats;
    const uint8_t *bytes; /* CONTENT: borrowed from the message */
    size_t len;
    size_t total; /* CONTENT: bytes so far, these included */
    bool is_last;
    uint8_t why; /* FAILED: enum ds_clipboard_why */
};

/* place: a number of this display, so that two ends on one display leave each other alone; 0: not
 * known. seed: any number that another process of the same session is unlikely to have; serials
 * and fetches count on from it. */
void ds_offers_init(struct ds_offers *offers, uint64_t place, uint32_t seed);
/* Wipes. Accepts a zeroed struct. */
void ds_offers_destroy(struct ds_offers *offers);

/* False: nothing goes or comes, and what was offered is forgotten. */
void ds_offers_allow(struct ds_offers *offers, bool allowed);
/* This side's switches. At first GIVES and TAKES, which the other side takes for granted. */
void ds_offers_switch(struct ds_offers *offers, uint8_t switches);
/* Whether anything of a selection may go, or come, now: right and both sides' switches. */
bool ds_offers_gives(const struct ds_offers *offers, enum ds_clip_selection selection);
bool ds_offers_takes(const struct ds_offers *offers, enum ds_clip_selection selection);

/* A program on this side has copied something that can be had in these formats; 0: something that
 * cannot be shared, what was offered before is gone. */
void ds_offers_copied(struct ds_offers *offers, enum ds_clip_selection selection, unsigned formats);
/* A program on this side pastes what the other side offered. False: there is no such offer (any
 * more); true: CONTENT or FAILED will come, if the line is there. */
bool ds_offers_want(struct ds_offers *offers, enum ds_clip_selection selection,
                    enum ds_clip_format format);
/* A program on this side has copied something else, so that the offer cannot be pasted any more;
 * what is under way goes on. */
void ds_offers_cover(struct ds_offers *offers, enum ds_clip_selection selection);
/* What is under way to here took too long. True: its selection and format; nothing more comes. */
bool ds_offers_cancel(struct ds_offers *offers, enum ds_clip_selection *selection,
                      enum ds_clip_format *format);

/* The next bytes of what GIVE asked for, in order. DS_ELIMIT: that is too much, nothing more goes;
 * DS_ENOMEM likewise. DS_ECLOSED: nobody wants it. */
int ds_offers_supply(struct ds_offers *offers, const uint8_t *bytes, size_t len);
/* That was all of it. */
void ds_offers_supply_end(struct ds_offers *offers);
/* It cannot be had. */
void ds_offers_supply_failed(struct ds_offers *offers, enum ds_clipboard_why why);
/* As much waits to be sent as should: supply no more for now. */
bool ds_offers_is_full(const struct ds_offers *offers);

/* A content that went to its end with a message. */
struct ds_offers_given {
    bool is_given;
    enum ds_clip_format format;
    size_t len;
};

/* Appends the next message that can be sent now to out and takes it as sent. False: there is none,
 * or out cannot hold it. */
bool ds_offers_drain(struct ds_offers *offers, struct ds_buf *out, struct ds_offers_given *given);

/* A message of the other side; often leaves something to drain. TEXT and TAKEN are left alone.
 * DS_EPROTO: it makes no sense. */
int ds_offers_feed(struct ds_offers *offers, const uint8_t *bytes, size_t len,
                   struct ds_offers_news *news);

#endif
