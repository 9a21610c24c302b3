/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread behind agent_screen: display, pointer, encoder and pace belong to it alone. What comes
 * in (orders) and what goes out (letters) passes through two mailboxes. Not for anybody but
 * screen.c. */
#ifndef AGENT_CAPTURE_SCREEN_THREAD_H
#define AGENT_CAPTURE_SCREEN_THREAD_H

#include "agent/capture/cursor_feed.h"
#include "agent/capture/pace.h"
#include "common/base/mailbox.h"
#include "common/screen/encoder.h"
#include "common/x11/capture.h"
#include "common/x11/pointer.h"

#include <pthread.h>

enum agent_screen_order_kind {
    AGENT_ORDER_STOP,
    AGENT_ORDER_SHARE,   /* on, generation */
    AGENT_ORDER_VISIBLE, /* on */
    AGENT_ORDER_SELECT,  /* value: monitor */
    AGENT_ORDER_ACK,     /* value: id, decode_us */
    AGENT_ORDER_QUEUED,  /* value: 0 or 1, whether SCREEN bytes wait in the tunnel */
};

/* To the thread. Those that the viewer can cause go through a box of their own and are dropped when
 * it is full, so that a flood of them cannot keep a pause or the end out. */
struct agent_screen_order {
    struct ds_letter letter; /* kind: agent_screen_order_kind */
    bool on;
    uint32_t value, decode_us, generation;
};

enum agent_screen_letter_kind {
    AGENT_LETTER_LAYOUT, /* bytes: encoded; area */
    AGENT_LETTER_CHUNK,
    AGENT_LETTER_CURSOR,
    AGENT_LETTER_GONE,
};

/* From the thread. Chunks are never dropped while their generation lasts. */
struct agent_screen_letter {
    struct ds_letter letter; /* kind: agent_screen_letter_kind */
    struct ds_rcbuf *bytes;  /* owned */
    uint32_t generation;
    int32_t x, y; /* LAYOUT: of the picture on the root window */
    uint32_t width, height;
    bool last, exact; /* CHUNK */
};

#define AGENT_SCREEN_COMMANDS 1024
#define AGENT_SCREEN_ORDERS 4096
#define AGENT_SCREEN_LETTERS 16384 /* an update of the largest picture has 600 chunks */

struct agent_screen_thread {
    pthread_t thread;
    struct ds_mailbox commands; /* SHARE, STOP: never dropped */
    struct ds_mailbox orders;   /* all others */
    struct ds_mailbox *letters; /* borrowed until the join */
    int wake;                   /* eventfd of both boxes */

    /* only the thread's from here on */
    struct ds_capture *capture; /* owned */
    struct ds_pointer *pointer; /* owned; NULL: the display tells nothing about it */
    struct ds_encoder *encoder; /* owned; NULL before the first layout */
    uint32_t features;
    uint32_t generation; /* of everything made now */
    bool is_stopping, is_gone;
    bool shared, visible;
    bool queued;         /* bytes wait in the tunnel: the line is full */
    bool layout_due;     /* the viewer has to be told the size before the next update */
    bool key_due;        /* the next update begins from black */
    uint32_t next_id;    /* of updates; 1.. */
    ds_tick last_change; /* when pixels were last sent: refinement waits for rest */
    ds_tick retry;       /* 0, or when to go on after an error */
    struct agent_pace pace;
    struct agent_cursor_feed feed;
    struct emitting {
        struct agent_screen_letter *held; /* owned: the newest chunk, not posted yet */
        size_t bytes;
        ds_tick started; /* when there was the first chunk */
        bool key;
    } emitting;
};

void *agent_screen_thread_run(void *thread);

#endif
