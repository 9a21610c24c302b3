/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/pulse.h"

#define TIME_MIN_MS 100
#define TIME_MAX_MS 60000

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
    return value < least ? least : value > most ? most : value;
}

void ds_pulse_init(struct ds_pulse *pulse, uint64_t beat_ms, uint64_t dead_ms, ds_tick now)
{
    *pulse = (struct ds_pulse){.heard = now, .checked = now, .rtt_ms = -1, .rtt_min_ms = -1};
    ds_pulse_set(pulse, beat_ms, dead_ms, now);
}

void ds_pulse_set(struct ds_pulse *pulse, uint64_t beat_ms, uint64_t dead_ms, ds_tick now)
{
    pulse->beat = clamp(beat_ms, TIME_MIN_MS, TIME_MAX_MS) * DS_MS;
    pulse->dead = clamp(dead_ms, 2 * pulse->beat / DS_MS, 2 * TIME_MAX_MS) * DS_MS;
    pulse->next_ping = now; /* the first one at once: its round trip is worth knowing */
}

void ds_pulse_hear(struct ds_pulse *pulse, ds_tick now)
{
    if (now > pulse->heard)
        pulse->heard = now;
}

void ds_pulse_pong(struct ds_pulse *pulse, uint64_t stamp, ds_tick now)
{
    if (stamp > now || now - stamp > pulse->dead)
        return;
    double rtt_ms = (double)(now - stamp) / (double)DS_MS;
    if (pulse->rtt_ms < 0) {
        pulse->rtt_ms = rtt_ms;
    } else {
        double off = rtt_ms > pulse->rtt_ms ? rtt_ms - pulse->rtt_ms : pulse->rtt_ms - rtt_ms;
        pulse->jitter_ms += (off - pulse->jitter_ms) / 4;
        pulse->rtt_ms += (rtt_ms - pulse->rtt_ms) / 8;
    }
    for (unsigned i = 0; i < DS_QUALITY_BEATS; i++) {
        if (pulse->beats[i].stamp == stamp && !pulse->beats[i].is_answered) {
            pulse->beats[i].is_answered = true;
            pulse->beats[i].is_late = rtt_ms > DS_QUALITY_LATE_MS;
        }
    }
    if (pulse->rtt_min_ms < 0 || rtt_ms < pulse->rtt_min_ms)
        pulse->rtt_min_ms = rtt_ms;
}

void ds_pulse_hurry(struct ds_pulse *pulse, ds_tick now)
{
    ds_tick patience = pulse->beat < DS_PULSE_PATIENCE ? pulse->beat : DS_PULSE_PATIENCE;
    ds_tick heard = now + patience - pulse->dead;
    if (now >= pulse->heard + pulse->dead || heard < pulse->heard)
        pulse->heard = heard;
    pulse->next_ping = pulse->checked = now;
}

enum ds_pulse_verdict ds_pulse_check(struct ds_pulse *pulse, ds_tick now)
{
    ds_tick since = now > pulse->checked ? now - pulse->checked : 0;
    pulse->checked = now;
    if (now >= pulse->heard + pulse->dead) {
        if (since <= 2 * pulse->beat)
            return DS_PULSE_DEAD;
        ds_pulse_hurry(pulse, now);
    }
    if (now < pulse->next_ping)
        return DS_PULSE_WAIT;
    pulse->next_ping = now + pulse->beat;
    pulse->beats[pulse->next_beat].stamp = now;
    pulse->beats[pulse->next_beat].is_answered = pulse->beats[pulse->next_beat].is_late = false;
    pulse->next_beat = (pulse->next_beat + 1) % DS_QUALITY_BEATS;
    return DS_PULSE_PING;
}

int ds_pulse_quality(const struct ds_pulse *pulse, ds_tick now)
{
    unsigned late = 0;
    for (unsigned i = 0; i < DS_QUALITY_BEATS; i++) {
        uint64_t stamp = pulse->beats[i].stamp;
        bool is_missing =
            !pulse->beats[i].is_answered && now > stamp && now - stamp > DS_QUALITY_LATE_MS * DS_MS;
        late += stamp != 0 && (pulse->beats[i].is_late || is_missing);
    }
    return ds_quality(pulse->rtt_ms, pulse->jitter_ms, late);
}

ds_tick ds_pulse_wait(const struct ds_pulse *pulse, ds_tick now)
{
    ds_tick dead = pulse->heard + pulse->dead;
    ds_tick due = dead < pulse->next_ping ? dead : pulse->next_ping;
    return due > now + DS_MS ? due - now : DS_MS;
}
