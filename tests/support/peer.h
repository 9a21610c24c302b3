/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An end that is a script: a real link and a real tunnel, the real proof of the number, and then
 * any bytes on any channel, in any order. Plays the viewer or the agent against a real program.
 * One thread; its loop runs only inside the functions here. A failed expectation fails the test. */
#ifndef TESTS_SUPPORT_PEER_H
#define TESTS_SUPPORT_PEER_H

#include "common/net/link.h"
#include "common/tunnel/tunnel.h"

#include <stdbool.h>

#define TEST_PEER_WAIT_MS 60000

struct test_peer {
    uv_loop_t loop;
    uv_timer_t tick; /* wakes the loop, so that waiting has an end */
    struct ds_link *link;
    struct ds_tunnel *tunnel;
    enum ds_tunnel_role role;
    bool up, signed_in, paired, open, closed, down, ended;
    enum ds_link_failure why; /* of down */
    char code[DS_TEXT_CODE], by[16], reason[DS_TEXT_REASON];
    char host[DS_TEXT_HOST];
    /* what came through the seal */
    unsigned messages[DS_CHANNEL_COUNT];
    unsigned controls[32];          /* by type, below 32 */
    uint8_t rights[DS_RIGHT_COUNT]; /* the last state of each */
    struct ds_control layout;       /* the last one; its width is 0 before */
    bool paused, peer_ended;
    uint32_t last_update; /* id of the last chunk with LAST */
    bool acks;            /* acknowledge every update at once */
};

/* A link of this role to localhost:port, up. ca: the relay's certificate. */
void test_peer_open(struct test_peer *peer, enum ds_tunnel_role role, unsigned port,
                    const char *ca);
/* Viewer: signs in, opens a session; peer->code has the code. */
void test_peer_new_session(struct test_peer *peer, const char *email, const char *password);
/* Agent: joins; both: waits for PAIRED and makes the tunnel. */
void test_peer_join(struct test_peer *peer, const char *code);
void test_peer_pair(struct test_peer *peer);
/* Gives the tunnel its number and waits until it is open, both programs' HELLO said (not by the
 * peer when says_hello is false). The other side's number must be on its way. */
void test_peer_number(struct test_peer *peer, const char *number);
void test_peer_open_seal(struct test_peer *peer);
void test_peer_hello(struct test_peer *peer);

/* Runs the loop until the condition holds; false: the link or the tunnel ended before, or nothing
 * happened for TEST_PEER_WAIT_MS (then the test fails). */
bool test_peer_wait(struct test_peer *peer, bool (*condition)(const struct test_peer *peer));
/* Lets it run for a moment, or until it ends. */
void test_peer_run(struct test_peer *peer, unsigned ms);
/* The tunnel stands. */
bool test_peer_lives(const struct test_peer *peer);
bool test_peer_is_over(const struct test_peer *peer);

/* One message, waiting for room in the queue. False: the other side has ended it. */
bool test_peer_send(struct test_peer *peer, enum ds_channel channel, const void *bytes, size_t n);
bool test_peer_control(struct test_peer *peer, const struct ds_control *control);
bool test_peer_input(struct test_peer *peer, const struct ds_input *input);
/* CHUNK with these operations. */
bool test_peer_chunk(struct test_peer *peer, uint32_t id, uint8_t flags, const void *ops, size_t n);
bool test_peer_cursor(struct test_peer *peer, const struct ds_cursor_message *message);
bool test_peer_right(struct test_peer *peer, enum ds_right right, enum ds_right_state state);
bool test_peer_layout(struct test_peer *peer, uint32_t width, uint32_t height);
/* Waits until all that was sent is in the socket. */
bool test_peer_flush(struct test_peer *peer);

/* Drops the link and frees; also after a failure. */
void test_peer_close(struct test_peer *peer);

#endif
