/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/drawings.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/desk/note_paint.h"
#include "common/service/notes.h"
#include "common/x11/overlay.h"

#include <stdlib.h>
#include <string.h>

/* A person sees no wait below it, and ordinary drawings are all painted in one. */
#define PAINT_SLICE (20 * DS_MS)

#define AREAS (DS_SCREEN_MONITORS_MAX + 1) /* the last one: all monitors */

/* Where the picture of a note lies on the root window. */
struct agent_note_place {
    uint32_t id;
    int x, y;
};

struct agent_drawings {
    struct ds_notes notes;
    const struct agent_drawings_events *events; /* borrowed */
    void *ctx;
    uv_loop_t *loop;
    const char *display; /* borrowed */
    uint32_t below;
    struct ds_overlay *overlay;  /* owned; NULL until the first note */
    struct ds_rect areas[AREAS]; /* of the root window; empty: no such picture was sent */
    struct agent_note_place places[DS_NOTES_MAX]; /* beside notes.list */
    size_t synced;         /* of them, when the layer was last asked to say that all is drawn */
    size_t painted;        /* of the list, from its start */
    ds_tick paint_at;      /* not before */
    uint32_t told;         /* notes up to this id have been told as shown */
    struct ds_buf scratch; /* one outgoing message */
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned handles; /* not closed yet; the last one frees */
    bool is_hidden, has_failed;
};

static int send_scratch(struct agent_drawings *d)
{
    int error = DS_OK;
    if (d->scratch.len > 0)
        error = d->events->send(d->ctx, ds_buf_peek(&d->scratch), d->scratch.len);
    ds_buf_clear(&d->scratch);
    return error;
}

static struct ds_rect *area_of(struct agent_drawings *d, uint8_t monitor)
{
    return &d->areas[monitor < DS_SCREEN_MONITORS_MAX ? monitor : AREAS - 1];
}

/* ---- painting ---- */

static enum ds_note_look look_of(const struct agent_drawings *d)
{
    return ds_overlay_is_soft(d->overlay) ? DS_NOTE_SOFT : DS_NOTE_SOLID;
}

static struct ds_note_shape shape_of(const struct agent_drawings *d, size_t i)
{
    return (struct ds_note_shape){d->notes.list[i], d->places[i].x, d->places[i].y, 1};
}

static struct ds_rect paint_shade(struct agent_drawings *d, cairo_t *cr)
{
    struct ds_note_shape shapes[DS_NOTES_MAX];
    struct ds_rect changed = {0};
    if (look_of(d) != DS_NOTE_SOFT)
        return changed;
    for (size_t i = 0; i < d->notes.count; i++) {
        shapes[i] = shape_of(d, i);
        if (shapes[i].note->tool == DS_NOTE_SPOTLIGHT)
            changed = ds_rect_union(changed, ds_note_box(&shapes[i], DS_NOTE_SOFT));
    }
    ds_note_paint_shade(cr, shapes, d->notes.count);
    return changed;
}

/* Paints what is not painted yet, for about PAINT_SLICE at least one note; then others have as long
 * before the next. So a rep who draws as much as the rules let them takes half of the time. False:
 * nothing is due. */
static bool paint(struct agent_drawings *d)
{
    ds_tick now = ds_clock_now();
    int width, height;
    size_t stride;
    if (!d->overlay || d->painted >= d->notes.count || now < d->paint_at)
        return false;
    uint32_t *pixels = ds_overlay_pixels(d->overlay, &width, &height, &stride);
    if (!pixels) {
        d->paint_at = now + DS_SECOND; /* memory is short; it may not be then */
        return false;
    }
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)pixels, CAIRO_FORMAT_ARGB32, width, height, (int)stride);
    cairo_t *cr = cairo_create(surface);
    struct ds_rect changed = {0};
    if (d->painted == 0)
        changed = paint_shade(d, cr);
    do {
        struct ds_note_shape shape = shape_of(d, d->painted++);
        ds_note_paint_one(cr, &shape, look_of(d));
        changed = ds_rect_union(changed, ds_note_box(&shape, look_of(d)));
    } while (d->painted < d->notes.count && ds_clock_now() < now + PAINT_SLICE);
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    ds_overlay_change(d->overlay, changed);
    d->paint_at = 2 * ds_clock_now() - now;
    if (d->painted < d->notes.count)
        return true;
    d->synced = d->painted;
    ds_overlay_sync(d->overlay);
    return true;
}

/* All of it again: what is beneath a note that went is not kept. */
static void repaint(struct agent_drawings *d)
{
    if (d->overlay)
        ds_overlay_clear(d->overlay);
    d->painted = d->synced = 0;
}

static bool is_shaded(const struct agent_drawings *d)
{
    for (size_t i = 0; i < d->notes.count; i++)
        if (d->notes.list[i]->tool == DS_NOTE_SPOTLIGHT)
            return look_of(d) == DS_NOTE_SOFT;
    return false;
}

