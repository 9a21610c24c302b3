/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/rate.h"

#include <stdlib.h>
#include <string.h>

static void end_run(struct viewer_rate *rate)
{
    ds_tick took = rate->last - rate->began;
    if (rate->began != 0 && rate->bytes >= VIEWER_RATE_LEAST && took > 0) {
        rate->samples[rate->taken % VIEWER_RATE_SAMPLES] = rate->bytes * 8 * DS_SECOND / took;
        rate->taken++;
    }
    rate->began = 0;
    rate->bytes = 0;
}

void viewer_rate_feed(struct viewer_rate *rate, size_t bytes, ds_tick now)
{
    if (rate->began != 0 && now - rate->last > VIEWER_RATE_PAUSE)
        end_run(rate);
    if (rate->began != 0) {
        rate->bytes += bytes;
        rate->last = now;
    }
    if (bytes < VIEWER_RATE_FULL || rate->bytes >= VIEWER_RATE_MOST)
        end_run(rate);
    if (bytes >= VIEWER_RATE_FULL && rate->began == 0)
        rate->began = rate->last = now;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t viewer_rate_bps(const struct viewer_rate *rate)
{
    uint64_t sorted[VIEWER_RATE_SAMPLES];
    size_t n = rate->taken < VIEWER_RATE_SAMPLES ? rate->taken : VIEWER_RATE_SAMPLES;
    if (n == 0)
        return 0;
    memcpy(sorted, rate->samples, n * sizeof(sorted[0]));
    qsort(sorted, n, sizeof(sorted[0]), compare);
    return sorted[n / 2];
}
