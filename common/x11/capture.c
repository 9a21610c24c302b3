/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/capture.h"

#include "common/base/error.h"
#include "common/x11/capture_source.h"
#include "common/x11/damage.h"
#include "common/x11/fetch.h"
#include "common/x11/monitors.h"
#include "common/x11/moves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Without XDamage the whole screen is read and compared this often: header, "about 10 times". */
#define BLIND_NS 100000000L

#define ALL_MONITORS 0xff

struct ds_capture {
    struct ds_display display;
    struct ds_monitors monitors;
    struct ds_damage damage;
    struct ds_moves moves;
    struct ds_fetch fetch;
    struct ds_image image;
    struct ds_region pending;               /* root coordinates: damage taken but not read yet */
    uint8_t monitor;                        /* index or ALL_MONITORS */
    char wanted[DS_TEXT_REASON];            /* name of the selected monitor */
    int32_t x, y;                           /* of the picture on the screen */
    const struct ds_capture_source *source; /* NULL: the screen */
    void *source_ctx;                       /* owned through source->close */
    struct ds_capture_place place;          /* of the source */
    bool is_lost;                           /* the source is gone */
    bool blind;                             /* no XDamage: timer and epoll stand in for it */
    bool due;                               /* blind: the timer has run out since the last grab */
    bool everything; /* the whole picture has to be read, whatever damage says */
    bool suspect;
    bool resized;     /* not yet told by poll */
    bool stale;       /* the display may have another layout than monitors says */
    int timer, epoll; /* -1 unless blind */
    struct ds_capture_stats stats;
};

static struct ds_rect selected(const struct ds_capture *c)
{
    if (c->source)
        return (struct ds_rect){c->place.x, c->place.y, (int32_t)c->place.width,
                                (int32_t)c->place.height};
    if (c->monitor == ALL_MONITORS)
        return (struct ds_rect){0, 0, (int32_t)c->monitors.width, (int32_t)c->monitors.height};
    const struct ds_monitor *m = &c->monitors.list[c->monitor];
    return (struct ds_rect){m->x, m->y, (int32_t)m->width, (int32_t)m->height};
}

/* Makes picture and buffers fit what is selected. */
static int fit(struct ds_capture *c)
{
    struct ds_rect rect = selected(c);
    uint32_t width = (uint32_t)rect.width, height = (uint32_t)rect.height;
    if (width != c->image.width || height != c->image.height) {
        struct ds_image image;
        int error = ds_image_init(&image, width, height);
        if (error)
            return error;
        error = ds_fetch_resize(&c->fetch, width, height);
        if (error) { /* and still fits the picture before */
            ds_image_destroy(&image);
            return error;
        }
        ds_image_destroy(&c->image);
        c->image = image;
    }
    c->x = rect.x;
    c->y = rect.y;
    c->everything = true;
    c->resized = true;
    return DS_OK;
}

/* The source may be elsewhere, of another size, or gone. */
static int follow_source(struct ds_capture *c)
{
    bool renewed = false;
    struct ds_capture_place before = c->place;
    c->stale = false;
    int error = c->source->follow(c->source_ctx, &c->place, &renewed);
    c->is_lost |= error == DS_ECLOSED;
    if (error)
        return error;
    c->x = c->place.x;
    c->y = c->place.y;
    c->fetch.drawable = c->place.drawable;
    c->everything |= renewed;
    if (c->place.width == before.width && c->place.height == before.height)
        return DS_OK;
    error = fit(c);
    if (error) {
        c->place = before;
        c->stale = true;
    }
    return error;
}

/* Reads the layout anew; what is the same as before changes nothing. */
static int refresh(struct ds_capture *c)
{
    if (c->source)
        return follow_source(c);
    struct ds_monitors now;
    memset(&now, 0, sizeof(now));
    c->stale = false;
    int error = ds_monitors_read(&c->display, &now);
    if (error)
        return error;
    bool same = now.width == c->monitors.width && now.height == c->monitors.height &&
                now.count == c->monitors.count;
    for (uint8_t i = 0; same && i < now.count; i++) {
        const struct ds_monitor *a = &now.list[i], *b = &c->monitors.list[i];
        same = a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height &&
               strcmp(a->name, b->name) == 0;
    }
    if (same)
        return DS_OK;
    struct ds_monitors before = c->monitors;
    uint8_t monitor = c->monitor;
    c->monitors = now;
    if (c->monitor != ALL_MONITORS)
        c->monitor = ds_monitors_find(&now, c->wanted);
    error = fit(c);
    if (error) { /* tried again by the next poll */
        c->monitors = before;
        c->monitor = monitor;
        c->stale = true;
    }
    return error;
}

