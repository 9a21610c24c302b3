/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/desk.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- clipboard ---- */

static int send_clipboard(void *ctx, const uint8_t *bytes, size_t len)
{
    struct viewer_line *line = ctx;
    if (!line->tunnel)
        return DS_ECLOSED;
    int error = ds_tunnel_send(line->tunnel, DS_CHANNEL_CLIPBOARD, bytes, len);
    if (!error)
        viewer_private_pump(line);
    return error;
}

static const char *direction(bool from_here)
{
    return from_here ? "to-customer" : "to-rep";
}

static void on_offered(void *ctx, bool from_here, unsigned formats)
{
    struct viewer_line *line = ctx;
    ds_event_clipboard_offered(line->automation, direction(from_here), formats);
}

static void on_moved(void *ctx, bool from_here, enum ds_clip_format format, size_t len)
{
    struct viewer_line *line = ctx;
    ds_event_clipboard(line->automation, direction(from_here), format, len);
}

static void on_too_long(void *ctx, bool from_here, size_t most)
{
    struct viewer_line *line = ctx;
    char text[128];
    (void)from_here;
    snprintf(text, sizeof(text), "What was copied is too long to be shared: at most %zu KB",
             most / 1024);
    ds_event_error(line->automation, DS_EVENT_CLIPBOARD_TOO_LONG, text, "");
    line->machine.model.clipboard_too_long++;
    viewer_report_model(line);
}

static void on_missed(void *ctx)
{
    struct viewer_line *line = ctx;
    ds_event_error(line->automation, DS_EVENT_CLIPBOARD_MISSED,
                   "What the customer had copied could not be pasted", "");
    line->machine.model.clipboard_missed++;
    viewer_report_model(line);
}

static void take_switches(struct viewer_line *line)
{
    line->machine.model.clipboard = ds_desk_clipboard_switches(line->clipboard);
    line->machine.model.clipboard_other = ds_desk_clipboard_other_switches(line->clipboard);
}

static void on_switched(void *ctx)
{
    struct viewer_line *line = ctx;
    take_switches(line);
    viewer_report_model(line);
}

static const struct ds_desk_clipboard_events clipboard_events = {
    .send = send_clipboard,
    .on_offered = on_offered,
    .on_moved = on_moved,
    .on_too_long = on_too_long,
    .on_missed = on_missed,
    .on_switched = on_switched,
};

int viewer_desk_clipboard(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    viewer_desk_follow(line);
    if (!line->clipboard)
        return DS_OK;
    int error = ds_desk_clipboard_feed(line->clipboard, bytes, len);
    return error == DS_ECLOSED ? DS_OK : error;
}

int viewer_desk_switch(struct viewer_line *line, uint8_t which, bool on)
{
    if (!line->clipboard || line->machine.model.stage != VIEWER_ACTIVE)
        return DS_EINVAL;
    uint8_t now = ds_desk_clipboard_switches(line->clipboard);
    ds_desk_clipboard_switch(line->clipboard, (uint8_t)(on ? now | which : now & ~which));
    take_switches(line);
    return DS_OK;
}

void viewer_desk_toggle(struct viewer_line *line, enum viewer_order_kind order)
{
    uint8_t which = order == VIEWER_ORDER_TO_CUSTOMER ? DS_CLIPBOARD_GIVES
                    : order == VIEWER_ORDER_TO_REP    ? DS_CLIPBOARD_TAKES
                                                      : DS_CLIPBOARD_PRIMARY;
    viewer_desk_switch(line, which, !(line->machine.model.clipboard & which));
}

int viewer_desk_copy_png(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    return line->clipboard ? ds_desk_clipboard_put(line->clipboard, DS_CLIP_PNG, bytes, len)
                           : DS_EINVAL;
}

/* ---- drawings ---- */

/* The ledger holds 1 MiB while the line is away; drawings take half of it. */
#define AWAY_MAX (512u << 10)

