/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/pace.h"

#include "common/base/error.h"

#include <string.h>

/* Smaller updates say more about the round trip than about the rate. */
#define MEASURE_BYTES 8192u
/* A round trip is believed for two windows. */
#define TRIP_WINDOW (10 * DS_SECOND)
/* So much more than is known is put on the line, of it: what never sends more than it has measured
 * never measures more (BBR's gain of 5/4). Without it photographs became exact over 10 Mbit/s at
 * 0.8 of what it carries. */
#define PROBE 4
#define RATE_MIN 4000u       /* bytes a second: below a modem, updates are one at a time anyway */
#define RATE_MAX 4000000000u /* so that products stay far from overflow */

void ds_pace_init(struct ds_pace *pace)
{
    *pace = (struct ds_pace){.rate = DS_PACE_FIRST_RATE};
}

void ds_pace_forget(struct ds_pace *pace)
{
    pace->count = 0;
    pace->bytes = 0;
}

void ds_pace_sent(struct ds_pace *pace, uint32_t id, size_t bytes, ds_tick now, ds_tick ready)
{
    ds_check(pace->count < DS_PACE_UPDATES);
    if (pace->count == 0) {
        pace->since = now;
        pace->from_empty = true;
    }
    pace->updates[pace->count++] = (struct ds_pace_update){.id = id,
                                                           .bytes = bytes,
                                                           .sent = now,
                                                           .ready = ready > now ? ready : now,
                                                           .delivered = pace->delivered,
                                                           .since = pace->since,
                                                           .from_empty = pace->from_empty};
    pace->bytes += bytes;
    pace->next = (pace->next > now ? pace->next : now) + DS_PACE_SPACING;
}

ds_tick ds_pace_round_trip(const struct ds_pace *pace)
{
    if (pace->trip[0] == 0 || (pace->trip[1] != 0 && pace->trip[1] < pace->trip[0]))
        return pace->trip[1];
    return pace->trip[0];
}

static void learn_trip(struct ds_pace *pace, ds_tick trip, ds_tick now)
{
    if (now - pace->window > TRIP_WINDOW) {
        pace->trip[1] = pace->trip[0];
        pace->trip[0] = 0;
        pace->window = now;
    }
    if (pace->trip[0] == 0 || trip < pace->trip[0])
        pace->trip[0] = trip;
}

/* A rate seen once. Better news is believed sooner than worse: an acknowledgement may be late for
 * many reasons, but never early. Much worse is believed at once: it fills the line with what is
 * old. */
static void learn_rate(struct ds_pace *pace, uint64_t sample)
{
    if (!pace->is_measured)
        pace->rate = sample;
    else if (sample > pace->rate)
        pace->rate += ((sample > pace->rate * 4 ? pace->rate * 4 : sample) - pace->rate) / 2;
    else
        pace->rate -= (pace->rate - sample) / (sample < pace->rate / 2 ? 2 : 4);
    pace->is_measured = true;
    pace->rate = pace->rate < RATE_MIN ? RATE_MIN : pace->rate > RATE_MAX ? RATE_MAX : pace->rate;
}

/* What one acknowledgement tells. */
struct sample {
    size_t bytes;    /* that passed the line */
    ds_tick taken;   /* within this time */
    bool with_way;   /* which holds a way there and back without bytes */
    size_t own;      /* bytes of what was acknowledged */
    ds_tick elapsed; /* since the newest of it was sent */
    ds_tick after;   /* since the last byte of that was ready, presenting included */
    ds_tick making;  /* so long did making it take */
};

/* The encoder was slower than the line: it is at least so fast (in BBR's words, the sample is
 * limited by the application). */
static bool is_held_by_encoder(const struct sample *s)
{
    return s->after < DS_PACE_NEAR && s->making > s->after;
}

