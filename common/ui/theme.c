/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/theme.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t colors[2][DS_COLOR_COUNT] = {
    {
        [DS_COLOR_SURFACE] = 0xffffff,
        [DS_COLOR_RAISED] = 0xf6f7f9,
        [DS_COLOR_LINE] = 0xdfe3e8,
        [DS_COLOR_TEXT] = 0x1a1d21,
        [DS_COLOR_MUTED] = 0x59636f,
        [DS_COLOR_ACCENT] = 0x1f5eff,
        [DS_COLOR_ON_ACCENT] = 0xffffff,
        [DS_COLOR_SEEN] = 0xb45309,
        [DS_COLOR_CONTROLLED] = 0xc81e1e,
        [DS_COLOR_PAUSED] = 0x59636f,
        [DS_COLOR_ENDED] = 0x1a1d21,
        [DS_COLOR_GOOD] = 0x15803d,
        [DS_COLOR_WARN] = 0xb45309,
        [DS_COLOR_BAD] = 0xc81e1e,
    },
    {
        [DS_COLOR_SURFACE] = 0x15181d,
        [DS_COLOR_RAISED] = 0x1e2228,
        [DS_COLOR_LINE] = 0x333a44,
        [DS_COLOR_TEXT] = 0xeceff3,
        [DS_COLOR_MUTED] = 0xa3adb9,
        [DS_COLOR_ACCENT] = 0x7aa2ff,
        [DS_COLOR_ON_ACCENT] = 0x0b1020,
        [DS_COLOR_SEEN] = 0xf59e0b,
        [DS_COLOR_CONTROLLED] = 0xf87171,
        [DS_COLOR_PAUSED] = 0xa3adb9,
        [DS_COLOR_ENDED] = 0xeceff3,
        [DS_COLOR_GOOD] = 0x4ade80,
        [DS_COLOR_WARN] = 0xfbbf24,
        [DS_COLOR_BAD] = 0xf87171,
    },
};

struct ds_theme ds_theme_default(bool dark, double target)
{
    const char *theme = getenv("DESKSIDE_THEME");
    const char *motion = getenv("DESKSIDE_REDUCED_MOTION");
    if (theme && strcmp(theme, "dark") == 0)
        dark = true;
    else if (theme && strcmp(theme, "light") == 0)
        dark = false;
    return (struct ds_theme){
        .dark = dark,
        .reduced_motion = motion && strcmp(motion, "1") == 0,
        .scale = 1,
        .target = target,
    };
}

double ds_theme_scale(double wanted)
{
    if (!(wanted >= 1))
        return 1;
    if (wanted > 2)
        return 2;
    return floor(wanted * 4 + 0.5) / 4;
}

uint32_t ds_theme_color(bool dark, enum ds_color color)
{
    return colors[dark ? 1 : 0][color < DS_COLOR_COUNT ? color : DS_COLOR_TEXT];
}

uint32_t ds_theme_mix(uint32_t a, uint32_t b, unsigned amount)
{
    uint32_t out = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        uint32_t from = a >> shift & 0xff, to = b >> shift & 0xff;
        out |= (from * (255 - amount) + to * amount + 127) / 255 << shift;
    }
    return out;
}

/* Relative luminance, WCAG 2.1. */
static double luminance(uint32_t color)
{
    static const double weight[3] = {0.0722, 0.7152, 0.2126};
    double sum = 0;
    for (unsigned i = 0; i < 3; i++) {
        double v = (double)(color >> (8 * i) & 0xff) / 255;
        sum += weight[i] * (v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double ds_theme_contrast(uint32_t a, uint32_t b)
{
    double la = luminance(a), lb = luminance(b);
    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}
