/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Automation commands: each is what a person could have done in the windows. */
#include "viewer/session/desk.h"
#include "viewer/session/line_priv.h"
#include "viewer/share/share.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "viewer/input/strokes.h"

#include <string.h>

static int run_key(struct viewer_line *line, const struct ds_command *command)
{
    struct ds_input input = {.type = DS_INPUT_KEY, .down = command->down};
    input.keysym = viewer_keysym_by_name(command->keysym);
    if (input.keysym == 0)
        return DS_ENOTFOUND;
    viewer_private_input(line, &input);
    return DS_OK;
}

static int run_pointer(struct viewer_line *line, const struct ds_command *command)
{
    const struct viewer_model *model = &line->machine.model;
    struct ds_input input = {.type = DS_INPUT_POINTER, .buttons = (uint8_t)command->buttons};
    if (!model->has_layout || (uint32_t)command->x >= model->layout.width ||
        (uint32_t)command->y >= model->layout.height)
        return DS_EINVAL;
    input.x = (uint16_t)command->x;
    input.y = (uint16_t)command->y;
    viewer_private_input(line, &input);
    return DS_OK;
}

static void emit_input(void *ctx, const struct ds_input *input)
{
    viewer_private_input(ctx, input);
}

static int run_keys(struct viewer_line *line, const char *keys)
{
    struct viewer_strokes strokes;
    if (!viewer_strokes_parse(keys, &strokes))
        return DS_ENOTFOUND;
    viewer_strokes_send(&strokes, emit_input, line);
    return DS_OK;
}

static int run_input(struct viewer_line *line, const struct ds_command *command)
{
    if (viewer_model_is_away(&line->machine.model)) /* nothing is kept to arrive late */
        return DS_EINVAL;
    if (line->config.view_only || !viewer_model_has(&line->machine.model, DS_RIGHT_CONTROL))
        return DS_EREFUSED;
    if (command->type == DS_COMMAND_SEND_KEYS)
        return run_keys(line, command->keys);
    return command->type == DS_COMMAND_KEY ? run_key(line, command) : run_pointer(line, command);
}

static int run_end(struct viewer_line *line)
{
    if (viewer_model_in_session(&line->machine.model))
        return viewer_machine_end(&line->machine);
    viewer_line_quit(line);
    return DS_OK;
}

static int tell_on(struct viewer_line *line, enum viewer_notice_kind kind, bool on)
{
    struct viewer_notice *notice = viewer_notice_new(kind);
    if (!notice)
        return DS_ENOMEM;
    notice->of.on = on;
    viewer_line_notice(line, notice);
    return DS_OK;
}

static int tell_text(struct viewer_line *line, enum viewer_notice_kind kind, const char *text)
{
    struct viewer_notice *notice = viewer_notice_new(kind);
    if (!notice)
        return DS_ENOMEM;
    ds_text_for_display(notice->of.text, DS_TEXT_REASON, text);
    viewer_line_notice(line, notice);
    return DS_OK;
}

static int run_scroll(struct viewer_line *line, int x, int y)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_SCROLL);
    if (!notice)
        return DS_ENOMEM;
    notice->of.scroll.x = x;
    notice->of.scroll.y = y;
    viewer_line_notice(line, notice);
    return DS_OK;
}

static int run_set(struct viewer_line *line, const struct ds_command *command)
{
    enum viewer_preference which = viewer_preference_by_name(command->name);
    int value =
        which == VIEWER_PREFERENCE_COUNT ? -1 : viewer_preference_value(which, command->value);
    if (value < 0)
        return DS_EPROTO;
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_PREFER);
    if (!notice)
        return DS_ENOMEM;
    notice->of.prefer.which = which;
    notice->of.prefer.value = value;
    viewer_line_notice(line, notice);
    return DS_OK;
}

static int run_preferences(struct viewer_line *line, bool on)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_OPTIONS);
    if (!notice)
        return DS_ENOMEM;
    notice->of.on = on;
    viewer_line_notice(line, notice);
    return DS_OK;
}

/* There is no drawing: that is no wrong name. */
static int none_is_not_now(int error)
{
    return error == DS_ENOTFOUND ? DS_EINVAL : error;
}

/* Which words a wrong name gets. */
static const char *unknown_code(const struct ds_command *command, const char **message)
{
    *message = command->type == DS_COMMAND_SHARE ? "There is no such window or monitor"
                                                 : "There is no key of that name";
    return command->type == DS_COMMAND_SHARE ? "no-source" : "unknown-key";
}

