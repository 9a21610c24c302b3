/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The customer's windows on an X display: the pages of DESIGN section 9, the coloured frame round
 * the screen and the small bar. Shows what a view model says and hands back what the customer did;
 * decides nothing. Runs on the agent's loop through the X connection's descriptor; every function
 * and callback belongs to the loop's thread. Proved by tests/system/show.c. */
#ifndef AGENT_SHOW_SHOW_H
#define AGENT_SHOW_SHOW_H

#include "common/desk/drawings.h"
#include "common/net/history.h"
#include "common/talk/wish.h"
#include "common/wire/file_message.h"
#include "common/wire/limits.h"
#include "common/wire/note.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct agent_show;
struct ds_talk; /* common/talk/talk.h */

enum agent_page {
    AGENT_PAGE_NONE,         /* no page: nothing to say, or --accept */
    AGENT_PAGE_CODE,         /* 1: the 9-digit code is typed; `problem` says why the last failed */
    AGENT_PAGE_CONNECTING,   /* stage and percent; Esc stops */
    AGENT_PAGE_WARNING,      /* 2: who wants in, the fraud warning: GO_ON or STOP */
    AGENT_PAGE_NUMBER,       /* 3: the security number; wrong_tries; STOP */
    AGENT_PAGE_CONSENT,      /* 4: CONSENT with look or control, or STOP */
    AGENT_PAGE_CONNECTED,    /* 5: frame and bar, and the question for `asked` */
    AGENT_PAGE_RECONNECTING, /* 6: a page with left_s, and the bar if it was there; END or STAY */
    AGENT_PAGE_RESTARTING,   /* the computer restarts: do not close; END */
    AGENT_PAGE_ENDED,        /* 7: what happened, the record */
};

enum agent_pause { AGENT_PAUSE_NONE, AGENT_PAUSE_BY_CUSTOMER, AGENT_PAUSE_BY_REP };

/* How a session ended; the sentences are here, in the customer's language. */
enum agent_ending {
    AGENT_ENDING_BY_CUSTOMER,
    AGENT_ENDING_BY_REP,
    AGENT_ENDING_REFUSED,      /* the customer said no or stopped before anything was shown */
    AGENT_ENDING_WRONG_NUMBER, /* three wrong security numbers */
    AGENT_ENDING_LOST,         /* cut off for ten minutes */
    AGENT_ENDING_EXPIRED,      /* the code was used, is too old, or nobody answered in time */
    AGENT_ENDING_SHUTDOWN,     /* the relay stops, or its admin ended the session */
    AGENT_ENDING_FAULT,        /* something broke; `problem` has the sentence */
};

/* Whether the program's own file can go. */
enum agent_removal {
    AGENT_REMOVAL_NONE,      /* there is nothing to say about it */
    AGENT_REMOVAL_POSSIBLE,  /* a file of this person that nothing else installed */
    AGENT_REMOVAL_NOT_YOURS, /* installed by somebody else, or with the system */
    AGENT_REMOVAL_DONE,
};

/* The connection in figures, for the page that the bar opens. */
struct agent_connection {
    enum ds_stage stage;
    int quality;   /* 0..100, -1: not known */
    double rtt_ms; /* < 0: not known */
    unsigned port;
    bool is_websocket, is_proxied;
    uint64_t session_s, up_s;
    unsigned disconnects[DS_CUT_SIDES];
};

/* A file that the rep wants to send. */
struct agent_offer {
    uint32_t id; /* 0: none */
    char name[DS_FILE_NAME], size[32];
    char folder[DS_TEXT_MESSAGE];  /* where it would go; "": nowhere */
    char problem[DS_TEXT_MESSAGE]; /* why the last try failed; translated, or "" */
    uint32_t files;                /* of a folder, or of several things together; else 1 */
    bool is_clash;                 /* something of that name is there */
};

/* Left free round the picture of the rep's screen, device pixels: the coloured frame. */
enum { AGENT_SHARED_EDGE = 3 };

/* The rep's screen, in a window of its own. */
struct agent_shown_view {
    bool is_on;
    uint32_t width, height;    /* of the picture */
    char name[DS_TEXT_REASON]; /* of the screen or window */
    enum ds_note_tool tool;    /* that the hand draws with; 0: none */
    bool is_exact, is_full;    /* every pixel; over the whole monitor */
    unsigned drawings;         /* of the customer */
};

/* What the customer did in that window. */
enum agent_shared_did {
    AGENT_SHARED_CLOSE,
    AGENT_SHARED_TOOL, /* tool; once more: none */
    AGENT_SHARED_UNDO,
    AGENT_SHARED_ERASE,
    AGENT_SHARED_EXACT,
    AGENT_SHARED_FULL,
};

