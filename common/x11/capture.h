/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An X display's screen as pictures: XDamage tells what changed, shared memory brings it. It has a
 * connection of its own and belongs to one thread. Without XDamage everything counts as damaged
 * about 10 times a second; without shared memory (a remote display) pixels come through the socket.
 */
#ifndef DS_X11_CAPTURE_H
#define DS_X11_CAPTURE_H

#include "common/screen/image.h"
#include "common/screen/motion_grid.h"
#include "common/screen/region.h"
#include "common/wire/sealed.h"

#include <stdbool.h>

struct ds_capture;

/* display: ":0" or NULL for $DISPLAY. DS_EIO: cannot be opened; DS_EUNSUPPORTED: not a 24- or
 * 32-bit TrueColor screen. On failure message (of size bytes) gets a plain sentence. */
int ds_capture_open(struct ds_capture **out, const char *display, char *message, size_t size);
void ds_capture_close(struct ds_capture *capture);

/* Readable when ds_capture_poll has something to do. The other functions may already have read what
 * made it readable: call ds_capture_poll after them, before waiting for the descriptor. */
int ds_capture_fd(const struct ds_capture *capture);

enum ds_capture_event {
    DS_CAPTURE_DAMAGED = 1, /* pixels changed */
    DS_CAPTURE_RESIZED =
        2, /* size or monitors changed: ask ds_capture_layout again, everything is damaged */
    DS_CAPTURE_GONE = 4, /* the display has gone */
};
/* Reads what has arrived, without waiting; returns an or of ds_capture_event. */
int ds_capture_poll(struct ds_capture *capture);

/* Size of the picture and monitors, into the LAYOUT fields of *layout (width height monitor
 * monitor_count monitors). */
void ds_capture_layout(const struct ds_capture *capture, struct ds_control *layout);

/* Where the picture's first pixel lies on the screen: what the injector adds to positions. */
void ds_capture_origin(const struct ds_capture *capture, int32_t *x, int32_t *y);

/* Which monitor the picture shows: index, or 0xff for all. An index that no longer exists means
 * all, now and when monitors go away later. Counts as resize: the next ds_capture_poll says so.
 * DS_ENOMEM: nothing changed. */
int ds_capture_select(struct ds_capture *capture, uint8_t monitor);

bool ds_capture_is_damaged(const struct ds_capture *capture);

/* Brings the persistent picture up to date and moves the damage since the last grab into *damage.
 * The picture is valid and unchanged until the next grab, select or close. DS_EAGAIN: nothing
 * changed; DS_ECLOSED: display gone; DS_EIO after a resize that is not polled yet: poll again. */
int ds_capture_grab(struct ds_capture *capture, const struct ds_image **image,
                    struct ds_region *damage);

/* The picture as the last grab left it. DS_EAGAIN: the size changed since, or nothing was grabbed
 * yet. */
int ds_capture_peek(const struct ds_capture *capture, const struct ds_image **image);

/* The next grab reads and compares the whole picture: for programs that draw past XDamage. Costs a
 * full read, so about once a second at most, and only while somebody looks. */
void ds_capture_suspect(struct ds_capture *capture);

/* How windows moved since the last call, newest first; returns how many (at most max). For the
 * encoder, with the picture grabbed next. */
size_t ds_capture_moves(struct ds_capture *capture, struct ds_vector *out, size_t max);

struct ds_capture_stats {
    uint64_t grabs;  /* reads of pixels from the display */
    uint64_t pixels; /* read by them */
    uint64_t missed; /* suspicions that were right: nothing was announced, and something differed */
    bool shared;     /* through shared memory */
    bool damage;     /* XDamage tells what changed */
};
void ds_capture_get_stats(const struct ds_capture *capture, struct ds_capture_stats *out);

#endif
