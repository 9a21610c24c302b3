/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that can be broken: a TCP proxy on loopback in a thread of its own, in front of a relay.
 * What fails in here fails the test by its consequences: nothing comes through. */
#ifndef TESTS_SUPPORT_BREAKER_H
#define TESTS_SUPPORT_BREAKER_H

#include <stdbool.h>

struct test_breaker;

/* Listens on a port of the system's choice and connects on to localhost:port. */
struct test_breaker *test_breaker_start(unsigned port);
/* Cuts what stands, joins, frees. Accepts NULL. */
void test_breaker_end(struct test_breaker *breaker);

unsigned test_breaker_port(const struct test_breaker *breaker);
/* Connections that were taken so far. */
unsigned test_breaker_count(const struct test_breaker *breaker);

/* Resets every connection; new ones are taken. Back when it is done, as with the others. */
void test_breaker_cut(struct test_breaker *breaker);
/* on: resets every connection and refuses new ones. */
void test_breaker_refuse(struct test_breaker *breaker, bool on);
/* on: nothing comes through any more, and nobody is told (half-open); new ones are taken and get no
 * answer. off: what stood meanwhile is reset, new ones work. */
void test_breaker_stall(struct test_breaker *breaker, bool on);
/* The relay is at another port now. */
void test_breaker_aim(struct test_breaker *breaker, unsigned port);

#endif
