/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/feed.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/picture/feed_thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What may stand in the tunnel's SCREEN queue because of us; the rest waits here, so that the
 * queue's bound (1 MiB) is never met and a pause can still take it back. */
#define TUNNEL_MAX ((size_t)512 * 1024)

struct ds_feed {
    struct ds_feed_thread thread;
    struct ds_mailbox letters;
    struct ds_letter *waiting; /* taken from letters, oldest first */
    void (*wake)(void *ctx);
    void *ctx;
    bool shared, visible;
    uint32_t generation; /* letters of another one are void */
    size_t in_tunnel;    /* SCREEN bytes, as far as known */
    bool told_queued;
    uint8_t monitor;            /* wished */
    uint32_t sent_id, acked_id; /* updates: the last one handed out, the last one presented */
    bool is_gone;               /* GONE was handed out */
    struct ds_feed_stats stats;
};

static void wake_thread(void *ctx)
{
    struct ds_feed_thread *t = ctx;
    uint64_t one = 1;
    if (write(t->wake, &one, sizeof(one)) < 0)
        ds_log_error("screen thread cannot be woken"); /* full counter: it is awake */
}

static void wake_loop(void *ctx)
{
    struct ds_feed *s = ctx;
    s->wake(s->ctx);
}

static void destroy_ack(struct ds_letter *letter)
{
    free(letter);
}

/* For a change of wishes: lock before, tell after. */
static struct ds_feed_wishes *begin_wish(struct ds_feed *s)
{
    pthread_mutex_lock(&s->thread.lock);
    return &s->thread.wishes;
}

static void end_wish(struct ds_feed *s)
{
    pthread_mutex_unlock(&s->thread.lock);
    wake_thread(&s->thread);
}

static int open_display(struct ds_feed *s, const struct ds_feed_config *config, char *message,
                        size_t size)
{
    struct ds_control layout = {.type = DS_CONTROL_LAYOUT};
    int error = ds_capture_open(&s->thread.capture, config->display, message, size);
    if (error)
        return error;
    if (config->aim && config->aim(s->thread.capture, config->window)) {
        snprintf(message, size, "That window cannot be shown.");
        return DS_ENOTFOUND;
    }
    if (ds_pointer_open(&s->thread.pointer, config->display))
        s->thread.pointer = NULL;
    ds_capture_layout(s->thread.capture, &layout);
    ds_capture_origin(s->thread.capture, &s->stats.x, &s->stats.y);
    s->stats.width = layout.width;
    s->stats.height = layout.height;
    return DS_OK;
}

static void close_display(struct ds_feed *s)
{
    ds_encoder_destroy(s->thread.encoder);
    ds_pointer_close(s->thread.pointer);
    ds_capture_close(s->thread.capture);
}

struct ds_feed *ds_feed_start(const struct ds_feed_config *config, void (*wake)(void *ctx),
                              void *ctx, char *message, size_t size)
{
    struct ds_feed *s = calloc(1, sizeof(*s));
    if (!s) {
        snprintf(message, size, "There is not enough memory.");
        return NULL;
    }
    s->wake = wake;
    s->ctx = ctx;
    s->visible = true;
    s->monitor = 0xff;
    s->thread.monitor = 0xff;
    s->thread.visible = true;
    s->thread.wishes = (struct ds_feed_wishes){.visible = true, .monitor = 0xff};
    s->thread.features = config->features;
    s->thread.tiles = config->tiles;
    s->thread.letters = &s->letters;
    s->thread.next_id = 1;
    s->thread.wake = -1;
    ds_pace_init(&s->thread.pace);
    if (pthread_mutex_init(&s->thread.lock, NULL)) {
        snprintf(message, size, "There is not enough memory.");
        free(s);
        return NULL;
    }
    if (open_display(s, config, message, size))
        goto fail;
    snprintf(message, size, "The screen cannot be watched.");
    s->thread.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->thread.wake < 0 ||
        ds_mailbox_init(&s->thread.acks, DS_FEED_ACKS, wake_thread, &s->thread) ||
        ds_mailbox_init(&s->letters, DS_FEED_LETTERS, wake_loop, s))
        goto fail;
    if (pthread_create(&s->thread.thread, NULL, ds_feed_thread_run, &s->thread))
        goto fail;
    message[0] = '\0';
    return s;
fail:
    ds_mailbox_destroy(&s->letters);
    ds_mailbox_destroy(&s->thread.acks);
    if (s->thread.wake >= 0)
        close(s->thread.wake);
    close_display(s);
    pthread_mutex_destroy(&s->thread.lock);
    free(s);
    return NULL;
}

void ds_feed_stop(struct ds_feed *s)
{
    if (!s)
        return;
    begin_wish(s)->stop = true;
    end_wish(s);
    pthread_join(s->thread.thread, NULL);
    while (s->waiting) {
        struct ds_letter *next = s->waiting->next;
        s->waiting->destroy(s->waiting);
        s->waiting = next;
    }
    ds_mailbox_destroy(&s->letters);
    ds_mailbox_destroy(&s->thread.acks);
    close(s->thread.wake);
    close_display(s);
    pthread_mutex_destroy(&s->thread.lock);
    free(s);
}

