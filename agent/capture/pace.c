/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/capture/pace.h"

#include "common/base/error.h"

#include <string.h>

/* Smaller updates say more about the round trip than about the rate. */
#define MEASURE_BYTES 8192u
/* A round trip is believed for two windows. */
#define TRIP_WINDOW (10 * DS_SECOND)
#define RATE_MIN 4000u       /* bytes a second: below a modem, updates are one at a time anyway */
#define RATE_MAX 4000000000u /* so that products stay far from overflow */

void agent_pace_init(struct agent_pace *pace)
{
    *pace = (struct agent_pace){.rate = AGENT_PACE_FIRST_RATE};
}

void agent_pace_forget(struct agent_pace *pace)
{
    pace->count = 0;
    pace->bytes = 0;
}

void agent_pace_sent(struct agent_pace *pace, uint32_t id, size_t bytes, ds_tick now)
{
    ds_check(pace->count < AGENT_PACE_UPDATES);
    pace->updates[pace->count++] = (struct agent_pace_update){id, bytes, now};
    pace->bytes += bytes;
    pace->next = (pace->next > now ? pace->next : now) + AGENT_PACE_SPACING;
}

ds_tick agent_pace_round_trip(const struct agent_pace *pace)
{
    if (pace->trip[0] == 0 || (pace->trip[1] != 0 && pace->trip[1] < pace->trip[0]))
        return pace->trip[1];
    return pace->trip[0];
}

static void learn_trip(struct agent_pace *pace, ds_tick trip, ds_tick now)
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
static void learn_rate(struct agent_pace *pace, uint64_t sample)
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

/* An acknowledgement after elapsed says about the line: so many bytes passed in what of it was not
 * the way there and back, and in no more than apart. */
static void learn_line(struct agent_pace *pace, size_t bytes, ds_tick elapsed, ds_tick apart,
                       ds_tick now)
{
    ds_tick smallest = agent_pace_round_trip(pace);
    if (bytes < MEASURE_BYTES) {
        if (!pace->knows_trip) /* what was guessed is of no more use */
            pace->trip[0] = pace->trip[1] = 0;
        pace->knows_trip = true;
        learn_trip(pace, elapsed, now);
        return;
    }
    /* As long as nothing small was sent the smallest way may be too long: then no more than half of
     * the time is believed to be that. Without it a line looked 30 times as fast as it was. */
    ds_tick way = smallest;
    if (!pace->knows_trip && way > elapsed / 2)
        way = elapsed / 2;
    ds_tick taken = elapsed > way ? elapsed - way : 1;
    taken = taken < apart ? taken : apart;
    uint64_t sample = (uint64_t)bytes * DS_SECOND / (taken < DS_MS ? DS_MS : taken);
    /* Little for a long way says that the line is at least so fast, not that it is no faster. */
    bool was_known = pace->is_measured;
    if (sample > pace->rate || !was_known || elapsed >= 4 * smallest)
        learn_rate(pace, sample);
    if (!was_known && smallest == 0)
        return;
    uint64_t rate = sample > pace->rate ? sample : pace->rate;
    ds_tick passing = (ds_tick)bytes * DS_SECOND / rate, least = elapsed / 4;
    learn_trip(pace, elapsed > passing + least ? elapsed - passing : least, now);
}

bool agent_pace_ack(struct agent_pace *pace, uint32_t id, uint32_t decode_us, ds_tick now)
{
    size_t n = 0;
    while (n < pace->count && pace->updates[n].id != id)
        n++;
    if (n == pace->count)
        return false;
    size_t bytes = 0;
    for (size_t i = 0; i <= n; i++)
        bytes += pace->updates[i].bytes;
    ds_tick sent = pace->updates[n].sent, elapsed = now - sent;
    elapsed = elapsed > decode_us ? elapsed - decode_us : 1;
    /* The line carried these bytes at most since it had carried those before them. Acknowledgements
     * may come close together though what they are for did not. */
    ds_tick apart = now - pace->last_ack > decode_us ? now - pace->last_ack - decode_us : 1;
    apart = sent - pace->last_acked > apart ? sent - pace->last_acked : apart;
    learn_line(pace, bytes, elapsed, apart, now);
    pace->last_ack = now;
    pace->last_acked = sent;
    pace->bytes -= bytes;
    pace->count -= n + 1;
    memmove(pace->updates, pace->updates + n + 1, pace->count * sizeof(pace->updates[0]));
    return true;
}

size_t agent_pace_line(const struct agent_pace *pace, ds_tick duration)
{
    if (duration > 10 * DS_SECOND)
        duration = 10 * DS_SECOND;
    return (size_t)(pace->rate * duration / DS_SECOND);
}

bool agent_pace_may_send(const struct agent_pace *pace)
{
    if (pace->count == 0)
        return true;
    if (pace->count == AGENT_PACE_UPDATES || !pace->is_measured)
        return false;
    return pace->bytes <= agent_pace_line(pace, agent_pace_round_trip(pace) + AGENT_PACE_SLACK);
}

ds_tick agent_pace_not_before(const struct agent_pace *pace)
{
    ds_tick ahead = (AGENT_PACE_BURST - 1) * AGENT_PACE_SPACING;
    return pace->next > ahead ? pace->next - ahead : 0;
}
