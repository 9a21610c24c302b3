/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/relay.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "relay/desk/admin.h"
#include "relay/desk/control.h"
#include "relay/listen/certificate.h"
#include "relay/listen/privilege.h"
#include "relay/observe/outlet.h"
#include "relay/web/http.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PATH_SIZE 4096

struct relay {
    uv_loop_t loop;
    struct relay_conf conf;
    struct relay_listener listener;
    struct relay_desk desk;
    struct relay_clerk clerk;
    struct relay_control control;
    struct relay_web web;
    struct relay_outlet outlet;
    struct relay_worker workers[RELAY_WORKERS_MAX];
    struct relay_worker_common common;
    uv_signal_t on_term, on_int;
    bool is_stopping;
    int lock; /* the folder, locked while this process serves it */
    char path[PATH_SIZE], message[1024];
};

static const char *in_dir(struct relay *relay, const char *dir, const char *name)
{
    snprintf(relay->path, sizeof(relay->path), "%s/%s", dir, name);
    return relay->path;
}

static void on_leg(void *ctx, int fd, const struct relay_address *from)
{
    struct relay *relay = ctx;
    relay_desk_take(&relay->desk, fd, from);
}

static void on_web(void *ctx, int fd, const struct relay_address *from, bool is_tls)
{
    struct relay *relay = ctx;
    relay_web_take(&relay->web, fd, from, is_tls);
}

static void on_crowd(void *ctx, ds_tick since, bool of_legs, bool of_web)
{
    struct relay *relay = ctx;
    if (of_legs)
        relay_desk_make_room(&relay->desk, since);
    if (of_web)
        relay_web_make_room(&relay->web, since);
}

static const struct relay_listener_events listener_events = {on_leg, on_web, on_crowd};

static void on_stopped(void *ctx)
{
    struct relay *relay = ctx;
    relay_control_close(&relay->control);
    uv_close((uv_handle_t *)&relay->on_term, NULL);
    uv_close((uv_handle_t *)&relay->on_int, NULL);
    uv_stop(&relay->loop);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct relay *relay = signal->data;
    (void)number;
    if (relay->is_stopping)
        return;
    relay->is_stopping = true;
    ds_log_info("stopping");
    relay_listener_close(&relay->listener);
    relay_desk_stop(&relay->desk, on_stopped, relay);
}

static int lock_dir(struct relay *relay, const char *dir)
{
    relay->lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (relay->lock < 0) {
        snprintf(relay->message, sizeof(relay->message), "The folder %s cannot be opened: %s.", dir,
                 strerror(errno));
        return DS_EIO;
    }
    if (flock(relay->lock, LOCK_EX | LOCK_NB)) {
        snprintf(relay->message, sizeof(relay->message), "Another relay serves %s already.", dir);
        return DS_EREFUSED;
    }
    return DS_OK;
}

static struct ds_rcbuf *make_welcome(const struct relay *relay)
{
    struct ds_message welcome = {.type = DS_MESSAGE_WELCOME, .version = DS_PROTOCOL_VERSION};
    welcome.heartbeat_ms = (unsigned)relay->common.heartbeat_ms;
    welcome.dead_ms = (unsigned)relay->common.dead_ms;
    memcpy(welcome.host, relay->conf.host, sizeof(welcome.host));
    memcpy(welcome.org, relay->conf.org, sizeof(welcome.org));
    return relay_desk_frame(&welcome);
}

/* What may fail for reasons that the admin can mend: settings, ports, rights, files. */
static int prepare(struct relay *relay, const char *dir, struct relay_store **store)
{
    char *message = relay->message;
    size_t size = sizeof(relay->message);
    int error = relay_conf_read(&relay->conf, in_dir(relay, dir, "relay.conf"), message, size);
    if (error || (error = lock_dir(relay, dir)) != 0)
        return error;
    error = relay_privilege_descriptors(relay_conf_descriptors(&relay->conf), message, size);
    if (!error)
        error = relay_listener_open(&relay->listener, &relay->loop, &relay->conf,
                                    in_dir(relay, dir, "relay.conf"), message, size);
    if (!error)
        error = relay_privilege_drop(dir, message, size);
    if (error)
        return error;
    char cert[PATH_SIZE], key[PATH_SIZE];
    snprintf(cert, sizeof(cert), "%s", in_dir(relay, dir, "cert.pem"));
    snprintf(key, sizeof(key), "%s", in_dir(relay, dir, "key.pem"));
    relay->common.tls = relay_certificate_leg_tls(cert, key, message, size);
    if (!relay->common.tls)
        return DS_EIO;
    if (relay_web_open(&relay->web, &relay->loop, &relay->conf, &relay->listener, cert, key,
                       message, size))
        return DS_EIO;
    *store = relay_store_open(dir, false, message, size);
    if (!*store)
        return DS_EIO;
    return relay_privilege_seccomp(message, size);
}

