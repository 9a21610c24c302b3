/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end is hostile, the other a real program: whatever is said inside the seal, the program
 * refuses it with a sentence and an exit code of DESIGN section 7 or bears it, keeps its memory
 * within bounds, and still listens to the person in front of it. */
#include "common/screen/format.h"
#include "common/screen/pack.h"
#include "tests/support/peer.h"
#include "tests/support/session.h"
#include "tests/support/window_ping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MANY 20000
#define PATIENCE_MS 15000 /* for a person's wish while a flood comes, with sanitizers */
#define AGENT_GROWTH_KB (64 * 1024)
#define VIEWER_GROWTH_KB (256 * 1024)

static struct test_session session;
static struct test_peer peer;
static long memory_before_kb;

/* ---- set up ---- */

static int set_up(void **state)
{
    (void)state;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1024x768x24", "1024x768x24");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_peer_close(&peer);
    test_session_end(&session);
    return 0;
}

/* The most that the program has had, in KiB. */
static long memory_kb(struct test_process *process)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof(path), "/proc/%ld/status", (long)test_process_pid(process));
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

/* Sanitizers have their own idea of memory. */
static void expect_growth_below(struct test_process *process, long most_kb)
{
    long now = memory_kb(process);
    print_message("memory: %ld KiB before, %ld KiB at most\n", memory_before_kb, now);
#ifdef DESKSIDE_SANITIZED
    (void)most_kb;
#else
    assert_true(now - memory_before_kb <= most_kb);
#endif
}

/* A real agent for the peer as viewer, active with both rights. */
static void meet_agent(bool says_hello)
{
    test_peer_open(&peer, DS_TUNNEL_VIEWER, session.port, session.ca);
    test_peer_new_session(&peer, TEST_EMAIL, TEST_PASSWORD);
    memcpy(session.code, peer.code, sizeof(session.code));
    test_session_start_agent(&session, "look,control", NULL);
    test_peer_pair(&peer);
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    test_peer_number(&peer, json_string_value(json_object_get(event, "number")));
    test_peer_open_seal(&peer);
    memory_before_kb = memory_kb(session.agent);
    if (!says_hello)
        return;
    test_peer_hello(&peer);
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.agent, "state", "state", "active", TEST_WAIT_MS);
}

static void start_agent_peer(void)
{
    static const char *const arguments[] = {"--geometry", "900x700+0+0", NULL};
    test_session_start_viewer(&session, arguments);
    test_peer_open(&peer, DS_TUNNEL_AGENT, session.port, session.ca);
    test_peer_join(&peer, session.code);
    test_peer_number(&peer, "123456");
    test_process_command(session.viewer, "{\"cmd\":\"security-number\",\"number\":\"123456\"}");
    test_peer_open_seal(&peer);
    test_process_wait_event(session.viewer, "state", "state", "asking", TEST_WAIT_MS);
    memory_before_kb = memory_kb(session.viewer);
}

/* A real viewer for the peer as agent, active with look and control. */
static void meet_viewer(void)
{
    start_agent_peer();
    test_peer_hello(&peer);
    test_peer_right(&peer, DS_RIGHT_LOOK, DS_RIGHT_GRANTED);
    test_peer_right(&peer, DS_RIGHT_CONTROL, DS_RIGHT_GRANTED);
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
}

/* ---- what has to hold ---- */

static void expect_wish(struct test_process *process, const char *command)
{
    char line[160];
    static unsigned count;
    char tag[16];
    snprintf(tag, sizeof(tag), "t%u", ++count);
    snprintf(line, sizeof(line), "{\"cmd\":\"%s\",\"tag\":\"%s\"}", command, tag);
    test_process_command(process, line);
    test_process_wait_event(process, "done", "tag", tag, PATIENCE_MS);
}

/* Ends it as a person would, with code 0. */
static void expect_end(struct test_process *process)
{
    test_process_command(process, "{\"cmd\":\"end\"}");
    assert_int_equal(0, test_process_wait_exit(process, PATIENCE_MS));
}

static void expect_refused(struct test_process *process)
{
    assert_int_equal(5, test_process_wait_exit(process, PATIENCE_MS));
}