/* ---- the layer ---- */

static void turn(struct agent_drawings *d);

static void on_renewed(void *ctx)
{
    struct agent_drawings *d = ctx;
    d->painted = 0;
}

/* Each note that is on the screen by now is told once. */
static void on_drawn(void *ctx)
{
    struct agent_drawings *d = ctx;
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
    struct agent_drawings *d = ctx;
    return d->events->is_own(d->ctx, window);
}

static const struct ds_overlay_events overlay_events = {
    .on_renewed = on_renewed,
    .on_drawn = on_drawn,
    .is_own = is_own,
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

static void turn(struct agent_drawings *d)
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
    } while (paint(d));
    ds_tick now = ds_clock_now();
    ds_tick next = ds_overlay_deadline(d->overlay);
    if (d->painted < d->notes.count && (next == 0 || d->paint_at < next))
        next = d->paint_at;
    if (next == 0)
        uv_timer_stop(&d->timer);
    else
        uv_timer_start(&d->timer, on_timer, next > now ? (next - now) / DS_MS + 1 : 1, 0);
}

static bool open_overlay(struct agent_drawings *d)
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

/* The screen shows the list as it is now. */
static void follow(struct agent_drawings *d)
{
    repaint(d);
    turn(d);
    d->events->on_count(d->ctx, d->notes.count);
}

/* Places go with their notes; there were `before`. */
static void forget_places(struct agent_drawings *d, size_t before)
{
    for (size_t i = 0, kept = 0; i < before && kept < d->notes.count; i++)
        if (d->places[i].id == d->notes.list[kept]->id)
            d->places[kept++] = d->places[i];
}

static int erase(struct agent_drawings *d)
{
    int error = ds_notes_clear(&d->notes, &d->scratch);
    if (error == DS_ENOTFOUND)
        return DS_OK;
    error = send_scratch(d);
    follow(d);
    return error;
}

static int take_note(struct agent_drawings *d, const struct ds_note *note)
{
    const struct ds_rect *area = area_of(d, note->monitor);
    bool fits = area->width == note->width && area->height == note->height;
    if (!fits || !open_overlay(d)) { /* of a screen that is over, or nothing can be shown */
        int error = ds_notes_drop(&d->notes, note->id, &d->scratch);
        return error ? error : send_scratch(d);
    }
    d->places[d->notes.count - 1] = (struct agent_note_place){note->id, area->x, area->y};
    if (note->tool == DS_NOTE_SPOTLIGHT && is_shaded(d))
        repaint(d); /* the shade of all spotlights is one */
    turn(d);
    d->events->on_count(d->ctx, d->notes.count);
    return DS_OK;
}

int agent_drawings_feed(struct agent_drawings *d, const uint8_t *bytes, size_t len)
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
    default:
        break;
    }
    return DS_OK;
}

bool agent_drawings_erase(struct agent_drawings *d)
{
    bool had_any = d->notes.count > 0;
    if (erase(d))
        ds_log_warn("that the drawings are gone could not be said");
    return had_any;
}

uint32_t agent_drawings_leave(struct agent_drawings *d)
{
    if (!d)
        return 0;
    agent_drawings_erase(d);
    return d->notes.newest;
}

void agent_drawings_return(struct agent_drawings *d, uint32_t newest)
{
    d->notes.newest = d->told = newest;
}

void agent_drawings_allow(struct agent_drawings *d, bool allowed)
{
    d->notes.allowed = allowed;
    if (!allowed)
        agent_drawings_erase(d);
}

void agent_drawings_hide(struct agent_drawings *d, bool hide)
{
    if (d->is_hidden == hide)
        return;
    d->is_hidden = hide;
    if (d->overlay && !d->has_failed)
        ds_overlay_hide(d->overlay, hide);
    turn(d);
}

void agent_drawings_set_area(struct agent_drawings *d, uint8_t monitor, struct ds_rect area)
{
    struct ds_rect *known = area_of(d, monitor), before = *known;
    *known = area;
    /* Another size or place: what was drawn on the old screen points at nothing. */
    if (!ds_rect_is_empty(before) && memcmp(&before, &area, sizeof(area)) != 0)
        agent_drawings_erase(d);
}

/* ---- life ---- */

struct agent_drawings *agent_drawings_open(uv_loop_t *loop, const char *display, uint32_t below,
                                           const struct agent_drawings_events *events, void *ctx)
{
    struct agent_drawings *d = calloc(1, sizeof(*d));
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
    struct agent_drawings *d = handle->data;
    if (--d->handles > 0)
        return;
    ds_overlay_close(d->overlay);
    ds_notes_destroy(&d->notes);
    ds_buf_destroy(&d->scratch);
    free(d);
}

void agent_drawings_close(struct agent_drawings *d)
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
