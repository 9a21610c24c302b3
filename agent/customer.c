/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The customer's wishes: answers from the windows, commands of --commands, and what the rep asks of
 * them. */
#include "agent/desk.h"
#include "agent/remove.h"
#include "agent/shown.h"
#include "agent/wiring.h"
#include "common/automation/event.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

/* ---- rights ---- */

static bool is_answering(const struct agent *a)
{
    return a->session.phase == AGENT_PHASE_CONSENT;
}

void agent_customer_ask(struct agent *a, enum ds_right right)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE)
        return;
    agent_session_count(&a->session, ds_clock_now());
    switch (agent_rights_request(&a->session.rights, right, ds_clock_now())) {
    case AGENT_RIGHTS_ASK:
        a->question_until = ds_clock_now() + ds_clock_scaled_ms(AGENT_QUESTION_MS) * DS_MS;
        break;
    case AGENT_RIGHTS_GRANTED:
        ds_event_right(a->automation, right, true);
        break;
    case AGENT_RIGHTS_REFUSED:
        ds_event_right(a->automation, right, false);
        break;
    default:
        break;
    }
    agent_line_send_right(a, right);
    agent_changed(a);
}

/* The first question, after the number was proved: everything hangs on it. */
static void answer_consent(struct agent *a, enum ds_right right, bool yes)
{
    if (!yes || (right != DS_RIGHT_LOOK && right != DS_RIGHT_CONTROL)) {
        agent_end(a, AGENT_ENDING_REFUSED, DS_REASON_REFUSED, NULL, AGENT_EXIT_REFUSED);
        return;
    }
    agent_rights_grant(&a->session.rights, right);
    agent_activate(a);
}

void agent_customer_answer(struct agent *a, enum ds_right right, bool yes)
{
    if (is_answering(a)) {
        answer_consent(a, right, yes);
        return;
    }
    if (a->session.phase != AGENT_PHASE_ACTIVE)
        return;
    agent_session_count(&a->session, ds_clock_now());
    bool had_look = agent_rights_has(&a->session.rights, DS_RIGHT_LOOK);
    if (yes)
        agent_rights_grant(&a->session.rights, right);
    else
        agent_rights_refuse(&a->session.rights, right, ds_clock_now());
    a->question_until = 0;
    if (right == DS_RIGHT_RESTART && yes)
        a->restart.granted_at = ds_clock_now();
    if (!had_look && agent_rights_has(&a->session.rights, DS_RIGHT_LOOK))
        agent_line_send_right(a, DS_RIGHT_LOOK);
    agent_line_send_right(a, right);
    ds_event_right(a->automation, right, yes);
    if (right == DS_RIGHT_RESTART)
        agent_restart_answered(a, yes);
    agent_changed(a);
}

void agent_customer_revoke(struct agent *a, enum ds_right right)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE)
        return;
    bool had[DS_RIGHT_COUNT];
    agent_session_count(&a->session, ds_clock_now());
    for (int i = 0; i < DS_RIGHT_COUNT; i++)
        had[i] = agent_rights_has(&a->session.rights, (enum ds_right)i);
    if (!agent_rights_revoke(&a->session.rights, right))
        return;
    if (agent_rights_asked(&a->session.rights) == DS_RIGHT_COUNT)
        a->question_until = 0;
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if (had[i] && !agent_rights_has(&a->session.rights, (enum ds_right)i))
            ds_event_right(a->automation, (enum ds_right)i, false);
        if (had[i] || i == (int)right)
            agent_line_send_right(a, (enum ds_right)i);
    }
    agent_changed(a);
}

/* ---- pause ---- */

void agent_customer_pause(struct agent *a, enum agent_pause by)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE || a->session.paused != AGENT_PAUSE_NONE)
        return;
    agent_session_count(&a->session, ds_clock_now());
    a->session.paused = by;
    a->session.may_resume = a->session.resume_asked = false;
    agent_line_send_paused(a);
    agent_changed(a);
}

