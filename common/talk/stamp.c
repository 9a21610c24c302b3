/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/talk/stamp.h"

#include "common/ui/text.h"

#include <stdio.h>
#include <time.h>

static struct tm local(int64_t at_s)
{
    time_t at = (time_t)at_s;
    struct tm tm = {0};
    localtime_r(&at, &tm);
    return tm;
}

void ds_stamp_time(char *out, size_t size, int64_t at_s)
{
    struct tm tm = local(at_s);
    out[0] = '\0';
    if (at_s != 0)
        snprintf(out, size, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

bool ds_stamp_same_day(int64_t a_s, int64_t b_s)
{
    struct tm a = local(a_s), b = local(b_s);
    return a.tm_yday == b.tm_yday && a.tm_year == b.tm_year;
}

bool ds_stamp_same_minute(int64_t a_s, int64_t b_s)
{
    return a_s / 60 == b_s / 60;
}

void ds_stamp_day(char *out, size_t size, int64_t at_s, int64_t now_s)
{
    struct tm tm = local(at_s);
    if (ds_stamp_same_day(at_s, now_s))
        snprintf(out, size, "%s", DS_TR("Today"));
    else if (ds_stamp_same_day(at_s, now_s - 86400))
        snprintf(out, size, "%s", DS_TR("Yesterday"));
    else
        snprintf(out, size, "%d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}
