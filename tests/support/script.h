/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session in one test: two tunnels, the line between them that can be cut, and a script that
 * both ends play over it, each stream by its own rule of what a cut may cost: numbered messages on
 * the ledger channels both ways, a file, a picture that changes, and input. What must hold is
 * checked as it happens; a failed check prints what was being played. */
#ifndef DS_SUPPORT_SCRIPT_H
#define DS_SUPPORT_SCRIPT_H

#include "common/base/clock.h"
#include "common/tunnel/tunnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_LINE_MAX 64      /* payloads under way in one direction */
#define SCRIPT_FILE_MAX 2000000 /* bytes */
#define SCRIPT_INPUT_MAX 20000
#define SCRIPT_TILES 64

/* How much of everything. */
struct script_plan {
    unsigned messages; /* on each ledger channel, each way */
    unsigned large;    /* every so manieth of them has 60,000 bytes, 0: none */
    unsigned file;     /* bytes, viewer to agent */
    unsigned changes;  /* of the picture, agent to viewer, one a step */
    unsigned inputs;   /* viewer to agent, one or more a step */
    unsigned per_step; /* messages of a channel and inputs in one step */
};

/* What an end has done and heard. */
struct script_end {
    struct ds_tunnel *tunnel;
    bool is_agent;
    unsigned opened, resumed, cut, closed, wrong;
    unsigned renewals; /* of the keys with which this end sends */
    const char *reason;
    /* ledger */
    unsigned said[DS_CHANNEL_COUNT], heard[DS_CHANNEL_COUNT];
    uint64_t heard_sums[DS_CHANNEL_COUNT]; /* the transcript: of all that was heard, in order */
    /* file: the viewer's place in it, and what the agent has */
    unsigned file_at;
    bool knows_offset, is_file_done;
    unsigned written, durable, since_sync;
    /* picture */
    uint32_t tiles[SCRIPT_TILES];
    bool is_dirty[SCRIPT_TILES];
    bool has_key;
    uint32_t update;
    unsigned changed;
    /* input */
    uint32_t epoch, sequence;
    unsigned pressed, last_value;
};

/* What became of each input. */
enum script_fate { SCRIPT_UNDER_WAY, SCRIPT_DELIVERED, SCRIPT_LOST };

struct script_parcel {
    size_t len;
    uint8_t bytes[DS_FRAME_DATA_MAX];
};

struct script {
    struct script_plan plan;
    struct script_end ends[2]; /* viewer, agent */
    struct {
        unsigned first, count;
    } line[2];       /* away from that end */
    bool is_dead;    /* nothing is delivered */
    unsigned frames; /* delivered */
    uint32_t round;
    ds_tick now;
    uint8_t fates[SCRIPT_INPUT_MAX + 1]; /* by value, from 1 */
    unsigned delivered, lost;
    char what[128]; /* printed when a check fails; from here on not cleared by begin */
    struct script_parcel parcels[2][SCRIPT_LINE_MAX];
    uint8_t file[SCRIPT_FILE_MAX]; /* as the agent has it */
};

/* Bits of how the line is cut. */
#define SCRIPT_LATE_TO_VIEWER 1u /* what is under way arrives after the next connection began */
#define SCRIPT_LATE_TO_AGENT 2u
#define SCRIPT_VIEWER_UNAWARE 4u /* that end goes on sending for a while */
#define SCRIPT_AGENT_UNAWARE 8u
#define SCRIPT_PLAYS_ON 16u /* the script goes on while there is no connection */
#define SCRIPT_WAYS 32u

/* Both ends have the number; nothing is sent. */
void script_begin(struct script *s, const struct script_plan *plan);
void script_end(struct script *s);

/* Both ends do a step of what they have to do; then each hands over at most `burst` payloads and
 * one is delivered in each direction. false: nothing happened, or the next delivery would pass
 * `frames` (of all so far) and was left. */
bool script_step(struct script *s, unsigned burst, unsigned frames);

/* Steps until that many frames were delivered in all, or everything is done. */
void script_run(struct script *s, unsigned frames);

/* The line is cut in this way, then both ends are joined anew. */
void script_cut(struct script *s, unsigned how);

/* Until everything is done; then checks that everything is there, whatever was cut. */
void script_finish(struct script *s);

#endif
