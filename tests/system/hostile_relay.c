/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A relay that follows a script of frames, against the real agent and the real viewer: wrong order,
 * wrong values, half sentences, a cut after every frame. Each program says a sentence and leaves
 * with an exit code of DESIGN section 7; nothing else ends it. */
#include "common/base/cursor.h"
#include "common/wire/frame.h"
#include "tests/support/certificate.h"
#include "tests/support/display.h"
#include "tests/support/folder.h"
#include "tests/support/process.h"
#include "tests/support/stub_relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 10
#define SESSION "00112233445566778899aabbccddeeff"
#define PAIRED                                                                                     \
    "{\"type\":\"paired\",\"session\":\"" SESSION "\",\"name\":\"\\u202eD\",\"org\":\"A\\nB\"}"
#define SIGNED_IN "{\"type\":\"signed-in\",\"name\":\"Dana R.\"}"
#define NEW                                                                                        \
    "{\"type\":\"session\",\"session\":\"" SESSION                                                 \
    "\",\"join_code\":\"123456789\",\"expires_s\":2147483647}"
#define ENDED "{\"type\":\"ended\",\"by\":\"rep\",\"reason\":\"closed\"}"
#define STRANGE "{\"type\":\"ended\",\"by\":\"nobody\",\"reason\":\"\\u001b[31m\"}"
#define REFUSED "{\"type\":\"error\",\"error\":\"\\u001b]0;\",\"message\":\"\\u202e\\n\"}"

/* What follows WELCOME; then the line is cut. "&": waits for a frame of the end. Else a frame:
 * "{": control; "D": DATA of the rest; "C" and eight hex digits: CREDIT; "H" and hex: raw bytes;
 * "L": a control message of 65536 bytes. */
static const char *const scripts[][STEPS] = {
    {NULL},
    {"&"},
    {"H0000"},              /* half a header */
    {"H00001001", "H7b22"}, /* half a sentence */
    {"Hffffff01"},          /* 16 MiB of control */
    {"H000000ff"},          /* empty frame of an unknown type */
    {"D\x01garbage"},       /* DATA before PAIRED */
    {"C00000000", "Cffffffff"},
    {"C00100000", "C00000001"},
    {"L"},
    {"{"},
    {"{\"type\":\"paired\",\"session\":\"zz\",\"name\":\"\",\"org\":\"\"}"},
    {"{\"type\":\"paired\",\"session\":\"" SESSION "00\",\"name\":\"\",\"org\":\"\"}"},
    {ENDED},
    {STRANGE},
    {REFUSED},
    {"&", ENDED},
    {"&", REFUSED},
    {"&", STRANGE},
    {"&", PAIRED},
    {"&", PAIRED, PAIRED},
    {"&", PAIRED, "C00010000", "&", ENDED, ENDED},
    {"&", PAIRED, "D\x06sealed before the proof"},
    {"&", PAIRED, "D\x01short"},
    {"&", PAIRED, "D\x05\x07"},
    {"&", PAIRED, "D\x09of tomorrow", STRANGE},
    {"&", PAIRED, REFUSED, ENDED},
    {"&", SIGNED_IN, "&", NEW, PAIRED},
    {"&", SIGNED_IN, "&", NEW, PAIRED, PAIRED, "D\x02x"},
    {"&", SIGNED_IN, "&", NEW, NEW, ENDED},
    {"&", SIGNED_IN, SIGNED_IN, "&", "D\x04x"},
    {"&", SIGNED_IN, "&", NEW, PAIRED, "D\x05\x00", "C00010000"},
    {"&", SIGNED_IN, "&", NEW, PAIRED, "C00010000", STRANGE},
    {"&", SIGNED_IN, "&", REFUSED},
    {"&", SIGNED_IN, "&", NEW,
     "{\"type\":\"welcome\",\"version\":1,\"host\":\"x\",\"org\":\"x\","
     "\"heartbeat_ms\":1,\"dead_ms\":1}"},
};

