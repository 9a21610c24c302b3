/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an agreed restart leaves on the disk and how it comes back: clocks, the resume file, the
 * autostart entry, the command. */
#include "agent/restart/command.h"
#include "agent/restart/deadline.h"
#include "agent/restart/entry.h"
#include "agent/restart/folder.h"
#include "agent/restart/place.h"
#include "agent/restart/resume_file.h"
#include "agent/restart/saved.h"
#include "common/base/error.h"
#include "tests/support/folder.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MINUTES (60u * 1000)

static char folder[256], file[320], entry[400];

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    setenv("HOME", folder, 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("XDG_CONFIG_HOME");
    assert_true(agent_resume_file_path(file, sizeof(file)));
    assert_true(agent_entry_path(entry, sizeof(entry)));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

/* ---- clocks ---- */

static struct agent_moment moment(uint64_t boot_s, int64_t wall_s, const char *id)
{
    struct agent_moment m = {.boot = boot_s * DS_SECOND, .wall_ms = wall_s * 1000};
    snprintf(m.boot_id, sizeof(m.boot_id), "%s", id);
    return m;
}

static uint32_t left_s(uint64_t boot_s, int64_t wall_s, const char *id)
{
    struct agent_moment before = moment(5000, 1700000000, "first"),
                        now = moment(boot_s, wall_s, id);
    struct agent_deadline deadline = agent_deadline_of(&before, 10 * MINUTES);
    return agent_deadline_left_ms(&deadline, &now) / 1000;
}

static void the_clock_since_boot_counts_within_one_boot(void **state)
{
    (void)state;
    assert_int_equal(600, left_s(5000, 1700000000, "first"));
    assert_int_equal(10, left_s(5590, 1700000000, "first"));
    assert_int_equal(0, left_s(5600, 1700000000, "first"));
    assert_int_equal(0, left_s(5610, 1700000000, "first"));
    /* whatever the wall clock says */
    assert_int_equal(10, left_s(5590, 1800000000, "first"));
    assert_int_equal(10, left_s(5590, 0, "first"));
}

static void the_wall_clock_counts_in_another_boot(void **state)
{
    (void)state;
    assert_int_equal(10, left_s(20, 1700000590, "second"));
    assert_int_equal(0, left_s(20, 1700000600, "second"));
    assert_int_equal(0, left_s(20, 1700000610, "second"));
    assert_int_equal(10, left_s(9000, 1700000590, "second"));
    /* set back, or a computer without a clock: never more than the whole */
    assert_int_equal(600, left_s(20, 1699990000, "second"));
    assert_int_equal(600, left_s(20, 0, "second"));
    assert_int_equal(600, left_s(20, -1, "second"));
    /* two boots that nobody can name are not the same one */
    struct agent_moment before = moment(5000, 1700000000, ""), now = moment(5001, 1700000601, "");
    struct agent_deadline deadline = agent_deadline_of(&before, 10 * MINUTES);
    assert_int_equal(0, agent_deadline_left_ms(&deadline, &now));
}

static void no_clock_overflows(void **state)
{
    (void)state;
    struct agent_moment now = {.boot = 0, .wall_ms = INT64_MIN};
    struct agent_deadline deadline = {.at = {.boot = UINT64_MAX, .wall_ms = INT64_MAX},
                                      .whole_ms = 1000};
    assert_int_equal(1000, agent_deadline_left_ms(&deadline, &now));
    snprintf(now.boot_id, sizeof(now.boot_id), "same");
    snprintf(deadline.at.boot_id, sizeof(deadline.at.boot_id), "same");
    assert_int_equal(1000, agent_deadline_left_ms(&deadline, &now));
}

static void now_has_both_clocks_and_the_boot(void **state)
{
    (void)state;
    struct agent_moment now;
    agent_moment_now(&now);
    assert_true(now.boot > 0 && now.wall_ms > 1700000000000);
    assert_int_equal(36, strlen(now.boot_id));
    struct agent_deadline deadline = agent_deadline_of(&now, 1000);
    assert_int_equal(1000, agent_deadline_left_ms(&deadline, &now));
}

/* ---- what is saved ---- */

static void fill(struct agent_saved *s)
{
    agent_saved_init(s);
    strcpy(s->host, "h.example");
    s->port = 8200;
    strcpy(s->ca_file, "/c");
    strcpy(s->restart_command, "r");
    strcpy(s->accept, "look");
    strcpy(s->session, "000102030405060708090a0b0c0d0e0f");
    strcpy(s->token, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    strcpy(s->before, "11111111111111111111111111111111");
    s->deadline = (struct agent_deadline){.at = {.boot = 0x11, .wall_ms = 0x22, .boot_id = "b"},
                                          .whole_ms = 600000};
    strcpy(s->org, "O");
    strcpy(s->rep, "D\xc3\xa9");
    s->granted[DS_RIGHT_LOOK] = s->granted[DS_RIGHT_CONTROL] = true;
    s->comes_back = true;
    s->paused = 1;
    s->began_s = 0x33;
    s->seen = 0x44;
    s->controlled = 0x55;
    s->files = (struct ds_files_place){6, 3};
    s->clipboard = (struct ds_clipboard_place){
        .sent = 9, .sent_len = 256, .received = 8, .is_answered = true, .answer_waits = true};
    s->newest_note = 4;
    s->peer_features = 31;
    s->peer_tiles = 1000;
    s->monitor = 0xff;
    strcpy(s->draft, "Hi");
    assert_int_equal(DS_OK, ds_buf_append(&s->kept, "fil", 3));
    assert_int_equal(DS_OK, ds_buf_append(&s->tunnel, "tun", 3));
}

/* clang-format off */
static const uint8_t golden[] = {
    'D', 'S', 'R', 'E', 'S', 'U', 'M', 'E',
    0, 4,                                         /* version */
    0, 0, 0, 182,                                 /* body */
    0, 9, 'h', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e',
    0x20, 0x08,                                   /* port */
    0, 2, '/', 'c',                               /* ca */
    0, 1, 'r',                                    /* command */
    0, 4, 'l', 'o', 'o', 'k',                     /* accept */
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
    0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
    0, 0, 0, 0, 0, 0, 0, 0x11,                    /* deadline since boot */
    0, 0, 0, 0, 0, 0, 0, 0x22,                    /* by the wall clock */
    0, 1, 'b',                                    /* boot */
    0x00, 0x09, 0x27, 0xc0,                       /* ten minutes */
    0, 1, 'O',
    0, 3, 'D', 0xc3, 0xa9,
    0x05,                                         /* look, control */
    0x06,                                         /* comes back, there was a token before */
    1,                                            /* paused by the customer */
    0, 0, 0, 0, 0, 0, 0, 0x33,                    /* began */
    0, 0, 0, 0, 0, 0, 0, 0x44,                    /* seen */
    0, 0, 0, 0, 0, 0, 0, 0x55,                    /* controlled */
    0, 0, 0, 6, 0, 0, 0, 3,                       /* files */
    0, 0, 0, 9, 0, 0, 1, 0, 0, 0, 0, 8, 0x03,     /* clipboard */
    0, 0, 0, 4,                                   /* note */
    0, 0, 0, 31,                                  /* features */
    3, 0xe8,                                      /* tiles */
    0xff,                                         /* monitor */
    0, 2, 'H', 'i',                               /* draft */
    0, 0, 0, 3, 'f', 'i', 'l',                    /* files under way */
    0, 0, 0, 3, 't', 'u', 'n',
    /* SHA-256 of all that */
};
/* clang-format on */
enum { HASH = 32 };

static void encode(const struct agent_saved *s, struct ds_buf *out)
{
    ds_buf_init(out, AGENT_SAVED_MAX);
    assert_int_equal(DS_OK, agent_saved_encode(s, out));
}

static int decode(const uint8_t *bytes, size_t n)
{
    struct agent_saved s;
    agent_saved_init(&s);
    uint8_t *exact = malloc(n ? n : 1); /* for the sanitizer: nothing lies behind it */
    assert_non_null(exact);
    memcpy(exact, bytes, n);
    int error = agent_saved_decode(exact, n, &s);
    free(exact);
    agent_saved_destroy(&s);
    return error;
}

static void the_bytes_are_these(void **state)
{
    (void)state;
    struct agent_saved s, back;
    struct ds_buf out, again;
    fill(&s);
    encode(&s, &out);
    assert_int_equal(sizeof(golden) + HASH, out.len);
    assert_memory_equal(golden, ds_buf_peek(&out), sizeof(golden));
    agent_saved_init(&back);
    assert_int_equal(DS_OK, agent_saved_decode(ds_buf_peek(&out), out.len, &back));
    assert_string_equal("h.example", back.host);
    assert_string_equal(s.session, back.session);
    assert_string_equal(s.token, back.token);
    assert_string_equal("D\xc3\xa9", back.rep);
    assert_true(back.granted[DS_RIGHT_CONTROL] && !back.granted[DS_RIGHT_FILES]);
    assert_true(back.comes_back && !back.may_resume);
    assert_string_equal(s.before, back.before);
    encode(&back, &again);
    assert_int_equal(out.len, again.len);
    assert_memory_equal(ds_buf_peek(&out), ds_buf_peek(&again), out.len);
    ds_buf_destroy(&out);
    ds_buf_destroy(&again);
    agent_saved_destroy(&s);
    agent_saved_destroy(&back);
}

static void a_token_before_is_not_needed(void **state)
{
    (void)state;
    struct agent_saved s, back;
    struct ds_buf out;
    fill(&s);
    s.before[0] = '\0';
    s.is_hidden = true;
    encode(&s, &out);
    agent_saved_init(&back);
    assert_int_equal(DS_OK, agent_saved_decode(ds_buf_peek(&out), out.len, &back));
    assert_string_equal("", back.before);
    assert_true(back.is_hidden);
    ds_buf_destroy(&out);
    agent_saved_destroy(&s);
    agent_saved_destroy(&back);
}

static void every_cut_and_every_changed_bit_is_noticed(void **state)
{
    (void)state;
    struct agent_saved s;
    struct ds_buf out;
    uint8_t bytes[sizeof(golden) + HASH + 1];
    fill(&s);
    encode(&s, &out);
    memcpy(bytes, ds_buf_peek(&out), out.len);
    for (size_t n = 0; n < out.len; n++)
        assert_int_equal(DS_EPROTO, decode(bytes, n));
    bytes[out.len] = 0;
    assert_int_equal(DS_EPROTO, decode(bytes, out.len + 1));
    for (size_t i = 0; i < 8 * out.len; i++) {
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(i / 8 == 8 || i / 8 == 9 ? DS_EUNSUPPORTED : DS_EPROTO,
                         decode(bytes, out.len));
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    assert_int_equal(DS_OK, decode(bytes, out.len));
    ds_buf_destroy(&out);
    agent_saved_destroy(&s);
}

static void expect_not_written(const struct agent_saved *s)
{
    struct ds_buf out;
    ds_buf_init(&out, AGENT_SAVED_MAX);
    assert_int_not_equal(DS_OK, agent_saved_encode(s, &out));
    ds_buf_destroy(&out);
}

static void what_could_not_be_read_is_not_written(void **state)
{
    (void)state;
    struct agent_saved s;
    struct ds_buf small;
#define WITHOUT(change)                                                                            \
    do {                                                                                           \
        fill(&s);                                                                                  \
        change;                                                                                    \
        expect_not_written(&s);                                                                    \
        agent_saved_destroy(&s);                                                                   \
    } while (0)
    WITHOUT(s.host[0] = '\0');
    WITHOUT(s.port = 65536);
    WITHOUT(s.ca_file[0] = 'c');
    WITHOUT(s.paused = 3);
    WITHOUT(s.deadline.whole_ms = DS_CUTOFF_MS + 1);
    WITHOUT(s.deadline.at.wall_ms = -1);
    WITHOUT(s.began_s = -1);
    WITHOUT(s.token[3] = 'F');
    WITHOUT(s.before[1] = '\0');
    WITHOUT(s.session[0] = '\0');
    WITHOUT(s.session[31] = 'g');
    WITHOUT(ds_buf_clear(&s.tunnel));
#undef WITHOUT
    fill(&s);
    ds_buf_init(&small, sizeof(golden) + HASH - 1);
    assert_int_equal(DS_ELIMIT, agent_saved_encode(&s, &small));
    ds_buf_destroy(&small);
    agent_saved_destroy(&s);
}

/* The golden bytes with some of them changed and the hash made right again. */
static int decode_changed(size_t at, const void *change, size_t len)
{
    uint8_t bytes[sizeof(golden) + HASH];
    unsigned sum = HASH;
    memcpy(bytes, golden, sizeof(golden));
    memcpy(bytes + at, change, len);
    assert_int_equal(
        1, EVP_Digest(bytes, sizeof(golden), bytes + sizeof(golden), &sum, EVP_sha256(), NULL));
    return decode(bytes, sizeof(bytes));
}

static size_t place_of(const char *bytes, size_t len)
{
    const uint8_t *at = memmem(golden, sizeof(golden), bytes, len);
    assert_non_null(at);
    return (size_t)(at - golden);
}

static void what_we_would_not_have_written_is_refused(void **state)
{
    (void)state;
    size_t ca = place_of("\0\2/c", 4), flags = place_of("\5\6\1", 3);
    size_t deadline = place_of("\0\0\0\0\0\0\0\x22", 8);
    assert_int_equal(DS_OK, decode_changed(14, "", 0));
    assert_int_equal(DS_EPROTO, decode_changed(10, "\0\0\0\1", 4));    /* length */
    assert_int_equal(DS_EPROTO, decode_changed(16, "\0", 1));          /* NUL in the host */
    assert_int_equal(DS_EPROTO, decode_changed(ca + 2, "x", 1));       /* not full */
    assert_int_equal(DS_EPROTO, decode_changed(ca + 2, "\0", 1));      /* NUL in a path */
    assert_int_equal(DS_EPROTO, decode_changed(ca, "\xff\xff", 2));    /* beyond the end */
    assert_int_equal(DS_EPROTO, decode_changed(deadline, "\xff", 1));  /* before 1970 */
    assert_int_equal(DS_EPROTO, decode_changed(flags, "\x40", 1));     /* a right too many */
    assert_int_equal(DS_EPROTO, decode_changed(flags + 1, "\x10", 1)); /* a flag */
    assert_int_equal(DS_EPROTO, decode_changed(flags + 1, "\x02", 1)); /* a token in vain */
    assert_int_equal(DS_EPROTO, decode_changed(flags + 2, "\3", 1));   /* who paused */
    assert_int_equal(DS_EPROTO, decode_changed(flags + 3, "\xff", 1)); /* began */
    assert_int_equal(DS_EPROTO,
                     decode_changed(place_of("\x27\xc0", 2), "\x27\xc1", 2)); /* longer */
    assert_int_equal(DS_EPROTO, decode_changed(sizeof(golden) - 4, "\2", 1)); /* tunnel */
    assert_int_equal(DS_EPROTO, decode_changed(sizeof(golden) - 4, "\4", 1));
}

/* ---- the file ---- */

static void put(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_return_code(fd, errno);
    assert_int_equal(strlen(text), write(fd, text, strlen(text)));
    assert_int_equal(0, fchmod(fd, mode));
    close(fd);
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

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static void write_file(const char *text)
{
    assert_int_equal(DS_OK, agent_resume_file_write(file, (const uint8_t *)text, strlen(text)));
}

/* Everything below the folder, one name a line. */
static char *listing(void)
{
    char *text;
    assert_int_equal(0, test_run((const char *const[]){"find", folder, NULL}, &text));
    return text;
}

static void a_file_is_taken_once(void **state)
{
    (void)state;
    char text[64], name[320];
    struct stat info;
    umask(0);
    write_file("first");
    write_file("second");
    umask(022);
    assert_int_equal(0, stat(file, &info));
    assert_int_equal(0600, info.st_mode & 07777);
    snprintf(name, sizeof(name), "%s/.local/state/deskside", folder);
    assert_int_equal(0, stat(name, &info));
    assert_int_equal(0700, info.st_mode & 07777);
    assert_int_equal(DS_OK, take(text));
    assert_string_equal("second", text);
    assert_int_equal(DS_ENOTFOUND, take(text));
    assert_false(is_there(name)); /* and the folder went with it */
}

static void a_file_that_others_can_read_or_write_is_refused(void **state)
{
    (void)state;
    char text[64];
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0666};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        write_file("secret");
        assert_int_equal(0, chmod(file, modes[i]));
        assert_int_equal(DS_EAUTH, take(text));
        assert_string_equal("", text);
        assert_false(is_there(file));
    }
}

static void what_is_no_plain_file_is_refused_and_goes(void **state)
{
    (void)state;
    char text[64], other[300];
    snprintf(other, sizeof(other), "%s/other", folder);
    put(other, "not ours to read", 0600);
    write_file("x");
    assert_int_equal(0, unlink(file));
    assert_int_equal(0, symlink(other, file));
    assert_int_equal(DS_EAUTH, take(text));
    assert_false(is_there(file));
    assert_true(is_there(other)); /* the link went, not what it names */

    write_file("x");
    assert_int_equal(0, unlink(file));
    assert_int_equal(0, link(other, file));
    assert_int_equal(DS_EAUTH, take(text));
    assert_false(is_there(file));
    assert_true(is_there(other));

    write_file("x");
    assert_int_equal(0, unlink(file));
    assert_int_equal(0, mkfifo(file, 0600));
    assert_int_equal(DS_EAUTH, take(text));
    assert_false(is_there(file));

    write_file("x");
    assert_int_equal(0, unlink(file));
    assert_int_equal(0, mkdir(file, 0700));
    assert_int_equal(DS_EAUTH, take(text));
    assert_int_equal(0, rmdir(file));
}

static void a_file_of_somebody_else_is_refused(void **state)
{
    (void)state;
    char text[64];
    if (geteuid() != 0) {
        print_message("only root can give a file away\n");
        skip();
    }
    write_file("x");
    assert_int_equal(0, chown(file, 12345, 12345));
    assert_int_equal(DS_EAUTH, take(text));
    assert_false(is_there(file));
}

static void a_file_that_is_empty_or_too_large_is_refused(void **state)
{
    (void)state;
    char text[64];
    write_file("x");
    assert_int_equal(0, truncate(file, 0));
    assert_int_equal(DS_ELIMIT, take(text));
    write_file("x");
    assert_int_equal(0, truncate(file, (off_t)AGENT_SAVED_MAX + 1));
    assert_int_equal(DS_ELIMIT, take(text));
    write_file("x");
    assert_int_equal(0, truncate(file, 64)); /* more than the buffer of the test takes */
    assert_int_equal(DS_ELIMIT, take(text));
    assert_false(is_there(file));
}

static void a_link_is_not_written_through(void **state)
{
    (void)state;
    char text[64], other[300], part[330], *now;
    snprintf(other, sizeof(other), "%s/other", folder);
    snprintf(part, sizeof(part), "%s.new", file);
    put(other, "as before", 0600);
    write_file("x");
    assert_int_equal(0, unlink(file));
    assert_int_equal(0, symlink(other, file));
    assert_int_equal(0, symlink(other, part));
    write_file("secret");
    now = test_file_read(other, NULL);
    assert_string_equal("as before", now);
    free(now);
    assert_int_equal(DS_OK, take(text));
    assert_string_equal("secret", text);
}

/* Several processes at once: one of them gets it. */
static void of_many_takers_one_gets_it(void **state)
{
    (void)state;
    enum { TAKERS = 8, ROUNDS = 25 };
    for (int round = 0; round < ROUNDS; round++) {
        int start[2], winners = 0;
        pid_t pids[TAKERS];
        write_file("secret");
        assert_int_equal(0, pipe(start));
        for (int i = 0; i < TAKERS; i++) {
            if ((pids[i] = fork()) == 0) {
                char text[64], byte;
                close(start[1]);
                ssize_t n = read(start[0], &byte, 1); /* until all are there */
                _exit(n == 0 && take(text) == DS_OK && strcmp(text, "secret") == 0);
            }
        }
        close(start[0]);
        close(start[1]);
        for (int i = 0; i < TAKERS; i++) {
            int status;
            assert_int_equal(pids[i], waitpid(pids[i], &status, 0));
            assert_true(WIFEXITED(status));
            winners += WEXITSTATUS(status);
        }
        assert_int_equal(1, winners);
        assert_false(is_there(file));
    }
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    struct rlimit before, none;
    char *was = listing(), *is;
    static uint8_t much[65536];
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    none = before;
    none.rlim_cur = 20000; /* no file grows beyond it, as on a disk without room */
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &none));
    int error = agent_resume_file_write(file, much, sizeof(much));
    int why = errno;
    none.rlim_cur = 10;
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &none));
    int entry_error = agent_entry_write(entry, "/usr/bin/deskside-agent", file);
    int entry_why = errno;
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_int_equal(DS_EIO, error);
    assert_int_equal(EFBIG, why);
    assert_int_equal(DS_EIO, entry_error);
    assert_int_not_equal(0, entry_why);
    is = listing();
    char above[300];
    snprintf(above, sizeof(above), "%s/.local", folder); /* parents of the state folder stay */
    assert_false(is_there(file));
    assert_null(strstr(is, "resume"));
    assert_null(strstr(is, "autostart"));
    assert_true(is_there(above));
    free(was);
    free(is);
}

