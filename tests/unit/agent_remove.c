/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent may delete of itself, and what it says. A link stands for /proc/self/exe. */
#include "agent/remove.h"

#include "common/net/remember.h"
#include "common/ui/text.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256], program[300], self[300], ways[300], path[DS_TEXT_MESSAGE];

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    snprintf(program, sizeof(program), "%s/program", folder);
    snprintf(self, sizeof(self), "%s/self", folder);
    snprintf(ways, sizeof(ways), "%s/deskside/ways", folder);
    test_file_write(program, "a program");
    assert_int_equal(0, symlink(program, self));
    setenv("XDG_STATE_HOME", folder, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static enum agent_removal look(void)
{
    path[0] = '\0';
    return agent_remove_look(self, path, sizeof(path));
}

static void a_file_of_the_persons_own_can_go(void **state)
{
    (void)state;
    char text[2 * DS_TEXT_MESSAGE], expected[600];
    const struct ds_route way = {0, 443, DS_CARRIER_TLS};
    ds_remember_put("relay.example", 0, false, &way);
    assert_int_equal(AGENT_REMOVAL_POSSIBLE, look());
    assert_string_equal(program, path);
    assert_true(agent_remove_do(self, text, sizeof(text)));
    snprintf(expected, sizeof(expected),
             "Removed: %s. What it remembered about connections is removed, too.", program);
    assert_string_equal(expected, text);
    assert_int_equal(-1, access(program, F_OK));
    assert_int_equal(-1, access(ways, F_OK));
    snprintf(expected, sizeof(expected), "%s/deskside", folder);
    assert_int_equal(-1, access(expected, F_OK));
    assert_int_equal(AGENT_REMOVAL_NONE, look());
    assert_false(agent_remove_do(self, text, sizeof(text)));
    assert_string_equal("The program is not where it was, so nothing was removed.", text);
}

static void settings_of_others_stay(void **state)
{
    (void)state;
    char text[2 * DS_TEXT_MESSAGE], other[320];
    const struct ds_route way = {0, 443, DS_CARRIER_TLS};
    ds_remember_put("relay.example", 0, false, &way);
    snprintf(other, sizeof(other), "%s/deskside/viewer", folder);
    test_file_write(other, "of the viewer");
    assert_true(agent_remove_do(self, text, sizeof(text)));
    assert_int_equal(-1, access(ways, F_OK));
    assert_int_equal(0, access(other, F_OK));
}

static void nothing_remembered_is_not_mentioned(void **state)
{
    (void)state;
    char text[2 * DS_TEXT_MESSAGE], expected[320];
    assert_true(agent_remove_do(self, text, sizeof(text)));
    snprintf(expected, sizeof(expected), "Removed: %s.", program);
    assert_string_equal(expected, text);
}

static void what_is_no_plain_file_or_does_not_fit_is_left(void **state)
{
    (void)state;
    char text[2 * DS_TEXT_MESSAGE], moved[320];
    assert_int_equal(AGENT_REMOVAL_NONE, agent_remove_look(self, path, strlen(program)));
    assert_int_equal(AGENT_REMOVAL_NONE, agent_remove_look("/nowhere", path, sizeof(path)));
    /* the name leads to another file now: a link in its place */
    snprintf(moved, sizeof(moved), "%s/moved", folder);
    assert_int_equal(0, rename(program, moved));
    assert_int_equal(0, symlink(moved, program));
    assert_int_equal(AGENT_REMOVAL_NONE, look());
    assert_false(agent_remove_do(self, text, sizeof(text)));
    assert_int_equal(0, access(moved, F_OK));
    unlink(program);
    assert_int_equal(0, mkdir(program, 0700));
    assert_int_equal(AGENT_REMOVAL_NONE, look());
}

static void what_came_with_the_system_is_left_even_by_root(void **state)
{
    (void)state;
    char text[2 * DS_TEXT_MESSAGE], real[PATH_MAX];
    unlink(self);
    assert_non_null(realpath("/usr/bin/env", real)); /* a plain file, whoever this is */
    assert_int_equal(0, symlink(real, self));
    assert_int_equal(AGENT_REMOVAL_NOT_YOURS, look());
    assert_string_equal("", path);
    assert_false(agent_remove_do(self, text, sizeof(text)));
    assert_int_equal(0, access(real, F_OK));
}

static void a_file_of_somebody_else_is_left(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip(); /* nobody else can be made an owner */
    assert_int_equal(0, chown(program, 65534, 65534));
    assert_int_equal(AGENT_REMOVAL_NOT_YOURS, look());
}

static void a_folder_that_cannot_be_changed_keeps_the_file(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); /* root can change every folder */
    assert_int_equal(0, chmod(folder, 0500));
    assert_int_equal(AGENT_REMOVAL_NOT_YOURS, look());
    chmod(folder, 0700);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_of_the_persons_own_can_go),
        TEST(settings_of_others_stay),
        TEST(nothing_remembered_is_not_mentioned),
        TEST(what_is_no_plain_file_or_does_not_fit_is_left),
        TEST(what_came_with_the_system_is_left_even_by_root),
        TEST(a_file_of_somebody_else_is_left),
        TEST(a_folder_that_cannot_be_changed_keeps_the_file),
    };
    ds_text_choose("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
