/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/decode.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/turn.h"
#include "common/screen/decoder.h"
#include "common/wire/sealed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LETTERS_MAX 65536

enum letter_kind { LETTER_CHUNK, LETTER_RESIZE };

struct work {
    struct ds_letter letter; /* kind: enum letter_kind */
    unsigned number;         /* of the size it belongs to */
    uint32_t width, height;
    size_t len;
    uint8_t bytes[];
};

static void work_free(struct ds_letter *letter)
{
    free(letter);
}

static struct work *work_new(enum letter_kind kind, size_t len)
{
    struct work *work = calloc(1, sizeof(*work) + len);
    if (!work)
        return NULL;
    work->letter.kind = kind;
    work->letter.destroy = work_free;
    work->len = len;
    return work;
}

static void wake(void *ctx)
{
    struct ds_decode *decode = ctx;
    sem_post(&decode->wake);
}

static void fail(struct ds_decode *d, int error)
{
    d->broken = true;
    d->events->on_broken(d->ctx, error);
}

static void resize(struct ds_decode *d, const struct work *work)
{
    ds_decoder_destroy(d->decoder);
    d->decoder = NULL;
    d->broken = false;
    d->spent_us = 0;
    ds_region_clear(&d->changed);
    int error = ds_backing_resize(d->backing, work->width, work->height);
    if (error == DS_OK && work->width > 0) {
        d->decoder = d->events->open(work->width, work->height, d->tiles);
        error = d->decoder ? DS_OK : DS_ENOMEM;
    }
    if (error)
        fail(d, error);
    else
        d->events->on_fresh(d->ctx);
}

static void apply(struct ds_decode *d, const struct work *work)
{
    struct ds_screen_message m;
    if (d->broken)
        return;
    if (!d->decoder || ds_screen_message_decode(work->bytes, work->len, &m) != DS_OK) {
        fail(d, DS_EPROTO);
        return;
    }
    if (m.type != DS_SCREEN_CHUNK)
        return;
    ds_tick before = ds_clock_now();
    if (m.flags & DS_SCREEN_FLAG_FIRST) {
        ds_region_clear(&d->changed);
        d->spent_us = 0;
    }
    bool key = (m.flags & DS_SCREEN_FLAG_FIRST) && (m.flags & DS_SCREEN_FLAG_KEY);
    ds_backing_lock(d->backing);
    int error = ds_decoder_feed(d->decoder, m.ops, m.ops_len, key, &d->backing->image, &d->changed);
    ds_backing_unlock(d->backing);
    if (error) {
        fail(d, error);
        return;
    }
    d->spent_us += ds_clock_now() - before;
    if (!(m.flags & DS_SCREEN_FLAG_LAST))
        return;
    uint32_t us = d->spent_us > UINT32_MAX ? UINT32_MAX : (uint32_t)d->spent_us;
    ds_backing_publish(d->backing, &d->changed, (struct ds_ack){m.id, us});
    ds_region_clear(&d->changed);
    d->events->on_fresh(d->ctx);
}

static void finish(struct ds_decode *d, size_t len)
{
    size_t before = atomic_fetch_sub(&d->waiting, len);
    if (before > DS_DECODE_LOW && before - len <= DS_DECODE_LOW)
        d->events->on_room(d->ctx);
}

size_t ds_decode_waiting(const struct ds_decode *d)
{
    return atomic_load(&d->waiting);
}

static void *run(void *ctx)
{
    struct ds_decode *d = ctx;
    pthread_setname_np(pthread_self(), "decode");
    ds_turn_usual();
    bool going = true;
    while (going) {
        while (sem_wait(&d->wake) != 0 && errno == EINTR)
            ;
        going = !atomic_load(&d->stopping);
        struct ds_letter *letter = ds_mailbox_take_all(&d->box);
        while (letter) {
            struct ds_letter *next = letter->next;
            struct work *work = (struct work *)letter;
            going = going && !atomic_load(&d->stopping);
            if (going && work->number == atomic_load(&d->newest)) {
                if (letter->kind == LETTER_RESIZE)
                    resize(d, work);
                else if (letter->kind == LETTER_CHUNK)
                    apply(d, work);
            }
            finish(d, work->len);
            letter->destroy(letter);
            letter = next;
        }
    }
    ds_decoder_destroy(d->decoder);
    d->decoder = NULL;
    return NULL;
}

uint16_t ds_decode_tiles(uint64_t memory)
{
    uint64_t tiles = memory / 64 / 16384;
    return (uint16_t)(tiles < DS_TILES_MIN   ? DS_TILES_MIN
                      : tiles > DS_TILES_MAX ? DS_TILES_MAX
                                             : tiles);
}

uint16_t ds_decode_tiles_here(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? ds_decode_tiles((uint64_t)pages * (uint64_t)size) : DS_TILES_MAX;
}

int ds_decode_start(struct ds_decode *d, struct ds_backing *backing, uint32_t tiles,
                    const struct ds_decode_events *events, void *ctx)
{
    memset(d, 0, sizeof(*d));
    d->backing = backing;
    d->tiles = tiles;
    d->events = events;
    d->ctx = ctx;
    if (sem_init(&d->wake, 0, 0) != 0)
        return DS_EIO;
    int error = ds_mailbox_init(&d->box, LETTERS_MAX, wake, d);
    if (error == DS_OK && pthread_create(&d->thread, NULL, run, d) != 0) {
        ds_mailbox_destroy(&d->box);
        error = DS_ENOMEM;
    }
    if (error)
        sem_destroy(&d->wake);
    return error;
}

static int post(struct ds_decode *d, struct work *work)
{
    atomic_fetch_add(&d->waiting, work->len);
    int error = ds_mailbox_push(&d->box, &work->letter);
    if (error) {
        atomic_fetch_sub(&d->waiting, work->len);
        free(work);
    }
    return error;
}

void ds_decode_stop(struct ds_decode *d)
{
    atomic_store(&d->stopping, true);
    wake(d);
    pthread_join(d->thread, NULL);
    ds_mailbox_destroy(&d->box);
    sem_destroy(&d->wake);
}

int ds_decode_resize(struct ds_decode *d, uint32_t width, uint32_t height)
{
    struct work *work = work_new(LETTER_RESIZE, 0);
    if (!work)
        return DS_ENOMEM;
    work->width = width;
    work->height = height;
    work->number = atomic_fetch_add(&d->newest, 1) + 1;
    return post(d, work);
}

void ds_decode_drop(struct ds_decode *d)
{
    atomic_fetch_add(&d->newest, 1);
}

int ds_decode_chunk(struct ds_decode *d, const uint8_t *bytes, size_t len)
{
    if (len > DS_SCREEN_CHUNK_MAX || atomic_load(&d->waiting) + len > DS_DECODE_MAX) {
        ds_log_warn("too much picture waits waiting=%zu", (size_t)atomic_load(&d->waiting));
        return DS_EPROTO;
    }
    struct work *work = work_new(LETTER_CHUNK, len);
    if (!work)
        return DS_ENOMEM;
    memcpy(work->bytes, bytes, len);
    work->number = atomic_load(&d->newest);
    return post(d, work);
}
