/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong with a file, as a sentence for the person before the screen. */
#ifndef DS_COURIER_FILE_WORDS_H
#define DS_COURIER_FILE_WORDS_H

#include "common/service/files.h"

/* Translated, static; "" for DS_FILE_OK. is_ours: this side sends the file. */
const char *ds_file_words(enum ds_file_fault fault, bool is_ours);

#define DS_FILE_SENTENCE 256
/* The same for one file, with what is known of it: how much room is missing. "" without a fault. */
void ds_file_sentence(char out[DS_FILE_SENTENCE], const struct ds_file *file);

#endif
