/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/leg_carried.h"

#include "common/base/error.h"

#include <openssl/bio.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static bool read_exactly(int fd, void *out, size_t n)
{
    uint8_t *to = out;
    while (n > 0) {
        ssize_t got = recv(fd, to, n, 0);
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

bool test_leg_upgrade(struct test_leg *leg, const char *extra)
{
    char text[1024];
    int n = snprintf(text, sizeof(text),
                     "GET /leg HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\n%s\r\n",
                     extra ? extra : "");
    if (send(leg->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        return false;
    size_t len = 0;
    while (len < sizeof(text) - 1 && read_exactly(leg->fd, text + len, 1)) {
        text[++len] = '\0';
        if (len >= 4 && strcmp(text + len - 4, "\r\n\r\n") == 0) {
            leg->is_web_socket = true;
            return strncmp(text, "HTTP/1.1 101", 12) == 0;
        }
    }
    return false;
}

static int carried_write(BIO *bio, const char *bytes, int n)
{
    struct test_leg *leg = BIO_get_data(bio);
    uint8_t frame[8 + 16384];
    size_t len = n > 16384 ? 16384 : (size_t)n;
    size_t at = 2;
    frame[0] = 0x82;
    frame[1] = (uint8_t)(0x80 | (len < 126 ? len : 126));
    if (len >= 126) {
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
        at = 4;
    }
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    memcpy(frame + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < len; i++)
        frame[at + i] = (uint8_t)bytes[i] ^ mask[i % 4];
    BIO_clear_retry_flags(bio);
    if (send(leg->fd, frame, at + len, MSG_NOSIGNAL) != (ssize_t)(at + len))
        return -1;
    return (int)len;
}

/* One message of the relay into leg->carried; false at the end. */
static bool read_message(struct test_leg *leg)
{
    uint8_t head[2], more[8], *to;
    if (!read_exactly(leg->fd, head, 2) || (head[0] & 0x0f) == 8)
        return false;
    size_t len = head[1] & 0x7f;
    size_t extra = len == 126 ? 2 : len == 127 ? 8 : 0;
    if (!read_exactly(leg->fd, more, extra))
        return false;
    if (extra > 0)
        len = 0;
    for (size_t i = 0; i < extra; i++)
        len = len << 8 | more[i];
    if (ds_buf_reserve(&leg->carried, len, &to) || !read_exactly(leg->fd, to, len))
        return false;
    ds_buf_commit(&leg->carried, len);
    return true;
}

static int carried_read(BIO *bio, char *out, int n)
{
    struct test_leg *leg = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    while (leg->carried.len == 0) {
        if (!read_message(leg))
            return 0;
    }
    size_t len = leg->carried.len < (size_t)n ? leg->carried.len : (size_t)n;
    memcpy(out, ds_buf_peek(&leg->carried), len);
    ds_buf_consume(&leg->carried, len);
    return (int)len;
}

static long carried_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

BIO *test_leg_carried_bio(struct test_leg *leg)
{
    static BIO_METHOD *method; /* lives as long as the program */
    if (!method) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "carried");
        BIO_meth_set_write(method, carried_write);
        BIO_meth_set_read(method, carried_read);
        BIO_meth_set_ctrl(method, carried_ctrl);
    }
    BIO *bio = BIO_new(method);
    BIO_set_data(bio, leg);
    BIO_set_init(bio, 1);
    return bio;
}