static bool has_right_answer(const struct test_peer *p)
{
    return p->rights[DS_RIGHT_RESTART] == DS_RIGHT_REFUSED;
}

/* The agent answers what it is asked. */
static void expect_agent_answers(void)
{
    peer.rights[DS_RIGHT_RESTART] = DS_RIGHT_NONE;
    test_peer_control(&peer,
                      &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = DS_RIGHT_RESTART});
    assert_true(test_peer_wait(&peer, has_right_answer));
    assert_false(test_process_has_ended(session.agent));
}

static void expect_window_answers(void)
{
    assert_true(test_window_answers(session.rep, PATIENCE_MS));
    assert_false(test_process_has_ended(session.viewer));
}

static bool has_layout(const struct test_peer *p)
{
    return p->layout.width > 0;
}

static uint32_t seen_update;

static bool has_new_update(const struct test_peer *p)
{
    return p->last_update > seen_update;
}

/* ---- a hostile viewer ---- */

static struct ds_input input_at(uint32_t sequence)
{
    return (struct ds_input){.epoch = 1, .sequence = sequence};
}

static void flood(uint8_t first, uint8_t second, uint32_t keysyms)
{
    meet_agent(true);
    for (uint32_t i = 1; i <= 100000 && test_peer_lives(&peer); i++) {
        struct ds_input in = input_at(i);
        in.type = i % 2 ? first : second;
        in.x = (uint16_t)(i % 1024);
        in.y = (uint16_t)(i % 768);
        in.buttons = (uint8_t)(i & 2 ? 0x7f : 0);
        in.keysym = keysyms + i % 26;
        in.down = true;
        memset(in.text, 'A', 200);
        test_peer_input(&peer, &in);
        if (i == 50000)
            expect_wish(session.agent, "pause");
    }
    expect_growth_below(session.agent, AGENT_GROWTH_KB);
    expect_end(session.agent);
}

static void a_flood_of_keys_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_KEY, DS_INPUT_KEY, 'a');
}

static void a_flood_of_keys_without_code_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_KEY, DS_INPUT_POINTER, 0x010003b1u);
}

static void a_flood_of_text_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_TEXT, DS_INPUT_POINTER, 0);
}

static void a_flood_of_buttons_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_POINTER, DS_INPUT_POINTER, 0);
}

static void input_without_right_epoch_or_order_changes_nothing(void **state)
{
    (void)state;
    meet_agent(true);
    test_peer_input(
        &peer,
        &(struct ds_input){
            .epoch = 1, .sequence = UINT32_MAX, .type = DS_INPUT_POINTER, .x = 65535, .y = 65535});
    for (uint32_t i = 0; i < MANY; i++) {
        struct ds_input in = {.epoch = i % 3, .sequence = i, .type = DS_INPUT_KEY, .down = true};
        in.keysym = i * 2654435761u;
        test_peer_input(&peer, &in);
    }
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"control\"}");
    test_process_wait_event(session.agent, "right", "right", "control", TEST_WAIT_MS);
    for (uint32_t i = 0; i < 1000; i++) {
        struct ds_input in = {.epoch = 1, .sequence = UINT32_MAX, .type = DS_INPUT_RELEASE};
        test_peer_input(&peer, &in);
    }
    expect_agent_answers();
    expect_end(session.agent);
}

