/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/quality.h"

static double within(double points, double most)
{
    return points < 0 ? 0 : points > most ? most : points;
}

int ds_quality(double rtt_ms, double jitter_ms, unsigned late)
{
    if (rtt_ms < 0 && late == 0)
        return -1;
    double lost = within((rtt_ms - 50) / 6, 50) + within((jitter_ms - 10) / 3, 25) + 5.0 * late;
    return lost >= 100 ? 0 : (int)(100 - lost + 0.5);
}
