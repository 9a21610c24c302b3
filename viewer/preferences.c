/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/preferences.h"

#include "common/ui/text.h"

#include <stddef.h>
#include <string.h>

static const char *const switches[] = {"off", "on", NULL};
static const char *const prints[] = {"here", "remote", NULL};
static const char *const looks[] = {"system", "light", "dark", NULL};
static const char *const scales[] = {"system", "100", "125", "150", "175", "200", NULL};

static const char *const print_words[] = {DS_TR_LATER("takes a screenshot"),
                                          DS_TR_LATER("goes to the customer")};
static const char *const look_words[] = {DS_TR_LATER("as the desktop"), DS_TR_LATER("light"),
                                         DS_TR_LATER("dark")};
static const char *const scale_words[] = {
    DS_TR_LATER("as the desktop"), "100 %", "125 %", "150 %", "175 %", "200 %"};

static const struct viewer_preference_info infos[VIEWER_PREFERENCE_COUNT] = {
    [VIEWER_PREFERENCE_PASS_KEYS] =
        {.name = "pass-windows-keys",
         .page = VIEWER_PREFERENCES_KEYBOARD,
         .label = DS_TR_LATER("Pass Windows keys to the remote computer"),
         .note = DS_TR_LATER("While you control, the Windows key, Alt+Tab, Ctrl+Esc and all other "
                             "keys of this desktop go to the customer."),
         .choices = switches},
    [VIEWER_PREFERENCE_SHORTCUTS] =
        {.name = "menu-shortcuts",
         .page = VIEWER_PREFERENCES_KEYBOARD,
         .label = DS_TR_LATER("Enable menu shortcuts"),
         .note = DS_TR_LATER("Arrow keys and keypad scroll a picture that is larger than the "
                             "window. Switches F9 to F12, too; each can be set by itself:"),
         .choices = switches},
    [VIEWER_PREFERENCE_F9] = {.name = "f9",
                              .page = VIEWER_PREFERENCES_KEYBOARD,
                              .label = DS_TR_LATER("F9: chat and files"),
                              .choices = switches,
                              .is_half = true},
    [VIEWER_PREFERENCE_F10] = {.name = "f10",
                               .page = VIEWER_PREFERENCES_KEYBOARD,
                               .label = DS_TR_LATER("F10: toolbar"),
                               .choices = switches,
                               .is_half = true},
    [VIEWER_PREFERENCE_F11] = {.name = "f11",
                               .page = VIEWER_PREFERENCES_KEYBOARD,
                               .label = DS_TR_LATER("F11: full screen"),
                               .choices = switches,
                               .is_half = true},
    [VIEWER_PREFERENCE_F12] = {.name = "f12",
                               .page = VIEWER_PREFERENCES_KEYBOARD,
                               .label = DS_TR_LATER("F12: draw"),
                               .choices = switches,
                               .is_half = true},
    [VIEWER_PREFERENCE_PRINT] = {.name = "print-screen",
                                 .page = VIEWER_PREFERENCES_KEYBOARD,
                                 .label = DS_TR_LATER("The Print Screen key"),
                                 .choices = prints,
                                 .words = print_words},
    [VIEWER_PREFERENCE_THEME] = {.name = "theme",
                                 .page = VIEWER_PREFERENCES_APPEARANCE,
                                 .label = DS_TR_LATER("Colours"),
                                 .choices = looks,
                                 .words = look_words},
    [VIEWER_PREFERENCE_SCALE] = {.name = "scale",
                                 .page = VIEWER_PREFERENCES_APPEARANCE,
                                 .label = DS_TR_LATER("Size of texts and buttons"),
                                 .choices = scales,
                                 .words = scale_words},
    [VIEWER_PREFERENCE_NOTIFY] =
        {.name = "notify",
         .page = VIEWER_PREFERENCES_ALERTS,
         .label = DS_TR_LATER("Show a desktop notification"),
         .note = DS_TR_LATER("When the customer writes or offers a file and this window is not in "
                             "front."),
         .choices = switches,
         .initial = 1},
};

void viewer_preferences_init(struct viewer_preferences *p)
{
    for (int i = 0; i < VIEWER_PREFERENCE_COUNT; i++)
        p->values[i] = infos[i].initial;
}

const struct viewer_preference_info *viewer_preference_info(enum viewer_preference which)
{
    return &infos[which];
}

enum viewer_preference viewer_preference_by_name(const char *name)
{
    int i = 0;
    while (i < VIEWER_PREFERENCE_COUNT && strcmp(infos[i].name, name) != 0)
        i++;
    return (enum viewer_preference)i;
}

int viewer_preference_value(enum viewer_preference which, const char *choice)
{
    const char *const *choices = infos[which].choices;
    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], choice) == 0)
            return i;
    return -1;
}

const char *viewer_preference_choice(const struct viewer_preferences *p,
                                     enum viewer_preference which)
{
    return infos[which].choices[p->values[which]];
}

static int choice_count(enum viewer_preference which)
{
    int n = 0;
    while (infos[which].choices[n])
        n++;
    return n;
}

bool viewer_preferences_set(struct viewer_preferences *p, enum viewer_preference which, int value)
{
    struct viewer_preferences before = *p;
    if (value < 0 || value >= choice_count(which))
        return false;
    p->values[which] = (uint8_t)value;
    if (which == VIEWER_PREFERENCE_SHORTCUTS)
        for (int key = VIEWER_PREFERENCE_F9; key <= VIEWER_PREFERENCE_F12; key++)
            p->values[key] = (uint8_t)value;
    return memcmp(&before, p, sizeof(before)) != 0;
}

double viewer_preferences_scale(const struct viewer_preferences *p, double desktop)
{
    unsigned value = p->values[VIEWER_PREFERENCE_SCALE];
    return value == 0 ? desktop : 0.75 + 0.25 * value;
}
