/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/customer.h"

#include "common/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ARGUMENTS_MAX 24
#define DEPTH_MAX 4
#define READ_MS 450 /* the kit's 400 and a little */
#define SIZE "1280x800"

/* ---- life ---- */

/* A port that nobody has; a relay that is started again needs the same. */
static unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(fd, 0);
    assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof(at)));
    assert_int_equal(0, getsockname(fd, (struct sockaddr *)&at, &len));
    close(fd);
    return ntohs(at.sin_port);
}

static bool has_manager(struct test_customer *c)
{
    static const char name[] = "_NET_SUPPORTING_WM_CHECK";
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(c->look)).data->root;
    xcb_intern_atom_reply_t *atom =
        xcb_intern_atom_reply(c->look, xcb_intern_atom(c->look, 0, sizeof(name) - 1, name), NULL);
    assert_non_null(atom);
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        c->look, xcb_get_property(c->look, 0, root, atom->atom, XCB_ATOM_WINDOW, 0, 1), NULL);
    bool has = reply && xcb_get_property_value_length(reply) == 4;
    free(reply);
    free(atom);
    return has;
}

static void start_manager(struct test_customer *c)
{
    char home[300];
    snprintf(home, sizeof(home), "HOME=%s", c->session.folder);
    const char *const argv[] = {"openbox", "--sm-disable", NULL};
    const char *const env[] = {test_display_env(c->session.customer), home, NULL};
    c->manager = test_process_start(argv, &(struct test_process_options){.env = env});
    ds_tick deadline = ds_clock_now() + 20 * DS_SECOND;
    while (!has_manager(c)) {
        if (ds_clock_now() > deadline)
            fail_msg("openbox does not start");
        poll(NULL, 0, 20);
    }
}

void test_customer_start(struct test_customer *c)
{
    char port[16];
    *c = (struct test_customer){0};
    snprintf(port, sizeof(port), "%u", free_port());
    test_session_start_relay(&c->session, port);
    c->outer = test_display_start(SIZE "x24", NULL);
    c->session.customer = test_display_start_nested(c->outer, SIZE);
    c->session.rep = test_display_start(SIZE "x24", NULL);
    c->look = xcb_connect(test_display_name(c->session.customer), NULL);
    assert_int_equal(0, xcb_connection_has_error(c->look));
    start_manager(c);
    test_customer_hand(c, (const char *const[]){"mousemove", "640", "790", NULL});
}

void test_customer_end(struct test_customer *c)
{
    test_customer_end_programs(c);
    if (c->look)
        xcb_disconnect(c->look);
    test_process_end(c->manager);
    test_session_end(&c->session);
    test_display_end(c->outer);
    *c = (struct test_customer){0};
}