void agent_customer_resume(struct agent *a)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE || a->session.paused == AGENT_PAUSE_NONE)
        return;
    agent_session_count(&a->session, ds_clock_now());
    a->session.paused = AGENT_PAUSE_NONE;
    a->session.may_resume = a->session.resume_asked = false;
    agent_refusal_forget(&a->session.resume_refused);
    a->question_until = 0;
    agent_line_send_paused(a);
    agent_changed(a);
}

void agent_customer_ask_resume(struct agent *a)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE || a->session.paused == AGENT_PAUSE_NONE)
        return;
    if (a->session.rights.by_policy || a->session.may_resume) {
        agent_customer_resume(a);
        return;
    }
    if (a->session.resume_asked)
        return; /* asking again wins no time */
    if (agent_refusal_wait_s(&a->session.resume_refused, ds_clock_now()) > 0) {
        agent_line_send_paused(a);
        return;
    }
    a->session.resume_asked = true;
    a->question_until = ds_clock_now() + ds_clock_scaled_ms(AGENT_QUESTION_MS) * DS_MS;
    agent_changed(a);
}

/* What holds for the rep's next wish to go on. Only the rep goes on: the customer lets them. */
static void may_resume(struct agent *a, bool yes)
{
    if (a->session.phase != AGENT_PHASE_ACTIVE || a->session.paused == AGENT_PAUSE_NONE)
        return;
    if (yes && a->session.resume_asked) {
        agent_customer_resume(a);
        return;
    }
    a->session.may_resume = yes;
    if (yes)
        agent_refusal_forget(&a->session.resume_refused);
    agent_line_send_paused(a);
    agent_changed(a);
}

void agent_customer_stay_paused(struct agent *a)
{
    if (!a->session.resume_asked)
        return;
    a->session.resume_asked = false;
    a->question_until = 0;
    agent_refusal_add(&a->session.resume_refused, ds_clock_now());
    agent_line_send_paused(a);
    agent_changed(a);
}

/* ---- windows ---- */

static void take_code(struct agent *a, const char *code)
{
    if (a->session.phase != AGENT_PHASE_CODE)
        return;
    snprintf(a->session.code, sizeof(a->session.code), "%s", code);
    a->session.problem[0] = '\0';
    a->exit_code = AGENT_EXIT_ENDED;
    a->session.phase = AGENT_PHASE_CONNECTING;
    if (a->link && a->up_since != 0)
        agent_line_join(a);
    else
        agent_line_open(a);
    agent_changed(a);
}

static void take_stop(struct agent *a)
{
    switch (a->session.phase) {
    case AGENT_PHASE_CODE:
        agent_close(a);
        break;
    case AGENT_PHASE_CONNECTING: /* back to the code; the line may be needed again at once */
        agent_line_leave(a, DS_REASON_CLOSED);
        a->up_since = 0;
        a->session.phase = AGENT_PHASE_CODE;
        agent_changed(a);
        break;
    case AGENT_PHASE_ENDED:
        agent_close(a);
        break;
    default:
        agent_end(a, AGENT_ENDING_REFUSED, DS_REASON_REFUSED, NULL, AGENT_EXIT_REFUSED);
        break;
    }
}

static void take_remove(struct agent *a)
{
    struct agent_session *s = &a->session;
    if (s->phase != AGENT_PHASE_ENDED || s->removal != AGENT_REMOVAL_POSSIBLE)
        return;
    if (agent_remove_do(AGENT_REMOVE_SELF, s->removed, sizeof(s->removed)))
        s->removal = AGENT_REMOVAL_DONE;
    agent_changed(a);
}

static void save_diagnostics(struct agent *a)
{
    char path[DS_TEXT_MESSAGE], text[DS_TEXT_MESSAGE + 64];
    int error = agent_figures_save(a, NULL, path, sizeof(path));
    snprintf(text, sizeof(text), DS_TR("Diagnostics saved as %s"), path);
    agent_show_toast(a->show, error ? DS_TR("The diagnostics could not be saved.") : text);
}

