/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alloc, clock, error, log and rcbuf. */
#include "common/base/alloc.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/rcbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void arrays_that_overflow_are_refused(void **state)
{
    (void)state;
    /* volatile: the compiler would say so itself. */
    volatile size_t much = SIZE_MAX / 2;
    assert_null(ds_alloc_array(much, 4));
    uint32_t *array = ds_alloc_array(10, sizeof(*array));
    assert_non_null(array);
    for (int i = 0; i < 10; i++)
        assert_int_equal(array[i], 0);
    array[9] = 7;
    assert_null(ds_realloc_array(array, much, 4));
    uint32_t *grown = ds_realloc_array(array, 100, sizeof(*array));
    assert_non_null(grown);
    assert_int_equal(grown[9], 7);
    free(grown);
}

static void strings_are_copied_up_to_their_bound(void **state)
{
    (void)state;
    char *copy = ds_strdup_bounded("four", 4);
    assert_string_equal(copy, "four");
    free(copy);
    assert_null(ds_strdup_bounded("fives", 4));
    copy = ds_strdup_bounded("", 0);
    assert_string_equal(copy, "");
    free(copy);
}

static void time_goes_on_and_is_scaled(void **state)
{
    (void)state;
    ds_tick before = ds_clock_now();
    assert_true(ds_clock_now() >= before);
    assert_int_equal(ds_clock_scale(), 60);
    assert_int_equal(ds_clock_scaled_ms(600000), 10000);
    assert_int_equal(ds_clock_scaled_ms_floor(600000, 250), 10000);
    assert_int_equal(ds_clock_scaled_ms_floor(5000, 250), 250);
    assert_int_equal(ds_clock_scaled_ms_floor(100, 250), 100);
}

static void errors_have_names_of_their_own(void **state)
{
    (void)state;
    for (int e = 0; e >= DS_EREFUSED; e--) {
        assert_string_not_equal(ds_error_name(e), "unknown");
        for (int other = 0; other > e; other--)
            assert_string_not_equal(ds_error_name(e), ds_error_name(other));
    }
    assert_string_equal(ds_error_name(1), "unknown");
    assert_string_equal(ds_error_name(DS_EREFUSED - 1), "unknown");
}

static void shared_bytes_live_as_long_as_a_reference(void **state)
{
    (void)state;
    struct ds_rcbuf *buf = ds_rcbuf_new(3);
    assert_non_null(buf);
    assert_int_equal(buf->len, 3);
    memcpy(buf->data, "abc", 3);
    assert_ptr_equal(ds_rcbuf_ref(buf), buf);
    ds_rcbuf_unref(buf);
    assert_memory_equal(buf->data, "abc", 3);
    ds_rcbuf_unref(buf);
    ds_rcbuf_unref(NULL);
    volatile size_t much = SIZE_MAX;
    assert_null(ds_rcbuf_new(much));
}

/* What is logged while f runs, as text. */
static const char *logged(void (*f)(void))
{
    static char text[4096];
    int pipes[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipes), 0);
    fflush(NULL);
    dup2(pipes[1], STDERR_FILENO);
    f();
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pipes[1]);
    size_t used = 0;
    ssize_t n;
    while ((n = read(pipes[0], text + used, sizeof(text) - 1 - used)) > 0)
        used += (size_t)n;
    close(pipes[0]);
    text[used] = '\0';
    return text;
}

static void log_two_lines(void)
{
    ds_log_info("a stranger said name=%s", "x\nforged line\x1b[2J");
    ds_log_debug("not shown at this level");
}

static void log_long(void)
{
    char text[3000];
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    ds_log_warn("%s", text);
}

static void a_log_line_is_one_line_whatever_is_in_it(void **state)
{
    (void)state;
    ds_log_init("test", DS_LOG_INFO);
    const char *text = logged(log_two_lines);
    assert_non_null(strstr(text, "Z info test: a stranger said name=x?forged line?[2J\n"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    text = logged(log_long);
    assert_in_range(strlen(text), 900, 1024);
    assert_true(ds_log_is_shown(DS_LOG_INFO));
    assert_false(ds_log_is_shown(DS_LOG_DEBUG));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void a_strangers_lines_are_limited_by_the_minute(void **state)
{
    (void)state;
    struct ds_log_limit limit = {0};
    ds_tick now = DS_SECOND;
    for (int i = 0; i < 10; i++)
        assert_int_equal(ds_log_allowed(&limit, 3, now), i < 3);
    assert_int_equal(limit.dropped, 7);
    assert_false(ds_log_allowed(&limit, 3, now + 59 * DS_SECOND));
    ds_log_init("test", DS_LOG_ERROR);
    assert_true(ds_log_allowed(&limit, 3, now + 60 * DS_SECOND));
    assert_int_equal(limit.dropped, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_that_overflow_are_refused),
        cmocka_unit_test(strings_are_copied_up_to_their_bound),
        cmocka_unit_test(time_goes_on_and_is_scaled),
        cmocka_unit_test(errors_have_names_of_their_own),
        cmocka_unit_test(shared_bytes_live_as_long_as_a_reference),
        cmocka_unit_test(a_log_line_is_one_line_whatever_is_in_it),
        cmocka_unit_test(a_strangers_lines_are_limited_by_the_minute),
    };
    setenv("DESKSIDE_TIME_SCALE", "60", 1); /* read once, at the first use */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