static void the_file_before_stays_when_a_new_one_cannot_be_written(void **state)
{
    (void)state;
    struct rlimit before, none;
    char text[64];
    static uint8_t much[65536];
    signal(SIGXFSZ, SIG_IGN);
    write_file("before");
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    none = before;
    none.rlim_cur = 20000;
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &none));
    int error = agent_resume_file_write(file, much, sizeof(much));
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_int_equal(DS_EIO, error);
    assert_int_equal(DS_OK, take(text));
    assert_string_equal("before", text);
}

static void without_a_folder_there_is_no_file(void **state)
{
    (void)state;
    char path[320], small[8];
    assert_false(agent_resume_file_path(small, sizeof(small)));
    setenv("XDG_STATE_HOME", "relative", 1);
    assert_true(agent_resume_file_path(path, sizeof(path)));
    assert_string_equal(file, path);
    setenv("XDG_STATE_HOME", "/elsewhere", 1);
    assert_true(agent_resume_file_path(path, sizeof(path)));
    assert_string_equal("/elsewhere/deskside/resume", path);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_false(agent_resume_file_path(path, sizeof(path)));
    assert_false(agent_entry_path(path, sizeof(path)));
    setenv("HOME", "not/full", 1);
    assert_false(agent_resume_file_path(path, sizeof(path)));
    setenv("HOME", folder, 1);
}