static void switch_clipboard(struct agent *a, uint8_t which, bool on)
{
    if (!agent_desk_switch(a, which, on))
        return;
    if (which == DS_CLIPBOARD_GIVES)
        agent_show_toast(a->show, on ? DS_TR("What you copy can be pasted by the representative.")
                                     : DS_TR("What you copy stays on this computer."));
    else
        agent_show_toast(a->show, on ? DS_TR("What the representative copies can be pasted here.")
                                     : DS_TR("What the representative copies does not come here."));
}

void agent_customer_event(void *ctx, const struct agent_show_event *event)
{
    struct agent *a = ctx;
    switch (event->type) {
    case AGENT_SHOW_CODE:
        take_code(a, event->code);
        break;
    case AGENT_SHOW_GO_ON:
        if (a->session.phase == AGENT_PHASE_WARNING)
            agent_line_prove(a);
        break;
    case AGENT_SHOW_STOP:
        take_stop(a);
        break;
    case AGENT_SHOW_CONSENT:
        if (is_answering(a))
            answer_consent(a, event->right, true);
        break;
    case AGENT_SHOW_ANSWER:
        if (!is_answering(a) && agent_rights_asked(&a->session.rights) == event->right)
            agent_customer_answer(a, event->right, event->yes);
        break;
    case AGENT_SHOW_REVOKE:
        agent_customer_revoke(a, event->right);
        break;
    case AGENT_SHOW_PAUSE:
        agent_customer_pause(a, AGENT_PAUSE_BY_CUSTOMER);
        break;
    case AGENT_SHOW_RESUME:
        if (!event->yes)
            agent_customer_stay_paused(a);
        else if (a->session.resume_asked)
            agent_customer_resume(a);
        break;
    case AGENT_SHOW_MAY_RESUME:
        may_resume(a, event->yes);
        break;
    case AGENT_SHOW_COMES_BACK:
        a->session.comes_back = event->yes;
        agent_changed(a);
        break;
    case AGENT_SHOW_END:
        agent_end(a, AGENT_ENDING_BY_CUSTOMER, DS_REASON_CLOSED, NULL, AGENT_EXIT_ENDED);
        break;
    case AGENT_SHOW_REMOVE:
        take_remove(a);
        break;
    case AGENT_SHOW_DIAGNOSTICS:
        save_diagnostics(a);
        break;
    case AGENT_SHOW_CLOSED:
        agent_close(a);
        break;
    case AGENT_SHOW_FILE:
    case AGENT_SHOW_PLACE:
    case AGENT_SHOW_TALK:
        agent_talk_event(a, event);
        break;
    case AGENT_SHOW_SHARED:
        agent_shown_event(a, event);
        break;
    case AGENT_SHOW_ERASE:
        agent_desk_erase(a);
        break;
    case AGENT_SHOW_CLIPBOARD:
        switch_clipboard(a, event->clipboard, event->yes);
        break;
    case AGENT_SHOW_DRAW:
        agent_desk_draw(a, event->tool);
        break;
    case AGENT_SHOW_HAND:
        agent_desk_hand(a, event);
        break;
    case AGENT_SHOW_GONE:
        agent_restart_go(a);
        break;
    case AGENT_SHOW_STAY:
        break;
    }
}

/* ---- commands ---- */

