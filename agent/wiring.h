/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of one running agent and the calls between the files that join them: agent.c (life and
 * loop), line.c (relay and viewer), customer.c (windows and commands). Loop thread only. Not for
 * anybody else. */
#ifndef AGENT_WIRING_H
#define AGENT_WIRING_H

#include "agent/agent.h"
#include "agent/inject/control.h"
#include "agent/restart/command.h"
#include "agent/session/session.h"
#include "agent/show/show.h"
#include "common/automation/automation.h"
#include "common/courier/courier.h"
#include "common/courier/parley.h"
#include "common/desk/clipboard.h"
#include "common/desk/drawings.h"
#include "common/desk/drop.h"
#include "common/net/history.h"
#include "common/net/keeper.h"
#include "common/net/link.h"
#include "common/picture/feed.h"
#include "common/tunnel/tunnel.h"

#include <uv.h>

enum agent_restart_state {
    AGENT_RESTART_NONE,
    AGENT_RESTART_ASKED,   /* the rep wants it now, and the customer sees the question */
    AGENT_RESTART_TELLING, /* agreed; the rep's side has not acknowledged it yet */
    AGENT_RESTART_NOW,     /* cut, kept on the disk, the command runs */
};

struct agent_restart {
    enum agent_restart_state state;
    ds_tick until;      /* TELLING, NOW: end of patience */
    ds_tick granted_at; /* when the customer last agreed; 0: never */
    struct agent_command command;
    struct ds_files_place files; /* NOW: as they were left */
    struct ds_buf kept;          /* the same: those that go on */
    uint32_t newest_note;        /* the same */
};

struct agent_shown; /* agent/shown.h */

struct agent {
    const struct agent_options *options; /* borrowed from main */
    struct agent_traces *traces;         /* borrowed from main; NULL: nobody watches */
    uv_loop_t loop;
    uv_async_t wake;    /* commands, or letters of the screen thread, wait */
    uv_timer_t second;  /* stats, durations, questions that time out */
    uv_timer_t leaving; /* how long the last words may take */
    uv_signal_t terminate, interrupt, hangup;

    struct agent_session session;
    struct agent_show *show;             /* owned */
    struct ds_automation *automation;    /* owned, NULL without --events and --commands */
    struct ds_link *link;                /* owned, NULL while there is none */
    struct ds_keeper keeper;             /* of the session, from PAIRED on */
    struct ds_tunnel *tunnel;            /* owned, from PAIRED to the end */
    struct ds_feed *screen;              /* owned, while ACTIVE */
    struct agent_control *control;       /* owned, while ACTIVE */
    struct ds_drawings *drawings;        /* owned, while ACTIVE */
    struct agent_shown *shown;           /* owned: the rep's screen; NULL before the first */
    struct ds_desk_clipboard *clipboard; /* owned, while ACTIVE */
    struct ds_courier *courier;          /* owned: files, both ways */
    struct ds_parley parley;             /* chat */
    bool is_offer_changed;
    struct ds_desk_drop *drop;                /* owned, while the windows are open */
    unsigned files_to_customer, files_to_rep; /* that are done */

    struct agent_restart restart;
    uint8_t monitor; /* that the rep chose, 0xff: all */
    bool is_hidden;  /* the rep said that its picture cannot be seen */

    bool peer_said_hello;
    uint32_t peer_features;
    uint16_t peer_tiles;    /* that the viewer remembers of the picture */
    ds_tick question_until; /* 0: no question of the rep is open */
    ds_tick up_since, paired_since;
    const char *told_state; /* last state event; static */
    ds_tick told_at;        /* when that was */
    unsigned told_hand;     /* the customer's drawings as the rep was told of them; ~: they draw */
    bool is_following;      /* clipboard and drawings are being told of a change */
    bool is_closing;        /* handles are being closed: the loop ends */
    int exit_code;
    uint64_t last_updates;
    struct ds_history history;          /* of the connection */
    uint64_t last_in, last_out;         /* bytes of the line, a second ago */
    struct agent_connection connection; /* as of the last second */
    bool shown_controlling;
    unsigned port;         /* of the line that is up */
    const char *transport; /* "tls" or "ws"; static */
    bool through_proxy;
};

/* How long a question waits for its answer before it counts as no; an anxious person reads slowly.
 */
#define AGENT_CONSENT_MS 300000
#define AGENT_QUESTION_MS 60000

/* ---- line.c ---- */

/* Dials, unless a line is up or on its way. */
void agent_line_open(struct agent *agent);
/* Opens a link; an error of ds_link_open, and nothing happened. Only without one. */
int agent_line_dial(struct agent *agent);
/* Sends JOIN for the session's code; the line is up. */
void agent_line_join(struct agent *agent);
/* The customer read the warning: makes the number and waits for the proof. */
void agent_line_prove(struct agent *agent);
/* Moves what the tunnel has to the link while there is room. */
void agent_line_pump(struct agent *agent);
/* Says END to viewer and relay and closes. reason: DS_REASON_*. */
void agent_line_leave(struct agent *agent, const char *reason);
void agent_line_send_control(struct agent *agent, const struct ds_control *control);
void agent_line_send_right(struct agent *agent, enum ds_right right);
void agent_line_send_paused(struct agent *agent);