static void a_file_where_a_folder_should_be_is_an_error(void **state)
{
    (void)state;
    char path[320], text[64];
    snprintf(path, sizeof(path), "%s/.local", folder);
    put(path, "", 0600);
    assert_int_equal(DS_EIO, agent_resume_file_write(file, (const uint8_t *)"x", 1));
    assert_int_equal(ENOTDIR, errno);
    assert_int_equal(DS_ENOTFOUND, take(text));
    assert_true(agent_resume_file_clear(file));
    snprintf(path, sizeof(path), "%s/.config", folder);
    put(path, "", 0600);
    assert_int_equal(DS_EIO, agent_entry_write(entry, "/a", "/b"));
    assert_true(agent_entry_remove(entry));
}

static void folders_have_bounds(void **state)
{
    (void)state;
    static char longer[PATH_MAX + 8];
    char path[300];
    unsigned made = 0;
    longer[0] = '/';
    memset(longer + 1, 'x', sizeof(longer) - 2);
    assert_int_equal(DS_EIO, agent_folder_make(longer, &made));
    assert_int_equal(ENAMETOOLONG, errno);
    assert_int_equal(DS_EIO, agent_folder_sync(longer));
    assert_int_equal(DS_EIO, agent_folder_sync("/"));
    assert_int_equal(DS_EIO, agent_folder_sync("/nowhere/at/all"));
    assert_int_equal(DS_EIO, agent_resume_file_write(longer, (const uint8_t *)"x", 1));
    agent_folder_leave(longer, 1);
    agent_folder_leave("/file", 3); /* the root stays */
    snprintf(path, sizeof(path), "%s//a//b/file", folder);
    assert_int_equal(DS_OK, agent_folder_make(path, &made));
    assert_int_equal(2, made);
    assert_int_equal(DS_OK, agent_folder_sync(path));
    snprintf(path, sizeof(path), "%s/a/b/c/d/file", folder);
    assert_int_equal(DS_OK, agent_folder_make(path, &made));
    assert_int_equal(2, made); /* c and d */
    agent_folder_leave(path, 4);
    snprintf(path, sizeof(path), "%s/a", folder);
    assert_false(is_there(path));
}

