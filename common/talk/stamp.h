/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of a message as a person reads it, by the clock of this computer. */
#ifndef DS_TALK_STAMP_H
#define DS_TALK_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "14:05"; "" for 0. */
void ds_stamp_time(char *out, size_t size, int64_t at_s);
/* "Today", "Yesterday", else "2026-11-24". now_s: Unix time. */
void ds_stamp_day(char *out, size_t size, int64_t at_s, int64_t now_s);
/* Both lie in one day, or in one minute. 0 is in no day but its own. */
bool ds_stamp_same_day(int64_t a_s, int64_t b_s);
bool ds_stamp_same_minute(int64_t a_s, int64_t b_s);

#endif
