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

/* bytes needed `taken` to pass the line. Better news is believed sooner than worse: an
 * acknowledgement may be late for many reasons, but never early. */
static void learn_rate(struct agent_pace *pace, size_t bytes, ds_tick taken)
{
    uint64_t sample = (uint64_t)bytes * DS_SECOND / (taken < DS_MS ? DS_MS : taken);
    if (!pace->is_measured)
        pace->rate = sample;
    else if (sample > pace->rate)
        pace->rate += (sample - pace->rate) / 2;
    else
        pace->rate -= (pace->rate - sample) / 4;
    pace->is_measured = true;
    pace->rate = pace->rate < RATE_MIN ? RATE_MIN : pace->rate > RATE_MAX ? RATE_MAX : pace->rate;
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
    ds_tick elapsed = now - pace->updates[n].sent;
    ds_tick trip = elapsed > decode_us ? elapsed - decode_us : 1;
    /* The first of these bytes entered the line when they were sent, or when the line became free
     * of those before them. */
    ds_tick smallest = agent_pace_round_trip(pace);
    ds_tick from = pace->updates[0].sent + smallest;
    from = pace->last_ack > from ? pace->last_ack : from;
    learn_trip(pace, trip, now);
    if (bytes >= MEASURE_BYTES && smallest != 0)
        learn_rate(pace, bytes, now > from + decode_us ? now - from - decode_us : 0);
    else if (bytes >= MEASURE_BYTES && !pace->is_measured)
        learn_rate(pace, bytes, trip); /* counts the round trip in: too low rather than too high */
    pace->last_ack = now;
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
