/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/notify.h"

#include "common/base/log.h"

#include <dlfcn.h>
#include <stdint.h>

/* Of libsystemd's sd-bus, which every desktop with systemd has; loaded when it is needed, and
 * kept. */
struct bus;
struct bus_calls {
    int (*open_user)(struct bus **bus);
    int (*set_timeout)(struct bus *bus, uint64_t us);
    int (*call)(struct bus *bus, const char *service, const char *path, const char *interface,
                const char *method, void *error, void **reply, const char *types, ...);
    struct bus *(*unref)(struct bus *bus);
};

#define ANSWER_US 2000000 /* then nobody waits for the service any more */
#define SHOWN_MS (-1)     /* as long as the desktop likes */

static void *symbol(void *library, const char *name)
{
    return library ? dlsym(library, name) : NULL;
}

/* A pointer to a function out of one to anything, which C does not convert. */
#define TAKE(member, name)                                                                         \
    do {                                                                                           \
        void *found = symbol(library, name);                                                       \
        is_whole &= found != NULL;                                                                 \
        *(void **)(void *)&calls.member = found;                                                   \
    } while (0)

static void *speak(void *ctx)
{
    struct viewer_notify *n = ctx;
    struct bus_calls calls;
    struct bus *bus = NULL;
    bool is_whole = true;
    void *library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    TAKE(open_user, "sd_bus_open_user");
    TAKE(set_timeout, "sd_bus_set_method_call_timeout");
    TAKE(call, "sd_bus_call_method");
    TAKE(unref, "sd_bus_flush_close_unref");
    int error = is_whole ? calls.open_user(&bus) : -1;
    if (error >= 0) {
        calls.set_timeout(bus, ANSWER_US);
        error = calls.call(bus, "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
                           "org.freedesktop.Notifications", "Notify", NULL, NULL, "susssasa{sv}i",
                           "Deskside", (uint32_t)0, "deskside-viewer", n->title, n->text, 0, 0,
                           (int32_t)SHOWN_MS);
        calls.unref(bus);
    }
    if (error < 0)
        ds_log_debug("no desktop notification error=%d", error);
    atomic_store(&n->is_done, true);
    return NULL;
}

void viewer_notify_send(struct viewer_notify *n, const char *title, const char *text)
{
    if (n->is_started && !atomic_load(&n->is_done))
        return;
    viewer_notify_close(n);
    n->title = title;
    n->text = text;
    atomic_store(&n->is_done, false);
    n->is_started = pthread_create(&n->thread, NULL, speak, n) == 0;
    if (n->is_started)
        pthread_setname_np(n->thread, "notify");
}

void viewer_notify_close(struct viewer_notify *n)
{
    if (n->is_started)
        pthread_join(n->thread, NULL);
    n->is_started = false;
}
