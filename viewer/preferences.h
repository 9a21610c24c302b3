/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rep can set once for all sessions: one line a preference in a table, from which the
 * window with preferences, the file and the command `set` are made. Each has a value that is the
 * index of one of its choices. Pure. Proved by tests/unit/viewer_preferences.c. */
#ifndef VIEWER_PREFERENCES_H
#define VIEWER_PREFERENCES_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of the window. */
enum viewer_preference {
    VIEWER_PREFERENCE_PASS_KEYS, /* the system's own keys go to the customer's computer */
    VIEWER_PREFERENCE_SHORTCUTS, /* arrows and keypad scroll here; switches the next four, too */
    VIEWER_PREFERENCE_F9,
    VIEWER_PREFERENCE_F10,
    VIEWER_PREFERENCE_F11,
    VIEWER_PREFERENCE_F12,
    VIEWER_PREFERENCE_PRINT, /* enum viewer_print */
    VIEWER_PREFERENCE_THEME, /* enum viewer_look */
    VIEWER_PREFERENCE_SCALE, /* 0: the desktop's, else 75 + 25 times as many per cent */
    VIEWER_PREFERENCE_NOTIFY,
    VIEWER_PREFERENCE_COUNT,
};

enum viewer_print { VIEWER_PRINT_HERE, VIEWER_PRINT_REMOTE };
enum viewer_look { VIEWER_LOOK_SYSTEM, VIEWER_LOOK_LIGHT, VIEWER_LOOK_DARK };

enum viewer_preference_page {
    VIEWER_PREFERENCES_KEYBOARD,
    VIEWER_PREFERENCES_APPEARANCE,
    VIEWER_PREFERENCES_ALERTS,
    VIEWER_PREFERENCES_PAGES,
};

struct viewer_preference_info {
    const char *name; /* in the file and in commands */
    enum viewer_preference_page page;
    const char *label;          /* for the window, not translated yet (DS_TR_LATER) */
    const char *note;           /* what follows from it, the same; NULL: the label says it */
    const char *const *choices; /* their names, ended by NULL */
    const char *const *words;   /* the same for the window, not translated yet; NULL: a switch */
    uint8_t initial;
    bool is_half; /* two of them share a row of the window */
};

struct viewer_preferences {
    uint8_t values[VIEWER_PREFERENCE_COUNT];
};

void viewer_preferences_init(struct viewer_preferences *preferences);

/* Static. */
const struct viewer_preference_info *viewer_preference_info(enum viewer_preference which);
/* VIEWER_PREFERENCE_COUNT: there is none of that name. */
enum viewer_preference viewer_preference_by_name(const char *name);
/* The value of the choice with that name; -1: it has no such choice. */
int viewer_preference_value(enum viewer_preference which, const char *choice);
/* The name of its choice now. Static. */
const char *viewer_preference_choice(const struct viewer_preferences *preferences,
                                     enum viewer_preference which);

/* value: below the number of its choices, else nothing happens. What hangs on it follows: the menu
 * shortcuts take F9 to F12 along, which afterwards can be switched one by one. False: all was so
 * before. */
bool viewer_preferences_set(struct viewer_preferences *preferences, enum viewer_preference which,
                            int value);

static inline bool viewer_preferences_is_on(const struct viewer_preferences *preferences,
                                            enum viewer_preference which)
{
    return preferences->values[which] != 0;
}

/* Device pixels to a logical one; desktop: what the desktop wants. */
double viewer_preferences_scale(const struct viewer_preferences *preferences, double desktop);

#endif