static bool may(const struct viewer_line *line, enum ds_right right)
{
    /* the right stays while the line is away */
    const struct viewer_model *model = &line->machine.model;
    return model->stage == VIEWER_ACTIVE && model->rights[right] == DS_RIGHT_GRANTED &&
           !model->paused && !line->config.view_only;
}

static bool has_room(struct viewer_line *line)
{
    if (line->tunnel && ds_tunnel_state(line->tunnel) == DS_TUNNEL_OPEN)
        line->notes_away = 0;
    return line->tunnel && line->notes_away < AWAY_MAX;
}

/* The rep's, and the customer's own as they told. */
static void tell_counts(struct viewer_line *line, bool draws, size_t own)
{
    struct viewer_model *model = &line->machine.model;
    uint32_t count = (uint32_t)line->notes.count;
    if (count != model->notes || own != model->own_notes)
        ds_event_note(line->automation, count, own);
    model->notes = count;
    model->own_notes = (uint32_t)own;
    model->customer_draws = draws;
}

static void tell_count(struct viewer_line *line)
{
    tell_counts(line, line->machine.model.customer_draws, line->machine.model.own_notes);
}

/* What the list has said in scratch. */
static int send_note(struct viewer_line *line)
{
    int error = ds_tunnel_send(line->tunnel, DS_CHANNEL_NOTES, ds_buf_peek(&line->scratch),
                               line->scratch.len);
    line->notes_away += line->scratch.len;
    tell_count(line);
    if (error) { /* a peer that takes nothing any more; the lists would differ from here on */
        ds_log_warn("a drawing could not be sent error=%s", ds_error_name(error));
        viewer_machine_on_broken(&line->machine);
    }
    return error;
}

static void tell_echo(struct viewer_line *line, const struct ds_note *note)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_NOTE);
    struct ds_note *copy = notice ? malloc(sizeof(*copy)) : NULL;
    if (copy)
        *copy = *note;
    if (notice)
        notice->of.note = copy;
    viewer_line_notice(line, notice);
}

static void tell(struct viewer_line *line, enum viewer_notice_kind kind, uint32_t id,
                 uint32_t update, bool all)
{
    struct viewer_notice *notice = viewer_notice_new(kind);
    if (notice) {
        notice->of.notes.id = id;
        notice->of.notes.update = update;
        notice->of.notes.all = all;
    }
    viewer_line_notice(line, notice);
}

int viewer_desk_draw_note(struct viewer_line *line, const struct ds_note *note)
{
    if (note->tool == DS_NOTE_LASER)
        return viewer_desk_laser_along(line, note);
    const struct viewer_model *model = &line->machine.model;
    struct ds_note own = *note;
    if (!may(line, DS_RIGHT_POINT))
        return DS_EREFUSED;
    if (!model->has_layout)
        return DS_EINVAL;
    if (!has_room(line))
        return DS_EAGAIN;
    own.monitor = model->layout.monitor;
    own.width = (uint16_t)model->layout.width;
    own.height = (uint16_t)model->layout.height;
    ds_buf_clear(&line->scratch);
    int error = ds_notes_draw(&line->notes, &own, &line->scratch);
    if (error)
        return error;
    tell_echo(line, line->notes.list[line->notes.count - 1]);
    return send_note(line);
}

int viewer_desk_undo_note(struct viewer_line *line)
{
    uint32_t id;
    if (!has_room(line))
        return DS_EAGAIN;
    ds_buf_clear(&line->scratch);
    int error = ds_notes_undo(&line->notes, &line->scratch, &id);
    if (error)
        return error;
    tell(line, VIEWER_NOTICE_NOTE_GONE, id, 0, false);
    return send_note(line);
}

