/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The net thread's parts, for the files that make it up. Everything here belongs to that thread,
 * except the orders' box. */
#ifndef VIEWER_SESSION_LINE_PRIV_H
#define VIEWER_SESSION_LINE_PRIV_H

#include "common/automation/automation.h"
#include "common/courier/courier.h"
#include "common/courier/parley.h"
#include "common/desk/clipboard.h"
#include "common/net/keeper.h"
#include "common/net/link.h"
#include "common/picture/decode.h"
#include "common/service/notes.h"
#include "common/tunnel/tunnel.h"
#include "viewer/input/queue.h"
#include "viewer/session/line.h"
#include "viewer/session/machine.h"
#include "viewer/session/rate.h"

#include <stdatomic.h>
#include <uv.h>

struct viewer_png_offer; /* png_offer.h */
struct viewer_share;     /* viewer/share/share.h */

struct viewer_line {
    struct viewer_line_config config;
    pthread_t thread;
    struct ds_mailbox orders;
    uv_loop_t loop;
    uv_async_t wake;
    uv_timer_t second;
    uv_timer_t leaving; /* how long the last word to the relay may take */
    uv_signal_t interrupted, terminated, hung_up;
    struct ds_automation *automation; /* owned branch; NULL without --events and --commands */
    char ticket_tag[65];              /* of the command that waits for a ticket */

    struct ds_courier *courier; /* files, both ways */
    struct ds_parley parley;    /* chat */

    struct viewer_machine machine;
    struct ds_link *link;
    unsigned asked_port;     /* of the dial, 0: any */
    struct ds_keeper keeper; /* of the session, from its code on */
    struct ds_tunnel *tunnel;
    struct ds_tunnel *doomed; /* closed by the rules, destroyed when no callback of it runs */
    bool held;                /* the SCREEN channel, until the decoder has caught up */
    struct ds_decode decode;
    struct viewer_input_queue input;
    struct ds_desk_clipboard *clipboard; /* owned, from the first ACTIVE on */
    bool is_sharing;                     /* the clipboard has begun with this session */
    struct ds_desk_drop *drop;           /* owned, while ACTIVE */
    struct viewer_share *share;          /* owned: the rep's own screen; NULL before the first */
    struct ds_notes notes;               /* of the session */
    size_t notes_away;                   /* bytes said about them while the line was away */
    struct ds_buf scratch;               /* one outgoing sealed message */
    uint8_t payload[DS_FRAME_DATA_MAX];

    struct viewer_model told;  /* what events have heard */
    bool model_due;            /* the windows have to hear it still */
    bool await_picture;        /* a `picture` event is owed */
    ds_tick away_told;         /* last state event that said what is left */
    uint64_t shown;            /* updates on the screen since the start of the session */
    uint64_t shown_before;     /* and a second ago */
    uint64_t decode_us, acked; /* of this second */
    uint64_t in_before, out_before;
    struct viewer_rate rate; /* of this connection */
    struct ds_history history;
    char session[DS_TEXT_SESSION]; /* the relay's id of the session, "" before it is paired */
    unsigned shots;                /* that are being written */
    bool quitting;
    bool quit_told;
    bool is_asked_to_leave; /* main thread */
    atomic_bool has_left;   /* the loop is over */
};

/* private.c: the line to the customer. */
int viewer_private_open(struct viewer_line *line, const uint8_t session[DS_SESSION_ID]);
void viewer_private_close(struct viewer_line *line);
void viewer_private_feed(struct viewer_line *line, const uint8_t *payload, size_t len);
/* Sends what waits, input first among it, as far as the link has room. */
void viewer_private_pump(struct viewer_line *line);
/* Lets the agent's picture wait while the decoder is behind. */
void viewer_private_hold(struct viewer_line *line);
int viewer_private_control(struct viewer_line *line, const struct ds_control *control);
void viewer_private_input(struct viewer_line *line, const struct ds_input *input);
void viewer_private_shown(struct viewer_line *line, const struct ds_ack *acks, size_t count);

/* The connection is gone or the customer is away: nothing flows, the ledgers wait. */
void viewer_private_cut(struct viewer_line *line);

/* reconnect.c: the session outlives its connections. */
void viewer_reconnect_init(struct viewer_line *line);
/* Before the machine hears it; true: it need not. */
bool viewer_reconnect_message(struct viewer_line *line, const struct ds_message *message);
/* True: END cannot be said now, but will be. */
bool viewer_reconnect_leave(struct viewer_line *line, const char *reason);
/* The session may have ended by any way. */
void viewer_reconnect_settle(struct viewer_line *line);

/* talk.c: files and chat, parts that last as long as the thread. DS_ENOMEM. */
int viewer_talk_open(struct viewer_line *line);
void viewer_talk_close(struct viewer_line *line);
/* One of the orders from SAY to CANCEL_FILE. */
void viewer_talk_order(struct viewer_line *line, const struct viewer_order *order);
/* What the customer allows now. */
void viewer_talk_settle(struct viewer_line *line);

/* drop.c: whether files can be dropped now, and whether they are taken. */
void viewer_drop_follow(struct viewer_line *line);
void viewer_drop_close(struct viewer_line *line);

/* shape.c: a CURSOR message as a notice for the windows; NULL when it makes no sense. */
struct viewer_notice *viewer_shape_notice(const struct ds_cursor_message *message);

/* report.c: what changed, to windows and events. */
void viewer_report_model(struct viewer_line *line);
/* While the session is cut, from time to time what is left. */
void viewer_report_away(struct viewer_line *line);
void viewer_report_picture(struct viewer_line *line, uint32_t width, uint32_t height);

/* figures.c */
void viewer_report_second(struct viewer_line *line);
/* Writes diagnostics to path (NULL: the documents folder); saved gets where. DS_EIO with errno. */
int viewer_report_diagnostics(struct viewer_line *line, const char *path, char *saved, size_t size);

/* shot.c: saves the picture as PNG at path (borrowed; NULL: where such pictures go) and copies it;
 * written in a thread of its own, then the windows and the automation hear of it. tag: of the
 * command, or "". DS_EREFUSED: the customer does not show it. DS_EINVAL: it is not there yet.
 * DS_EAGAIN: others are being written. */
int viewer_shot_begin(struct viewer_line *line, const char *path, const char *tag);
/* The rep's button or key. */
void viewer_shot_order(struct viewer_line *line);
/* another.c: a ticket for another session, wanted by a person or by a command (tag, else ""), and
 * what came of it. DS_EINVAL: not now. */
int viewer_another_want(struct viewer_line *line, const char *tag);
void viewer_another_ticket(void *line, const char *ticket, const char *refusal);

/* command.c: one automation command. */
void viewer_command_run(struct viewer_line *line, const struct ds_command *command);

/* line.c: opens a link (an error of ds_link_open), and closes it. */
int viewer_line_dial(struct viewer_line *line, const char *host, unsigned port);
void viewer_line_hang_up(struct viewer_line *line);
/* line.c: while quitting: nothing is left to be told. */
void viewer_line_left(struct viewer_line *line);
/* line.c: hands a notice to the windows. False: NULL, or they are behind; it is destroyed. */
bool viewer_line_notice(struct viewer_line *line, struct viewer_notice *notice);
/* Ends the session and then the program. */
void viewer_line_quit(struct viewer_line *line);

#endif