/* ---- the entry ---- */

static void expect_exec(const char *program, const char *name, const char *expected)
{
    struct ds_buf out;
    ds_buf_init(&out, AGENT_ENTRY_MAX);
    assert_int_equal(DS_OK, agent_entry_text(program, name, 2, &out));
    assert_int_equal(DS_OK, ds_buf_append(&out, "", 1));
    char *line = strstr((char *)(uintptr_t)ds_buf_peek(&out), "\nExec=");
    assert_non_null(line);
    char *end = strchr(line + 1, '\n');
    *end = '\0';
    assert_string_equal(expected, line + 6);
    ds_buf_destroy(&out);
}

static void the_entry_is_this(void **state)
{
    (void)state;
    struct ds_buf out;
    ds_buf_init(&out, AGENT_ENTRY_MAX);
    assert_int_equal(DS_OK, agent_entry_text("/home/a b/agent", "/s/resume", 1, &out));
    assert_int_equal(DS_OK, ds_buf_append(&out, "", 1));
    assert_string_equal("[Desktop Entry]\n"
                        "Type=Application\n"
                        "Name=Deskside\n"
                        "Comment=Brings a support session back after a restart.\n"
                        "Exec=\"/home/a b/agent\" --resume-file \"/s/resume\"\n"
                        "Terminal=false\n"
                        "NoDisplay=true\n"
                        "StartupNotify=false\n"
                        "X-Deskside-Folders=1\n",
                        (const char *)ds_buf_peek(&out));
    ds_buf_destroy(&out);
}

