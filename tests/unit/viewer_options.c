/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The viewer's command line, geometry and e-mail form. */
#include "viewer/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static enum viewer_options_result parse(struct viewer_options *o, char *message, size_t size,
                                        const char *const *args)
{
    char *argv[32] = {(char *)(uintptr_t) "deskside-viewer"};
    int argc = 1;
    for (; *args; args++)
        argv[argc++] = (char *)(uintptr_t)*args;
    message[0] = '\0';
    return viewer_options_parse(argc, argv, o, message, size);
}

#define PARSE(...) parse(&o, message, sizeof(message), (const char *const[]){__VA_ARGS__, NULL})

static void every_option_is_taken(void **state)
{
    (void)state;
    struct viewer_options o;
    char message[256];
    assert_int_equal(VIEWER_OPTIONS_RUN,
                     PARSE("--relay", "Desk.Example:443", "--email", " Dana@Acme.Example ",
                           "--password-file", "p", "--new-session", "--geometry", "800x600+10+-20",
                           "--borderless", "--scale", "1:1", "--no-toolbar", "--view-only", "--ca",
                           "c.pem", "--events", "3", "--commands=4"));
    assert_string_equal("desk.example", o.host);
    assert_int_equal(443, o.port);
    assert_string_equal("dana@acme.example", o.email);
    assert_string_equal("p", o.password_file);
    assert_true(o.new_session && o.borderless && o.no_toolbar && o.view_only);
    assert_int_equal(800, o.geometry.width);
    assert_int_equal(600, o.geometry.height);
    assert_int_equal(10, o.geometry.x);
    assert_int_equal(-20, o.geometry.y);
    assert_int_equal(VIEWER_SCALE_ONE, o.scale);
    assert_string_equal("c.pem", o.ca_file);
    assert_int_equal(3, o.events_fd);
    assert_int_equal(4, o.commands_fd);
}

static void nothing_given_means_a_window_that_asks(void **state)
{
    (void)state;
    struct viewer_options o;
    char message[256];
    assert_int_equal(VIEWER_OPTIONS_RUN,
                     parse(&o, message, sizeof(message), (const char *const[]){NULL}));
    assert_string_equal("", o.host);
    assert_int_equal(VIEWER_SCALE_FIT, o.scale);
    assert_int_equal(-1, o.events_fd);
    assert_int_equal(-1, o.commands_fd);
    assert_false(o.geometry.has_size);
}

static void unknown_options_and_values_are_refused_with_a_sentence(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"--colour", NULL},
        {"localhost", NULL},
        {"--relay", NULL},
        {"--relay", "", NULL},
        {"--relay", "a b", NULL},
        {"--relay", "a:0", NULL},
        {"--relay", "a:65536", NULL},
        {"--relay", "a:8x", NULL},
        {"--email", "dana", NULL},
        {"--scale", "2:1", NULL},
        {"--scale", NULL},
        {"--geometry", "800", NULL},
        {"--geometry", "8x6", NULL},
        {"--events", "-1", NULL},
        {"--events", "x", NULL},
        {"--commands", "", NULL},
        {"--take", "7", NULL},
        {"--new-session=1", NULL},
        {"--password-file", "p", NULL},
        {"--relayed", "a", NULL},
        {"-h", NULL},
    };
    struct viewer_options o;
    char message[256];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(VIEWER_OPTIONS_WRONG, parse(&o, message, sizeof(message), wrong[i]));
        assert_true(strlen(message) > 10);
    }
}

static void help_names_every_option_but_the_one_not_there(void **state)
{
    (void)state;
    struct viewer_options o;
    char message[256];
    assert_int_equal(VIEWER_OPTIONS_HELP, PARSE("--help"));
    assert_int_equal(VIEWER_OPTIONS_VERSION, PARSE("--version"));
    assert_non_null(strstr(viewer_options_usage(), "--view-only"));
    assert_null(strstr(viewer_options_usage(), "--take"));
}

static void geometry_is_size_and_then_place(void **state)
{
    (void)state;
    struct viewer_geometry g;
    assert_true(viewer_geometry_parse("1920x1080", &g));
    assert_true(g.has_size && !g.has_place);
    assert_true(viewer_geometry_parse("64x16384+-32768+32767", &g));
    assert_true(g.has_place);
    assert_int_equal(-32768, g.x);
    static const char *const bad[] = {"",           "x",
                                      "800x",       "63x600",
                                      "800x16385",  "800x600+1",
                                      "800x600+1+", "800x600+1+2+3",
                                      "800x600-1",  "+800x600",
                                      "800x600 ",   "8000000000x600",
                                      "800X600",    "800x600+1+40000"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(viewer_geometry_parse(bad[i], &g));
}

static void an_email_is_trimmed_lowered_and_checked(void **state)
{
    (void)state;
    char out[DS_TEXT_EMAIL];
    assert_true(viewer_email_clean("\t Dana.R@Acme.Example \n", out));
    assert_string_equal("dana.r@acme.example", out);
    assert_true(viewer_email_clean("a@b", out));
    static const char *const bad[] = {"",      "   ",   "dana",  "@acme",   "dana@",
                                      "a@b@c", "a b@c", "a@b c", "a\x01@b", "\xff@b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(viewer_email_clean(bad[i], out));
    char longest[DS_TEXT_EMAIL + 1];
    memset(longest, 'a', sizeof(longest));
    longest[1] = '@';
    longest[DS_TEXT_EMAIL - 1] = '\0';
    assert_true(viewer_email_clean(longest, out));
    longest[DS_TEXT_EMAIL - 1] = 'a';
    longest[DS_TEXT_EMAIL] = '\0';
    assert_false(viewer_email_clean(longest, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_taken),
        cmocka_unit_test(nothing_given_means_a_window_that_asks),
        cmocka_unit_test(unknown_options_and_values_are_refused_with_a_sentence),
        cmocka_unit_test(help_names_every_option_but_the_one_not_there),
        cmocka_unit_test(geometry_is_size_and_then_place),
        cmocka_unit_test(an_email_is_trimmed_lowered_and_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
