/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decode thread: applies SCREEN chunks to the backing picture in the order they came. Chunks
 * that wait are bounded; a peer that sends more than it was given room for breaks the rules. */
#ifndef DS_PICTURE_DECODE_H
#define DS_PICTURE_DECODE_H

#include "common/base/mailbox.h"
#include "common/picture/backing.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

struct ds_decoder;

/* Bytes of chunks that wait: above HIGH the net thread holds the SCREEN channel, below LOW it goes
 * on. What can still arrive while held is a window and a message; MAX is out of reach of an agent
 * that keeps the rules. */
#define DS_DECODE_LOW ((size_t)2 << 20)
#define DS_DECODE_HIGH ((size_t)8 << 20)
#define DS_DECODE_MAX ((size_t)16 << 20)

struct ds_decode_events {
    /* ds_decoder_new, or another that opens one. Decode thread. */
    struct ds_decoder *(*open)(uint32_t width, uint32_t height, uint32_t tiles);
    /* An update is in the backing picture, or its size changed. Decode thread. */
    void (*on_fresh)(void *ctx);
    /* Chunks that wait have fallen to LOW. Decode thread. */
    void (*on_room)(void *ctx);
    /* The stream is broken; nothing more will come before another size. Decode thread. */
    void (*on_broken)(void *ctx, int error);
};

struct ds_decode {
    pthread_t thread;
    sem_t wake;
    struct ds_mailbox box;
    atomic_size_t waiting; /* bytes of chunks in the box */
    atomic_uint newest;    /* number of the last size that was told */
    atomic_bool stopping;
    struct ds_backing *backing; /* borrowed */
    const struct ds_decode_events *events;
    void *ctx;
    uint32_t tiles; /* that its decoder remembers */
    /* the thread's own: */
    struct ds_decoder *decoder;
    struct ds_region changed; /* of the update under way */
    uint64_t spent_us;
    bool broken;
};

/* How many tiles of 16 KiB an end shall remember on a computer with so many bytes of memory: a
 * sixty-fourth of it, DS_TILES_MIN..DS_TILES_MAX; all from 4 GiB on. */
uint16_t ds_decode_tiles(uint64_t memory);
/* The same of this computer. */
uint16_t ds_decode_tiles_here(void);

/* tiles: DS_TILES_MIN..DS_TILES_MAX, as said in HELLO. */
int ds_decode_start(struct ds_decode *decode, struct ds_backing *backing, uint32_t tiles,
                    const struct ds_decode_events *events, void *ctx);
/* Ends the thread after the chunk it works on; what waits is dropped. */
void ds_decode_stop(struct ds_decode *decode);

/* Any thread. */
size_t ds_decode_waiting(const struct ds_decode *decode);

/* Net thread. A new size: whatever still waits belongs to a picture that is over, and is dropped.
 * 0 x 0: the session is over. */
int ds_decode_resize(struct ds_decode *decode, uint32_t width, uint32_t height);
/* Net thread. Whatever still waits is dropped; the picture stays as it is until another size (or
 * the same) is told. */
void ds_decode_drop(struct ds_decode *decode);
/* Net thread. One SCREEN message, copied. DS_EPROTO: not a chunk, or more than may wait. */
int ds_decode_chunk(struct ds_decode *decode, const uint8_t *bytes, size_t len);

#endif