static int run(struct viewer_line *line, const struct ds_command *command)
{
    struct viewer_machine *machine = &line->machine;
    char saved[DS_TEXT_MESSAGE];
    switch (command->type) {
    case DS_COMMAND_SECURITY_NUMBER:
        return viewer_machine_number(machine, command->number);
    case DS_COMMAND_REQUEST:
        if (line->config.view_only && command->right != DS_RIGHT_LOOK)
            return DS_EREFUSED;
        return viewer_machine_request(machine, command->right);
    case DS_COMMAND_REVOKE:
        return viewer_machine_release(machine, command->right);
    case DS_COMMAND_PAUSE:
        return viewer_machine_pause(machine);
    case DS_COMMAND_RESUME:
        return viewer_machine_resume(machine);
    case DS_COMMAND_RESTART_MACHINE:
        return line->config.view_only ? DS_EREFUSED : viewer_machine_restart(machine);
    case DS_COMMAND_MONITOR:
        return viewer_machine_monitor(machine,
                                      command->monitor < 0 ? 0xff : (uint8_t)command->monitor);
    case DS_COMMAND_SCALE:
        return tell_on(line, VIEWER_NOTICE_SCALE, command->fit);
    case DS_COMMAND_SCROLL:
        return run_scroll(line, command->x, command->y);
    case DS_COMMAND_NOTE:
        return viewer_desk_draw_note(line, &command->note);
    case DS_COMMAND_CLIPBOARD:
        return viewer_desk_switch(
            line,
            command->clipboard == DS_COMMAND_CLIPBOARD_TO_CUSTOMER ? DS_CLIPBOARD_GIVES
            : command->clipboard == DS_COMMAND_CLIPBOARD_TO_REP    ? DS_CLIPBOARD_TAKES
                                                                   : DS_CLIPBOARD_PRIMARY,
            command->on);
    case DS_COMMAND_UNDO_NOTE:
        return none_is_not_now(viewer_desk_undo_note(line));
    case DS_COMMAND_ERASE_NOTES:
        return none_is_not_now(viewer_desk_erase_notes(line));
    case DS_COMMAND_KEY:
    case DS_COMMAND_POINTER:
    case DS_COMMAND_SEND_KEYS:
        return run_input(line, command);
    case DS_COMMAND_DIAGNOSTICS:
        return viewer_report_diagnostics(line, command->text, saved, sizeof(saved));
    case DS_COMMAND_SET:
        return run_set(line, command);
    case DS_COMMAND_PREFERENCES:
        return run_preferences(line, command->on);
    case DS_COMMAND_END:
        return run_end(line);
    case DS_COMMAND_NEW_SESSION:
        return viewer_another_want(line, command->tag);
    case DS_COMMAND_ARRANGE:
        return tell_text(line, VIEWER_NOTICE_ARRANGE, command->text);
    case DS_COMMAND_RAISE:
        return tell_on(line, VIEWER_NOTICE_RAISE, true);
    case DS_COMMAND_RENAME:
        return tell_text(line, VIEWER_NOTICE_RENAME, command->text);
    case DS_COMMAND_SCREENSHOT:
        return viewer_shot_begin(line, command->text, command->tag);
    case DS_COMMAND_SHARE:
        return viewer_share_command(line, command);
    case DS_COMMAND_SEND_FILE: /* the courier's, which has answered */
    case DS_COMMAND_ACCEPT_FILE:
    case DS_COMMAND_REFUSE_FILE:
    case DS_COMMAND_CANCEL_FILE:
    case DS_COMMAND_PAUSE_FILE:
    case DS_COMMAND_RESUME_FILE:
    case DS_COMMAND_CHAT:
    case DS_COMMAND_TYPING:
    case DS_COMMAND_SEEN:
    case DS_COMMAND_CONTINUE: /* the agent's */
    case DS_COMMAND_DRAW:
    case DS_COMMAND_GRANT:
    case DS_COMMAND_COUNT:
        break;
    }
    return DS_EUNSUPPORTED;
}

void viewer_command_run(struct viewer_line *line, const struct ds_command *command)
{
    static const struct {
        int error;
        const char *code, *message;
    } answers[] = {
        {DS_EINVAL, "not-now", "That makes no sense in this state"},
        {DS_EREFUSED, "no-right", "The customer has not granted that right"},
        {DS_EAUTH, "not-included", "Your account does not include this. Ask your manager."},
        {DS_ELIMIT, "too-many-notes", "There are as many drawings as there may be"},
        {DS_EAGAIN, "not-now", "Too much waits for the line to come back"},
        {DS_EPROTO, "unknown-preference", "There is no such preference, or not with that value"},
        {DS_EIO, "not-written", "The file cannot be written, or it exists"},
        {DS_EUNSUPPORTED, "unsupported",
         "The viewer, or the customer's program, does not have that"},
    };
    if (ds_courier_command(line->courier, command) || ds_parley_command(&line->parley, command))
        return;
    int error = run(line, command);
    if (error == DS_OK &&
        (command->type == DS_COMMAND_NEW_SESSION || command->type == DS_COMMAND_SCREENSHOT))
        return; /* its own line answers, or it does when it is written */
    if (error == DS_OK) {
        ds_event_done(line->automation, command->tag);
        return;
    }
    if (error == DS_ENOTFOUND) {
        const char *message, *code = unknown_code(command, &message);
        ds_event_error(line->automation, code, message, command->tag);
        return;
    }
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].error == error) {
            ds_event_error(line->automation, answers[i].code, answers[i].message, command->tag);
            return;
        }
    }
    ds_event_error(line->automation, "failed", ds_error_name(error), command->tag);
}
