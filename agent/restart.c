/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restarting the customer's computer and coming back into the same session.
 *
 *     RESTART        the customer says yes      acknowledged          SIGTERM
 *     NONE ─► ASKED ───────────────────► TELLING ────────────► NOW ───────────► (another process)
 *       ▲       │ no                        │ nothing can be stored │ the command failed
 *       └───────┴───────────────────────────┴───────────────────────┘
 *
 * What comes back is on the disk before the command runs, and the tunnel is cut before it is saved:
 * a message that came in between would have been delivered twice, or not at all. The line to the
 * relay stays up, so that the customer's End is heard and the ten minutes begin with the last sign
 * of life; but it is not dialled again, since that would use up the tokens that are on the disk. */
#include "agent/desk.h"
#include "agent/restart/entry.h"
#include "agent/restart/place.h"
#include "agent/restart/resume_file.h"
#include "agent/restart/saved.h"
#include "agent/wiring.h"
#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/desk/drawings.h"
#include "common/ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the rep's side may take to acknowledge; then it learns of the restart from the relay. */
#define TELL_MS 2000
/* How long the command may run without anything happening. */
#define HAPPEN_MS 120000

/* ---- what is told ---- */

static int left_s(void)
{
    return (int)(ds_clock_scaled_ms(DS_CUTOFF_MS) / 1000);
}

static void tell(struct agent *a, enum ds_restart restart, const char *reason)
{
    struct ds_control control = {.type = DS_CONTROL_RESTARTING, .restart = (uint8_t)restart};
    int left = restart == DS_RESTART_NOW ? left_s() : -1;
    control.left_s = left > 0 ? (uint16_t)left : 0;
    snprintf(control.reason, sizeof(control.reason), "%s", reason);
    agent_line_send_control(a, &control);
    ds_event_restart(a->automation, restart, left, reason);
}

static const char *words_of(const char *reason)
{
    if (strcmp(reason, DS_RESTART_PLACE) == 0)
        return DS_TR("Not restarted: Deskside lies in a folder that a restart empties.");
    if (strcmp(reason, DS_RESTART_FILE) == 0)
        return DS_TR("Not restarted: nothing can be stored for coming back.");
    return DS_TR("This computer did not restart. The session goes on.");
}

/* ---- what is stored ---- */

void agent_restart_clear(void)
{
    char path[PATH_MAX];
    if (agent_entry_path(path, sizeof(path)) && !agent_entry_remove(path))
        ds_log_warn("the autostart entry cannot be deleted: %s", strerror(errno));
    if (agent_resume_file_path(path, sizeof(path)) && !agent_resume_file_clear(path))
        ds_log_warn("the resume file cannot be deleted: %s", strerror(errno));
}

static bool fill_way(const struct agent *a, struct agent_saved *s)
{
    const struct agent_options *o = a->options;
    snprintf(s->host, sizeof(s->host), "%s", o->host);
    s->port = o->port;
    snprintf(s->restart_command, sizeof(s->restart_command), "%s",
             o->restart_command ? o->restart_command : "");
    snprintf(s->accept, sizeof(s->accept), "%s", o->accept ? o->accept : "");
    return !o->ca_file || realpath(o->ca_file, s->ca_file); /* PATH_MAX bytes */
}

static void fill_session(const struct agent *a, struct agent_saved *s)
{
    const struct agent_session *session = &a->session;
    struct agent_moment now;
    agent_moment_now(&now);
    s->deadline = agent_deadline_of(&now, (uint32_t)ds_clock_scaled_ms(DS_CUTOFF_MS));
    memcpy(s->session, session->id, sizeof(s->session));
    memcpy(s->token, a->keeper.line.token, sizeof(s->token));
    memcpy(s->before, a->keeper.line.before, sizeof(s->before));
    s->files = a->restart.files;
    s->clipboard = ds_desk_clipboard_leave(a->clipboard);
    s->newest_note = a->restart.newest_note;
    memcpy(s->org, session->org, sizeof(s->org));
    memcpy(s->rep, session->rep, sizeof(s->rep));
    for (int i = 0; i < DS_RIGHT_COUNT; i++)
        s->granted[i] = agent_rights_has(&session->rights, (enum ds_right)i);
    s->paused = (uint8_t)session->paused;
    s->may_resume = session->may_resume;
    s->comes_back = session->comes_back || session->rights.by_policy;
    s->began_s = session->began_s;
    s->seen = session->seen;
    s->controlled = session->controlled;
    s->peer_features = a->peer_features;
    s->peer_tiles = a->peer_tiles;
    s->monitor = a->monitor;
    s->is_hidden = a->is_hidden;
    agent_talk_leave(a, s->draft);
}