static void odd_names_are_quoted(void **state)
{
    (void)state;
    expect_exec("/a%b", "/c\"d", "\"/a%%b\" --resume-file \"/c\\\\\"d\"");
    expect_exec("/$x", "/`y`", "\"/\\\\$x\" --resume-file \"/\\\\`y\\\\`\"");
    expect_exec("/back\\slash", "/\xc3\xa9", "\"/back\\\\\\\\slash\" --resume-file \"/\xc3\xa9\"");
    struct ds_buf out;
    ds_buf_init(&out, AGENT_ENTRY_MAX);
    assert_int_equal(DS_EINVAL, agent_entry_text("/a\nb", "/c", 0, &out));
    assert_int_equal(DS_EINVAL, agent_entry_text("/a", "/c\x7f", 0, &out));
    assert_int_equal(DS_EINVAL, agent_entry_text("a", "/c", 0, &out));
    assert_int_equal(DS_EINVAL, agent_entry_text("/a", "c", 0, &out));
    assert_int_equal(DS_EINVAL, agent_entry_text("/a=b", "/c", 0, &out));
    ds_buf_destroy(&out);
    assert_int_equal(DS_EINVAL, agent_entry_write(entry, "/a\nb", "/c"));
    assert_false(is_there(entry));
}

/* The longest names fit. */
static void names_of_full_length_fit(void **state)
{
    (void)state;
    static char name[4096];
    struct ds_buf out;
    name[0] = '/';
    memset(name + 1, '%', sizeof(name) - 2);
    ds_buf_init(&out, AGENT_ENTRY_MAX);
    assert_int_equal(DS_OK, agent_entry_text(name, name, 0, &out));
    ds_buf_clear(&out);
    memset(name + 1, '\\', sizeof(name) - 2); /* four times as long: the bound holds */
    assert_int_equal(DS_ELIMIT, agent_entry_text(name, name, 0, &out));
    ds_buf_destroy(&out);
}

