/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs of the desktop that are started and forgotten. */
#include "common/base/launch.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[256], fifo[300];

/* An xdg-open of our own that says what it was given and which descriptors it has. */
static int set_up(void **state)
{
    (void)state;
    char path[300], text[700], search[300];
    test_folder_make(folder, sizeof(folder));
    snprintf(fifo, sizeof(fifo), "%s/said", folder);
    snprintf(path, sizeof(path), "%s/xdg-open", folder);
    snprintf(text, sizeof(text),
             "#!/bin/sh\nn=$#\nfds=\nfor fd in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$fd ] && "
             "[ \"$(readlink /proc/$$/fd/$fd)\" != \"$0\" ] && fds=$fds$fd; done\n"
             "printf '%%s' \"$n|$1|$fds|\" >%s\n",
             fifo);
    assert_int_equal(0, mkfifo(fifo, 0600));
    test_file_write(path, text);
    assert_int_equal(0, chmod(path, 0700));
    snprintf(search, sizeof(search), "%s:/usr/bin:/bin", folder);
    setenv("PATH", search, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static void assert_said(const char *wanted)
{
    char *said = test_file_read(fifo, NULL); /* waits for the other end */
    assert_string_equal(wanted, said);
    free(said);
}

static void a_file_is_shown_in_its_folder_and_never_opened(void **state)
{
    (void)state;
    int open_one = open("/dev/null", O_RDWR); /* without FD_CLOEXEC: not theirs all the same */
    assert_true(ds_launch_folder_of("/home/some body/Down loads/$(touch x).sh"));
    assert_said("1|/home/some body/Down loads||");
    assert_true(ds_launch_folder_of("/file"));
    assert_said("1|/||");
    close(open_one);
}

static void nobody_is_left_to_be_waited_for(void **state)
{
    (void)state;
    assert_true(ds_launch("xdg-open", "https://example.org/?a=1&b=2"));
    assert_said("1|https://example.org/?a=1&b=2||");
    assert_int_equal(-1, waitpid(-1, NULL, WNOHANG));
    assert_int_equal(ECHILD, errno);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_shown_in_its_folder_and_never_opened),
        CASE(nobody_is_left_to_be_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
