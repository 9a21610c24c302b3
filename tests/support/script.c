/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/script.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "tests/support/ends.h"

#include <stdlib.h>

#define FILE_DATA 1   /* u8, offset u32, bytes */
#define FILE_OFFSET 2 /* u8, offset u32: what the receiver has for good */
#define FILE_DONE 3   /* u8 */
#define FILE_PIECE 16000
#define SYNC_EVERY 3 /* pieces */
#define LARGE 60000
#define UPDATE_SIZE 2500 /* of a change of the picture */
#define NEVER UINT32_MAX

static struct script *played; /* one at a time */

#define check(e)                                                                                   \
    do {                                                                                           \
        if (!(e)) {                                                                                \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, played->what, #e);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static struct script_end *viewer(void)
{
    return &played->ends[0];
}

static struct script_end *agent(void)
{
    return &played->ends[1];
}

static bool is_open(const struct script_end *e)
{
    return ds_tunnel_state(e->tunnel) == DS_TUNNEL_OPEN;
}

/* ---- the ledger ---- */

/* Message number n of a channel is the same in every run. */
static size_t make_message(const struct script_end *from, enum ds_channel channel, unsigned n,
                           uint8_t *out)
{
    const struct script_plan *plan = &played->plan;
    size_t len = 6 + (n * 37 + channel) % 200;
    if (plan->large && n % plan->large == 0)
        len = LARGE;
    for (size_t i = 5; i < len; i++)
        out[i] = (uint8_t)(n * 7 + i);
    out[0] = (uint8_t)(channel << 1 | from->is_agent);
    ds_put_u32(out + 1, n);
    return len;
}

static void say(struct script_end *e)
{
    static uint8_t message[LARGE];
    static const enum ds_channel channels[] = {DS_CHANNEL_CONTROL, DS_CHANNEL_NOTES,
                                               DS_CHANNEL_CLIPBOARD};
    for (unsigned i = 0; i < 3 * played->plan.per_step; i++) {
        enum ds_channel channel = channels[i % 3];
        if (e->said[channel] == played->plan.messages)
            continue;
        size_t len = make_message(e, channel, e->said[channel] + 1, message);
        int error = ds_tunnel_send(e->tunnel, channel, message, len);
        check(error == DS_OK || error == DS_EAGAIN);
        e->said[channel] += !error;
    }
}

static void hear(struct script_end *e, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    static uint8_t want[LARGE];
    const struct script_end *from = e->is_agent ? viewer() : agent();
    size_t n = make_message(from, channel, e->heard[channel] + 1, want);
    check(len == n && memcmp(bytes, want, len) == 0); /* exactly the next one */
    e->heard[channel]++;
    check(e->heard[channel] <= from->said[channel]);
    e->heard_sums[channel] = end_sum(e->heard_sums[channel], bytes, len);
}

/* ---- the file ---- */

static uint8_t file_byte(unsigned at)
{
    return (uint8_t)(at * 31 >> 3);
}

static void send_file(struct script_end *e)
{
    static uint8_t piece[5 + FILE_PIECE];
    while (e->knows_offset && e->file_at < played->plan.file) {
        unsigned left = played->plan.file - e->file_at;
        unsigned n = left < FILE_PIECE ? left : FILE_PIECE;
        piece[0] = FILE_DATA;
        ds_put_u32(piece + 1, e->file_at);
        for (unsigned i = 0; i < n; i++)
            piece[5 + i] = file_byte(e->file_at + i);
        int error = ds_tunnel_send(e->tunnel, DS_CHANNEL_FILES, piece, 5 + n);
        check(error == DS_OK || error == DS_EAGAIN);
        if (error)
            return;
        e->file_at += n;
    }
}

static void tell_offset(struct script_end *e)
{
    uint8_t message[5] = {FILE_OFFSET};
    e->written = e->durable; /* what was not on the disk for good counts for nothing */
    ds_put_u32(message + 1, e->durable);
    check(ds_tunnel_send(e->tunnel, DS_CHANNEL_FILES, message, 5) == DS_OK);
}

static void take_file(struct script_end *e, const uint8_t *bytes, size_t len)
{
    unsigned at = ds_get_u32(bytes + 1), n = (unsigned)len - 5;
    check(bytes[0] == FILE_DATA && at == e->written && at + n <= played->plan.file);
    memcpy(played->file + at, bytes + 5, n);
    e->written += n;
    if (++e->since_sync == SYNC_EVERY || e->written == played->plan.file) {
        e->since_sync = 0;
        e->durable = e->written;
    }
    if (e->durable == played->plan.file)
        check(ds_tunnel_send(e->tunnel, DS_CHANNEL_FILES, &(uint8_t){FILE_DONE}, 1) == DS_OK);
}

static void take_answer(struct script_end *e, const uint8_t *bytes, size_t len)
{
    if (bytes[0] == FILE_DONE) {
        e->is_file_done = true;
        return;
    }
    check(len == 5 && bytes[0] == FILE_OFFSET);
    e->file_at = ds_get_u32(bytes + 1);
    e->knows_offset = true;
    e->is_file_done = e->file_at == played->plan.file;
}

/* ---- the picture ---- */

static void change_picture(struct script_end *e)
{
    if (e->changed == played->plan.changes)
        return;
    e->changed++;
    unsigned tile = e->changed * 11 % SCRIPT_TILES;
    e->tiles[tile] = e->changed;
    e->is_dirty[tile] = true;
}

/* Encode late: the newest state, when nothing waits. A connection begins with all tiles. */
static void send_picture(struct script_end *e)
{
    static uint8_t message[5 + UPDATE_SIZE];
    if (!is_open(e) || ds_tunnel_queued(e->tunnel, DS_CHANNEL_SCREEN) > 0)
        return;
    size_t len = 5;
    for (unsigned t = 0; t < SCRIPT_TILES; t++) {
        if (e->has_key && !e->is_dirty[t])
            continue;
        message[len] = (uint8_t)t;
        ds_put_u32(message + len + 1, e->tiles[t]);
        len += 5;
        e->is_dirty[t] = false;
    }
    if (len == 5)
        return;
    message[0] = !e->has_key;
    ds_put_u32(message + 1, ++e->update);
    e->has_key = true;
    check(ds_tunnel_send(e->tunnel, DS_CHANNEL_SCREEN, message, len) == DS_OK);
}

static void take_picture(struct script_end *e, const uint8_t *bytes, size_t len)
{
    uint32_t update = ds_get_u32(bytes + 1);
    if (bytes[0])
        memset(e->tiles, 0, sizeof(e->tiles));
    else
        check(e->has_key && update == e->update + 1); /* no difference is missing */
    e->has_key = true;
    e->update = update;
    for (size_t at = 5; at < len; at += 5)
        e->tiles[bytes[at]] = ds_get_u32(bytes + at + 1);
}

/* ---- input ---- */

static void press(struct script_end *e)
{
    for (unsigned i = 0; i < played->plan.per_step && e->opened && e->pressed < played->plan.inputs;
         i++) {
        uint8_t message[12];
        e->pressed++;
        if (!is_open(e)) { /* a key that nobody hears is not kept for later */
            played->fates[e->pressed] = SCRIPT_LOST;
            played->lost++;
            continue;
        }
        ds_put_u32(message, e->epoch);
        ds_put_u32(message + 4, ++e->sequence);
        ds_put_u32(message + 8, e->pressed);
        check(ds_tunnel_send(e->tunnel, DS_CHANNEL_INPUT, message, sizeof(message)) == DS_OK);
    }
}

static void take_input(struct script_end *e, const uint8_t *bytes, size_t len)
{
    check(len == 12);
    uint32_t epoch = ds_get_u32(bytes), sequence = ds_get_u32(bytes + 4);
    unsigned value = ds_get_u32(bytes + 8);
    check(epoch == e->epoch && epoch == ds_tunnel_epoch(e->tunnel)); /* never an old one */
    check(sequence == e->sequence + 1 && value > e->last_value);
    check(played->fates[value] == SCRIPT_UNDER_WAY);
    e->sequence = sequence;
    e->last_value = value;
    played->fates[value] = SCRIPT_DELIVERED;
    played->delivered++;
}

/* What was pressed and not delivered when the line was cut is lost. */
static void lose_input(struct script *s)
{
    for (unsigned v = 1; v <= viewer()->pressed; v++)
        if (s->fates[v] == SCRIPT_UNDER_WAY) {
            s->fates[v] = SCRIPT_LOST;
            s->lost++;
        }
}

/* ---- events ---- */

static void begin_connection(struct script_end *e)
{
    check(ds_tunnel_epoch(e->tunnel) > e->epoch);
    e->epoch = ds_tunnel_epoch(e->tunnel);
    e->sequence = 0;
    e->has_key = false;
    e->knows_offset = false;
    e->since_sync = 0;
    if (e->is_agent)
        tell_offset(e);
}

static void on_open(void *ctx)
{
    struct script_end *e = ctx;
    check(++e->opened == 1 && e->resumed == 0);
    begin_connection(e);
}

static void on_resumed(void *ctx)
{
    struct script_end *e = ctx;
    e->resumed++;
    check(e->opened == 1);
    begin_connection(e);
}

static void on_cut(void *ctx, const char *reason)
{
    struct script_end *e = ctx;
    e->cut++;
    e->reason = reason;
}

static void on_wrong_number(void *ctx, unsigned left)
{
    (void)left;
    ((struct script_end *)ctx)->wrong++;
}

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct script_end *e = ctx;
    check(is_open(e));
    switch (channel) {
    case DS_CHANNEL_INPUT:
        take_input(e, bytes, len);
        break;
    case DS_CHANNEL_SCREEN:
        take_picture(e, bytes, len);
        break;
    case DS_CHANNEL_FILES:
        if (e->is_agent)
            take_file(e, bytes, len);
        else
            take_answer(e, bytes, len);
        break;
    default:
        hear(e, channel, bytes, len);
        break;
    }
}

static void on_closed(void *ctx, int error, const char *reason)
{
    (void)error;
    struct script_end *e = ctx;
    e->closed++;
    e->reason = reason;
}

static const struct ds_tunnel_events events = {
    .on_open = on_open,
    .on_resumed = on_resumed,
    .on_cut = on_cut,
    .on_wrong_number = on_wrong_number,
    .on_message = on_message,
    .on_closed = on_closed,
};

/* ---- the line ---- */

void script_begin(struct script *s, const struct script_plan *plan)
{
    memset(s, 0, offsetof(struct script, what));
    played = s;
    s->plan = *plan;
    check(plan->file <= SCRIPT_FILE_MAX && plan->inputs <= SCRIPT_INPUT_MAX);
    for (int i = 0; i < 2; i++) {
        struct script_end *e = &s->ends[i];
        struct ds_tunnel_config config = end_config;
        config.role = i ? DS_TUNNEL_AGENT : DS_TUNNEL_VIEWER;
        e->is_agent = i == 1;
        for (int c = 0; c < DS_CHANNEL_COUNT; c++)
            e->heard_sums[c] = END_SUM_START;
        e->tunnel = ds_tunnel_new(&config, &events, e);
        check(e->tunnel);
        check(ds_tunnel_set_number(e->tunnel, "481926") == DS_OK);
    }
}

void script_end(struct script *s)
{
    for (int i = 0; i < 2; i++)
        ds_tunnel_destroy(s->ends[i].tunnel);
}

static void act(struct script_end *e)
{
    say(e);
    if (!e->is_agent) {
        press(e);
        if (is_open(e))
            send_file(e);
    } else {
        change_picture(e);
        send_picture(e);
    }
}

/* An open connection's payload is one record; a KeyUpdate before it has 27 bytes. */
static bool has_new_keys(const uint8_t *payload, size_t len)
{
    static const uint8_t key_update[] = {6, 0x17, 3, 3, 0, 22};
    return len > 1 + 27 && memcmp(payload, key_update, sizeof(key_update)) == 0;
}

static bool hand_over(struct script *s, int from, unsigned burst)
{
    bool any = false;
    for (unsigned i = 0; i < burst && s->line[from].count < SCRIPT_LINE_MAX; i++) {
        unsigned at = (s->line[from].first + s->line[from].count) % SCRIPT_LINE_MAX;
        struct script_parcel *parcel = &s->parcels[from][at];
        int n = ds_tunnel_drain(s->ends[from].tunnel, parcel->bytes, sizeof(parcel->bytes), s->now);
        check(n >= 0 && (n > 0 || !ds_tunnel_has_output(s->ends[from].tunnel)));
        if (n == 0)
            break;
        parcel->len = (size_t)n;
        s->ends[from].renewals += has_new_keys(parcel->bytes, parcel->len);
        s->line[from].count++;
        any = true;
    }
    return any;
}

static bool deliver(struct script *s, int from, unsigned frames)
{
    if (s->is_dead || s->line[from].count == 0 || s->frames == frames)
        return false;
    struct script_parcel *parcel = &s->parcels[from][s->line[from].first];
    s->line[from].first = (s->line[from].first + 1) % SCRIPT_LINE_MAX;
    s->line[from].count--;
    s->frames++;
    check(ds_tunnel_feed(s->ends[1 - from].tunnel, parcel->bytes, parcel->len, s->now) == DS_OK);
    return true;
}

bool script_step(struct script *s, unsigned burst, unsigned frames)
{
    bool any = false;
    for (int i = 0; i < 2; i++)
        act(&s->ends[i]);
    for (int i = 0; i < 2; i++)
        any = hand_over(s, i, burst) || any;
    for (int i = 0; i < 2; i++)
        any = deliver(s, i, frames) || any;
    return any;
}

static bool is_done(const struct script *s)
{
    const struct script_plan *plan = &s->plan;
    for (int i = 0; i < 2; i++)
        for (int c = 0; c < DS_CHANNEL_COUNT; c++)
            if ((c == DS_CHANNEL_CONTROL || c == DS_CHANNEL_NOTES || c == DS_CHANNEL_CLIPBOARD) &&
                s->ends[i].heard[c] < plan->messages)
                return false;
    return viewer()->is_file_done && viewer()->pressed == plan->inputs &&
           agent()->changed == plan->changes &&
           memcmp(viewer()->tiles, agent()->tiles, sizeof(viewer()->tiles)) == 0;
}

void script_run(struct script *s, unsigned frames)
{
    for (unsigned idle = 0; s->frames < frames && idle < 3;)
        idle = script_step(s, 2, frames) ? 0 : idle + 1;
}

void script_cut(struct script *s, unsigned how)
{
    s->is_dead = true;
    lose_input(s);
    if (!(how & SCRIPT_VIEWER_UNAWARE))
        ds_tunnel_cut(viewer()->tunnel);
    if (!(how & SCRIPT_AGENT_UNAWARE))
        ds_tunnel_cut(agent()->tunnel);
    if (how & SCRIPT_PLAYS_ON)
        for (int i = 0; i < 4; i++)
            script_step(s, 2, NEVER);
    lose_input(s);
    for (int i = 0; i < 2; i++)
        if (!(how & (i == 0 ? SCRIPT_LATE_TO_AGENT : SCRIPT_LATE_TO_VIEWER)))
            s->line[i].count = 0;
    s->is_dead = false;
    s->round++;
    for (int i = 0; i < 2; i++)
        check(ds_tunnel_rejoin(s->ends[i].tunnel, s->round) == DS_OK);
}

void script_finish(struct script *s)
{
    for (unsigned idle = 0; idle < 3;)
        idle = script_step(s, 4, NEVER) ? 0 : idle + 1;
    check(is_done(s));
    for (int i = 0; i < 2; i++) {
        const struct script_end *e = &s->ends[i];
        check(e->opened == 1 && e->closed + e->cut + e->wrong == 0);
        for (int c = 0; c < DS_CHANNEL_COUNT; c++) {
            check(e->heard[c] == s->ends[1 - i].said[c]);
            check(ds_tunnel_queued(e->tunnel, (enum ds_channel)c) == 0);
        }
    }
    for (unsigned at = 0; at < s->plan.file; at++)
        check(s->file[at] == file_byte(at));
    for (unsigned v = 1; v <= s->plan.inputs; v++)
        check(s->fates[v] == SCRIPT_DELIVERED || s->fates[v] == SCRIPT_LOST);
    check(s->delivered + s->lost == s->plan.inputs);
}
