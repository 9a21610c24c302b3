/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The look of the viewer's windows: what the rep prefers, else what the desktop has. */
#ifndef VIEWER_APPEARANCE_H
#define VIEWER_APPEARANCE_H

#include "common/ui/theme.h"
#include "viewer/preferences.h"

/* desktop_scale: as viewer_window_scale says. DESKSIDE_THEME and DESKSIDE_REDUCED_MOTION come
 * first (common/ui/theme.h). */
struct ds_theme viewer_appearance_theme(const struct viewer_preferences *preferences,
                                        double desktop_scale);

/* The desktop's programs are dark: $GTK_THEME names a dark theme, or settings.ini of GTK 4 or 3
 * does or prefers one. Reads files. */
bool viewer_appearance_is_desktop_dark(void);

#endif