/* Steps of the progress on the bar: what moves there travels with the picture. */
enum { AGENT_TRANSFER = 8 };

/* Everything that is on the screen. Copied by agent_show_set; texts from strangers are made safe
 * here (ds_text_for_display), so they can be handed over as they came. */
struct agent_view {
    enum agent_page page;
    char host[DS_TEXT_HOST];       /* the relay as dialled */
    char org[DS_TEXT_NAME];        /* who runs it, from WELCOME or PAIRED; may be empty */
    char rep[DS_TEXT_NAME];        /* from PAIRED */
    char code[DS_TEXT_CODE];       /* CODE: to begin with, may be empty */
    char problem[DS_TEXT_MESSAGE]; /* CODE and ENDED: a plain sentence, already translated, or "" */
    char stage[DS_TEXT_MESSAGE];   /* CONNECTING: a plain sentence, or "" */
    unsigned percent;              /* CONNECTING: 0..100 */
    char number[DS_TEXT_NUMBER];   /* NUMBER: six digits */
    unsigned wrong_tries;          /* NUMBER: 0..2 wrong ones so far */
    bool granted[DS_RIGHT_COUNT];  /* rights the rep has now */
    enum ds_right asked;           /* CONNECTED: the right in question; DS_RIGHT_COUNT: none */
    struct agent_offer offer;      /* CONNECTED: in question too */
    bool is_controlling;           /* the rep's input is being injected (or was in this second) */
    bool is_held;      /* injected input is held back: the customer's own hand is on it */
    bool resume_asked; /* paused, and the rep wants to go on: RESUME answers */
    enum agent_pause paused;
    bool may_resume;   /* paused: the rep may go on without a question */
    bool comes_back;   /* asked for restart: the picture comes back without a question */
    int transfer;      /* files under way: 1 and more, up to AGENT_TRANSFER; 0: none. Kept here */
    bool by_command;   /* --accept: says on the bar that a command agreed beforehand */
    unsigned drawings; /* on the screen, of both */
    uint8_t hand;      /* enum ds_note_tool: the customer draws with it; 0: they do not */
    unsigned unread;   /* chat messages that the customer has not seen; the windows' own */
    uint8_t clipboard; /* what the customer lets through: DS_CLIPBOARD_GIVES, _TAKES */
    unsigned left_s;   /* RECONNECTING: until it is over */
    bool was_active;   /* RECONNECTING: the screen was shared, so there are frame and bar */
    bool is_brief;     /* RECONNECTING: for a moment only; with a bar, that says it */
    struct agent_shown_view shown;
    struct agent_connection connection;
    enum agent_ending ending; /* ENDED */
    /* For the record. */
    char session[DS_TEXT_SESSION]; /* the relay's name of the session, or "" */
    int64_t began_s;               /* Unix time of `verified`; 0: there was no session */
    uint32_t seen_s, controlled_s; /* seconds in all */
    uint32_t files_to_customer, files_to_rep;
    enum agent_removal removal;        /* ENDED */
    char own_file[DS_TEXT_MESSAGE];    /* its full name, where removal is possible */
    char removed[2 * DS_TEXT_MESSAGE]; /* sentences about what was removed or could not be, or "" */
};

enum agent_show_event_type {
    AGENT_SHOW_CODE,    /* code: nine digits were typed and sent off */
    AGENT_SHOW_GO_ON,   /* WARNING: read it, go on */
    AGENT_SHOW_STOP,    /* no, to whatever the page before the session asked; also its closing */
    AGENT_SHOW_CONSENT, /* CONSENT: right is DS_RIGHT_LOOK or DS_RIGHT_CONTROL (which includes look)
                         */
    AGENT_SHOW_ANSWER,  /* CONNECTED: right (the one asked), yes */
    AGENT_SHOW_REVOKE,  /* CONNECTED: right is taken back */
    AGENT_SHOW_PAUSE,
    AGENT_SHOW_RESUME, /* the rep wants to go on. yes: show the screen again; not yes: stay paused
                        */
    AGENT_SHOW_MAY_RESUME,  /* paused: yes, the rep may go on without a question, or no longer */
    AGENT_SHOW_COMES_BACK,  /* asked for restart: yes, the picture comes back without a question */
    AGENT_SHOW_END,         /* end the session; was asked for and confirmed */
    AGENT_SHOW_STAY,        /* an end was asked for and not confirmed, or "keep waiting" */
    AGENT_SHOW_ERASE,       /* CONNECTED: all drawings shall go */
    AGENT_SHOW_DRAW,        /* CONNECTED: they want to draw with `tool`, or with 0 no longer */
    AGENT_SHOW_HAND,        /* they draw: hand, x, y */
    AGENT_SHOW_CLIPBOARD,   /* CONNECTED: `clipboard` (DS_CLIPBOARD_GIVES or _TAKES), yes: on */
    AGENT_SHOW_REMOVE,      /* ENDED: delete the program's own file; was asked for and confirmed */
    AGENT_SHOW_DIAGNOSTICS, /* save them */
    AGENT_SHOW_FILE,        /* CONNECTED: the offered file, yes: save it; exists */
    AGENT_SHOW_PLACE,       /* CONNECTED: the offered file shall go to another folder */
    AGENT_SHOW_TALK,        /* wish: of the window with chat and files */
    AGENT_SHOW_SHARED,      /* did, tool: in the window with the rep's screen */
    AGENT_SHOW_CLOSED,      /* ENDED or CODE: the person is done; the program may exit */
    AGENT_SHOW_GONE,        /* nothing of the person: the display is lost */
};

