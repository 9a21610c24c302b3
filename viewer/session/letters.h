/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the main thread (windows) and the net thread say to each other. Both boxes are bounded; the
 * sender of a letter that finds no room keeps nothing and goes on: a movement is replaced by the
 * next, and everything else is far below the bound. */
#ifndef VIEWER_SESSION_LETTERS_H
#define VIEWER_SESSION_LETTERS_H

#include "common/base/mailbox.h"
#include "common/courier/parley.h"
#include "common/net/history.h"
#include "common/picture/backing.h"
#include "common/service/chat.h"
#include "common/service/files.h"
#include "common/wire/note.h"
#include "viewer/preferences.h"
#include "viewer/session/model.h"
#include "viewer/share/sources.h"

#define VIEWER_LETTERS_MAX 4096

/* main to net */
enum viewer_order_kind {
    VIEWER_ORDER_SIGN_IN,     /* host port email, password or ticket */
    VIEWER_ORDER_WANT_TICKET, /* for another session */
    VIEWER_ORDER_SIGN_OUT,
    VIEWER_ORDER_NEW_SESSION,
    VIEWER_ORDER_NUMBER,  /* number */
    VIEWER_ORDER_REQUEST, /* right */
    VIEWER_ORDER_RELEASE, /* right */
    VIEWER_ORDER_PAUSE,
    VIEWER_ORDER_RESUME,
    VIEWER_ORDER_RESTART,
    VIEWER_ORDER_MONITOR, /* monitor */
    VIEWER_ORDER_VISIBLE, /* on */
    VIEWER_ORDER_INPUT,   /* input */
    VIEWER_ORDER_SHOWN,   /* acks: these updates are on the screen */
    VIEWER_ORDER_NOTE,    /* note: drawn by the rep */
    VIEWER_ORDER_LASER,   /* input: the rep points there, or no longer */
    VIEWER_ORDER_UNDO_NOTE,
    VIEWER_ORDER_ERASE_NOTES,
    VIEWER_ORDER_SHARE, /* share: the rep's own screen is shown */
    VIEWER_ORDER_SHARE_STOP,
    VIEWER_ORDER_SHARE_CUSTOMER, /* the customer's screen again */
    VIEWER_ORDER_END,            /* the session */
    VIEWER_ORDER_QUIT,           /* the session, if any, and the thread */
    VIEWER_ORDER_BROKEN,         /* from the decode thread: error */
    VIEWER_ORDER_DIAGNOSTICS,    /* write them */
    VIEWER_ORDER_SCREENSHOT,     /* save the customer's picture */
    VIEWER_ORDER_SAY,            /* talk.text */
    VIEWER_ORDER_TYPING,         /* the rep writes a chat message */
    VIEWER_ORDER_SAW,            /* talk.id: the chat line that is before the rep's eyes */
    VIEWER_ORDER_SEND_FILE,      /* talk.text, talk.len: paths, each with its NUL */
    VIEWER_ORDER_SAVE_FILE,      /* talk.id, talk.exists; talk.text: a folder or path */
    VIEWER_ORDER_REFUSE_FILE,    /* talk.id */
    VIEWER_ORDER_CANCEL_FILE,    /* talk.id */
    VIEWER_ORDER_PAUSE_FILE,     /* talk.id */
    VIEWER_ORDER_GO_ON_FILE,     /* talk.id */
    VIEWER_ORDER_TO_CUSTOMER,    /* the clipboard, what the rep copies: on or off */
    VIEWER_ORDER_TO_REP,         /* what the customer copies: on or off */
    VIEWER_ORDER_PRIMARY,        /* what is marked: on or off */
};

struct viewer_order {
    struct ds_letter letter; /* kind: enum viewer_order_kind */
    union {
        struct {
            char host[DS_TEXT_HOST];
            unsigned port;
            char email[DS_TEXT_EMAIL];
            char password[DS_TEXT_PASSWORD];
            char ticket[DS_TEXT_TOKEN]; /* "": the password counts */
        } sign_in;
        char number[DS_TEXT_NUMBER];
        enum ds_right right;
        uint8_t monitor;
        bool on;
        int error;
        struct ds_note *note; /* owned */
        struct {
            struct viewer_source source;
            double scale; /* of words on the rep's screen */
        } share;
        struct ds_input input;
        struct {
            uint32_t id;
            char *text; /* owned, or NULL */
            size_t len; /* of SEND_FILE */
            int exists; /* of SAVE_FILE: enum ds_file_exists */
        } talk;
        struct {
            struct ds_ack acks[DS_ACKS_MAX];
            size_t count;
            bool complete; /* a whole first picture is shown */
            uint32_t width, height;
        } shown;
    } of;
};

