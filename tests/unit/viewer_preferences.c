/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preferences and the file they are kept in. */
#include "tests/support/folder.h"
#include "viewer/appearance.h"
#include "viewer/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[256];

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    setenv("XDG_CONFIG_HOME", folder, 1);
    unsetenv("DESKSIDE_THEME");
    unsetenv("GTK_THEME");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static void write_below(const char *name, const char *text)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    *strrchr(path, '/') = '\0';
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    test_file_write(path, text);
}

static void every_preference_has_a_name_and_a_first_value(void **state)
{
    (void)state;
    struct viewer_preferences p;
    viewer_preferences_init(&p);
    for (int i = 0; i < VIEWER_PREFERENCE_COUNT; i++) {
        enum viewer_preference which = (enum viewer_preference)i;
        const struct viewer_preference_info *info = viewer_preference_info(which);
        assert_int_equal(viewer_preference_by_name(info->name), which);
        assert_non_null(info->label);
        assert_true(info->page < VIEWER_PREFERENCES_PAGES);
        assert_int_equal(viewer_preference_value(which, viewer_preference_choice(&p, which)),
                         info->initial);
        for (int c = 0; info->words && info->choices[c]; c++)
            assert_non_null(info->words[c]);
    }
    assert_int_equal(viewer_preference_by_name("nonsense"), VIEWER_PREFERENCE_COUNT);
    assert_int_equal(viewer_preference_by_name(""), VIEWER_PREFERENCE_COUNT);
}

/* "Off by default; never silently steal keys." */
static void nothing_takes_keys_at_first(void **state)
{
    (void)state;
    struct viewer_preferences p;
    viewer_preferences_init(&p);
    for (int i = VIEWER_PREFERENCE_PASS_KEYS; i <= VIEWER_PREFERENCE_F12; i++)
        assert_false(viewer_preferences_is_on(&p, (enum viewer_preference)i));
}

static void shortcuts_take_f9_to_f12_along_and_each_is_its_own_afterwards(void **state)
{
    (void)state;
    struct viewer_preferences p;
    viewer_preferences_init(&p);
    assert_true(viewer_preferences_set(&p, VIEWER_PREFERENCE_SHORTCUTS, 1));
    for (int key = VIEWER_PREFERENCE_F9; key <= VIEWER_PREFERENCE_F12; key++)
        assert_true(viewer_preferences_is_on(&p, (enum viewer_preference)key));
    assert_true(viewer_preferences_set(&p, VIEWER_PREFERENCE_SHORTCUTS, 0));
    for (int key = VIEWER_PREFERENCE_F9; key <= VIEWER_PREFERENCE_F12; key++)
        assert_false(viewer_preferences_is_on(&p, (enum viewer_preference)key));
    assert_true(viewer_preferences_set(&p, VIEWER_PREFERENCE_F11, 1));
    assert_true(viewer_preferences_is_on(&p, VIEWER_PREFERENCE_F11));
    assert_false(viewer_preferences_is_on(&p, VIEWER_PREFERENCE_F10));
    assert_false(viewer_preferences_is_on(&p, VIEWER_PREFERENCE_SHORTCUTS));
    assert_false(viewer_preferences_set(&p, VIEWER_PREFERENCE_F11, 1)); /* as before */
    assert_false(viewer_preferences_set(&p, VIEWER_PREFERENCE_SCALE, 6));
    assert_false(viewer_preferences_set(&p, VIEWER_PREFERENCE_SCALE, -1));
}

static void what_is_saved_is_there_again_and_what_is_unknown_stays(void **state)
{
    (void)state;
    static struct viewer_settings s, again;
    write_below("deskside/viewer.conf", "relay=support.acme.example\n"
                                        "of-a-later-version=some thing = 5\n"
                                        "theme=purple\n"
                                        "scale=150\n"
                                        "f11=on\n"
                                        "[a section]\n");
    viewer_settings_load(&s);
    assert_string_equal(s.relay, "support.acme.example");
    assert_int_equal(s.preferences.values[VIEWER_PREFERENCE_THEME], VIEWER_LOOK_SYSTEM);
    assert_string_equal(viewer_preference_choice(&s.preferences, VIEWER_PREFERENCE_SCALE), "150");
    assert_true(viewer_preferences_is_on(&s.preferences, VIEWER_PREFERENCE_F11));
    assert_false(viewer_preferences_is_on(&s.preferences, VIEWER_PREFERENCE_F10));
    viewer_preferences_set(&s.preferences, VIEWER_PREFERENCE_PASS_KEYS, 1);
    viewer_preferences_set(&s.preferences, VIEWER_PREFERENCE_PRINT, VIEWER_PRINT_REMOTE);
    viewer_settings_save(&s);
    viewer_settings_load(&again);
    assert_memory_equal(&again.preferences, &s.preferences, sizeof(s.preferences));
    assert_string_equal(again.relay, s.relay);
    assert_string_equal(again.kept, "of-a-later-version=some thing = 5\n[a section]\n");
}

static void without_a_file_all_is_as_at_the_beginning(void **state)
{
    (void)state;
    static struct viewer_settings s;
    struct viewer_preferences first;
    viewer_preferences_init(&first);
    viewer_settings_load(&s);
    assert_memory_equal(&s.preferences, &first, sizeof(first));
    assert_string_equal(s.relay, "");
    assert_string_equal(s.kept, "");
}

static void the_look_is_the_preference_or_the_desktops(void **state)
{
    (void)state;
    struct viewer_preferences p;
    viewer_preferences_init(&p);
    assert_false(viewer_appearance_theme(&p, 1).dark);
    write_below("gtk-3.0/settings.ini", "[Settings]\ngtk-theme-name = Adwaita-dark\n");
    assert_true(viewer_appearance_theme(&p, 1).dark);
    write_below("gtk-4.0/settings.ini", "[Settings]\ngtk-application-prefer-dark-theme=0\n");
    assert_false(viewer_appearance_theme(&p, 1).dark);
    setenv("GTK_THEME", "Adwaita:dark", 1);
    assert_true(viewer_appearance_theme(&p, 1).dark);
    viewer_preferences_set(&p, VIEWER_PREFERENCE_THEME, VIEWER_LOOK_LIGHT);
    assert_false(viewer_appearance_theme(&p, 1).dark);
    setenv("GTK_THEME", "Darkness", 1); /* not what the name of a dark one ends in */
    viewer_preferences_set(&p, VIEWER_PREFERENCE_THEME, VIEWER_LOOK_SYSTEM);
    assert_false(viewer_appearance_theme(&p, 1).dark);
    assert_true(viewer_appearance_theme(&p, 1.5).scale == 1.5);
    viewer_preferences_set(&p, VIEWER_PREFERENCE_SCALE,
                           viewer_preference_value(VIEWER_PREFERENCE_SCALE, "175"));
    assert_true(viewer_appearance_theme(&p, 1.5).scale == 1.75);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_preference_has_a_name_and_a_first_value),
        TEST(nothing_takes_keys_at_first),
        TEST(shortcuts_take_f9_to_f12_along_and_each_is_its_own_afterwards),
        TEST(what_is_saved_is_there_again_and_what_is_unknown_stays),
        TEST(without_a_file_all_is_as_at_the_beginning),
        TEST(the_look_is_the_preference_or_the_desktops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
