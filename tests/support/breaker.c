/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 32, BYTES = 65536 };

struct way {
    size_t from, to; /* of bytes: what has come and not gone */
    bool ended;      /* nothing more comes, and the other side knows */
    uint8_t bytes[BYTES];
};

struct pair {
    int fd[2];          /* end, relay; -1: none */
    struct way ways[2]; /* what came from fd[i] */
};

struct test_breaker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t done;
    int wake;
    int listener; /* the thread's; -1 while refusing */
    unsigned port;
    /* guarded by lock */
    unsigned to;
    bool stopping, cut, refuse, stall;
    unsigned asked, answered; /* wishes */
    unsigned count;
    struct pair pairs[PAIRS]; /* the thread's */
    bool stalled, refused;    /* the thread's: what is carried out */
};

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int open_listener(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 64)) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static void reset(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(fd);
}

static void drop(struct pair *pair)
{
    reset(pair->fd[0]);
    reset(pair->fd[1]);
    pair->fd[0] = pair->fd[1] = -1;
}

static void finish(struct pair *pair)
{
    close(pair->fd[0]);
    close(pair->fd[1]);
    pair->fd[0] = pair->fd[1] = -1;
}

static void take_one(struct test_breaker *b)
{
    int one = 1, fd = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct pair *pair = NULL;
    for (int i = 0; i < PAIRS && !pair; i++)
        pair = b->pairs[i].fd[0] < 0 ? &b->pairs[i] : NULL;
    if (fd < 0)
        return;
    pthread_mutex_lock(&b->lock);
    unsigned to = b->to;
    b->count++;
    pthread_mutex_unlock(&b->lock);
    struct sockaddr_in address = loopback(to);
    int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!pair || other < 0 || connect(other, (struct sockaddr *)&address, sizeof(address))) {
        reset(fd);
        reset(other);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(other, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    memset(pair, 0, sizeof(*pair));
    pair->fd[0] = fd;
    pair->fd[1] = other;
}

/* False: over. */
static bool carry(struct pair *pair, int i)
{
    struct way *way = &pair->ways[i];
    if (way->ended)
        return true;
    if (way->to == 0) {
        ssize_t n = recv(pair->fd[i], way->bytes, BYTES, MSG_DONTWAIT);
        if (n == 0) { /* the other way may go on */
            way->ended = true;
            shutdown(pair->fd[1 - i], SHUT_WR);
            return true;
        }
        if (n < 0 && errno != EAGAIN)
            return false;
        way->to = n > 0 ? (size_t)n : 0;
    }
    while (way->from < way->to) {
        ssize_t n = send(pair->fd[1 - i], way->bytes + way->from, way->to - way->from,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        way->from += (size_t)n;
    }
    way->from = way->to = 0;
    return true;
}

static void obey(struct test_breaker *b)
{
    pthread_mutex_lock(&b->lock);
    bool ends_stall = b->stalled && !b->stall;
    b->stalled = b->stall;
    b->refused = b->refuse;
    if (b->cut || b->refuse || ends_stall)
        for (int i = 0; i < PAIRS; i++)
            drop(&b->pairs[i]);
    b->cut = false;
    if (b->refuse && b->listener >= 0) {
        close(b->listener);
        b->listener = -1;
    } else if (!b->refuse && b->listener < 0) {
        b->listener = open_listener(b->port);
    }
    b->answered = b->asked;
    pthread_cond_broadcast(&b->done);
    pthread_mutex_unlock(&b->lock);
}

static void *run(void *ctx)
{
    struct test_breaker *b = ctx;
    uint64_t woken;
    for (;;) {
        struct pollfd fds[2 + 2 * PAIRS];
        fds[0] = (struct pollfd){.fd = b->wake, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = b->listener, .events = POLLIN};
        for (int i = 0; i < PAIRS; i++) {
            for (int e = 0; e < 2; e++) {
                const struct way *in = &b->pairs[i].ways[e], *out = &b->pairs[i].ways[1 - e];
                short events =
                    (short)((in->to == 0 && !in->ended ? POLLIN : 0) | (out->to > 0 ? POLLOUT : 0));
                fds[2 + 2 * i + e] =
                    (struct pollfd){.fd = b->stalled ? -1 : b->pairs[i].fd[e], .events = events};
            }
        }
        if (poll(fds, 2 + 2 * PAIRS, -1) < 0 && errno != EINTR)
            return NULL;
        if (read(b->wake, &woken, sizeof(woken)) > 0)
            obey(b);
        pthread_mutex_lock(&b->lock);
        bool stopping = b->stopping;
        pthread_mutex_unlock(&b->lock);
        if (stopping)
            return NULL;
        if (b->listener >= 0 && (fds[1].revents & POLLIN))
            take_one(b);
        for (int i = 0; i < PAIRS && !b->stalled; i++) {
            struct pair *pair = &b->pairs[i];
            if (pair->fd[0] >= 0 && (!carry(pair, 0) || !carry(pair, 1)))
                drop(pair);
            else if (pair->fd[0] >= 0 && pair->ways[0].ended && pair->ways[1].ended)
                finish(pair);
        }
    }
}

static void ask(struct test_breaker *b)
{
    uint64_t one = 1;
    unsigned asked = ++b->asked; /* the lock is held */
    assert_int_equal(write(b->wake, &one, sizeof(one)), sizeof(one));
    while (!b->stopping && (int)(b->answered - asked) < 0)
        pthread_cond_wait(&b->done, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

struct test_breaker *test_breaker_start(unsigned port)
{
    struct test_breaker *b = calloc(1, sizeof(*b));
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    assert_non_null(b);
    for (int i = 0; i < PAIRS; i++)
        b->pairs[i].fd[0] = b->pairs[i].fd[1] = -1;
    b->to = port;
    b->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    b->listener = open_listener(0);
    assert_true(b->wake >= 0 && b->listener >= 0);
    assert_int_equal(getsockname(b->listener, (struct sockaddr *)&address, &size), 0);
    b->port = ntohs(address.sin_port);
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->done, NULL);
    assert_int_equal(pthread_create(&b->thread, NULL, run, b), 0);
    return b;
}

void test_breaker_end(struct test_breaker *b)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    b->stopping = true;
    ask(b);
    pthread_join(b->thread, NULL);
    for (int i = 0; i < PAIRS; i++)
        drop(&b->pairs[i]);
    if (b->listener >= 0)
        close(b->listener);
    close(b->wake);
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->done);
    free(b);
}

unsigned test_breaker_port(const struct test_breaker *b)
{
    return b->port;
}

unsigned test_breaker_count(const struct test_breaker *b)
{
    struct test_breaker *own = (struct test_breaker *)b;
    pthread_mutex_lock(&own->lock);
    unsigned count = b->count;
    pthread_mutex_unlock(&own->lock);
    return count;
}

void test_breaker_cut(struct test_breaker *b)
{
    pthread_mutex_lock(&b->lock);
    b->cut = true;
    ask(b);
}

void test_breaker_refuse(struct test_breaker *b, bool on)
{
    pthread_mutex_lock(&b->lock);
    b->refuse = on;
    ask(b);
}

void test_breaker_stall(struct test_breaker *b, bool on)
{
    pthread_mutex_lock(&b->lock);
    b->stall = on;
    ask(b);
}

void test_breaker_aim(struct test_breaker *b, unsigned port)
{
    pthread_mutex_lock(&b->lock);
    b->to = port;
    pthread_mutex_unlock(&b->lock);
}