/* DS_RESTART_* that says why not; NULL: it is on the disk. */
static const char *store_file(const struct agent *a, const char *path)
{
    struct agent_saved saved;
    struct ds_buf bytes;
    const char *why = DS_RESTART_FILE;
    agent_saved_init(&saved);
    ds_buf_init(&bytes, AGENT_SAVED_MAX);
    fill_session(a, &saved);
    int error = fill_way(a, &saved) ? ds_tunnel_save(a->tunnel, &saved.tunnel) : DS_EIO;
    if (!error && a->restart.kept.len > 0)
        error = ds_buf_append(&saved.kept, ds_buf_peek(&a->restart.kept), a->restart.kept.len);
    error = error ? error : agent_saved_encode(&saved, &bytes);
    error = error ? error : agent_resume_file_write(path, ds_buf_peek(&bytes), bytes.len);
    if (error)
        ds_log_error("cannot store what is needed to come back error=%s: %s", ds_error_name(error),
                     strerror(errno));
    else
        why = NULL;
    ds_buf_wipe(&bytes);
    agent_saved_destroy(&saved);
    return why;
}

/* The same for the place of the program, the file and the entry that names both. A command of one's
 * own may do with the folders what it likes. */
static const char *store_all(const struct agent *a)
{
    char program[PATH_MAX], file[PATH_MAX], entry[PATH_MAX];
    if (!agent_place_program("/proc/self/exe", program, sizeof(program)) ||
        (!a->options->restart_command && !agent_place_stays(program)))
        return DS_RESTART_PLACE;
    if (!agent_resume_file_path(file, sizeof(file)) || !agent_entry_path(entry, sizeof(entry)))
        return DS_RESTART_FILE;
    const char *why = store_file(a, file);
    if (!why && agent_entry_write(entry, program, file)) {
        ds_log_error("cannot write the autostart entry: %s", strerror(errno));
        why = DS_RESTART_FILE;
    }
    return why;
}

/* ---- the flow ---- */

static void stop(struct agent *a)
{
    agent_command_stop(&a->restart.command);
    agent_restart_clear();
    a->restart.state = AGENT_RESTART_NONE;
    a->restart.until = 0;
    a->session.is_restarting = false;
}

/* It does not come to a restart: both hear why, and the session goes on. */
static void undo(struct agent *a, const char *reason)
{
    bool was_cut = a->restart.state == AGENT_RESTART_NOW;
    stop(a);
    tell(a, DS_RESTART_NONE, reason);
    agent_show_toast(a->show, words_of(reason));
    if (was_cut && !ds_courier_return(a->courier, &a->restart.files, &a->restart.kept))
        ds_log_warn("files begin anew");
    if (was_cut)
        ds_keeper_on_down(&a->keeper, "the restart did not happen");
    agent_changed(a);
}

/* One yes, one restart: the next one is asked for again. */
static void use_up(struct agent *a)
{
    a->restart.granted_at = 0;
    if (a->session.rights.by_policy || !agent_rights_revoke(&a->session.rights, DS_RIGHT_RESTART))
        return;
    agent_line_send_right(a, DS_RIGHT_RESTART);
    ds_event_right(a->automation, DS_RIGHT_RESTART, false);
}

static void begin(struct agent *a)
{
    const char *why = store_all(a); /* while nothing is lost yet */
    if (why) {
        undo(a, why);
        return;
    }
    a->restart.state = AGENT_RESTART_TELLING;
    a->restart.until = ds_clock_now() + TELL_MS * DS_MS;
    a->session.is_restarting = true;
    use_up(a);
    tell(a, DS_RESTART_NOW, "");
    agent_changed(a);
}