static void the_entry_goes_with_the_folders_made_for_it(void **state)
{
    (void)state;
    struct stat info;
    char *before = listing(), *after, above[300];
    assert_int_equal(DS_OK, agent_entry_write(entry, "/a", "/b"));
    assert_int_equal(0, stat(entry, &info));
    assert_int_equal(0600, info.st_mode & 07777);
    assert_int_equal(DS_OK, agent_entry_write(entry, "/a", "/b")); /* once more, in its place */
    assert_true(agent_entry_remove(entry));
    after = listing();
    assert_string_equal(before, after);
    free(after);
    free(before);

    snprintf(above, sizeof(above), "%s/.config", folder);
    assert_int_equal(0, mkdir(above, 0700)); /* of somebody else: it stays */
    assert_int_equal(DS_OK, agent_entry_write(entry, "/a", "/b"));
    assert_true(agent_entry_remove(entry));
    assert_true(is_there(above));
    snprintf(above, sizeof(above), "%s/.config/autostart", folder);
    assert_false(is_there(above));
    assert_true(agent_entry_remove(entry)); /* there is none */
}

static void an_entry_is_not_written_through_a_link(void **state)
{
    (void)state;
    char other[300], *text;
    snprintf(other, sizeof(other), "%s/other", folder);
    put(other, "as before", 0600);
    assert_int_equal(DS_OK, agent_entry_write(entry, "/a", "/b"));
    assert_int_equal(0, unlink(entry));
    assert_int_equal(0, symlink(other, entry));
    assert_int_equal(DS_OK, agent_entry_write(entry, "/a", "/b"));
    text = test_file_read(other, NULL);
    assert_string_equal("as before", text);
    free(text);
    assert_true(agent_entry_remove(entry));
}