static int start_blind(struct ds_capture *c)
{
    c->blind = true;
    c->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    c->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (c->timer < 0 || c->epoll < 0)
        return DS_EIO;
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->timer, &event) ||
        epoll_ctl(c->epoll, EPOLL_CTL_ADD, xcb_get_file_descriptor(c->display.conn), &event))
        return DS_EIO;
    return DS_OK;
}

/* One shot: armed by a grab, so that a picture nobody reads costs no wake-ups. */
static void arm(struct ds_capture *c)
{
    struct itimerspec when = {.it_value.tv_nsec = BLIND_NS};
    c->due = false;
    timerfd_settime(c->timer, 0, &when, NULL);
}

int ds_capture_open(struct ds_capture **out, const char *display, char *message, size_t size)
{
    struct ds_capture *c = calloc(1, sizeof(*c));
    if (!c) {
        snprintf(message, size, "There is not enough memory.");
        return DS_ENOMEM;
    }
    c->timer = c->epoll = -1;
    c->monitor = ALL_MONITORS;
    int error = ds_display_open(&c->display, display, message, size);
    if (!error)
        error = ds_fetch_init(&c->fetch, &c->display, message, size);
    if (error)
        goto fail;
    snprintf(message, size, "The screen cannot be read.");
    ds_monitors_watch(&c->display);
    ds_moves_init(&c->moves, &c->display);
    error = refresh(c);
    if (!error && ds_damage_init(&c->damage, &c->display))
        error = start_blind(c);
    if (error)
        goto fail;
    c->resized = false;
    c->due = true;
    message[0] = '\0';
    *out = c;
    return DS_OK;
fail:
    ds_capture_close(c);
    return error;
}

void ds_capture_close(struct ds_capture *c)
{
    if (!c)
        return;
    if (c->source)
        c->source->close(c->source_ctx);
    ds_fetch_destroy(&c->fetch);
    ds_image_destroy(&c->image);
    if (c->timer >= 0)
        close(c->timer);
    if (c->epoll >= 0)
        close(c->epoll);
    ds_display_close(&c->display);
    free(c);
}

int ds_capture_fd(const struct ds_capture *c)
{
    return c->blind ? c->epoll : xcb_get_file_descriptor(c->display.conn);
}

int ds_capture_poll(struct ds_capture *c)
{
    uint64_t count;
    if (c->blind && read(c->timer, &count, sizeof(count)) == (ssize_t)sizeof(count))
        c->due = true;
    xcb_generic_event_t *event;
    do {
        while ((event = xcb_poll_for_event(c->display.conn)) != NULL) {
            if (c->source && c->source->handle(c->source_ctx, event))
                c->stale = true;
            else if (!ds_damage_handle(&c->damage, event) && !ds_moves_handle(&c->moves, event) &&
                     ds_monitors_is_change(&c->display, event))
                c->stale |= !c->source;
            free(event);
        }
        /* Reading the layout waits for answers, and events may come along with them. */
    } while (c->stale && refresh(c) == DS_OK);
    if (ds_display_is_gone(&c->display) || c->is_lost)
        return DS_CAPTURE_GONE;
    int events = c->resized ? DS_CAPTURE_RESIZED : 0;
    c->resized = false;
    return events | (ds_capture_is_damaged(c) ? DS_CAPTURE_DAMAGED : 0);
}

void ds_capture_layout(const struct ds_capture *c, struct ds_control *layout)
{
    layout->width = c->image.width;
    layout->height = c->image.height;
    layout->monitor = c->monitor;
    layout->monitor_count = c->monitors.count;
    memcpy(layout->monitors, c->monitors.list, sizeof(layout->monitors));
}

void ds_capture_origin(const struct ds_capture *c, int32_t *x, int32_t *y)
{
    *x = c->x;
    *y = c->y;
}

int ds_capture_select(struct ds_capture *c, uint8_t monitor)
{
    if (c->source)
        return DS_OK;
    uint8_t before = c->monitor;
    c->monitor = monitor < c->monitors.count ? monitor : ALL_MONITORS;
    int error = fit(c);
    if (error) {
        c->monitor = before;
        return error;
    }
    if (c->monitor != ALL_MONITORS)
        memcpy(c->wanted, c->monitors.list[c->monitor].name, sizeof(c->wanted));
    return DS_OK;
}