static int start(struct relay *relay, const char *dir, struct relay_store *store)
{
    const struct relay_conf *conf = &relay->conf;
    struct relay_worker_common *common = &relay->common;
    common->conf = conf;
    common->heartbeat_ms = ds_clock_scaled_ms_floor(conf->heartbeat_ms, DS_HEARTBEAT_FLOOR_MS);
    common->dead_ms = ds_clock_scaled_ms_floor(conf->dead_ms, DS_DEAD_AFTER_FLOOR_MS);
    common->welcome = make_welcome(relay);
    common->reports = &relay->desk.reports;
    snprintf(relay->message, sizeof(relay->message), "Memory or threads are short.");
    unsigned count = conf->workers ? conf->workers : uv_available_parallelism();
    if (count > RELAY_WORKERS_MAX)
        count = RELAY_WORKERS_MAX;
    if (!common->welcome || relay_desk_init(&relay->desk, &relay->loop, conf, store->audit_key))
        return DS_ENOMEM;
    int error = relay_desk_load(&relay->desk, store);
    if (error == DS_EIO)
        snprintf(relay->message, sizeof(relay->message),
                 "The sessions in the store cannot be taken over; the log says why.");
    if (error)
        return error;
    if (relay_clerk_start(&relay->clerk, &relay->loop, store, conf->audit_waiting))
        return DS_ENOMEM;
    for (unsigned i = 0; i < count; i++) {
        if (relay_worker_start(&relay->workers[i], i, relay->workers, common))
            return DS_EIO;
    }
    relay->desk.listener = &relay->listener;
    relay->desk.workers = relay->workers;
    relay->desk.worker_count = count;
    relay->desk.clerk = &relay->clerk;
    if (relay_control_open(&relay->control, &relay->desk, dir, relay->message,
                           sizeof(relay->message)))
        return DS_EIO;
    relay->on_term.data = relay->on_int.data = relay;
    uv_signal_init(&relay->loop, &relay->on_term);
    uv_signal_init(&relay->loop, &relay->on_int);
    uv_signal_start(&relay->on_term, on_signal, SIGTERM);
    uv_signal_start(&relay->on_int, on_signal, SIGINT);
    relay_listener_start(&relay->listener, &listener_events, relay);
    return DS_OK;
}

static void announce(struct relay *relay)
{
    relay_desk_end_barred(&relay->desk);
    relay_clerk_audit(&relay->clerk, "relay-started", "", "", DESKSIDE_VERSION);
    for (unsigned i = 0; i < relay->listener.port_count; i++)
        printf("listening port=%u\n", relay->listener.ports[i].number);
    fflush(stdout);
    ds_log_info("serving host=%s workers=%u", relay->conf.host, relay->desk.worker_count);
    if (ds_clock_scale() != 1)
        ds_log_warn("DESKSIDE_TIME_SCALE is set: for tests only scale=%u", ds_clock_scale());
}

static void finish(struct relay *relay)
{
    relay_clerk_audit(&relay->clerk, "relay-stopped", "", "", "");
    for (unsigned i = 0; i < relay->desk.worker_count; i++)
        relay_worker_join(&relay->workers[i]);
    relay_web_close(&relay->web);
    relay_clerk_stop(&relay->clerk);
    relay_desk_destroy(&relay->desk);
    uv_run(&relay->loop, UV_RUN_DEFAULT);
    relay_listener_destroy(&relay->listener);
    ds_rcbuf_unref(relay->common.welcome);
    SSL_CTX_free(relay->common.tls);
    uv_loop_close(&relay->loop);
    close(relay->lock);
    ds_log_info("stopped");
}

int relay_serve(const char *dir)
{
    static struct relay relay; /* one for the process; too large for a stack */
    struct relay_store *store = NULL;
    signal(SIGPIPE, SIG_IGN);
    if (uv_loop_init(&relay.loop)) {
        fprintf(stderr, "deskside-relay: The event loop cannot be made.\n");
        return RELAY_EXIT_INTERNAL;
    }
    int error = prepare(&relay, dir, &store);
    if (!error)
        error = start(&relay, dir, store);
    if (error) {
        /* Nothing has been promised to anybody yet, so the process simply ends. */
        fprintf(stderr, "deskside-relay: %s\n", relay.message);
        return error == DS_EINVAL ? RELAY_EXIT_USAGE : RELAY_EXIT_INTERNAL;
    }
    if (relay_outlet_open(&relay.outlet))
        ds_log_warn("the log is written by the loops themselves");
    announce(&relay);
    uv_run(&relay.loop, UV_RUN_DEFAULT);
    finish(&relay);
    relay_outlet_close(&relay.outlet);
    return RELAY_EXIT_OK;
}
