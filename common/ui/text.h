/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts for people in their language. The English text is the key; French comes from
 * common/ui/po/fr.po, compiled into the program (tools beside it). tests/unit/ui_text.c fails when
 * a DS_TR string of the tree has no French. */
#ifndef DS_UI_TEXT_H
#define DS_UI_TEXT_H

#include <stddef.h>

/* Marks a literal for extraction and translates it. printf formats keep their order and kind of
 * arguments in every language (msgfmt --check-format sees to it). */
#define DS_TR(literal) ds_tr("" literal)

/* Marks a literal that is translated later, by ds_tr, e.g. in a static table. */
#define DS_TR_LATER(literal) literal

/* One or many: DS_TRN("%u file", "%u files", n). French counts 0 as one. */
#define DS_TRN(one, many, n) ds_trn("" one, "" many, n)

/* The translation, or english itself when there is none. Static; never NULL. */
const char *ds_tr(const char *english);
const char *ds_trn(const char *one, const char *many, unsigned long n);

/* "fr", or "en" for every language that is not there. Chosen once from LANGUAGE (when the locale is
 * not C), LC_ALL, LC_MESSAGES, LANG, in gettext's order. */
const char *ds_text_language(void);

/* Chooses by hand: "en" or "fr", anything else means what the environment says. Tests and a
 * setting; not while another thread translates. */
void ds_text_choose(const char *language);

/* Digits in groups of three, "481 926": separated by a space that does not break (U+00A0). Copies
 * what is not a digit as it is; cut at size - 1. */
void ds_text_grouped(char *out, size_t size, const char *digits);

/* A stretch of time in whole words: "less than a minute", "12 min", "1 h 05". */
void ds_text_duration(char *out, size_t size, unsigned long seconds);

/* "9:41" for a countdown. */
void ds_text_countdown(char *out, size_t size, unsigned long seconds);

#endif