int viewer_desk_erase_notes(struct viewer_line *line)
{
    bool cleans = line->machine.model.own_notes > 0 && may(line, DS_RIGHT_POINT);
    if (!has_room(line))
        return DS_EAGAIN;
    ds_buf_clear(&line->scratch);
    int error = ds_notes_erase(&line->notes, &line->scratch);
    if (!error) {
        tell(line, VIEWER_NOTICE_NOTE_GONE, line->notes.newest, 0, true);
        error = send_note(line);
    } else if (error == DS_ENOTFOUND && cleans) {
        error = DS_OK;
    }
    ds_buf_clear(&line->scratch);
    if (!error && cleans)
        error = ds_notes_clean(&line->scratch);
    return !error && cleans ? send_note(line) : error;
}

/* ---- the laser pointer ---- */

static int may_point(const struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    if (!may(line, DS_RIGHT_POINT))
        return DS_EREFUSED;
    if (!(line->machine.peer_features & DS_FEATURE_HANDS))
        return DS_EUNSUPPORTED;
    return model->has_layout && !viewer_model_is_away(model) ? DS_OK : DS_EINVAL;
}

int viewer_desk_laser(struct viewer_line *line, const struct ds_input *input)
{
    int error = may_point(line);
    if (error)
        return error;
    if (input->x >= line->machine.model.layout.width ||
        input->y >= line->machine.model.layout.height)
        return DS_EINVAL;
    viewer_input_queue_push(&line->input, input);
    viewer_private_pump(line);
    return DS_OK;
}

int viewer_desk_laser_along(struct viewer_line *line, const struct ds_note *note)
{
    struct ds_input input = {.type = DS_INPUT_LASER, .color = note->color, .down = true};
    int error = note->count > 0 ? DS_OK : DS_EINVAL;
    for (unsigned i = 0; i < note->count && !error; i++) {
        input.x = note->points[i].x;
        input.y = note->points[i].y;
        error = viewer_desk_laser(line, &input);
    }
    return error;
}

int viewer_desk_note(struct viewer_line *line, const uint8_t *bytes, size_t len)
{
    struct ds_notes_news news;
    int error = ds_notes_hear(&line->notes, bytes, len, &news);
    if (error)
        return error;
    if (news.type == DS_NOTES_NEWS_HAND)
        tell_counts(line, news.draws, news.count);
    else
        tell_count(line);
    if (news.type == DS_NOTES_NEWS_SHOWN)
        tell(line, VIEWER_NOTICE_NOTE_SHOWN, news.id, news.update, false);
    else if (news.type == DS_NOTES_NEWS_REMOVED)
        tell(line, VIEWER_NOTICE_NOTE_GONE, news.id, 0, news.all);
    return DS_OK;
}

/* ---- both ---- */

/* What has come into the rep's clipboard can still be pasted. */
static void end(struct viewer_line *line)
{
    if (line->is_sharing)
        ds_desk_clipboard_end(line->clipboard);
    line->is_sharing = false;
    if (line->notes.newest > 0)
        tell(line, VIEWER_NOTICE_NOTE_GONE, line->notes.newest, 0, true);
    ds_notes_destroy(&line->notes);
    ds_notes_init(&line->notes);
    line->notes_away = 0;
    line->machine.model.own_notes = 0;
    line->machine.model.customer_draws = false;
}

/* Serial numbers and ids begin with a session; a line that is away ends none. */
void viewer_desk_follow(struct viewer_line *line)
{
    const struct viewer_model *model = &line->machine.model;
    if (model->stage != VIEWER_ACTIVE) {
        end(line);
        return;
    }
    line->machine.model.may_laser = (line->machine.peer_features & DS_FEATURE_HANDS) != 0;
    if (!line->clipboard)
        line->clipboard = ds_desk_clipboard_open(&line->loop, NULL, &clipboard_events, line);
    if (!line->clipboard)
        return;
    line->is_sharing = true;
    ds_desk_clipboard_by_offers(line->clipboard, line->machine.peer_features & DS_FEATURE_OFFERS);
    ds_desk_clipboard_allow(line->clipboard, may(line, DS_RIGHT_CLIPBOARD));
    take_switches(line);
}

void viewer_desk_close(struct viewer_line *line)
{
    end(line);
    ds_desk_clipboard_close(line->clipboard);
    line->clipboard = NULL;
}