static const struct ds_feed_letter *front(struct ds_feed *s)
{
    if (!s->waiting)
        s->waiting = ds_mailbox_take_all(&s->letters);
    return (const struct ds_feed_letter *)s->waiting;
}

/* Unlinks the front. The bytes are the caller's. */
static struct ds_rcbuf *drop_front(struct ds_feed *s)
{
    struct ds_feed_letter *letter = (struct ds_feed_letter *)s->waiting;
    struct ds_rcbuf *bytes = letter->bytes;
    letter->bytes = NULL;
    s->waiting = letter->letter.next;
    letter->letter.destroy(&letter->letter);
    return bytes;
}

static bool is_void(const struct ds_feed *s, const struct ds_feed_letter *letter)
{
    if (letter->letter.kind == DS_FEED_GONE)
        return s->is_gone;
    return !s->shared || letter->generation != s->generation;
}

static bool must_wait(const struct ds_feed *s, const struct ds_feed_letter *letter)
{
    return letter->letter.kind == DS_FEED_CHUNK && s->in_tunnel > 0 &&
           s->in_tunnel + letter->bytes->len > TUNNEL_MAX;
}

static enum ds_channel count(struct ds_feed *s, const struct ds_feed_letter *letter)
{
    switch (letter->letter.kind) {
    case DS_FEED_LAYOUT:
        s->stats.x = letter->x;
        s->stats.y = letter->y;
        s->stats.width = letter->width;
        s->stats.height = letter->height;
        return DS_CHANNEL_CONTROL;
    case DS_FEED_CHUNK:
        s->in_tunnel += letter->bytes->len;
        s->sent_id = letter->id;
        s->stats.bytes += letter->bytes->len;
        s->stats.updates += letter->last;
        s->stats.exact = letter->last && letter->exact;
        return DS_CHANNEL_SCREEN;
    case DS_FEED_CURSOR:
        return DS_CHANNEL_CURSOR;
    default:
        s->is_gone = true;
        return 0;
    }
}

bool ds_feed_take(struct ds_feed *s, struct ds_feed_item *item)
{
    const struct ds_feed_letter *letter = front(s);
    while (letter && is_void(s, letter)) {
        ds_rcbuf_unref(drop_front(s));
        letter = front(s);
    }
    if (!letter || must_wait(s, letter))
        return false;
    item->channel = count(s, letter);
    item->message = drop_front(s);
    if (item->channel == 0) {
        ds_rcbuf_unref(item->message);
        item->message = NULL;
    }
    return true;
}

void ds_feed_set_shared(struct ds_feed *s, bool shared)
{
    if (s->shared == shared)
        return;
    s->shared = shared;
    s->stats.exact = false;
    s->generation++;
    struct ds_feed_wishes *wishes = begin_wish(s);
    wishes->shared = shared;
    wishes->generation = s->generation;
    end_wish(s);
}

void ds_feed_set_visible(struct ds_feed *s, bool visible)
{
    if (s->visible == visible)
        return;
    s->visible = visible;
    begin_wish(s)->visible = visible;
    end_wish(s);
}

void ds_feed_select(struct ds_feed *s, uint8_t monitor)
{
    if (s->monitor == monitor)
        return;
    s->monitor = monitor;
    begin_wish(s)->monitor = monitor;
    end_wish(s);
}

void ds_feed_ack(struct ds_feed *s, uint32_t id, uint32_t decode_us)
{
    if (id <= s->acked_id || id > s->sent_id)
        return;
    struct ds_feed_ack *ack = malloc(sizeof(*ack));
    if (!ack)
        return; /* a later one says the same and more */
    *ack =
        (struct ds_feed_ack){.letter = {.destroy = destroy_ack}, .id = id, .decode_us = decode_us};
    if (ds_mailbox_push(&s->thread.acks, &ack->letter)) {
        free(ack);
        return;
    }
    s->acked_id = id;
}

void ds_feed_expect_scroll(struct ds_feed *s)
{
    pthread_mutex_lock(&s->thread.lock); /* nobody has to wake up for it */
    s->thread.wishes.scrolled = ds_clock_now();
    pthread_mutex_unlock(&s->thread.lock);
}

void ds_feed_set_queued(struct ds_feed *s, size_t bytes)
{
    bool queued = bytes > 0;
    s->in_tunnel = bytes;
    if (queued != s->told_queued) {
        s->told_queued = queued;
        begin_wish(s)->queued = queued;
        end_wish(s);
    }
    if (s->waiting && !must_wait(s, (struct ds_feed_letter *)s->waiting))
        s->wake(s->ctx);
}

void ds_feed_stats(struct ds_feed *s, struct ds_feed_stats *stats)
{
    *stats = s->stats;
    stats->newest = s->sent_id;
}