/* NULL, or why the command can't be done now. */
static const char *run_command(struct agent *a, const struct ds_command *c)
{
    bool is_active = a->session.phase == AGENT_PHASE_ACTIVE;
    switch (c->type) {
    case DS_COMMAND_CONTINUE:
        if (a->session.phase != AGENT_PHASE_WARNING)
            return "there is no warning to go on from";
        agent_line_prove(a);
        return NULL;
    case DS_COMMAND_GRANT:
        if (!is_active && !is_answering(a))
            return "nobody has proved the number yet";
        if (is_answering(a) && c->right != DS_RIGHT_LOOK && c->right != DS_RIGHT_CONTROL)
            return "the first right must be look or control";
        if (c->right == DS_RIGHT_RESTART)
            a->session.comes_back = c->comes_back;
        agent_customer_answer(a, c->right, true);
        return NULL;
    case DS_COMMAND_REVOKE:
        if (is_answering(a) && c->right == DS_RIGHT_LOOK) {
            answer_consent(a, c->right, false);
            return NULL;
        }
        if (!is_active)
            return "the session is not active";
        if (agent_rights_asked(&a->session.rights) == c->right)
            agent_customer_answer(a, c->right, false);
        else
            agent_customer_revoke(a, c->right);
        return NULL;
    case DS_COMMAND_DIAGNOSTICS: {
        char saved[DS_TEXT_MESSAGE];
        return agent_figures_save(a, c->text, saved, sizeof(saved))
                   ? "the file cannot be written, or it exists"
                   : NULL;
    }
    case DS_COMMAND_PAUSE:
        if (!is_active)
            return "the session is not active";
        agent_customer_pause(a, AGENT_PAUSE_BY_CUSTOMER);
        return NULL;
    case DS_COMMAND_RESUME:
        if (!is_active || a->session.paused == AGENT_PAUSE_NONE)
            return "the session is not paused";
        may_resume(a, true);
        return NULL;
    case DS_COMMAND_CLIPBOARD:
        return agent_desk_switch(
                   a,
                   c->clipboard == DS_COMMAND_CLIPBOARD_TO_CUSTOMER ? DS_CLIPBOARD_TAKES
                   : c->clipboard == DS_COMMAND_CLIPBOARD_TO_REP    ? DS_CLIPBOARD_GIVES
                                                                    : DS_CLIPBOARD_PRIMARY,
                   c->on)
                   ? NULL
                   : "the session is not active";
    case DS_COMMAND_DRAW:
        return agent_desk_draw(a, (enum ds_note_tool)c->note.tool) ? NULL
                                                                   : "nobody sees the screen";
    case DS_COMMAND_NOTE:
        return agent_shown_is_on(a) ? agent_shown_command(a, c) : agent_desk_add(a, &c->note);
    case DS_COMMAND_SHARE:
    case DS_COMMAND_SCALE:
    case DS_COMMAND_UNDO_NOTE:
        return agent_shown_command(a, c);
    case DS_COMMAND_ERASE_NOTES:
        if (agent_shown_is_on(a)) /* the rep's are gone then */
            return agent_shown_command(a, c);
        return agent_desk_erase(a) ? NULL : "there are no drawings";
    case DS_COMMAND_END:
        if (a->session.phase == AGENT_PHASE_ENDED)
            return NULL;
        if (a->session.phase <= AGENT_PHASE_CONNECTING)
            agent_give_up(a, NULL, NULL, AGENT_EXIT_ENDED);
        else
            agent_end(a, AGENT_ENDING_BY_CUSTOMER, DS_REASON_CLOSED, NULL, AGENT_EXIT_ENDED);
        return NULL;
    default:
        return "this program does not have that command";
    }
}

void agent_customer_commands(struct agent *a)
{
    struct ds_command *c = ds_automation_take(a->automation);
    while (c) {
        struct ds_command *next = (struct ds_command *)(void *)c->letter.next;
        bool is_answered = ds_courier_command(a->courier, c) || ds_parley_command(&a->parley, c);
        const char *why = is_answered ? NULL : run_command(a, c);
        if (is_answered)
            agent_line_pump(a);
        else if (why)
            ds_event_error(a->automation, "not-now", why, c->tag);
        else
            ds_event_done(a->automation, c->tag);
        c->letter.destroy(&c->letter);
        c = next;
    }
}