bool ds_capture_is_damaged(const struct ds_capture *c)
{
    return c->everything || c->suspect || c->damage.dirty || !ds_region_is_empty(&c->pending) ||
           (c->blind && c->due);
}

static void move_region(struct ds_region *region, int32_t x, int32_t y)
{
    for (size_t i = 0; i < region->count; i++) {
        region->rects[i].x += x;
        region->rects[i].y += y;
    }
}

/* Joined rectangles overlap: what would be read more than once is read as one rectangle. */
static void simplify(struct ds_region *region)
{
    struct ds_rect bounds = ds_region_bounds(region);
    uint64_t area = 0;
    for (size_t i = 0; i < region->count; i++)
        area += (uint64_t)region->rects[i].width * (uint64_t)region->rects[i].height;
    if (area < (uint64_t)bounds.width * (uint64_t)bounds.height)
        return;
    ds_region_clear(region);
    ds_region_add(region, bounds);
}

/* Reads want; what differs or was damaged ends up in *damage (picture coordinates). */
static int read_region(struct ds_capture *c, const struct ds_region *want, bool compare,
                       struct ds_region *damage)
{
    struct ds_region found;
    ds_region_clear(&found);
    c->stats.grabs++;
    for (size_t i = 0; i < want->count; i++)
        c->stats.pixels += (uint64_t)want->rects[i].width * (uint64_t)want->rects[i].height;
    int32_t x = c->source ? c->place.inside_x : c->x, y = c->source ? c->place.inside_y : c->y;
    int error = ds_fetch_read(&c->fetch, &c->image, x, y, want, compare ? &found : NULL);
    if (error)
        return error;
    ds_region_add_region(damage, compare ? &found : want);
    return DS_OK;
}

int ds_capture_grab(struct ds_capture *c, const struct ds_image **image, struct ds_region *damage)
{
    if (ds_display_is_gone(&c->display))
        return DS_ECLOSED;
    ds_region_clear(damage);
    if (!ds_capture_is_damaged(c))
        return DS_EAGAIN;
    if (c->damage.dirty && ds_damage_take(&c->damage, &c->pending))
        return ds_display_is_gone(&c->display) ? DS_ECLOSED : DS_EIO;
    bool all = c->everything, compare = !all && (c->blind || c->suspect);
    struct ds_region want;
    ds_region_clear(&want);
    if (all || compare) {
        ds_region_add(&want, ds_image_bounds(&c->image));
    } else {
        want = c->pending;
        if (!c->source) /* whose damage is in its own pixels */
            move_region(&want, -c->x, -c->y);
        ds_region_clip(&want, ds_image_bounds(&c->image));
        simplify(&want);
    }
    int error = ds_region_is_empty(&want) ? DS_OK : read_region(c, &want, compare, damage);
    if (error) {
        if (ds_display_is_gone(&c->display))
            return DS_ECLOSED;
        /* The screen became smaller under our hands: the events that say so are waiting. */
        c->everything = true;
        c->stale = true;
        return DS_EIO;
    }
    c->stats.missed +=
        c->suspect && compare && ds_region_is_empty(&c->pending) && !ds_region_is_empty(damage);
    ds_region_clear(&c->pending);
    c->everything = c->suspect = false;
    if (c->blind)
        arm(c);
    *image = &c->image;
    return ds_region_is_empty(damage) ? DS_EAGAIN : DS_OK;
}

int ds_capture_peek(const struct ds_capture *c, const struct ds_image **image)
{
    if (c->everything)
        return DS_EAGAIN;
    *image = &c->image;
    return DS_OK;
}

void ds_capture_suspect(struct ds_capture *c)
{
    c->suspect = true;
}

void ds_capture_get_stats(const struct ds_capture *c, struct ds_capture_stats *out)
{
    *out = c->stats;
    out->shared = c->fetch.area.memory != NULL;
    out->damage = !c->blind;
}

size_t ds_capture_moves(struct ds_capture *c, struct ds_vector *out, size_t max)
{
    size_t count = ds_moves_take(&c->moves, out, max);
    return c->source ? 0 : count; /* what lies in a window moves with it */
}

const struct ds_display *ds_capture_display(const struct ds_capture *c)
{
    return &c->display;
}

int ds_capture_aim(struct ds_capture *c, xcb_window_t window,
                   const struct ds_capture_source *source, void *ctx)
{
    c->source = source;
    c->source_ctx = ctx;
    ds_region_clear(&c->pending);
    if (!c->blind && ds_damage_aim(&c->damage, window))
        return DS_EIO;
    int error = follow_source(c);
    c->resized = false;
    return error;
}
