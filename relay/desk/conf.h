/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay.conf: what the admin decided, and every limit of the relay. Read once at the start; nothing
 * changes it afterwards, so every thread may read it. */
#ifndef RELAY_DESK_CONF_H
#define RELAY_DESK_CONF_H

#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>

#define RELAY_PORTS_MAX 8
#define RELAY_WORKERS_MAX 16

struct relay_conf {
    char host[DS_TEXT_HOST]; /* the name or address that ends dial; redirects go here */
    char org[DS_TEXT_NAME];
    unsigned ports[RELAY_PORTS_MAX]; /* 0: the system's choice */
    unsigned port_count;
    unsigned proxied; /* 1: TLS for the pages is done by a proxy in front */
    unsigned workers; /* 0: one for each processor, at most RELAY_WORKERS_MAX */

    unsigned legs_max, legs_per_address;
    unsigned strangers_max, strangers_per_address;
    unsigned waiting_max, waiting_per_address;
    unsigned web_max, web_per_address;

    unsigned crowded_ms; /* instead of the next three, and of http_s, while others wait */
    unsigned waiting_ms, first_byte_ms, handshake_ms, hello_ms;
    unsigned crowded_guest_s; /* instead of the next while there are legs_max */
    unsigned guest_s;         /* said hello, but neither signed in nor joined */
    unsigned http_s;
    unsigned heartbeat_ms, dead_ms; /* before DESKSIDE_TIME_SCALE */
    unsigned drain_ms;

    unsigned code_life_s; /* before DESKSIDE_TIME_SCALE */
    unsigned wrong_codes_per_address, wrong_codes_per_net, wrong_codes_per_day;
    unsigned wrong_tokens_per_address, wrong_tokens_per_net;
    unsigned wrong_passwords_per_address, wrong_passwords_per_net, wrong_passwords_per_account;
    unsigned sign_ins_waiting;
    unsigned chat_max, chat_per_minute;
    unsigned audit_waiting;
};

/* Every key at its default; host and org empty. */
void relay_conf_defaults(struct relay_conf *conf);

/* Reads the file over the defaults. 0, or an error with one plain sentence in message (naming the
 * file and the line): DS_EIO cannot be read, DS_EINVAL unknown key or bad value. */
int relay_conf_read(struct relay_conf *conf, const char *path, char *message, size_t size);

/* The same for text in memory; name stands for the file in messages. */
int relay_conf_parse(struct relay_conf *conf, const char *text, const char *name, char *message,
                     size_t size);

/* Writes a new file (it must not exist): what is in conf for host, org and ports, every other key
 * as a comment with its default. DS_EIO with errno. */
int relay_conf_write(const struct relay_conf *conf, const char *path);

/* "80,443,8200" into ports; DS_EINVAL. */
int relay_conf_parse_ports(struct relay_conf *conf, const char *text);

/* A host name (RFC 1123), an IPv4 or an IPv6 address without brackets. */
bool relay_conf_is_host(const char *text);

/* Descriptors that the configured load needs. */
unsigned long relay_conf_descriptors(const struct relay_conf *conf);

#endif