struct agent_show_event {
    enum agent_show_event_type type;
    const char *code; /* AGENT_SHOW_CODE; borrowed for the call, never log it */
    enum ds_right right;
    bool yes;
    uint32_t file;
    int exists; /* FILE: enum ds_file_exists */
    uint8_t clipboard;
    enum ds_note_tool tool;
    enum ds_hand hand;        /* the button went down, moved while down, went up */
    int x, y;                 /* of the root window */
    struct ds_talk_wish wish; /* its text is borrowed for the call */
    enum agent_shared_did did;
};

/* Called from the loop, never from inside agent_show_set. The callee may call agent_show_set but
 * not agent_show_close. */
typedef void (*agent_show_fn)(void *ctx, const struct agent_show_event *event);

/* display_name: ":0" or NULL for $DISPLAY. Opens nothing visible. NULL on failure; then message (of
 * size bytes) gets a plain sentence: no such display. The theme is the light one or
 * DESKSIDE_THEME's, the scale Xft.dpi's. */
struct agent_show *agent_show_open(uv_loop_t *loop, const char *display_name, agent_show_fn events,
                                   void *ctx, char *message, size_t size);

/* Shows this from now on. With `asked`, resume_asked or a page that asks, the question's window
 * appears with the safe answer in focus. */
void agent_show_set(struct agent_show *show, const struct agent_view *view);

/* What the window with chat and files shows: the caller puts lines and files in, then calls
 * agent_show_open_talk. */
struct ds_talk *agent_show_talk(struct agent_show *show);
/* The person wants to choose where an offer goes: opens the window for that, with the keyboard. */
void agent_show_place(struct agent_show *show, uint32_t offer);
/* X's name of its window, for files that are dropped on it. */
uint32_t agent_show_talk_window(const struct agent_show *show);
/* It has changed; is_open: and has to be seen. */
void agent_show_open_talk(struct agent_show *show, bool is_open);

/* The page with the connection's figures is open: they should be set anew each second. */
bool agent_show_has_figures(const struct agent_show *show);

/* A sentence for at most 4 s on the bar's edge, e.g. "You have control." Nothing while no bar is
 * shown. */
void agent_show_toast(struct agent_show *show, const char *text);

/* Closes all windows and the connection; no event comes after this call. Frees itself when its
 * handles are closed (the loop has to run once more). Accepts NULL. */
void agent_show_close(struct agent_show *show);

/* The frame's window: drawings of the rep stay beneath it and all others of the agent. */
uint32_t agent_show_frame(const struct agent_show *show);
/* Frame and bar come above all other windows. */
void agent_show_raise(struct agent_show *show);

/* The window for the rep's screen, shown while view.shown is on, and how much of its top is the
 * strip with words and tools, device pixels. */
uint32_t agent_show_shared(const struct agent_show *show);
int agent_show_shared_top(const struct agent_show *show);

/* ---- For the guard: injected input must never reach a window of the agent ---- */

/* The frame, the bar, pages and questions; not windows of other programs. */
bool agent_show_owns_window(const struct agent_show *show, uint32_t window);
/* A point of the root window lies on a window of ours that takes input (with what the window
 * manager put round it): drop injected buttons and wheels there. */
bool agent_show_covers(const struct agent_show *show, int x, int y);
/* A window of ours has the keyboard: drop injected keys. */
bool agent_show_has_keyboard(const struct agent_show *show);
/* A question is before the customer: drop all injected input. */
bool agent_show_is_asking(const struct agent_show *show);

/* ---- Texts, for callers and tests ---- */

/* "Session ended. Dana R. saw your screen for 12 min, controlled it for 3, and sent 1 file." and
 * the like; cut at size - 1. */
void agent_show_ended_text(const struct agent_view *view, char *out, size_t size);
/* The whole record as plain text of several lines, without security number or code. */
void agent_show_record_text(const struct agent_view *view, char *out, size_t size);

#endif
