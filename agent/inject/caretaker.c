/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/caretaker.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/x11/display.h"
#include "common/x11/spare.h"
#include "common/x11/xkb.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xtest.h>

/* A display that does not answer in this time never will; then the caretaker just ends. */
#define CARE_S 30
/* How long the display may take to notice that the agent's connection has ended: it does so at once
 * unless it is stopped or a program has it grabbed. */
#define NOTICE_MS 10000

/* ---- what is left ---- */

static bool is_anything_left(const struct agent_traces *traces)
{
    bool is_left = traces->is_quiet;
    for (unsigned i = 0; i < AGENT_TRACES_BUTTONS; i++)
        is_left |= traces->buttons[i] != 0;
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        is_left |= traces->keys[code] || traces->lent[code] != 0;
    return is_left;
}

/* What the agent sent last may still be unread by the display: a key lifted before its press is
 * read would stay down. Its window goes with its connection, after everything else. */
static void wait_for_the_end(const struct ds_display *display, uint32_t mark)
{
    xcb_connection_t *conn = display->conn;
    const uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    ds_tick until = ds_clock_now() + NOTICE_MS * DS_MS;
    xcb_generic_error_t *error = xcb_request_check(
        conn, xcb_change_window_attributes_checked(conn, mark, XCB_CW_EVENT_MASK, &mask));
    bool is_over = error != NULL;
    free(error);
    while (!is_over && !ds_display_is_gone(display)) {
        xcb_generic_event_t *event = xcb_poll_for_event(conn);
        ds_tick now = ds_clock_now();
        struct pollfd fd = {.fd = xcb_get_file_descriptor(conn), .events = POLLIN};
        is_over = now >= until || (event && (event->response_type & 0x7f) == XCB_DESTROY_NOTIFY);
        if (!event && !is_over)
            poll(&fd, 1, (int)((until - now) / DS_MS) + 1);
        free(event);
    }
}

/* An answer proves that the requests before it were carried out. */
static void settle(xcb_connection_t *conn)
{
    free(xcb_get_input_focus_reply(conn, xcb_get_input_focus(conn), NULL));
}

static void lift(xcb_connection_t *conn, const struct agent_traces *traces)
{
    for (unsigned i = 0; i < AGENT_TRACES_BUTTONS; i++)
        if (traces->buttons[i])
            xcb_test_fake_input(conn, XCB_BUTTON_RELEASE, traces->buttons[i], XCB_CURRENT_TIME,
                                XCB_NONE, 0, 0, 0);
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        if (traces->keys[code])
            xcb_test_fake_input(conn, XCB_KEY_RELEASE, (uint8_t)code, XCB_CURRENT_TIME, XCB_NONE, 0,
                                0, 0);
    settle(conn);
}

/* Only what still means the lent keysym: the customer may have changed the layout since. */
static void give_back(xcb_connection_t *conn, uint8_t code, uint32_t keysym)
{
    const xcb_keysym_t nothing[2] = {XCB_NO_SYMBOL, XCB_NO_SYMBOL};
    xcb_get_keyboard_mapping_reply_t *reply =
        xcb_get_keyboard_mapping_reply(conn, xcb_get_keyboard_mapping(conn, code, 1), NULL);
    if (reply && xcb_get_keyboard_mapping_keysyms_length(reply) > 0 &&
        xcb_get_keyboard_mapping_keysyms(reply)[0] == keysym)
        xcb_change_keyboard_mapping(conn, 1, code, 2, nothing);
    free(reply);
}

static void put_back(const struct agent_traces *traces, const char *name)
{
    struct ds_display display;
    alarm(CARE_S);
    if (ds_display_open(&display, name, NULL, 0))
        return;
    wait_for_the_end(&display, traces->mark);
    lift(display.conn, traces);
    if (traces->is_quiet && ds_xkb_use(display.conn))
        ds_xkb_put_repeat(display.conn, traces->had_repeat);
    poll(NULL, 0, (int)(DS_SPARE_KEEP / DS_MS)); /* the last character may still be unread */
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        if (traces->lent[code] != 0)
            give_back(display.conn, (uint8_t)code, traces->lent[code]);
    settle(display.conn);
    ds_display_close(&display);
}

/* ---- the process ---- */

/* Nothing of the agent is kept open or in use, and what ends the agent's session or terminal does
 * not end the caretaker before its time. */
static void stand_aside(int pipe)
{
    sigset_t none;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    prctl(PR_SET_NAME, "deskside-care");
    if (chdir("/"))
        ds_log_debug("the caretaker stays in the folder of the agent");
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++) {
        if (nothing >= 0)
            dup2(nothing, fd);
        else
            close(fd);
    }
    if (dup2(pipe, 3) != 3)
        _exit(EXIT_FAILURE);
    if (close_range(4, ~0u, 0)) { /* a kernel before 5.9 */
        for (int fd = 4; fd < 1024; fd++)
            close(fd);
    }
}

static _Noreturn void live(const struct agent_traces *traces, const char *display, int pipe)
{
    char byte;
    ssize_t n;
    stand_aside(pipe);
    do {
        n = read(3, &byte, 1);
    } while (n > 0 || (n < 0 && errno == EINTR));
    if (is_anything_left(traces))
        put_back(traces, display);
    _exit(EXIT_SUCCESS);
}

void agent_caretaker_start(struct agent_caretaker *c, const char *display)
{
    int ends[2];
    *c = (struct agent_caretaker){.pipe = -1};
    void *shared = mmap(NULL, sizeof(struct agent_traces), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        goto nobody;
    if (pipe2(ends, O_CLOEXEC))
        goto unmap;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        live(shared, display, ends[0]);
    }
    close(ends[0]);
    if (pid < 0)
        goto shut;
    *c = (struct agent_caretaker){.pid = pid, .pipe = ends[1], .traces = shared};
    return;
shut:
    close(ends[1]);
unmap:
    munmap(shared, sizeof(struct agent_traces));
nobody:
    ds_log_warn("keys that are down would stay so if this program were killed errno=%d", errno);
}

void agent_caretaker_end(struct agent_caretaker *c)
{
    if (c->pid == 0)
        return;
    close(c->pipe);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    munmap(c->traces, sizeof(*c->traces));
    *c = (struct agent_caretaker){.pipe = -1};
}
