/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link under test with a loop of its own, which records what happens to it. */
#ifndef TESTS_SUPPORT_LINK_PROBE_H
#define TESTS_SUPPORT_LINK_PROBE_H

#include "common/net/link.h"

#include <stdbool.h>

struct link_probe {
    uv_loop_t loop;
    struct ds_link *link;
    struct ds_link_info info;
    unsigned progresses, percent, ups, downs, rooms, datas, messages;
    enum ds_link_failure why;
    char detail[1024];
    struct ds_message message; /* the last one */
    struct ds_buf data;        /* payloads one after the other */
    size_t to_send;            /* bytes of DATA that on_room and pump still have to send */
    size_t sent;
    const char *role; /* "agent" unless changed between init and open */
    /* Called at the end of the event of that name; NULL: nothing. */
    void (*at)(struct link_probe *probe, const char *event);
};

/* Makes the loop; the state folder and proxies of the environment are replaced by `folder` and
 * none. */
void link_probe_init(struct link_probe *probe, const char *folder);
/* Fails the test when the link cannot be opened. */
void link_probe_open(struct link_probe *probe, const char *host, unsigned port,
                     const char *ca_file);
/* The table that open uses, with the probe as ctx. */
const struct ds_link_events *link_probe_events(void);
/* Sends DATA as far as there is room, from a pattern by position. */
void link_probe_pump(struct link_probe *probe);
/* Runs the loop until the condition holds; fails the test after 30 s. */
void link_probe_wait(struct link_probe *probe, bool (*condition)(struct link_probe *probe));
bool link_is_up(struct link_probe *probe);
bool link_is_down(struct link_probe *probe);
/* Waits for the end and checks the reason. */
void link_probe_expect_down(struct link_probe *probe, enum ds_link_failure why);
/* Closes, runs the loop until nothing is left on it (fails the test where something is after 30 s),
 * frees. */
void link_probe_end(struct link_probe *probe);

/* Byte at a position of the pattern. */
static inline uint8_t link_probe_byte(size_t at)
{
    return (uint8_t)(at * 131 + at / 251);
}

#endif
