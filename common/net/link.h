/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end's connection to the relay: dialling (ports raced, proxies, WebSocket), the leg's TLS,
 * frames, heartbeat and link credit. One loop owns it; every function and callback belongs to that
 * loop's thread. The program has to ignore SIGPIPE. Proved by tests/system/link_*.c. */
#ifndef DS_NET_LINK_H
#define DS_NET_LINK_H

#include "common/base/clock.h"
#include "common/wire/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

struct ds_link;

enum ds_transport { DS_TRANSPORT_TLS, DS_TRANSPORT_WS };

/* Control messages that wait for the socket, bytes; DATA frames never wait. */
#define DS_LINK_QUEUE_MAX ((size_t)256 * 1024)

/* Why a dial or a line ended. Each program has its own sentences for its people. */
enum ds_link_failure {
    DS_LINK_OFFLINE,     /* no route to anywhere, or nobody to ask for the name */
    DS_LINK_NO_NAME,     /* the relay's name does not exist */
    DS_LINK_UNREACHABLE, /* nothing answers on any port or carrier */
    DS_LINK_UNTRUSTED, /* certificate or name wrong, or not a Deskside relay: never tried again, no
                          way past */
    DS_LINK_PROXY,     /* the proxy refused */
    DS_LINK_VERSION,   /* relay speaks another version */
    DS_LINK_LOST,      /* was up, then cut or silent for dead_after */
    DS_LINK_PROTOCOL,  /* the relay broke the rules */
    DS_LINK_FAILURES,
};

struct ds_link_config {
    const char *host;    /* name or address, IPv6 without brackets; copied */
    unsigned port;       /* 0: race 8200, 443 and 80; else that port only */
    const char *ca_file; /* NULL: the system's store; copied */
    const char *role;    /* "agent" or "viewer"; static */
    const char *program; /* name and version for HELLO; static */
};

struct ds_link_info {
    unsigned port; /* of the relay */
    enum ds_transport transport;
    bool through_proxy;
    const char *host; /* as dialled, lower case; addresses in their shortest form; lives as long as
                         the link */
    char org[DS_TEXT_NAME];
};

/* A callback may call every function of this header, ds_link_close too. None is called from inside
 * ds_link_open, ds_link_send or ds_link_send_data. */
struct ds_link_events {
    /* Dialling goes on: stage in words for a status line, percent as in stage.h, up to HELLO. */
    void (*on_progress)(void *ctx, const char *stage, unsigned percent);
    /* WELCOME arrived. */
    void (*on_up)(void *ctx, const struct ds_link_info *info);
    void (*on_message)(void *ctx, const struct ds_message *message);
    void (*on_data)(void *ctx, const uint8_t *payload, size_t len);
    /* A DATA payload can be taken now, after ds_link_data_room was 0. Also called once after on_up,
     * when the relay grants the first credit. */
    void (*on_room)(void *ctx);
    /* Over; called once, the last event. detail: one line for a log or a details pane, safe to
     * show, valid during the call. The link is still to be closed with ds_link_close, which may be
     * called here. */
    void (*on_down)(void *ctx, enum ds_link_failure why, const char *detail);
};

/* Starts dialling. events: borrowed until ds_link_close. NULL: memory, a ca_file that cannot be
 * read (then *error is DS_EIO), or a config that makes no sense (DS_EINVAL). */
struct ds_link *ds_link_open(uv_loop_t *loop, const struct ds_link_config *config,
                             const struct ds_link_events *events, void *ctx, int *error);

/* Flushes what is queued for at most 1 s, then closes. No event comes after this call. Frees itself
 * when its handles are closed: run the loop until it has none left. Accepts NULL. */
void ds_link_close(struct ds_link *link);

/* Queues a control message; needs no credit. DS_ELIMIT when more than DS_LINK_QUEUE_MAX would wait;
 * DS_EAGAIN before on_up, DS_ECLOSED afterwards; DS_EINVAL, DS_ENOMEM as ds_message_encode. */
int ds_link_send(struct ds_link *link, const struct ds_message *message);

/* Largest DATA payload that would be written now: DS_FRAME_DATA_MAX when credit allows a whole one
 * and nothing waits for the socket, else 0 (so that a caller never has to cut what it drained). */
size_t ds_link_data_room(const struct ds_link *link);

/* Sends one DATA payload of 1 to ds_link_data_room bytes. DS_EAGAIN when room is 0, DS_EINVAL for
 * another length, DS_ECLOSED. */
int ds_link_send_data(struct ds_link *link, const uint8_t *payload, size_t len);

/* When the last byte of a line that is up or was came; 0: it never was up. */
ds_tick ds_link_heard(const struct ds_link *link);
/* After on_down with DS_LINK_LOST: the relay, or something on the way there, closed the line. Else
 * it fell silent, or this machine's network took it away. */
bool ds_link_was_closed(const struct ds_link *link);
/* There is reason to doubt the line (the machine woke up, the network changed): asks for a sign of
 * life, and calls the line lost when none comes within DS_PULSE_PATIENCE. Nothing before on_up. */
void ds_link_hurry(struct ds_link *link);
/* The line stands on this address of this machine, which is gone: it is lost, and on_down follows
 * from the loop. Another address: nothing. */
void ds_link_address_gone(struct ds_link *link, const struct sockaddr *address);

/* Heartbeat round trip to the relay in milliseconds, smoothed, and the smallest one of this
 * connection; -1 before the first. */
double ds_link_rtt_ms(const struct ds_link *link);
double ds_link_rtt_min_ms(const struct ds_link *link);
/* By how much round trips differ, the mean; -1 before the first. */
double ds_link_jitter_ms(const struct ds_link *link);
/* Quality of this connection, 0..100 (quality.h); -1: not known, or not up. */
int ds_link_quality(const struct ds_link *link);
/* Bytes on the wire so far, with TLS and carriers. */
void ds_link_bytes(const struct ds_link *link, uint64_t *in, uint64_t *out);

/* A word for logs: "unreachable". Static. */
const char *ds_link_failure_name(enum ds_link_failure why);

#endif