/* ---- reconnect.c ---- */

void agent_reconnect_init(struct agent *agent);
/* For a tunnel of this agent. */
extern const struct ds_tunnel_events agent_tunnel_events;
/* The tunnel has resumed: shows the screen again. Inside an event of the tunnel. */
void agent_reconnect_resumed(struct agent *agent);

/* ---- talk.c ---- */

/* Files and chat: parts that last as long as the program. */
void agent_talk_open(struct agent *agent);
/* The windows are open. */
void agent_talk_begin(struct agent *agent);
void agent_talk_close(struct agent *agent);
/* Questions that came or went. Not inside a callback. */
void agent_talk_settle(struct agent *agent);
/* What the session allows has changed. */
void agent_talk_follow(struct agent *agent);
/* Over a restart: what the customer has written and not sent, and back into its field. */
void agent_talk_leave(const struct agent *agent, char draft[DS_TEXT_CHAT]);
void agent_talk_return(struct agent *agent, const char *draft);
/* What the windows show of it. */
void agent_talk_view(struct agent *agent, struct agent_view *view);
/* The answer to an offer, and wishes of the window with chat and files. */
void agent_talk_event(struct agent *agent, const struct agent_show_event *event);

/* ---- customer.c ---- */

void agent_customer_event(void *ctx, const struct agent_show_event *event);
void agent_customer_commands(struct agent *agent);
/* The rep asks for a right, or to go on after a pause. */
void agent_customer_ask(struct agent *agent, enum ds_right right);
void agent_customer_ask_resume(struct agent *agent);
/* The answer, from a window, a command or a time-out. */
void agent_customer_answer(struct agent *agent, enum ds_right right, bool yes);
void agent_customer_revoke(struct agent *agent, enum ds_right right);
void agent_customer_pause(struct agent *agent, enum agent_pause by);
void agent_customer_resume(struct agent *agent);
/* The no to the wish to go on, from the window or a time-out. */
void agent_customer_stay_paused(struct agent *agent);

/* ---- restart.c ---- */

/* Deletes what an earlier restart may have left. A session begins. */
void agent_restart_clear(void);
/* RESTART of the rep. */
void agent_restart_wanted(struct agent *agent);
/* The customer answered for the right, in whatever way. */
void agent_restart_answered(struct agent *agent, bool yes);
/* Something came from the rep's side, or a second passed. */
void agent_restart_step(struct agent *agent);
/* The computer takes the agent along: a signal, or the display is gone. True: a restart was agreed;
 * the agent ends and the session does not. */
bool agent_restart_go(struct agent *agent);
/* The line to the relay fell while the computer restarts. True: it is not dialled again. */
bool agent_restart_on_down(struct agent *agent);
/* The session is over: no restart, nothing left on the disk. */
void agent_restart_cancel(struct agent *agent);
/* Nothing of the rep's side or of the session's line counts any more, but its end. */
bool agent_restart_is_now(const struct agent *agent);
/* Back in the session of options->saved, or the end of it. */
void agent_restart_come_back(struct agent *agent);

/* ---- figures.c ---- */

/* Once a second: stats, history, and what the connection's page shows. */
void agent_figures_second(struct agent *agent);
/* Writes diagnostics to path (NULL: the documents folder); saved gets where. DS_EIO with errno. */
int agent_figures_save(struct agent *agent, const char *path, char *saved, size_t size);

/* ---- agent.c ---- */

/* Something of the session changed: windows, events, guard and screen thread follow. */
void agent_changed(struct agent *agent);
/* Starts picture and input on the display. False: the session is over. */
bool agent_start_picture(struct agent *agent);
/* The session becomes active; the customer or --accept agreed to look at least. */
void agent_activate(struct agent *agent);
/* Ends the session on this side. problem: a sentence for FAULT, or NULL. Does nothing when it has
 * ended. */
void agent_end(struct agent *agent, enum agent_ending ending, const char *reason,
               const char *problem, int exit_code);
/* Nothing can be done (no relay, wrong code by command): says so and leaves. */
void agent_give_up(struct agent *agent, const char *code, const char *sentence, int exit_code);
/* After agent_end: nothing is left to be told to the relay. */
void agent_left(struct agent *agent);
/* Driven by commands or agreed beforehand: nobody is there to read and close a last page. */
bool agent_leaves_by_itself(const struct agent *agent);
/* Closes every handle; the loop then ends. */
void agent_close(struct agent *agent);

#endif
