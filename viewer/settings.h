/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the viewer remembers for the next start: which relay and who signed in, and the preferences.
 * No secrets. In $XDG_CONFIG_HOME/deskside/viewer.conf (else ~/.config), lines "name=value"; those
 * it does not know (of another version) stay as they are. Proved by
 * tests/unit/viewer_preferences.c. */
#ifndef VIEWER_SETTINGS_H
#define VIEWER_SETTINGS_H

#include "common/wire/limits.h"
#include "viewer/preferences.h"

#include <stdbool.h>
#include <stddef.h>

struct viewer_settings {
    char relay[DS_TEXT_HOST + 8];
    char email[DS_TEXT_EMAIL];
    struct viewer_preferences preferences;
    char kept[16384]; /* lines that mean nothing here, each with its newline; what is beyond them is
                         lost */
};

/* Whatever cannot be read or makes no sense is "", or as at the beginning. */
void viewer_settings_load(struct viewer_settings *settings);
/* Written whole and renamed; a failure only costs the memory. */
void viewer_settings_save(const struct viewer_settings *settings);

/* The desktop's folder for configuration. False: there is none. */
bool viewer_settings_config_folder(char *out, size_t size);
/* The path of a file in that folder, which is made. False: there is no place for it. */
bool viewer_settings_path(const char *name, char *out, size_t size);

#endif
