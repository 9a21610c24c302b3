/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/drawings_priv.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/service/stroke.h"

#include <stdlib.h>
#include <string.h>

static int send_scratch(struct ds_drawings *d)
{
    int error = DS_OK;
    if (d->scratch.len > 0)
        error = d->events->send(d->ctx, ds_buf_peek(&d->scratch), d->scratch.len);
    ds_buf_clear(&d->scratch);
    return error;
}

static struct ds_rect *area_of(struct ds_drawings *d, uint8_t monitor)
{
    return &d->areas[monitor < DS_SCREEN_MONITORS_MAX ? monitor : DS_DRAWINGS_AREAS - 1];
}

/* All of it again: what is beneath a note that went is not kept. */
static void repaint(struct ds_drawings *d)
{
    if (d->overlay)
        ds_overlay_clear(d->overlay);
    d->synced = 0;
    ds_drawings_renewed(d);
}

/* ---- the layer ---- */

static void turn(struct ds_drawings *d);

static void on_renewed(void *ctx)
{
    ds_drawings_renewed(ctx);
}

/* Each note that is on the screen by now is told once. */
static void on_drawn(void *ctx)
{
    struct ds_drawings *d = ctx;
    uint32_t update = d->events->last_update(d->ctx);
    for (size_t i = 0; i < d->synced && i < d->notes.count; i++) {
        uint32_t id = d->notes.list[i]->id;
        if (id <= d->told)
            continue;
        d->told = id;
        if (!ds_notes_tell_shown(id, update, &d->scratch))
            send_scratch(d);
    }
}

static bool is_own(void *ctx, uint32_t window)
{
    struct ds_drawings *d = ctx;
    return d->events->is_own(d->ctx, window);
}

static void on_raise(void *ctx)
{
    struct ds_drawings *d = ctx;
    d->events->on_raise(d->ctx);
}

static const struct ds_overlay_events overlay_events = {
    .on_renewed = on_renewed,
    .on_drawn = on_drawn,
    .is_own = is_own,
    .on_raise = on_raise,
};

