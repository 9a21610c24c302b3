/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of an update in the log. */
#include "common/picture/plan_log.h"
#include "common/base/log.h"
#include "common/wire/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int drop(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    (void)ctx;
    (void)first;
    (void)last;
    ds_rcbuf_unref(buf);
    return 0;
}

/* What is logged about an update that fills a picture with one colour. */
static const char *logged_at(const char *level)
{
    static char text[4096];
    struct ds_encoder_config config = {130, 70, DS_FEATURE_ZSTD, DS_CACHE_SLOTS};
    struct ds_encoder *encoder = ds_encoder_new(&config);
    struct ds_image image;
    struct ds_encode_result result;
    int pipes[2], saved = dup(STDERR_FILENO);
    setenv("DESKSIDE_LOG", level, 1);
    ds_log_init("test", DS_LOG_INFO);
    assert_non_null(encoder);
    assert_int_equal(ds_image_init(&image, 130, 70), 0);
    ds_image_fill(&image, 0x336699);
    struct ds_encode_request request = {.image = &image, .now = DS_SECOND};
    assert_int_equal(ds_encoder_encode(encoder, &request, drop, NULL, &result), 0);
    assert_int_equal(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    ds_plan_log(encoder, 7, result.bytes);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pipes[1]);
    ssize_t n = read(pipes[0], text, sizeof(text) - 1); /* both ends are closed: all there is */
    text[n > 0 ? n : 0] = '\0';
    close(pipes[0]);
    ds_image_destroy(&image);
    ds_encoder_destroy(encoder);
    return text;
}

static void operations_are_lines_of_the_trace(void **state)
{
    (void)state;
    const char *text = logged_at("trace");
    assert_non_null(strstr(text, " trace test: plan update=7 bytes="));
    assert_non_null(strstr(text, " trace test: plan update=7 op=fill 0,0 130x70 #336699\n"));
}

static void nothing_is_said_at_other_levels(void **state)
{
    (void)state;
    assert_string_equal(logged_at("debug"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_lines_of_the_trace),
        cmocka_unit_test(nothing_is_said_at_other_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