/* net to main */
enum viewer_notice_kind {
    VIEWER_NOTICE_MODEL,      /* model: what is true now */
    VIEWER_NOTICE_FIGURES,    /* figures, once a second while connected */
    VIEWER_NOTICE_SHAPE,      /* cursor: pixels of shape id */
    VIEWER_NOTICE_USE,        /* cursor.id */
    VIEWER_NOTICE_POINTER,    /* cursor.x y visible: the remote pointer */
    VIEWER_NOTICE_SCALE,      /* on: fit (a command) */
    VIEWER_NOTICE_SCROLL,     /* scroll: where to (a command) */
    VIEWER_NOTICE_SAVED,      /* text: the diagnostics are there; "": they could not be written */
    VIEWER_NOTICE_NOTE,       /* note: it is under way to the customer */
    VIEWER_NOTICE_NOTE_SHOWN, /* notes.id is on the customer's screen, notes.update */
    VIEWER_NOTICE_NOTE_GONE,  /* notes.id, or all up to it */
    VIEWER_NOTICE_LINE,       /* line: said, or sent by now */
    VIEWER_NOTICE_MOOD,       /* mood: beside the messages of the chat */
    VIEWER_NOTICE_FILE,       /* file: something happened to it; its path is the notice's */
    VIEWER_NOTICE_TALK,       /* another session: nothing was said */
    VIEWER_NOTICE_PROBLEM,    /* problem: why the last wish of the talk could not be; static */
    VIEWER_NOTICE_TICKET,     /* ticket: another session can be opened with it, or not */
    VIEWER_NOTICE_ARRANGE,    /* text: how (a command) */
    VIEWER_NOTICE_RAISE,      /* the window comes to the front (a command) */
    VIEWER_NOTICE_RENAME,     /* text: what the session is called here (a command) */
    VIEWER_NOTICE_DRAG,       /* drag: enum ds_x11_drag of files over the window */
    VIEWER_NOTICE_DROP,       /* drop: a text/uri-list, NULL: it could not be had */
    VIEWER_NOTICE_PREFER,     /* prefer: a preference gets a value (a command) */
    VIEWER_NOTICE_OPTIONS,    /* on: the preferences are open (a command) */
    VIEWER_NOTICE_SHOT,       /* text: the screenshot is there; "": it could not be written */
    VIEWER_NOTICE_QUIT,       /* the program shall end with `code` */
};

struct viewer_figures {
    double rtt_ms;     /* < 0: not known */
    double rtt_min_ms; /* the same */
    double jitter_ms;  /* the same */
    int quality;       /* 0..100, -1: not known */
    enum ds_stage stage;
    uint64_t bandwidth_bps; /* 0: not known */
    double fps;             /* updates shown in the last second */
    uint64_t bytes_in, bytes_out, updates;
    uint64_t in_rate, out_rate; /* bytes of the last second */
    double decode_ms;           /* mean of the last second's updates */
    uint64_t session_s, up_s;   /* of the session; in which it was whole */
    unsigned disconnects[DS_CUT_SIDES];
};

struct viewer_cursor_notice {
    uint8_t id;
    uint16_t width, height, hot_x, hot_y;
    int32_t x, y;
    bool visible;
    uint32_t *argb; /* SHAPE: width * height premultiplied pixels, owned */
};

struct viewer_notice {
    struct ds_letter letter; /* kind: enum viewer_notice_kind */
    union {
        struct viewer_model model;
        struct viewer_figures figures;
        struct viewer_cursor_notice cursor;
        struct ds_chat_line line; /* its text is owned */
        struct ds_parley_mood mood;
        struct ds_file file;
        const char *problem;
        struct {
            int x, y; /* picture pixels */
        } scroll;
        int drag;
        struct {
            char *list; /* owned */
            size_t len;
        } drop;
        struct ds_note *note; /* owned */
        struct {
            uint32_t id, update;
            bool all;
        } notes;
        struct {
            enum viewer_preference which;
            int value;
        } prefer;
        bool on;
        int code;
        char text[DS_TEXT_MESSAGE];
        struct {
            char ticket[DS_TEXT_TOKEN];    /* a secret; "": there is none */
            char refusal[DS_TEXT_MESSAGE]; /* why: of the relay, or "" */
            char host[DS_TEXT_HOST];
            unsigned port; /* that was asked for, 0: any */
            char email[DS_TEXT_EMAIL];
            char tag[65]; /* of the command that wanted it, or "" */
        } ticket;
    } of;
};

/* NULL when memory is short. destroy wipes orders and frees a notice's pixels. */
struct viewer_order *viewer_order_new(enum viewer_order_kind kind);
struct viewer_notice *viewer_notice_new(enum viewer_notice_kind kind);
/* SHAPE notices that exist. Any thread. Above VIEWER_SHAPES_WAIT no further one should be made: the
 * agent sends shapes faster than a screen can show them. */
unsigned viewer_notice_shapes(void);
#define VIEWER_SHAPES_WAIT (2 * DS_CURSOR_SHAPES)

#endif