static void cut(struct agent *a)
{
    ds_tick now = ds_clock_now();
    a->restart.state = AGENT_RESTART_NOW;
    agent_session_lost(&a->session, now);
    a->session.lost_until = now + ds_clock_scaled_ms(DS_CUTOFF_MS) * DS_MS;
    ds_tunnel_cut(a->tunnel);
    ds_courier_cut(a->courier);
    /* The rep's side hears of these afterwards. */
    ds_buf_destroy(&a->restart.kept);
    ds_buf_init(&a->restart.kept, DS_FILES_KEPT_MAX);
    a->restart.files = ds_courier_leave(a->courier, &a->restart.kept);
    a->restart.newest_note = ds_drawings_leave(a->drawings);
}

static void run(struct agent *a)
{
    const char *command = a->options->restart_command;
    cut(a);
    agent_changed(a); /* keys and buttons are up */
    const char *why = store_all(a);
    if (!why &&
        agent_command_start(&a->restart.command, command ? command : AGENT_COMMAND_SYSTEM)) {
        ds_log_error("the restart command cannot be run: %s", strerror(errno));
        why = DS_RESTART_COMMAND;
    }
    a->restart.until = ds_clock_now() + ds_clock_scaled_ms(HAPPEN_MS) * DS_MS;
    if (why)
        undo(a, why);
}

static void watch(struct agent *a)
{
    int code = 0;
    enum agent_command_state state = agent_command_look(&a->restart.command, &code);
    bool is_late = ds_clock_now() >= a->restart.until;
    if (state == AGENT_COMMAND_FAILED)
        ds_log_error("the restart command failed code=%d", code);
    else if (is_late)
        ds_log_error("the restart command ran and nothing happened");
    if (state == AGENT_COMMAND_FAILED || is_late)
        undo(a, DS_RESTART_COMMAND);
}

void agent_restart_step(struct agent *a)
{
    if (a->restart.state == AGENT_RESTART_NOW) {
        watch(a);
    } else if (a->restart.state == AGENT_RESTART_TELLING) {
        bool is_told = ds_tunnel_unacknowledged(a->tunnel, DS_CHANNEL_CONTROL) == 0 &&
                       a->parley.chat.waiting == 0; /* the relay has what was said */
        if (is_told || ds_clock_now() >= a->restart.until)
            run(a);
    }
}

/* ---- who wants it ---- */

static bool was_granted_just_now(const struct agent *a)
{
    ds_tick limit = ds_clock_scaled_ms(AGENT_QUESTION_MS) * DS_MS;
    return agent_rights_has(&a->session.rights, DS_RIGHT_RESTART) && a->restart.granted_at != 0 &&
           ds_clock_now() - a->restart.granted_at <= limit;
}

void agent_restart_wanted(struct agent *a)
{
    struct agent_rights *rights = &a->session.rights;
    if (a->session.phase != AGENT_PHASE_ACTIVE || a->restart.state > AGENT_RESTART_ASKED)
        return;
    if (was_granted_just_now(a) || (rights->by_policy && rights->accepted[DS_RIGHT_RESTART])) {
        begin(a);
        return;
    }
    if (agent_rights_has(rights, DS_RIGHT_RESTART)) /* long ago, for the work that was open then */
        agent_rights_revoke(rights, DS_RIGHT_RESTART);
    agent_customer_ask(a, DS_RIGHT_RESTART);
    if (agent_rights_asked(rights) == DS_RIGHT_RESTART) {
        a->restart.state = AGENT_RESTART_ASKED;
        tell(a, DS_RESTART_ASKED, "");
    } else {
        tell(a, DS_RESTART_NONE, DS_RESTART_REFUSED);
    }
}

void agent_restart_answered(struct agent *a, bool yes)
{
    if (a->restart.state != AGENT_RESTART_ASKED)
        return;
    a->restart.state = AGENT_RESTART_NONE;
    if (yes)
        begin(a);
    else
        tell(a, DS_RESTART_NONE, DS_RESTART_REFUSED);
}

/* ---- the ends of it ---- */

bool agent_restart_is_now(const struct agent *a)
{
    return a->restart.state == AGENT_RESTART_NOW;
}

bool agent_restart_go(struct agent *a)
{
    char file[PATH_MAX];
    if (a->restart.state < AGENT_RESTART_TELLING || a->is_closing)
        return a->restart.state >= AGENT_RESTART_TELLING;
    if (a->restart.state == AGENT_RESTART_TELLING)
        cut(a);
    /* The ten minutes begin now, for the relay too. */
    if (agent_resume_file_path(file, sizeof(file)))
        store_file(a, file);
    fputs("deskside-agent: this computer restarts; the session goes on after log-in\n", stderr);
    a->exit_code = AGENT_EXIT_ENDED;
    agent_close(a);
    return true;
}

