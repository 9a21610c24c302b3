/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sentence of the desktop's own (org.freedesktop.Notifications), where there is such a service.
 * Main thread; speaking to the service, which may take its time, is a thread's. */
#ifndef VIEWER_NOTIFY_H
#define VIEWER_NOTIFY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct viewer_notify {
    pthread_t thread;
    bool is_started;     /* and not joined */
    atomic_bool is_done; /* nothing runs in it any more */
    const char *title, *text;
};

/* title, text: static. Nothing happens while another one is still on its way, and where there is no
 * session bus, no libsystemd or no service. */
void viewer_notify_send(struct viewer_notify *notify, const char *title, const char *text);
/* Waits for one that is on its way (at most 2 s). Accepts a zeroed struct. */
void viewer_notify_close(struct viewer_notify *notify);

#endif