static void learn_line(struct ds_pace *pace, struct sample s, ds_tick now)
{
    ds_tick smallest = ds_pace_round_trip(pace);
    if (s.own < MEASURE_BYTES && s.bytes < MEASURE_BYTES) {
        if (!pace->knows_trip) /* what was guessed is of no more use */
            pace->trip[0] = pace->trip[1] = 0;
        pace->knows_trip = true;
        learn_trip(pace, s.elapsed, now);
        return;
    }
    /* As long as nothing small was sent the smallest way may be too long: then no more than half of
     * the time is believed to be that. Without it a line looked 30 times as fast as it was. */
    ds_tick way = s.with_way ? smallest : 0;
    if (!pace->knows_trip && way > s.taken / 2)
        way = s.taken / 2;
    ds_tick taken = s.taken > way ? s.taken - way : 1;
    uint64_t rate = (uint64_t)s.bytes * DS_SECOND / (taken < DS_MS ? DS_MS : taken);
    /* Little for a long way says that the line is at least so fast, not that it is no faster. */
    bool was_known = pace->is_measured;
    if (rate > pace->rate || (!is_held_by_encoder(&s) && (!was_known || s.elapsed >= 4 * smallest)))
        learn_rate(pace, rate);
    if (!was_known && smallest == 0)
        return;
    rate = rate > pace->rate ? rate : pace->rate;
    ds_tick passing = (ds_tick)s.own * DS_SECOND / rate, least = s.elapsed / 4;
    learn_trip(pace, s.elapsed > passing + least ? s.elapsed - passing : least, now);
}

/* Once; what comes then is believed again like the first. The largest update, the first, often
 * waits for the other end's decoder rather than for the line. */
static void presume_near(struct ds_pace *pace)
{
    pace->is_near = true;
    if (pace->rate >= DS_PACE_NEAR_RATE)
        return;
    pace->rate = DS_PACE_NEAR_RATE;
    pace->is_measured = false;
}

bool ds_pace_ack(struct ds_pace *pace, uint32_t id, uint32_t decode_us, ds_tick now)
{
    size_t n = 0;
    while (n < pace->count && pace->updates[n].id != id)
        n++;
    if (n == pace->count)
        return false;
    const struct ds_pace_update *u = &pace->updates[n];
    struct sample s = {.with_way = u->from_empty};
    for (size_t i = 0; i <= n; i++)
        s.own += pace->updates[i].bytes;
    /* Presenting waited for decoding, the line did not. */
    ds_tick arrived = now - u->sent > decode_us ? now - decode_us : u->sent + 1;
    s.elapsed = arrived - u->sent;
    s.taken = arrived > u->since ? arrived - u->since : 1;
    s.bytes = (size_t)(pace->delivered + s.own - u->delivered);
    s.after = now > u->ready ? now - u->ready : 0;
    s.making = u->ready - u->sent;
    pace->has_answer = true;
    /* What was made in one piece was decoded after it had come, not meanwhile. */
    if (s.making == 0)
        s.after = s.after > decode_us ? s.after - decode_us : 0;
    if (!pace->is_near && s.after < DS_PACE_NEAR)
        presume_near(pace);
    learn_line(pace, s, now);
    pace->delivered += s.own;
    pace->since = arrived;
    pace->from_empty = false;
    pace->bytes -= s.own;
    pace->count -= n + 1;
    memmove(pace->updates, pace->updates + n + 1, pace->count * sizeof(pace->updates[0]));
    return true;
}

size_t ds_pace_line(const struct ds_pace *pace, ds_tick duration)
{
    if (duration > 10 * DS_SECOND)
        duration = 10 * DS_SECOND;
    return (size_t)(pace->rate * duration / DS_SECOND);
}

bool ds_pace_may_send(const struct ds_pace *pace)
{
    if (pace->count == 0)
        return true;
    if (pace->count == DS_PACE_UPDATES || !pace->has_answer)
        return false;
    size_t holds = ds_pace_line(pace, ds_pace_round_trip(pace) + DS_PACE_SLACK);
    return pace->bytes <= holds + holds / PROBE;
}

ds_tick ds_pace_not_before(const struct ds_pace *pace)
{
    ds_tick ahead = (DS_PACE_BURST - 1) * DS_PACE_SPACING;
    return pace->next > ahead ? pace->next - ahead : 0;
}