static void on_timer(uv_timer_t *timer)
{
    turn(timer->data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    turn(poll->data);
}

static void turn(struct ds_drawings *d)
{
    if (!d->overlay || d->has_failed)
        return;
    do {
        if (ds_overlay_poll(d->overlay, ds_clock_now())) {
            ds_log_warn("the drawings' display is gone");
            d->has_failed = true;
            uv_poll_stop(&d->poll);
            uv_timer_stop(&d->timer);
            return;
        }
    } while (ds_drawings_paint(d));
    ds_tick now = ds_clock_now();
    ds_tick next = ds_overlay_deadline(d->overlay);
    ds_tick paint = ds_drawings_deadline(d);
    if (paint != 0 && (next == 0 || paint < next))
        next = paint;
    if (next == 0)
        uv_timer_stop(&d->timer);
    else
        uv_timer_start(&d->timer, on_timer, next > now ? (next - now) / DS_MS + 1 : 1, 0);
}

static bool open_overlay(struct ds_drawings *d)
{
    char message[256] = "";
    if (d->overlay || d->has_failed)
        return !d->has_failed;
    d->overlay =
        ds_overlay_open(d->display, d->below, &overlay_events, d, message, sizeof(message));
    if (!d->overlay || uv_poll_init(d->loop, &d->poll, ds_overlay_fd(d->overlay))) {
        ds_log_warn("no drawings: %s", message);
        d->has_failed = true;
        return false;
    }
    d->poll.data = d;
    d->handles++;
    uv_poll_start(&d->poll, UV_READABLE, on_readable);
    ds_overlay_hide(d->overlay, d->is_hidden);
    return true;
}

/* ---- the list ---- */

static void tell_count(struct ds_drawings *d)
{
    d->events->on_count(d->ctx, d->notes.count, d->own_count);
}

/* The screen shows the lists as they are now. */
static void follow(struct ds_drawings *d)
{
    repaint(d);
    turn(d);
    tell_count(d);
}

/* Places go with their notes; there were `before`. */
static void forget_places(struct ds_drawings *d, size_t before)
{
    for (size_t i = 0, kept = 0; i < before && kept < d->notes.count; i++)
        if (d->places[i].id == d->notes.list[kept]->id)
            d->places[kept++] = d->places[i];
}

static int erase(struct ds_drawings *d)
{
    int error = ds_notes_clear(&d->notes, &d->scratch);
    if (error == DS_ENOTFOUND)
        return DS_OK;
    error = send_scratch(d);
    follow(d);
    return error;
}

static int take_note(struct ds_drawings *d, const struct ds_note *note)
{
    const struct ds_rect *area = area_of(d, note->monitor);
    bool fits = area->width == note->width && area->height == note->height;
    if (!fits || !open_overlay(d)) { /* of a screen that is over, or nothing can be shown */
        int error = ds_notes_drop(&d->notes, note->id, &d->scratch);
        return error ? error : send_scratch(d);
    }
    d->places[d->notes.count - 1] = (struct ds_note_place){note->id, area->x, area->y};
    if (note->tool == DS_NOTE_SPOTLIGHT && ds_drawings_shaded(d))
        repaint(d); /* the shade of all spotlights is one */
    turn(d);
    tell_count(d);
    return DS_OK;
}

int ds_drawings_feed(struct ds_drawings *d, const uint8_t *bytes, size_t len)
{
    struct ds_notes_news news;
    size_t before = d->notes.count;
    int error = ds_notes_feed(&d->notes, bytes, len, &d->scratch, &news);
    if (!error)
        error = send_scratch(d);
    if (error)
        return error;
    switch (news.type) {
    case DS_NOTES_NEWS_ADDED:
        return take_note(d, news.note);
    case DS_NOTES_NEWS_REMOVED:
        forget_places(d, before);
        follow(d);
        break;
    case DS_NOTES_NEWS_CLEAN:
        ds_drawings_clean(d);
        break;
    default:
        break;
    }
    return DS_OK;
}

/* The rep's. */
static bool erase_notes(struct ds_drawings *d)
{
    bool had_any = d->notes.count > 0;
    if (erase(d))
        ds_log_warn("that the drawings are gone could not be said");
    return had_any;
}

bool ds_drawings_erase(struct ds_drawings *d)
{
    bool had_any = erase_notes(d) || d->own_count > 0;
    ds_drawings_clean(d);
    return had_any;
}

uint32_t ds_drawings_leave(struct ds_drawings *d)
{
    if (!d)
        return 0;
    ds_drawings_erase(d);
    return d->notes.newest;
}

void ds_drawings_return(struct ds_drawings *d, uint32_t newest)
{
    d->notes.newest = d->told = newest;
}

void ds_drawings_allow(struct ds_drawings *d, bool allowed)
{
    d->notes.allowed = allowed;
    if (allowed)
        return;
    erase_notes(d);
    if (d->trail.count == 0)
        return;
    d->trail.count = 0;
    ds_drawings_touch(d);
    turn(d);
}

void ds_drawings_hide(struct ds_drawings *d, bool hide)
{
    if (d->is_hidden == hide)
        return;
    d->is_hidden = hide;
    if (d->overlay && !d->has_failed)
        ds_overlay_hide(d->overlay, hide);
    turn(d);
}

void ds_drawings_set_area(struct ds_drawings *d, uint8_t monitor, struct ds_rect area)
{
    struct ds_rect *known = area_of(d, monitor), before = *known;
    *known = d->area = area;
    /* Another size or place: what was drawn on the old screen points at nothing. */
    if (!ds_rect_is_empty(before) && memcmp(&before, &area, sizeof(area)) != 0)
        ds_drawings_erase(d);
}

/* ---- the laser pointer ---- */

void ds_drawings_laser(struct ds_drawings *d, int x, int y, uint32_t color, bool on)
{
    bool is_inside = x < d->area.width && y < d->area.height;
    if (!d->notes.allowed || !is_inside || (!on && d->trail.count == 0) || !open_overlay(d))
        return;
    ds_trail_push(&d->trail, d->area.x + x, d->area.y + y, color, on, ds_clock_now());
    ds_drawings_touch(d);
    /* However often it is said: what is not due yet waits for the timer. */
    if (d->above_at <= ds_clock_now() || !uv_is_active((uv_handle_t *)&d->timer))
        turn(d);
}

/* ---- the customer's own ---- */

/* All of the screen is what it is drawn on. */
static bool set_screen(struct ds_drawings *d, struct ds_note *note)
{
    int width, height;
    size_t stride;
    if (!ds_overlay_pixels(d->overlay, &width, &height, &stride))
        return false;
    note->width = (uint16_t)width;
    note->height = (uint16_t)height;
    return true;
}

int ds_drawings_add(struct ds_drawings *d, const struct ds_note *note)
{
    if (d->own_count == DS_DRAWINGS_OWN_MAX)
        return DS_ELIMIT;
    if (!open_overlay(d))
        return DS_EUNSUPPORTED;
    struct ds_note *own = malloc(sizeof(*own));
    if (own) {
        *own = *note;
        own->id = 1; /* of nobody's list */
    }
    if (!own || !set_screen(d, own)) {
        free(own);
        return DS_ENOMEM;
    }
    if (!ds_note_is_valid(own) || own->tool == DS_NOTE_SPOTLIGHT) {
        free(own);
        return DS_EINVAL;
    }
    d->own[d->own_count++] = own;
    turn(d);
    tell_count(d);
    return DS_OK;
}

void ds_drawings_hand(struct ds_drawings *d, enum ds_note_tool tool, enum ds_hand did, int x, int y)
{
    struct ds_note like = {.tool = (uint8_t)tool, .color = DS_DRAWINGS_OWN_COLOR};
    if (!open_overlay(d))
        return;
    if (did == DS_HAND_BEGIN) {
        if (set_screen(d, &like))
            ds_stroke_begin(&d->draft, &like, x, y);
    } else if (d->draft.count > 0) {
        ds_stroke_move(&d->draft, x, y);
    }
    if (did == DS_HAND_END && d->draft.count > 0 && ds_stroke_end(&d->draft) &&
        ds_drawings_add(d, &d->draft))
        ds_log_warn("a drawing of the customer could not be kept");
    if (did == DS_HAND_END)
        d->draft.count = 0;
    ds_drawings_touch(d);
    turn(d);
}

void ds_drawings_clean(struct ds_drawings *d)
{
    if (d->own_count + d->draft.count == 0)
        return;
    while (d->own_count > 0)
        free(d->own[--d->own_count]);
    d->draft.count = 0;
    follow(d);
}

/* ---- life ---- */

struct ds_drawings *ds_drawings_open(uv_loop_t *loop, const char *display, uint32_t below,
                                     const struct ds_drawings_events *events, void *ctx)
{
    struct ds_drawings *d = calloc(1, sizeof(*d));
    if (!d || uv_timer_init(loop, &d->timer)) {
        free(d);
        return NULL;
    }
    ds_notes_init(&d->notes);
    ds_buf_init(&d->scratch, 64);
    d->events = events;
    d->ctx = ctx;
    d->loop = loop;
    d->display = display;
    d->below = below;
    d->timer.data = d;
    d->handles = 1;
    return d;
}

static void on_closed(uv_handle_t *handle)
{
    struct ds_drawings *d = handle->data;
    if (--d->handles > 0)
        return;
    ds_overlay_close(d->overlay);
    ds_sprite_forget(&d->sprite);
    while (d->own_count > 0)
        free(d->own[--d->own_count]);
    ds_notes_destroy(&d->notes);
    ds_buf_destroy(&d->scratch);
    free(d);
}

void ds_drawings_close(struct ds_drawings *d)
{
    if (!d)
        return;
    bool has_poll = d->handles > 1;
    if (d->overlay && !d->has_failed)
        ds_overlay_clear(d->overlay);
    uv_close((uv_handle_t *)&d->timer, on_closed);
    if (has_poll)
        uv_close((uv_handle_t *)&d->poll, on_closed);
}