static void a_damaged_entry_goes_alone(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "X", "X-Deskside-Folders=\n", "X-Deskside-Folders=12\n",
                                       "X-Deskside-Folders=3"};
    char above[300];
    snprintf(above, sizeof(above), "%s/.config/autostart", folder);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        assert_int_equal(DS_OK, agent_folder_make(entry, NULL));
        put(entry, ends[i], 0600);
        assert_true(agent_entry_remove(entry));
        assert_false(is_there(entry));
        assert_true(is_there(above));
    }
}

/* ---- the place of the program ---- */

static void the_program_is_found_where_it_is(void **state)
{
    (void)state;
    char program[300], link[300], found[400], small[4];
    snprintf(program, sizeof(program), "%s/program", folder);
    snprintf(link, sizeof(link), "%s/self", folder);
    put(program, "x", 0700);
    assert_int_equal(0, symlink(program, link));
    assert_true(agent_place_program(link, found, sizeof(found)));
    assert_string_equal(program, found);
    assert_false(agent_place_program(link, small, sizeof(small)));
    assert_int_equal(0, unlink(program));
    assert_false(agent_place_program(link, found, sizeof(found)));
    assert_false(agent_place_program(program, found, sizeof(found)));
    assert_true(agent_place_program("/proc/self/exe", found, sizeof(found)));
}

static void places_that_a_restart_empties_do_not_stay(void **state)
{
    (void)state;
    assert_false(agent_place_stays("/tmp/agent"));
    assert_false(agent_place_stays("/run/user/1000/agent"));
    assert_false(agent_place_stays("/dev/shm/agent"));
    assert_false(agent_place_stays("/nowhere/agent"));
    assert_true(agent_place_stays("/usr/bin/env"));
}

/* ---- the command ---- */

static enum agent_command_state wait_command(struct agent_command *command, int *code)
{
    enum agent_command_state state;
    ds_tick deadline = ds_clock_now() + 30 * DS_SECOND;
    while ((state = agent_command_look(command, code)) == AGENT_COMMAND_RUNNING) {
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 5);
    }
    return state;
}

static void a_command_says_how_it_ended(void **state)
{
    (void)state;
    struct agent_command command = {0};
    int code = -1;
    assert_int_equal(AGENT_COMMAND_NONE, agent_command_look(&command, &code));
    assert_int_equal(DS_OK, agent_command_start(&command, "exit 0"));
    assert_int_equal(AGENT_COMMAND_DONE, wait_command(&command, &code));
    assert_int_equal(0, code);
    assert_int_equal(AGENT_COMMAND_NONE, agent_command_look(&command, &code));
    assert_int_equal(DS_OK, agent_command_start(&command, "exit 3"));
    assert_int_equal(AGENT_COMMAND_FAILED, wait_command(&command, &code));
    assert_int_equal(3, code);
    assert_int_equal(DS_OK, agent_command_start(&command, "kill -9 $$"));
    assert_int_equal(AGENT_COMMAND_FAILED, wait_command(&command, &code));
    assert_int_equal(137, code);
    assert_int_equal(DS_OK, agent_command_start(&command, "no-such-command-anywhere"));
    assert_int_equal(AGENT_COMMAND_FAILED, wait_command(&command, &code));
    assert_int_equal(127, code);
}

