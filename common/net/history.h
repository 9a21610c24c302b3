/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to one end's connection, kept for "save diagnostics" (F103): a figure for each of
 * the last sixty seconds, and for each of the last cuts the minute before it. Holds nothing of the
 * session's content, no code, number, token or name of a person. Pure; one thread. Proved by
 * tests/unit/history.c. */
#ifndef DS_NET_HISTORY_H
#define DS_NET_HISTORY_H

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/net/stage.h"
#include "common/wire/limits.h"

#include <stddef.h>
#include <stdint.h>

#define DS_HISTORY_SECONDS 60
#define DS_HISTORY_CUTS 8

/* Who a cut comes from. */
enum ds_cut_side {
    DS_CUT_SELF,  /* this computer or its network */
    DS_CUT_RELAY, /* the relay closed, refused or moves */
    DS_CUT_PEER,  /* the other end is away */
    DS_CUT_SIDES,
};

/* "self", "relay", "peer". Static. */
const char *ds_cut_side_name(enum ds_cut_side side);

struct ds_history_second {
    ds_tick at; /* 0: not used */
    enum ds_stage stage;
    int quality;              /* 0..100, -1: not known */
    double rtt_ms, jitter_ms; /* < 0: not known */
    double fps;
    uint64_t bytes_in, bytes_out; /* of that second */
};

struct ds_history_cut {
    ds_tick at;
    int64_t at_s; /* Unix time */
    enum ds_cut_side side;
    char why[DS_TEXT_REASON];                            /* made safe to show */
    ds_tick back_at;                                     /* 0: not yet */
    struct ds_history_second before[DS_HISTORY_SECONDS]; /* oldest first */
};

struct ds_history {
    ds_tick began; /* of the session; 0: none yet */
    struct ds_history_second seconds[DS_HISTORY_SECONDS];
    unsigned next;
    struct ds_history_cut cuts[DS_HISTORY_CUTS]; /* the newest ones, oldest first */
    unsigned cut_count;                          /* of those kept */
    unsigned disconnects[DS_CUT_SIDES];          /* all, also those no longer kept */
    ds_tick away;                                /* sum of finished cuts */
};

void ds_history_init(struct ds_history *history);

/* The session began then; cuts may have been counted before. For another session init again. */
void ds_history_begin(struct ds_history *history, ds_tick now);

/* Once a second. */
void ds_history_add(struct ds_history *history, const struct ds_history_second *second);

/* The session was cut: keeps the minute before. Ignored while the cut before is not over. */
void ds_history_cut(struct ds_history *history, enum ds_cut_side side, const char *why, ds_tick now,
                    int64_t wall_s);
/* It goes on. */
void ds_history_back(struct ds_history *history, ds_tick now);

/* Seconds of the session, and of those the seconds in which it was whole: uptime below session time
 * says that it was cut (F100). 0 before a session. */
uint64_t ds_history_session_s(const struct ds_history *history, ds_tick now);
uint64_t ds_history_up_s(const struct ds_history *history, ds_tick now);

/* What stands at the head of the file. */
struct ds_history_head {
    const char *program, *version;
    const char *relay; /* host as dialled */
    unsigned port;
    const char *transport;
    bool through_proxy;
    const char *session; /* the relay's id, or "" */
    int64_t wall_s;      /* Unix time of `now` */
};

/* The whole as plain text, English, a line a figure; DS_ENOMEM, DS_ELIMIT. */
int ds_history_write(const struct ds_history *history, const struct ds_history_head *head,
                     ds_tick now, struct ds_buf *out);

#endif