bool agent_restart_on_down(struct agent *a)
{
    if (a->restart.state != AGENT_RESTART_NOW)
        return false;
    ds_link_close(a->link);
    a->link = NULL;
    a->up_since = 0;
    return true;
}

void agent_restart_cancel(struct agent *a)
{
    if (a->restart.state >= AGENT_RESTART_TELLING)
        stop(a);
    a->restart.state = AGENT_RESTART_NONE;
}

/* ---- coming back ---- */

static void take_over(struct agent *a, const struct agent_saved *s, ds_tick until)
{
    struct agent_session *session = &a->session;
    ds_tick now = ds_clock_now();
    session->phase = AGENT_PHASE_ACTIVE;
    memcpy(session->id, s->session, sizeof(session->id));
    memcpy(session->org, s->org, sizeof(session->org));
    memcpy(session->rep, s->rep, sizeof(session->rep));
    for (int i = 0; i < DS_RIGHT_COUNT; i++)
        if (s->granted[i])
            agent_rights_grant(&session->rights, (enum ds_right)i);
    session->paused = (enum agent_pause)s->paused;
    session->may_resume = s->may_resume;
    session->began_s = s->began_s;
    session->seen = s->seen;
    session->controlled = s->controlled;
    agent_session_lost(session, now);
    session->lost_until = until;
    a->peer_said_hello = true;
    a->peer_features = s->peer_features;
    a->peer_tiles = s->peer_tiles;
    a->monitor = s->monitor;
    a->is_hidden = s->is_hidden;
    a->paired_since = now;
}

/* Without their word beforehand the customer is asked before anything is shown. */
static void ask_to_go_on(struct agent *a, const struct agent_saved *s)
{
    if (s->comes_back || a->session.paused != AGENT_PAUSE_NONE)
        return;
    a->session.paused = AGENT_PAUSE_BY_CUSTOMER;
    a->session.may_resume = false;
    a->session.resume_asked = true;
    a->question_until = ds_clock_now() + ds_clock_scaled_ms(AGENT_QUESTION_MS) * DS_MS;
    agent_line_send_paused(a);
}

void agent_restart_come_back(struct agent *a)
{
    const struct agent_saved *s = a->options->saved;
    struct agent_moment now;
    agent_moment_now(&now);
    uint32_t left_ms = s ? agent_deadline_left_ms(&s->deadline, &now) : 0;
    if (left_ms > 0)
        a->tunnel = ds_tunnel_load(ds_buf_peek(&s->tunnel), s->tunnel.len, s->host,
                                   &agent_tunnel_events, a);
    if (!a->tunnel) {
        bool is_late = s && left_ms == 0;
        agent_end(a, is_late ? AGENT_ENDING_LOST : AGENT_ENDING_FAULT, DS_REASON_LOST,
                  is_late ? NULL
                          : DS_TR("The session could not be brought back after the restart. Ask "
                                  "your representative for a new code."),
                  AGENT_EXIT_CUT_OFF);
        return;
    }
    ds_tick until = ds_clock_now() + left_ms * DS_MS;
    take_over(a, s, until);
    if (!agent_start_picture(a))
        return;
    ds_feed_select(a->screen, s->monitor);
    ds_feed_set_visible(a->screen, !s->is_hidden);
    ds_courier_bind(a->courier, a->tunnel);
    if (!ds_courier_return(a->courier, &s->files, &s->kept))
        ds_log_warn("files begin anew"); /* of a session that had none */
    agent_desk_follow(a);
    if (a->clipboard)
        ds_desk_clipboard_return(a->clipboard, &s->clipboard);
    if (a->drawings)
        ds_drawings_return(a->drawings, s->newest_note);
    a->told_hand = ~0u; /* whatever the rep was told: it is told anew */
    tell(a, DS_RESTART_NONE, "");
    ask_to_go_on(a, s);
    ds_parley_adopt(&a->parley, s->session); /* the relay tells all of it again */
    agent_talk_return(a, s->draft);
    a->keeper.line.chat_seen = ds_parley_seen(&a->parley);
    ds_keeper_adopt(&a->keeper, s->session, s->token, s->before, until);
}