static const struct {
    uint8_t channel;
    bool ends;
    size_t len;
    const char *bytes;
} to_agent[] = {
    /* borne: unknown, of another direction, of a later version */
    {DS_CHANNEL_CONTROL, false, 1, "\xff"},
    {DS_CHANNEL_CONTROL, false, 3, "\x03\x02\x02"},                 /* RIGHT */
    {DS_CHANNEL_CONTROL, false, 7, "\x05\x10\x00\x10\x00\xff\x00"}, /* LAYOUT */
    {DS_CHANNEL_CONTROL, false, 3, "\x07\x01\x00"},                 /* PAUSED */
    {DS_CHANNEL_CONTROL, false, 2, "\x06\x2a"},                     /* MONITOR 42 */
    {DS_CHANNEL_CONTROL, false, 2, "\x06\xfe"},                     /* MONITOR 254 */
    {DS_CHANNEL_CONTROL, false, 2, "\x06\xff"},                     /* all */
    {DS_CHANNEL_INPUT, false, 9, "\x63\0\0\0\1\0\0\0\1"},           /* unknown input */
    {DS_CHANNEL_CURSOR, false, 2, "\x03\x05"},                      /* USE */
    {DS_CHANNEL_NOTES, false, 3, "abc"},
    {DS_CHANNEL_CLIPBOARD, false, 3, "abc"},
    {DS_CHANNEL_FILES, false, 3, "abc"},
    {DS_CHANNEL_SCREEN, false, 9, "\x02\xff\xff\xff\xff\0\0\0\0"}, /* ACK never sent */
    {DS_CHANNEL_SCREEN, false, 9, "\x02\0\0\0\0\xff\xff\xff\xff"},
    /* refused */
    {DS_CHANNEL_CONTROL, true, 1, "\x02"},     /* REQUEST, cut */
    {DS_CHANNEL_CONTROL, true, 2, "\x02\x63"}, /* right 99 */
    {DS_CHANNEL_CONTROL, true, 2, "\x09\x07"}, /* bool 7 */
    {DS_CHANNEL_INPUT, true, 5, "\x01\0\0\0\1"},
    {DS_CHANNEL_INPUT, true, 12,
     "\x03\0\0\0\1\0\0\0\1\xff\xff"
     "A"}, /* text of 65535 */
    {DS_CHANNEL_SCREEN, true, 8,
     "\x01\0\0\0\1\x07"
     "ab"}, /* CHUNK */
    {DS_CHANNEL_SCREEN, true, 3, "\x02\0\0"},
};

static void messages_that_make_no_sense_end_the_agent_or_change_nothing(void **state)
{
    (void)state;
    size_t i = 0;
    meet_agent(true);
    for (; !to_agent[i].ends; i++)
        assert_true(test_peer_send(&peer, to_agent[i].channel, to_agent[i].bytes, to_agent[i].len));
    expect_agent_answers();
    for (; i < sizeof(to_agent) / sizeof(to_agent[0]); i++) {
        test_peer_send(&peer, to_agent[i].channel, to_agent[i].bytes, to_agent[i].len);
        test_peer_wait(&peer, test_peer_is_over);
        test_process_wait_event(session.agent, "error", "code", "ended", TEST_WAIT_MS);
        expect_refused(session.agent);
        test_process_end(session.agent);
        session.agent = NULL;
        test_peer_close(&peer);
        meet_agent(true);
    }
    expect_end(session.agent);
}

static void huge_messages_are_skipped_or_refused(void **state)
{
    (void)state;
    static uint8_t big[DS_MUX_MESSAGE_MAX];
    meet_agent(true);
    memset(big, 0xee, sizeof(big));
    for (int i = 0; i < 20; i++)
        for (uint8_t channel = DS_CHANNEL_CONTROL; channel < DS_CHANNEL_COUNT; channel++)
            test_peer_send(&peer, channel, big,
                           channel == DS_CHANNEL_INPUT   ? 65536
                           : channel == DS_CHANNEL_FILES ? 524288
                                                         : sizeof(big));
    if (test_peer_lives(&peer)) {
        expect_agent_answers();
        expect_growth_below(session.agent, AGENT_GROWTH_KB);
        expect_end(session.agent);
    } else {
        expect_refused(session.agent);
    }
}

/* Whoever does not listen to the answers may be cut off; nobody else may suffer. */
static void expect_bearing_or_plain_end(void)
{
    test_peer_flush(&peer);
    test_peer_run(&peer, 500); /* what the agent has to say to it may be on its way */
    if (test_peer_lives(&peer)) {
        expect_wish(session.agent, "pause");
        expect_growth_below(session.agent, AGENT_GROWTH_KB);
        expect_end(session.agent);
    } else {
        expect_refused(session.agent);
    }
}

static void requests_for_every_right_in_a_loop_are_borne(void **state)
{
    (void)state;
    meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = i % 3 ? DS_CONTROL_REQUEST : DS_CONTROL_RELEASE,
                                        .right = (uint8_t)(i % DS_RIGHT_COUNT)});
    expect_bearing_or_plain_end();
}