void test_customer_start_viewer(struct test_customer *c)
{
    static const char *const whole[] = {
        "--geometry", SIZE "+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    test_session_start_viewer(&c->session, whole);
}

void test_customer_start_agent(struct test_customer *c, const char *const *more)
{
    struct test_session *s = &c->session;
    struct test_window page;
    char home[300], state[320], language[] = "LC_ALL=C.UTF-8";
    const char *env[16] = {test_display_env(s->customer), home, state, language};
    size_t n = 4;
    snprintf(home, sizeof(home), "HOME=%s", s->folder);
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/state", s->folder);
    for (; more && *more && n < 15; more++)
        env[n++] = *more;
    const char *argv[] = {
        c->program ? c->program : "deskside-agent", "--relay", s->address, "--ca", s->ca, NULL};
    s->agent =
        test_process_start(argv, &(struct test_process_options){.only_events = true, .env = env});
    test_customer_wait_window(c, TEST_WINDOW_PAGE, &page);
}

void test_customer_end_programs(struct test_customer *c)
{
    test_process_end(c->session.viewer);
    test_process_end(c->session.agent);
    c->session.viewer = c->session.agent = NULL;
}

/* ---- the steps that every session has ---- */

void test_customer_type_code(struct test_customer *c)
{
    test_customer_hand(c, (const char *const[]){"type", c->session.code, NULL});
    test_customer_key(c, "Return");
    test_process_wait_event(c->session.agent, "state", "state", "asking", TEST_WAIT_MS);
}

void test_customer_go_on(struct test_customer *c)
{
    struct test_session *s = &c->session;
    test_customer_read();
    test_customer_hand(c, (const char *const[]){"key", "shift+Tab", "space", NULL});
    json_t *event = test_process_wait_event(s->agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    snprintf(s->number, sizeof(s->number), "%s",
             json_string_value(json_object_get(event, "number")));
}

void test_customer_prove(struct test_customer *c)
{
    char command[64];
    snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             c->session.number);
    test_process_command(c->session.viewer, command);
    test_process_wait_event(c->session.viewer, "state", "state", "asking", TEST_WAIT_MS);
    test_process_wait_event(c->session.agent, "state", "state", "asking", TEST_WAIT_MS);
}

void test_customer_agree(struct test_customer *c, bool to_control)
{
    test_customer_read();
    if (to_control)
        test_customer_hand(c, (const char *const[]){"key", "shift+Tab", "space", NULL});
    else
        test_customer_hand(c,
                           (const char *const[]){"key", "shift+Tab", "shift+Tab", "space", NULL});
    test_process_wait_event(c->session.agent, "state", "state", "active", TEST_WAIT_MS);
    test_process_wait_event(c->session.viewer, "state", "state", "active", TEST_WAIT_MS);
    test_process_wait_event(c->session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
    test_customer_wait_no_window(c, TEST_WINDOW_PAGE);
}

void test_customer_connect(struct test_customer *c, bool to_control)
{
    test_customer_start_viewer(c);
    test_customer_start_agent(c, NULL);
    test_customer_type_code(c);
    test_customer_go_on(c);
    test_customer_prove(c);
    test_customer_agree(c, to_control);
}

/* ---- hands ---- */

static void xdotool(const struct test_display *display, const char *const *arguments)
{
    const char *argv[ARGUMENTS_MAX] = {"xdotool"};
    size_t n = 1;
    for (; *arguments && n < ARGUMENTS_MAX - 1; arguments++)
        argv[n++] = *arguments;
    test_display_run(display, argv);
}

static void click(const struct test_display *display, int x, int y)
{
    char across[16], down[16];
    snprintf(across, sizeof(across), "%d", x);
    snprintf(down, sizeof(down), "%d", y);
    xdotool(display, (const char *const[]){"mousemove", across, down, "click", "1", NULL});
}

void test_customer_hand(struct test_customer *c, const char *const *arguments)
{
    xdotool(c->outer, arguments);
}

void test_customer_key(struct test_customer *c, const char *key)
{
    xdotool(c->outer, (const char *const[]){"key", key, NULL});
}

void test_customer_click(struct test_customer *c, int x, int y)
{
    click(c->outer, x, y);
}

void test_rep_hand(struct test_customer *c, const char *const *arguments)
{
    xdotool(c->session.rep, arguments);
}

void test_rep_key(struct test_customer *c, const char *key)
{
    xdotool(c->session.rep, (const char *const[]){"key", key, NULL});
}

void test_rep_click(struct test_customer *c, int x, int y)
{
    click(c->session.rep, x, y);
}

void test_rep_focus(struct test_customer *c)
{
    test_display_run(c->session.rep,
                     (const char *const[]){"sh", "-c",
                                           "xdotool windowfocus $(xdotool search --onlyvisible "
                                           "--class deskside-viewer | tail -n 1)",
                                           NULL});
}

void test_customer_read(void)
{
    poll(NULL, 0, READ_MS);
}

/* ---- eyes ---- */

static bool has_text(struct test_customer *c, xcb_window_t window, xcb_atom_t name,
                     const char *wanted)
{
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        c->look, xcb_get_property(c->look, 0, window, name, XCB_GET_PROPERTY_TYPE_ANY, 0, 64),
        NULL);
    int n = reply ? xcb_get_property_value_length(reply) : 0;
    bool has = n >= (int)strlen(wanted) &&
               memcmp(xcb_get_property_value(reply), wanted, strlen(wanted)) == 0;
    free(reply);
    return has;
}

static bool is_seen(struct test_customer *c, xcb_window_t window, bool is_bar)
{
    xcb_get_window_attributes_reply_t *reply =
        xcb_get_window_attributes_reply(c->look, xcb_get_window_attributes(c->look, window), NULL);
    bool is =
        reply && reply->map_state == XCB_MAP_STATE_VIEWABLE && reply->override_redirect == is_bar;
    free(reply);
    return is && has_text(c, window, XCB_ATOM_WM_CLASS, "deskside-agent");
}

/* The bar and the note below it are both without a window manager; the bar is nearer to the top. */
static bool measure(struct test_customer *c, xcb_window_t window, struct test_window *out)
{
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(c->look)).data->root;
    xcb_get_geometry_reply_t *size =
        xcb_get_geometry_reply(c->look, xcb_get_geometry(c->look, window), NULL);
    xcb_translate_coordinates_reply_t *place = xcb_translate_coordinates_reply(
        c->look, xcb_translate_coordinates(c->look, window, root, 0, 0), NULL);
    bool is_there = size && place;
    if (is_there)
        *out = (struct test_window){place->dst_x, place->dst_y, size->width, size->height};
    free(size);
    free(place);
    return is_there;
}