static char folder[256], cert[300], key[300], password[300];
static struct stub_relay relay;
static struct test_display *display;

static bool write_hex(struct stub_conn *conn, const char *hex)
{
    uint8_t bytes[64];
    size_t n = 0;
    for (unsigned byte; sscanf(hex + 2 * n, "%2x", &byte) == 1 && n < sizeof(bytes); n++)
        bytes[n] = (uint8_t)byte;
    return stub_write(conn, bytes, n);
}

static bool step(struct stub_conn *conn, const char *what)
{
    static _Thread_local uint8_t payload[DS_FRAME_PAYLOAD_MAX];
    uint8_t type;
    size_t len;
    switch (what[0]) {
    case '&':
        return stub_read_frame(conn, &type, payload, &len);
    case 'D':
        return stub_write_frame(conn, DS_FRAME_DATA, what + 1, strlen(what + 1) + 1);
    case 'C':
        return stub_write_credit(conn, (uint32_t)strtoul(what + 1, NULL, 16));
    case 'H':
        return write_hex(conn, what + 1);
    case 'L':
        memset(payload, ' ', sizeof(payload));
        memcpy(payload, ENDED, strlen(ENDED));
        return stub_write_frame(conn, DS_FRAME_CONTROL, payload, DS_FRAME_CONTROL_MAX);
    default:
        return stub_write_text(conn, what);
    }
}

static void play(struct stub_conn *conn)
{
    const char *const *at = conn->relay->ctx;
    if (!stub_welcome(conn, 1000, 5000))
        return;
    for (size_t i = 0; i < STEPS && at[i] && step(conn, at[i]); i++)
        ;
}

static struct test_process *start_end(bool is_agent)
{
    char address[64], home[300], state[320];
    snprintf(address, sizeof(address), "localhost:%u", relay.port);
    snprintf(home, sizeof(home), "HOME=%s", folder);
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s", folder);
    const char *env[] = {test_display_env(display), home, state, "LC_ALL=C.UTF-8", NULL};
    const char *agent[] = {"deskside-agent", "--relay",   address,    "--ca", cert,
                           "--code",         "123456789", "--accept", "look", NULL};
    const char *viewer[] = {
        "deskside-viewer", "--relay",         address,  "--ca",          cert, "--email",
        "a@b.c",           "--password-file", password, "--new-session", NULL};
    return test_process_start(is_agent ? agent : viewer,
                              &(struct test_process_options){.automation = true, .env = env});
}

static void expect_plain_end(bool is_agent)
{
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        memset(&relay, 0, sizeof(relay));
        relay.cert = cert;
        relay.key = key;
        relay.ctx = (void *)(uintptr_t)scripts[i];
        assert_true(stub_relay_start(&relay, "127.0.0.1", 0, play));
        struct test_process *end = start_end(is_agent);
        int code = test_process_wait_exit(end, 60000);
        const char *said = test_process_error(end);
        if (code == 1 || code > 5 || strlen(said) < 20 || strchr(said, '\x1b'))
            fail_msg("script %zu: exit code %d, said \"%s\"", i, code, said);
        test_process_end(end);
        stub_relay_stop(&relay);
    }
}

static void the_agent_leaves_a_relay_that_makes_no_sense(void **state)
{
    (void)state;
    expect_plain_end(true);
}

static void the_viewer_leaves_a_relay_that_makes_no_sense(void **state)
{
    (void)state;
    expect_plain_end(false);
}

int main(void)
{
    test_folder_make(folder, sizeof(folder));
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    snprintf(password, sizeof(password), "%s/password", folder);
    test_file_write(password, "correct horse battery\n");
    if (!test_certificate(cert, key, "DNS:localhost,IP:127.0.0.1,IP:::1", 30))
        return 1;
    display = test_display_start("1024x768x24", NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_agent_leaves_a_relay_that_makes_no_sense),
        cmocka_unit_test(the_viewer_leaves_a_relay_that_makes_no_sense),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_display_end(display);
    test_folder_remove(folder);
    return failed;
}