static void rights_flipped_without_end_do_not_kill_the_agent(void **state)
{
    (void)state;
    meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = i % 2 ? DS_CONTROL_REQUEST : DS_CONTROL_RELEASE,
                                        .right = DS_RIGHT_LOOK});
    expect_bearing_or_plain_end();
}

static void pause_and_resume_without_end_do_not_kill_the_agent(void **state)
{
    (void)state;
    meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = i % 2 ? DS_CONTROL_RESUME : DS_CONTROL_PAUSE});
    expect_bearing_or_plain_end();
}

static void a_viewer_that_reads_no_answer_is_cut_off_or_borne(void **state)
{
    (void)state;
    meet_agent(true);
    ds_tunnel_hold(peer.tunnel, DS_CHANNEL_CONTROL, true);
    for (unsigned i = 0; i < 5 * MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = DS_RIGHT_FILES});
    expect_bearing_or_plain_end();
    assert_true(strlen(test_process_error(session.agent)) < 65536); /* the log is bounded */
}

static void visible_monitor_and_acknowledgements_in_a_loop_are_borne(void **state)
{
    (void)state;
    meet_agent(true);
    peer.acks = true;
    assert_true(test_peer_wait(&peer, has_layout));
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++) {
        struct ds_screen_message ack = {
            .type = DS_SCREEN_ACK, .id = i * 2654435761u, .decode_us = UINT32_MAX - i};
        struct ds_buf buf;
        ds_buf_init(&buf, 64);
        ds_screen_message_encode(&buf, &ack);
        test_peer_send(&peer, DS_CHANNEL_SCREEN, ds_buf_peek(&buf), buf.len);
        ds_buf_destroy(&buf);
        test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_VISIBLE, .on = i % 2});
        test_peer_control(&peer,
                          &(struct ds_control){.type = DS_CONTROL_MONITOR, .monitor = (uint8_t)i});
    }
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_MONITOR, .monitor = 0xff});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_VISIBLE, .on = true});
    expect_agent_answers();
    test_peer_run(&peer, 1000);
    seen_update = peer.last_update;
    const char *draw[] = {"xsetroot", "-solid", "#224466", NULL};
    test_display_run(session.customer, draw);
    assert_true(test_peer_wait(&peer, has_new_update)); /* the picture goes on */
    expect_growth_below(session.agent, AGENT_GROWTH_KB);
    expect_end(session.agent);
}

static void end_said_twice_ends_once(void **state)
{
    (void)state;
    struct ds_control end = {.type = DS_CONTROL_END, .reason = "\x1b[31m\xe2\x80\xae"};
    meet_agent(true);
    for (int i = 0; i < 10; i++)
        test_peer_control(&peer, &end);
    test_peer_hello(&peer);
    test_peer_flush(&peer);
    assert_int_equal(0, test_process_wait_exit(session.agent, PATIENCE_MS));
}

static void a_viewer_of_another_version_is_refused(void **state)
{
    (void)state;
    meet_agent(false);
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = 2});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_HELLO,
                                                  .version = 99,
                                                  .program = "\x1b[2J",
                                                  .tiles = DS_TILES_MAX});
    test_peer_flush(&peer);
    expect_refused(session.agent);
}

static void a_viewer_that_never_acknowledges_costs_no_memory(void **state)
{
    (void)state;
    meet_agent(true);
    assert_true(test_peer_wait(&peer, has_layout));
    ds_tunnel_hold(peer.tunnel, DS_CHANNEL_SCREEN, true);
    ds_tunnel_hold(peer.tunnel, DS_CHANNEL_CURSOR, true);
    for (int i = 0; i < 40; i++) {
        char color[32];
        snprintf(color, sizeof(color), "#%06x", (unsigned)i * 60493u & 0xffffffu);
        const char *draw[] = {"xsetroot", "-mod", i % 2 ? "3" : "5", i % 2 ? "7" : "2", "-fg",
                              color,      NULL};
        test_display_run(session.customer, draw);
        test_peer_run(&peer, 20);
    }
    expect_growth_below(session.agent, AGENT_GROWTH_KB);
    expect_end(session.agent);
}

