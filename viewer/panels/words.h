/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rep's window says about troubles, ends and states, in the rep's language. */
#ifndef VIEWER_PANELS_WORDS_H
#define VIEWER_PANELS_WORDS_H

#include "viewer/session/model.h"

#include <stddef.h>

#define VIEWER_WORDS_LINES 6

/* A trouble in one line, and what helps: at most VIEWER_WORDS_LINES - 1 sentences, NULL-ended.
 * *lines is valid until the next call. */
const char *viewer_words_trouble(const struct viewer_model *model, const char *const **lines);

/* What is going on while the relay is dialled; else its name. Valid as long as model. */
const char *viewer_words_dialling(const struct viewer_model *model);

/* Why the session is over, a whole sentence. Static or valid until the next call. */
const char *viewer_words_ended(const struct viewer_model *model);

/* What the button that ends a pause says: the customer is asked, or need not be. Static. */
const char *viewer_words_resume(const struct viewer_model *model);
/* In a session whose line is cut: "Reconnecting… 9:41 left", and what is being done about it.
 * Both valid until the next call. */
const char *viewer_words_left(const struct viewer_model *model, ds_tick now);
const char *viewer_words_away(const struct viewer_model *model);

/* How a restart of the customer's computer came out, a sentence. Static. */
const char *viewer_words_restart(const struct viewer_model *model);
/* "Active", "Paused by the customer" and so on. Static. */
const char *viewer_words_state(const struct viewer_model *model);

/* The viewer's own key combination with that key, "Ctrl+Alt+Shift+C". Valid until 16 further calls.
 */
const char *viewer_words_chord(const char *key);

/* "12 Mbit/s", "850 kbit/s". */
void viewer_words_bandwidth(char *out, size_t size, uint64_t bps);

/* "1.2 MB", "640 kB". */
void viewer_words_bytes(char *out, size_t size, double bytes);

#endif
