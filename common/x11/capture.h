/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An X display's screen as pictures: XDamage tells what changed, shared memory brings it. It has a
 * connection of its own and belongs to one thread. Without XDamage everything counts as damaged
 * about 10 times a second; without shared memory (a remote display) pixels come through the socket.
 */
#ifndef DS_X11_CAPTURE_H
#define DS_X11_CAPTURE_H

#include "common/screen/image.h"
#include "common/screen/region.h"
#include "common/wire/sealed.h"

#include <stdbool.h>

struct ds_capture;

/* display: ":0" or NULL for $DISPLAY. DS_EIO: cannot be opened; DS_EUNSUPPORTED: not a 24- or
 * 32-bit TrueColor screen. On failure message (of size bytes) gets a plain sentence. */
int ds_capture_open(struct ds_capture **out, const char *display, char *message, size_t size);
void ds_capture_close(struct ds_capture *capture);

/* Readable when ds_capture_poll has something to do. */
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

/* Which monitor the picture shows: index, or 0xff for all. An index that no longer exists means
 * all. Counts as resize. */
int ds_capture_select(struct ds_capture *capture, uint8_t monitor);

bool ds_capture_is_damaged(const struct ds_capture *capture);

/* Brings the persistent picture up to date and moves the damage since the last grab into *damage.
 * The picture is valid and unchanged until the next grab, select or close. DS_EAGAIN: nothing
 * changed; DS_ECLOSED: display gone; DS_EIO after a resize that is not polled yet: poll again. */
int ds_capture_grab(struct ds_capture *capture, const struct ds_image **image,
                    struct ds_region *damage);

#endif