/* ---- a hostile agent ---- */

static struct ds_packer *packer;

static size_t put_number(uint8_t *out, size_t n)
{
    size_t at = 0;
    for (; n > 127; n >>= 7)
        out[at++] = (uint8_t)(n | 0x80);
    out[at++] = (uint8_t)n;
    return at;
}

/* A chunk with one stream of operations. */
static size_t make_chunk(uint8_t *out, size_t cap, const uint8_t *ops, size_t n, bool key,
                         size_t told)
{
    static uint8_t packed[DS_SCREEN_CHUNK_MAX];
    if (!packer)
        packer = ds_packer_new(false, DS_WINDOW_LOG);
    if (key)
        ds_packer_reset(packer);
    size_t at = 1, len = (size_t)ds_packer_pack(packer, ops, n, packed, sizeof(packed));
    out[0] = 1;
    at += put_number(out + at, told);
    at += put_number(out + at, len);
    assert_true(at + len <= cap);
    memcpy(out + at, packed, len);
    return at + len;
}

/* FILL of the whole picture; the place is relative to the corner before. */
static size_t put_fill(uint8_t *out, uint32_t width, uint32_t height, bool is_first)
{
    size_t at = 0;
    out[at++] = DS_OP_FILL;
    at += put_number(out + at, is_first ? 0 : 2 * (size_t)width - 1); /* s7: -width */
    at += put_number(out + at, 0);
    at += put_number(out + at, width);
    at += put_number(out + at, height);
    out[at++] = 1;
    out[at++] = 2;
    out[at++] = 3;
    return at;
}

static bool send_fills(uint32_t id, uint32_t width, uint32_t height, unsigned count, bool key)
{
    uint8_t ops[512], chunk[1024];
    size_t n = 0;
    for (unsigned i = 0; i < count; i++)
        n += put_fill(ops + n, width, height, i == 0);
    size_t len = make_chunk(chunk, sizeof(chunk), ops, n, key, n);
    uint8_t flags = DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST | (key ? DS_SCREEN_FLAG_KEY : 0);
    return test_peer_chunk(&peer, id, flags, chunk, len);
}

static void layouts_of_every_size_are_shown(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {
        {1, 1}, {16384, 2025}, {1, 16384}, {7680, 4320}, {16384, 1}};
    meet_viewer();
    for (unsigned i = 0; i < 5; i++) {
        assert_true(test_peer_layout(&peer, sizes[i][0], sizes[i][1]));
        assert_true(send_fills(i + 1, sizes[i][0], sizes[i][1], 1, true));
        assert_true(test_peer_flush(&peer));
        json_t *event =
            test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
        assert_int_equal(json_integer_value(json_object_get(event, "width")), sizes[i][0]);
        expect_window_answers();
    }
    expect_growth_below(session.viewer, VIEWER_GROWTH_KB);
    expect_end(session.viewer);
}

static void a_thousand_layouts_are_borne(void **state)
{
    (void)state;
    meet_viewer();
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(test_peer_layout(&peer, i % 2 ? 7680 : 16384, i % 2 ? 4320 : 2025));
        assert_true(send_fills(i + 1, i % 2 ? 7680 : 16384, i % 2 ? 4320 : 2025, 1, true));
        assert_true(test_peer_flush(&peer)); /* the next layout would overtake the picture */
    }
    expect_window_answers();
    assert_true(test_peer_layout(&peer, 640, 480));
    assert_true(send_fills(1001, 640, 480, 1, true));
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.viewer, "picture", NULL, NULL, 60000);
    expect_growth_below(session.viewer, VIEWER_GROWTH_KB);
    expect_end(session.viewer);
}

/* What costs the decoder a second a chunk, for minutes. */
static void work_for_minutes_leaves_window_and_end_alone(void **state)
{
    (void)state;
    meet_viewer();
    assert_true(test_peer_layout(&peer, 7680, 4320));
    for (unsigned i = 0; i < 4000; i++)
        assert_true(send_fills(i + 1, 7680, 4320, 8, i == 0));
    assert_true(test_peer_flush(&peer));
    expect_window_answers();
    expect_wish(session.viewer, "pause");
    expect_window_answers();
    expect_growth_below(session.viewer, VIEWER_GROWTH_KB);
    expect_end(session.viewer);
}