static void a_command_has_a_group_of_its_own_and_nothing_of_ours(void **state)
{
    (void)state;
    struct agent_command command = {0};
    char line[700], *text, path[300];
    int code, secret = open("/dev/zero", O_RDONLY); /* without O_CLOEXEC */
    assert_true(secret > 2);
    signal(SIGPIPE, SIG_IGN);
    snprintf(path, sizeof(path), "%s/said", folder);
    snprintf(line, sizeof(line),
             "{ ls -l /proc/$$/fd; readlink /proc/$$/fd/0; "
             "cut -d' ' -f5 /proc/$$/stat; echo $$; grep SigIgn /proc/$$/status; } > '%s'",
             path);
    assert_int_equal(DS_OK, agent_command_start(&command, line));
    pid_t pid = command.pid;
    assert_int_equal(AGENT_COMMAND_DONE, wait_command(&command, &code));
    close(secret);
    text = test_file_read(path, NULL);
    assert_null(strstr(text, "/dev/zero"));
    snprintf(line, sizeof(line), "\n/dev/null\n%d\n%d\n", (int)pid, (int)pid);
    assert_non_null(strstr(text, line));
    char *ignored = strstr(text, "SigIgn:\t");
    assert_non_null(ignored);
    /* but for the two that the C library keeps to itself */
    assert_int_equal(0, strtoull(ignored + 8, NULL, 16) & ~0x180000000ull);
    free(text);
}

static void a_command_is_ended_with_what_it_started(void **state)
{
    (void)state;
    struct agent_command command = {0};
    char line[1000], path[300], *text = NULL;
    snprintf(path, sizeof(path), "%s/child", folder);
    snprintf(line, sizeof(line), "sleep 1000 & echo $! > '%s.part'; mv '%s.part' '%s'; wait", path,
             path, path);
    agent_command_stop(&command);
    assert_int_equal(DS_OK, agent_command_start(&command, line));
    ds_tick deadline = ds_clock_now() + 30 * DS_SECOND;
    while (!is_there(path)) {
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 5);
    }
    text = test_file_read(path, NULL);
    pid_t child = atoi(text);
    free(text);
    assert_true(child > 1);
    agent_command_stop(&command);
    assert_int_equal(0, command.pid);
    char status[64];
    snprintf(status, sizeof(status), "/proc/%d/stat", (int)child);
    for (;;) { /* killed, and no more than a name until its new parent has looked */
        FILE *now = fopen(status, "r");
        char kind = 'Z';
        if (!now || fscanf(now, "%*d (sleep) %c", &kind) != 1 || kind == 'Z') {
            if (now)
                fclose(now);
            break;
        }
        fclose(now);
        assert_true(ds_clock_now() < deadline);
        poll(NULL, 0, 5);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_clock_since_boot_counts_within_one_boot),
        CASE(the_wall_clock_counts_in_another_boot),
        CASE(no_clock_overflows),
        CASE(now_has_both_clocks_and_the_boot),
        CASE(the_bytes_are_these),
        CASE(a_token_before_is_not_needed),
        CASE(every_cut_and_every_changed_bit_is_noticed),
        CASE(what_could_not_be_read_is_not_written),
        CASE(what_we_would_not_have_written_is_refused),
        CASE(a_file_is_taken_once),
        CASE(a_file_that_others_can_read_or_write_is_refused),
        CASE(what_is_no_plain_file_is_refused_and_goes),
        CASE(a_file_of_somebody_else_is_refused),
        CASE(a_file_that_is_empty_or_too_large_is_refused),
        CASE(a_link_is_not_written_through),
        CASE(of_many_takers_one_gets_it),
        CASE(a_full_disk_leaves_nothing),
        CASE(the_file_before_stays_when_a_new_one_cannot_be_written),
        CASE(without_a_folder_there_is_no_file),
        CASE(a_file_where_a_folder_should_be_is_an_error),
        CASE(folders_have_bounds),
        CASE(the_entry_is_this),
        CASE(odd_names_are_quoted),
        CASE(names_of_full_length_fit),
        CASE(the_entry_goes_with_the_folders_made_for_it),
        CASE(an_entry_is_not_written_through_a_link),
        CASE(a_damaged_entry_goes_alone),
        CASE(the_program_is_found_where_it_is),
        CASE(places_that_a_restart_empties_do_not_stay),
        CASE(a_command_says_how_it_ended),
        CASE(a_command_has_a_group_of_its_own_and_nothing_of_ours),
        CASE(a_command_is_ended_with_what_it_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
