/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread behind ds_feed: display, pointer, encoder and pace belong to it alone. What comes
 * in passes through wishes and a mailbox of acknowledgements, what goes out through another one.
 * Not for anybody but screen.c. */
#ifndef DS_PICTURE_FEED_THREAD_H
#define DS_PICTURE_FEED_THREAD_H

#include "common/base/mailbox.h"
#include "common/picture/cursor_feed.h"
#include "common/picture/pace.h"
#include "common/picture/safety.h"
#include "common/screen/encoder.h"
#include "common/x11/capture.h"
#include "common/x11/pointer.h"

#include <pthread.h>

/* What the thread shall do from now on: the newest wins, so that no flood of changes, which a
 * viewer can cause, fills a queue or is obeyed one by one. */
struct ds_feed_wishes {
    bool stop, shared, visible;
    bool queued;         /* SCREEN bytes wait in the tunnel */
    uint32_t generation; /* of shared: another one starts over */
    uint8_t monitor;     /* index or 0xff */
    ds_tick scrolled;    /* when the rep last turned the wheel or pressed a key that scrolls */
};

/* To the thread: the viewer presented update id. At most one for each update that was sent. */
struct ds_feed_ack {
    struct ds_letter letter;
    uint32_t id, decode_us;
};

enum ds_feed_letter_kind {
    DS_FEED_LAYOUT, /* bytes: encoded; area */
    DS_FEED_CHUNK,
    DS_FEED_CURSOR,
    DS_FEED_GONE,
};

/* From the thread. Chunks are never dropped while their generation lasts. */
struct ds_feed_letter {
    struct ds_letter letter; /* kind: ds_feed_letter_kind */
    struct ds_rcbuf *bytes;  /* owned */
    uint32_t generation;
    int32_t x, y; /* LAYOUT: of the picture on the root window */
    uint32_t width, height;
    uint32_t id;      /* CHUNK: of its update */
    bool last, exact; /* CHUNK */
};

#define DS_FEED_ACKS 4096
#define DS_FEED_LETTERS 16384 /* an update of the largest picture has 600 chunks */

struct ds_feed_thread {
    pthread_t thread;
    pthread_mutex_t lock;         /* of wishes; nothing else is locked inside */
    struct ds_feed_wishes wishes; /* guarded by lock */
    struct ds_mailbox acks;
    struct ds_mailbox *letters; /* borrowed until the join */
    int wake;                   /* eventfd: another wish, or acks */

    /* only the thread's from here on */
    struct ds_capture *capture; /* owned */
    struct ds_pointer *pointer; /* owned; NULL: the display tells nothing about it */
    struct ds_encoder *encoder; /* owned; NULL before the first layout */
    uint32_t features, tiles;   /* of the decoder */
    uint32_t generation;        /* of everything made now */
    bool is_stopping, is_gone;
    bool shared, visible;
    bool queued;         /* bytes wait in the tunnel: the line is full */
    uint8_t monitor;     /* that was selected last */
    ds_tick selected;    /* when */
    ds_tick select_due;  /* 0, or when another one that is wished will be */
    bool layout_due;     /* the viewer has to be told the size before the next update */
    bool key_due;        /* the next update begins from black */
    uint32_t next_id;    /* of updates; 1.. */
    ds_tick last_change; /* when pixels were last sent: refinement waits for rest */
    ds_tick retry;       /* 0, or when to go on after an error */
    ds_tick scrolled;    /* of the wishes */
    uint64_t missed;     /* by XDamage, so far */
    struct ds_safety safety;
    struct ds_pace pace;
    struct ds_cursor_feed feed;
    struct emitting {
        size_t bytes;
        ds_tick started; /* when there was the first chunk */
        ds_tick ready;   /* and when the newest */
        bool key;
    } emitting;
};

void *ds_feed_thread_run(void *thread);

#endif