static void refuse_chunk(bool layout, const uint8_t *chunk, size_t len, uint8_t flags)
{
    if (layout)
        assert_true(test_peer_layout(&peer, 64, 64));
    test_peer_chunk(&peer, 1, flags, chunk, len);
    test_peer_flush(&peer);
    test_process_wait_event(session.viewer, "state", "reason", "protocol-error", TEST_WAIT_MS);
    expect_refused(session.viewer);
    test_process_end(session.viewer);
    session.viewer = NULL;
    test_peer_close(&peer);
    meet_viewer();
}

static void pictures_that_make_no_sense_end_the_viewer(void **state)
{
    (void)state;
    static uint8_t zeros[DS_CHUNK_RAW_MAX], chunk[DS_SCREEN_CHUNK_MAX];
    uint8_t ops[64];
    const uint8_t all = DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST | DS_SCREEN_FLAG_KEY;
    meet_viewer();
    size_t n = put_fill(ops, 64, 64, true);
    size_t len = make_chunk(chunk, sizeof(chunk), ops, n, true, n);
    refuse_chunk(false, chunk, len, all);                                       /* no layout */
    refuse_chunk(true, chunk, len, DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST); /* no key */
    n = put_fill(ops, 640, 480, true);
    len = make_chunk(chunk, sizeof(chunk), ops, n, true, n);
    refuse_chunk(true, chunk, len, all); /* of another size */
    len = make_chunk(chunk, sizeof(chunk), zeros, sizeof(zeros), true, 100);
    refuse_chunk(true, chunk, len, all); /* unpacks to more than it says */
    refuse_chunk(true, (const uint8_t *)"\x41\x01\x01\x01", 4, all);
    refuse_chunk(true, (const uint8_t *)"", 0, all);
    expect_end(session.viewer);
}

static size_t pack_pixels(uint8_t *out, size_t cap, size_t pixels, uint8_t value)
{
    uint8_t *raw = malloc(pixels * 4);
    uLongf len = cap;
    memset(raw, value, pixels * 4);
    assert_int_equal(compress2(out, &len, raw, pixels * 4, 1), Z_OK);
    free(raw);
    return len;
}

static void thousands_of_large_cursors_are_borne(void **state)
{
    (void)state;
    static uint8_t packed[65536];
    meet_viewer();
    assert_true(test_peer_layout(&peer, 640, 480));
    assert_true(send_fills(1, 640, 480, 1, true));
    for (unsigned i = 0; i < 4000; i++) {
        struct ds_cursor_message m = {.type = DS_CURSOR_SHAPE,
                                      .id = (uint8_t)(i % DS_CURSOR_SHAPES),
                                      .width = 256,
                                      .height = 256,
                                      .hot_x = 255,
                                      .packed = packed};
        m.packed_len = pack_pixels(packed, sizeof(packed), 65536, (uint8_t)i);
        assert_true(test_peer_cursor(&peer, &m));
    }
    expect_window_answers();
    assert_true(test_peer_flush(&peer));
    expect_wish(session.viewer, "pause");
    expect_window_answers();
    expect_growth_below(session.viewer, VIEWER_GROWTH_KB);
    expect_end(session.viewer);
}

static void a_cursor_that_does_not_unpack_ends_the_viewer(void **state)
{
    (void)state;
    static uint8_t packed[65536];
    meet_viewer();
    for (int i = 0; i < 3; i++) {
        struct ds_cursor_message m = {
            .type = DS_CURSOR_SHAPE, .width = 16, .height = 16, .packed = packed};
        m.packed_len = i == 0   ? pack_pixels(packed, sizeof(packed), 257, 9)
                       : i == 1 ? pack_pixels(packed, sizeof(packed), 255, 9)
                                : 100;
        test_peer_cursor(&peer, &m);
        test_peer_flush(&peer);
        expect_refused(session.viewer);
        test_process_end(session.viewer);
        session.viewer = NULL;
        test_peer_close(&peer);
        meet_viewer();
    }
    expect_end(session.viewer);
}