static bool find_below(struct test_customer *c, xcb_window_t parent, bool is_bar, int depth,
                       struct test_window *out)
{
    xcb_query_tree_reply_t *tree =
        xcb_query_tree_reply(c->look, xcb_query_tree(c->look, parent), NULL);
    bool found = false;
    for (int i = 0; tree && i < xcb_query_tree_children_length(tree); i++) {
        xcb_window_t child = xcb_query_tree_children(tree)[i];
        struct test_window at;
        if (is_seen(c, child, is_bar) && measure(c, child, &at) && (!found || at.y < out->y)) {
            *out = at;
            found = true;
        } else if (depth < DEPTH_MAX && !found) {
            found = find_below(c, child, is_bar, depth + 1, out);
        }
    }
    free(tree);
    return found;
}

bool test_customer_find(struct test_customer *c, enum test_window_kind kind,
                        struct test_window *window)
{
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(c->look)).data->root;
    return find_below(c, root, kind == TEST_WINDOW_BAR, 0, window);
}

static bool wait_window(struct test_customer *c, enum test_window_kind kind, bool wanted,
                        struct test_window *window)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (test_customer_find(c, kind, window) != wanted) {
        if (ds_clock_now() > deadline)
            return false;
        poll(NULL, 0, 20);
    }
    return true;
}

void test_customer_wait_window(struct test_customer *c, enum test_window_kind kind,
                               struct test_window *window)
{
    if (!wait_window(c, kind, true, window))
        fail_msg("the agent's %s does not appear", kind == TEST_WINDOW_PAGE ? "page" : "bar");
}

void test_customer_wait_no_window(struct test_customer *c, enum test_window_kind kind)
{
    struct test_window window;
    if (!wait_window(c, kind, false, &window))
        fail_msg("the agent's %s does not go", kind == TEST_WINDOW_PAGE ? "page" : "bar");
}

static bool has_bar_keys(struct test_customer *c)
{
    xcb_get_input_focus_reply_t *reply =
        xcb_get_input_focus_reply(c->look, xcb_get_input_focus(c->look), NULL);
    bool has =
        reply && reply->focus > XCB_INPUT_FOCUS_POINTER_ROOT && is_seen(c, reply->focus, true);
    free(reply);
    return has;
}

void test_customer_wait_bar_keys(struct test_customer *c)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (!has_bar_keys(c)) {
        if (ds_clock_now() > deadline)
            fail_msg("the keyboard does not come to the bar");
        poll(NULL, 0, 20);
    }
}

uint32_t test_customer_pixel(struct test_customer *c, int x, int y)
{
    uint32_t *pixel = test_display_grab(c->session.customer, x, y, 1, 1), value = *pixel;
    free(pixel);
    return value;
}

void test_customer_wait_pixel(struct test_customer *c, int x, int y, uint32_t color)
{
    ds_tick deadline = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (;;) {
        uint32_t is = test_customer_pixel(c, x, y);
        if (is == color)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("%d,%d is #%06x and not #%06x", x, y, is, color);
        poll(NULL, 0, 20);
    }
}

void test_customer_shot(struct test_customer *c, const char *name)
{
    const char *folder = getenv("DESKSIDE_TEST_SHOTS");
    char path[512];
    if (!folder)
        return;
    snprintf(path, sizeof(path), "%s/%s.png", folder, name);
    test_customer_read();
    const char *const argv[] = {"import", "-window", "root", path, NULL};
    test_display_run(c->session.customer, argv);
    snprintf(path, sizeof(path), "%s/%s-rep.png", folder, name);
    if (c->session.viewer)
        test_display_run(c->session.rep, argv);
}
