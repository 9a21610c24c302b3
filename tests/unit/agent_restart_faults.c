/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every call of the system that the files of a restart need fails in turn: a secret is never left
 * half, twice or readable, nor is anything said to be there that is not. */
#include "agent/restart/command.h"
#include "agent/restart/entry.h"
#include "agent/restart/resume_file.h"
#include "common/base/error.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int countdown; /* this call of all fails; 0: none does */
static int error_is = EIO;

static bool fails(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    errno = error_is;
    return true;
}

/* The linker puts these before the system's (--wrap). */
#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails() ? -1 : __real_##name arguments;                                             \
    }
#define WRAP_CODE(name, parameters, arguments)                                                     \
    int __real_##name parameters;                                                                  \
    int __wrap_##name parameters;                                                                  \
    int __wrap_##name parameters                                                                   \
    {                                                                                              \
        return fails() ? errno : __real_##name arguments;                                          \
    }
WRAP(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
WRAP(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, flock, (int fd, int how), (fd, how))
WRAP(int, fstat, (int fd, struct stat *info), (fd, info))
WRAP_CODE(posix_spawn_file_actions_init, (posix_spawn_file_actions_t * actions), (actions))
WRAP_CODE(posix_spawn_file_actions_addopen,
          (posix_spawn_file_actions_t * actions, int fd, const char *path, int how, mode_t mode),
          (actions, fd, path, how, mode))
WRAP_CODE(posix_spawnattr_init, (posix_spawnattr_t * attributes), (attributes))
WRAP_CODE(posix_spawnattr_setpgroup, (posix_spawnattr_t * attributes, pid_t group),
          (attributes, group))
WRAP_CODE(posix_spawn,
          (pid_t * pid, const char *path, const posix_spawn_file_actions_t *actions,
           const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]),
          (pid, path, actions, attributes, argv, envp))

static char folder[256], file[320], part[330], entry[400];

static int set_up(void **state)
{
    (void)state;
    countdown = 0;
    error_is = EIO;
    test_folder_make(folder, sizeof(folder));
    setenv("HOME", folder, 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("XDG_CONFIG_HOME");
    assert_true(agent_resume_file_path(file, sizeof(file)));
    assert_true(agent_entry_path(entry, sizeof(entry)));
    snprintf(part, sizeof(part), "%s.new", file);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    countdown = 0;
    test_folder_remove(folder);
    return 0;
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static int write_text(const char *text)
{
    return agent_resume_file_write(file, (const uint8_t *)text, strlen(text));
}

static int take(char text[64])
{
    struct ds_buf out;
    ds_buf_init(&out, 63);
    int error = agent_resume_file_take(file, &out);
    memcpy(text, ds_buf_peek(&out), out.len);
    text[out.len] = '\0';
    ds_buf_wipe(&out);
    return error;
}

static void a_file_that_cannot_be_written_is_not_there(void **state)
{
    (void)state;
    char text[64];
    for (int n = 1;; n++) {
        countdown = n;
        int error = write_text("secret");
        bool came = countdown == 0;
        countdown = 0;
        if (!came) {
            assert_int_equal(DS_OK, error);
            break;
        }
        if (error == DS_OK) /* what failed did not matter */
            continue;
        assert_int_equal(DS_EIO, error);
        /* The name may be there when only the folder's own write failed: then it is whole. */
        if (is_there(file)) {
            assert_int_equal(DS_OK, take(text));
            assert_string_equal("secret", text);
        }
        agent_resume_file_clear(file);
    }
    assert_int_equal(DS_OK, take(text));
    assert_string_equal("secret", text);
}

static void a_file_that_cannot_be_replaced_stays_whole(void **state)
{
    (void)state;
    char text[64];
    bool came = true;
    for (int n = 1; came; n++) {
        assert_int_equal(DS_OK, write_text("before"));
        countdown = n;
        int error = write_text("after");
        came = countdown == 0;
        countdown = 0;
        assert_int_equal(DS_OK, take(text));
        if (strcmp(text, "after") != 0) {
            assert_string_equal("before", text);
            assert_int_equal(DS_EIO, error);
        }
    }
}

/* Whatever fails, nobody gets it a second time. */
static void a_file_is_taken_once_at_most(void **state)
{
    (void)state;
    bool came = true;
    for (int n = 1; came; n++) {
        char first[64], second[64];
        assert_int_equal(DS_OK, write_text("secret"));
        countdown = n;
        int error = take(first);
        came = countdown == 0;
        countdown = 0;
        if (error != DS_OK) {
            assert_string_equal("", first);
            continue; /* it may still be there: then it was not used */
        }
        assert_string_equal("secret", first);
        assert_int_equal(DS_ENOTFOUND, take(second));
    }
}

static void a_signal_in_between_does_no_harm(void **state)
{
    (void)state;
    char text[64];
    bool came = true;
    error_is = EINTR;
    for (int n = 1; came; n++) {
        countdown = n;
        int error = write_text("secret");
        came = countdown == 0;
        countdown = 0;
        if (error == DS_OK) {
            assert_int_equal(DS_OK, take(text));
            assert_string_equal("secret", text);
        }
        assert_false(is_there(part));
        agent_resume_file_clear(file);
    }
}

static void an_entry_that_cannot_be_written_is_not_there(void **state)
{
    (void)state;
    bool came = true;
    for (int n = 1; came; n++) {
        countdown = n;
        int error = agent_entry_write(entry, "/a", "/b");
        came = countdown == 0;
        countdown = 0;
        if (error)
            assert_false(is_there(entry));
        else
            assert_true(is_there(entry));
        assert_true(agent_entry_remove(entry));
    }
}

static void a_command_that_cannot_be_started_does_not_run(void **state)
{
    (void)state;
    struct agent_command command = {0};
    int code, failures = 0;
    bool came = true;
    for (int n = 1; came; n++) {
        countdown = n;
        int error = agent_command_start(&command, "exit 0");
        came = countdown == 0;
        countdown = 0;
        if (error) {
            failures++;
            assert_int_equal(EIO, errno);
            assert_int_equal(AGENT_COMMAND_NONE, agent_command_look(&command, &code));
        } else {
            while (agent_command_look(&command, &code) == AGENT_COMMAND_RUNNING)
                poll(NULL, 0, 5);
            assert_int_equal(0, code);
        }
    }
    assert_int_equal(7, failures);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_file_that_cannot_be_written_is_not_there),
        CASE(a_file_that_cannot_be_replaced_stays_whole),
        CASE(a_file_is_taken_once_at_most),
        CASE(a_signal_in_between_does_no_harm),
        CASE(an_entry_that_cannot_be_written_is_not_there),
        CASE(a_command_that_cannot_be_started_does_not_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