static void hostile_names_and_orders_are_borne(void **state)
{
    (void)state;
    struct ds_control layout = {
        .type = DS_CONTROL_LAYOUT, .width = 64, .height = 64, .monitor = 0xff, .monitor_count = 16};
    start_agent_peer();
    for (unsigned i = 0; i < 16; i++) {
        layout.monitors[i] =
            (struct ds_monitor){.x = -32768, .y = 32767, .width = 16384, .height = 1};
        snprintf(layout.monitors[i].name, sizeof(layout.monitors[i].name),
                 "\x1b]0;x\x07\xe2\x80\xae%c\xe2\x81\xa6\n\xc2\x9b", (int)i + 1);
    }
    test_peer_control(&peer, &layout); /* before any right */
    for (unsigned i = 0; i < 3000; i++)
        test_peer_right(&peer, (enum ds_right)(i % DS_RIGHT_COUNT), (enum ds_right_state)(i % 4));
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_HELD, .on = true});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_PAUSED, .on = true});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = 2});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_RESUME});
    test_peer_input(&peer, &(struct ds_input){.type = DS_INPUT_KEY, .keysym = 0xff1b});
    test_peer_send(&peer, DS_CHANNEL_FILES, "abc", 3);
    assert_true(test_peer_flush(&peer));
    expect_window_answers();
    test_peer_control(
        &peer, &(struct ds_control){.type = DS_CONTROL_END, .reason = "\x1b[31m\xe2\x80\xae"});
    test_peer_flush(&peer);
    test_process_wait_event(session.viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(session.viewer, PATIENCE_MS));
    assert_null(strchr(test_process_error(session.viewer), '\x1b'));
}

static void a_picture_that_stops_in_the_middle_leaves_a_window_that_answers(void **state)
{
    (void)state;
    uint8_t ops[64], chunk[256];
    meet_viewer();
    assert_true(test_peer_layout(&peer, 640, 480));
    size_t n = put_fill(ops, 640, 480, true);
    size_t len = make_chunk(chunk, sizeof(chunk), ops, n, true, n);
    assert_true(test_peer_chunk(&peer, 1, DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_KEY, chunk, len));
    assert_true(test_peer_flush(&peer));
    test_peer_run(&peer, 300);
    expect_window_answers();
    expect_end(session.viewer);
}

int main(void)
{
#define HOSTILE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        HOSTILE(a_flood_of_keys_does_not_keep_the_customer_out),
        HOSTILE(a_flood_of_keys_without_code_does_not_keep_the_customer_out),
        HOSTILE(a_flood_of_text_does_not_keep_the_customer_out),
        HOSTILE(a_flood_of_buttons_does_not_keep_the_customer_out),
        HOSTILE(input_without_right_epoch_or_order_changes_nothing),
        HOSTILE(messages_that_make_no_sense_end_the_agent_or_change_nothing),
        HOSTILE(huge_messages_are_skipped_or_refused),
        HOSTILE(requests_for_every_right_in_a_loop_are_borne),
        HOSTILE(rights_flipped_without_end_do_not_kill_the_agent),
        HOSTILE(pause_and_resume_without_end_do_not_kill_the_agent),
        HOSTILE(a_viewer_that_reads_no_answer_is_cut_off_or_borne),
        HOSTILE(visible_monitor_and_acknowledgements_in_a_loop_are_borne),
        HOSTILE(end_said_twice_ends_once),
        HOSTILE(a_viewer_of_another_version_is_refused),
        HOSTILE(a_viewer_that_never_acknowledges_costs_no_memory),
        HOSTILE(layouts_of_every_size_are_shown),
        HOSTILE(a_thousand_layouts_are_borne),
        HOSTILE(work_for_minutes_leaves_window_and_end_alone),
        HOSTILE(pictures_that_make_no_sense_end_the_viewer),
        HOSTILE(thousands_of_large_cursors_are_borne),
        HOSTILE(a_cursor_that_does_not_unpack_ends_the_viewer),
        HOSTILE(hostile_names_and_orders_are_borne),
        HOSTILE(a_picture_that_stops_in_the_middle_leaves_a_window_that_answers),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ds_packer_destroy(packer);
    return failed;
}
