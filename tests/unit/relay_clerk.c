/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clerk over a real store in which any step can be made to fail: changes are tried until they
 * are in, in order, once, and the audit log stays whole. */
#include "relay/store/clerk.h"

#include "common/base/error.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static char folder[256], message[1024];
static uv_loop_t loop;
static struct relay_clerk clerk;
static const struct relay_store_ops *real;
static struct relay_store_ops shaky;

/* Steps of the clerk's thread: the one that fails, or all of them. */
static atomic_int steps, fail_at;
static atomic_bool is_broken;

static bool fails(void)
{
    int step = atomic_fetch_add(&steps, 1);
    return atomic_load(&is_broken) || step == atomic_load(&fail_at);
}

static int shaky_begin(struct relay_store *store)
{
    return fails() ? DS_EIO : real->begin(store);
}

static int shaky_commit(struct relay_store *store)
{
    return fails() ? DS_EIO : real->commit(store);
}

static int shaky_audit_put(struct relay_store *store, const struct relay_audit_line *line)
{
    return fails() ? DS_EIO : real->audit_put(store, line);
}

static int shaky_value_put(struct relay_store *store, const char *name, const char *value)
{
    return fails() ? DS_EIO : real->value_put(store, name, value);
}

static int shaky_session_put(struct relay_store *store, const struct relay_session *session)
{
    return fails() ? DS_EIO : real->session_put(store, session);
}

static int shaky_chat_add(struct relay_store *store, const char *session, struct relay_chat *chat,
                          unsigned max, bool *is_new)
{
    return fails() ? DS_EIO : real->chat_add(store, session, chat, max, is_new);
}

static void start(size_t lines_max)
{
    struct relay_store *store = relay_store_open(folder, false, message, sizeof(message));
    assert_non_null(store);
    real = store->ops;
    shaky = *real;
    shaky.begin = shaky_begin;
    shaky.commit = shaky_commit;
    shaky.audit_put = shaky_audit_put;
    shaky.value_put = shaky_value_put;
    shaky.session_put = shaky_session_put;
    shaky.chat_add = shaky_chat_add;
    store->ops = &shaky;
    memset(&clerk, 0, sizeof(clerk));
    assert_int_equal(relay_clerk_start(&clerk, &loop, store, lines_max), 0);
}

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    relay_store_close(relay_store_open(folder, true, message, sizeof(message)));
    atomic_store(&is_broken, false);
    atomic_store(&fail_at, -1);
    atomic_store(&steps, 0);
    uv_loop_init(&loop);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    relay_clerk_stop(&clerk);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    test_folder_remove(folder);
    return 0;
}

/* ---- jobs ---- */

static char order[64]; /* the marks of the jobs that are done */

struct mark {
    struct relay_job job;
    char mark;
    struct relay_session session;
    struct relay_chat chat;
    bool is_new;
    int error;
};

static int write_mark(struct relay_job *job, struct relay_store *store)
{
    struct mark *mark = (struct mark *)job;
    if (mark->error)
        return mark->error;
    int error = store->ops->session_put(store, &mark->session);
    return error ? error : store->ops->chat_add(store, "s", &mark->chat, 1000, &mark->is_new);
}

static void ask_mark(struct relay_job *job, struct relay_store *store)
{
    struct relay_account account;
    ((struct mark *)job)->error = store->ops->account_get(store, "nobody", &account);
}

static void done_mark(struct relay_job *job)
{
    struct mark *mark = (struct mark *)job;
    size_t n = strlen(order);
    assert_true(n + 1 < sizeof(order));
    order[n] = mark->mark;
    order[n + 1] = '\0';
    free(mark);
}

static void push(char name, bool is_change, int error)
{
    struct mark *mark = calloc(1, sizeof(*mark));
    mark->mark = name;
    mark->error = error;
    mark->session.id[0] = mark->chat.id[0] = name;
    mark->job.done = done_mark;
    if (is_change)
        mark->job.write = write_mark;
    else
        mark->job.run = ask_mark;
    assert_int_equal(relay_clerk_push(&clerk, &mark->job), 0);
}

static void wait_for(size_t count)
{
    while (strlen(order) < count)
        uv_run(&loop, UV_RUN_ONCE);
}

static void wait_for_lines(void)
{
    while (clerk.lines > 0 || clerk.lines_missing > 0)
        uv_run(&loop, UV_RUN_ONCE);
}

/* ---- what is in the store ---- */

struct found {
    char text[4096];
    int count;
};

static int note_line(void *ctx, const struct relay_audit_line *line)
{
    struct found *found = ctx;
    found->count++;
    size_t n = strlen(found->text);
    snprintf(found->text + n, sizeof(found->text) - n, "%s%s%s ", line->what,
             line->detail[0] ? ":" : "", line->detail);
    return 0;
}

static int note_session(void *ctx, const struct relay_session *session)
{
    (void)session;
    ++*(int *)ctx;
    return 0;
}

static int note_chat(void *ctx, const struct relay_chat *chat)
{
    struct found *found = ctx;
    assert_int_equal(chat->number, ++found->count);
    size_t n = strlen(found->text);
    snprintf(found->text + n, sizeof(found->text) - n, "%s", chat->id);
    return 0;
}

static void read_log(struct found *found)
{
    struct relay_store *store = relay_store_open(folder, false, message, sizeof(message));
    int64_t lines, bad;
    memset(found, 0, sizeof(*found));
    assert_non_null(store);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), 0);
    assert_int_equal(store->ops->audit_each(store, note_line, found), 0);
    assert_int_equal(lines, found->count);
    relay_store_close(store);
}

/* ---- tests ---- */

static int script(int failing)
{
    order[0] = '\0';
    atomic_store(&steps, 0);
    atomic_store(&fail_at, failing);
    relay_clerk_audit(&clerk, "first", "", "", "");
    push('a', true, 0);
    push('b', true, 0);
    relay_clerk_audit(&clerk, "second", "", "", "");
    push('?', false, 0);
    push('c', true, 0);
    relay_clerk_audit(&clerk, "third", "", "", "");
    wait_for(4);
    wait_for_lines();
    return atomic_load(&steps);
}

/* One step after the other, until there was none left to fail. */
static void each_step_may_fail_once(void **state)
{
    (void)state;
    int rounds = 0, taken;
    start(100);
    do {
        taken = script(rounds);
        /* The question may overtake changes that had to wait; changes keep their order. */
        char changes[8] = "";
        for (const char *c = order; *c; c++) {
            if (*c != '?')
                changes[strlen(changes)] = *c;
        }
        assert_string_equal(changes, "abc");
    } while (rounds++ < taken && rounds < 200);
    assert_true(rounds > 10);
    relay_clerk_stop(&clerk);
    struct found found;
    read_log(&found);
    assert_int_equal(found.count, 3 * rounds);
    const char *at = found.text;
    for (int i = 0; i < rounds && strlen(at) > 20; i++) {
        if (strncmp(at, "first second third ", 19) != 0)
            fail_msg("round %d: %s", i, at);
        at += 19;
    }
    struct relay_store *store = relay_store_open(folder, false, message, sizeof(message));
    int sessions = 0;
    memset(&found, 0, sizeof(found));
    assert_int_equal(store->ops->session_each(store, note_session, &sessions), 0);
    assert_int_equal(sessions, 3);
    assert_int_equal(store->ops->chat_each(store, "s", 0, note_chat, &found), 0);
    assert_string_equal(found.text, "abc"); /* each once, in the order in which it was said */
    relay_store_close(store);
}

static void changes_wait_and_questions_do_not(void **state)
{
    (void)state;
    struct found found;
    start(100);
    order[0] = '\0';
    atomic_store(&is_broken, true);
    push('a', true, 0);
    relay_clerk_audit(&clerk, "held", "", "", "");
    push('?', false, 0);
    wait_for(1);
    assert_string_equal(order, "?");
    push('!', false, 0);
    wait_for(2);
    atomic_store(&is_broken, false);
    wait_for(3);
    wait_for_lines();
    assert_string_equal(order, "?!a");
    relay_clerk_stop(&clerk);
    read_log(&found);
    assert_string_equal(found.text, "held ");
}

/* A line that is to be there before somebody is told yes must not stand before those that wait. */
static void write_at_once(struct relay_job *job, struct relay_store *store)
{
    struct relay_audit_line line = {.what = "overtaking"};
    ((struct mark *)job)->error = relay_audit_append(store, &line, true);
}

static atomic_int at_once;

static void written_at_once(struct relay_job *job)
{
    atomic_store(&at_once, ((struct mark *)job)->error);
    done_mark(job);
}

static void push_at_once(void)
{
    struct mark *mark = calloc(1, sizeof(*mark));
    mark->mark = '1';
    mark->job.run = write_at_once;
    mark->job.done = written_at_once;
    order[0] = '\0';
    assert_int_equal(relay_clerk_push(&clerk, &mark->job), 0);
    wait_for(1);
}

/* The first transaction fails, later ones would not: the line comes in between. */
static int once_broken(struct relay_job *job, struct relay_store *store)
{
    (void)job;
    (void)store;
    return atomic_load(&is_broken) ? DS_EIO : DS_OK;
}

static void no_line_overtakes_those_that_wait(void **state)
{
    (void)state;
    struct found found;
    start(100);
    struct mark *stuck = calloc(1, sizeof(*stuck));
    stuck->mark = 's';
    stuck->job.write = once_broken;
    stuck->job.done = done_mark;
    atomic_store(&is_broken, true);
    assert_int_equal(relay_clerk_push(&clerk, &stuck->job), 0);
    relay_clerk_audit(&clerk, "waiting", "", "", "");
    shaky.begin = real->begin; /* only what is stuck fails now */
    push_at_once();
    assert_int_equal(atomic_load(&at_once), DS_EIO);
    atomic_store(&is_broken, false);
    wait_for(2);
    wait_for_lines();
    push_at_once();
    assert_int_equal(atomic_load(&at_once), 0);
    relay_clerk_stop(&clerk);
    read_log(&found);
    assert_string_equal(found.text, "waiting overtaking ");
}

static void a_change_that_can_never_be_is_dropped(void **state)
{
    (void)state;
    start(100);
    order[0] = '\0';
    push('a', true, 0);
    push('x', true, DS_EREFUSED);
    push('y', true, DS_EINVAL);
    push('b', true, 0);
    wait_for(4);
    assert_string_equal(order, "axyb");
}

static void lines_that_do_not_fit_are_counted_in_their_place(void **state)
{
    (void)state;
    struct found found;
    char detail[16], wanted[1024] = "";
    start(16);
    atomic_store(&is_broken, true);
    for (int i = 0; i < 100; i++) {
        snprintf(detail, sizeof(detail), "%d", i);
        relay_clerk_audit(&clerk, "line", "", "", detail);
        if (i < 16)
            snprintf(wanted + strlen(wanted), sizeof(wanted) - strlen(wanted), "line:%d ", i);
    }
    assert_int_equal(clerk.lines, 16);
    atomic_store(&is_broken, false);
    wait_for_lines();
    relay_clerk_audit(&clerk, "after", "", "", "");
    wait_for_lines();
    strcat(wanted, "audit-missing:lines=84 after ");
    relay_clerk_stop(&clerk);
    read_log(&found);
    assert_string_equal(found.text, wanted);
}

static int note_time(void *ctx, const struct relay_audit_line *line)
{
    *(int64_t *)ctx = line->at_ms;
    return 0;
}

static uint64_t ms_of(const struct timespec *t)
{
    return (uint64_t)t->tv_sec * 1000 + (uint64_t)t->tv_nsec / 1000000;
}

static void the_time_of_a_line_is_that_of_its_event(void **state)
{
    (void)state;
    struct timespec before;
    start(16);
    atomic_store(&is_broken, true);
    clock_gettime(CLOCK_REALTIME, &before);
    relay_clerk_audit(&clerk, "line", "", "", "");
    struct timespec after;
    clock_gettime(CLOCK_REALTIME, &after);
    int broken_steps = atomic_load(&steps);
    while (atomic_load(&steps) < broken_steps + 2) /* a later try */
        uv_run(&loop, UV_RUN_NOWAIT);
    atomic_store(&is_broken, false);
    wait_for_lines();
    relay_clerk_stop(&clerk);
    struct relay_store *store = relay_store_open(folder, false, message, sizeof(message));
    int64_t at_ms = 0;
    assert_int_equal(store->ops->audit_each(store, note_time, &at_ms), 0);
    relay_store_close(store);
    assert_in_range(at_ms, ms_of(&before), ms_of(&after));
}

/* Nobody waits for ever for a relay to end; nothing leaks. */
static void what_cannot_be_written_at_the_end_is_dropped(void **state)
{
    (void)state;
    struct found found;
    start(100);
    order[0] = '\0';
    atomic_store(&is_broken, true);
    push('a', true, 0);
    relay_clerk_audit(&clerk, "lost", "", "", "");
    relay_clerk_stop(&clerk);
    assert_string_equal(order, "");
    read_log(&found);
    assert_int_equal(found.count, 0);
}

static void what_can_be_written_at_the_end_is(void **state)
{
    (void)state;
    struct found found;
    start(1000);
    order[0] = '\0';
    for (int i = 0; i < 600; i++) /* several transactions */
        relay_clerk_audit(&clerk, "x", "", "", "");
    relay_clerk_stop(&clerk);
    read_log(&found);
    assert_int_equal(found.count, 600);
}

static void it_gives_signs_of_life_with_nothing_to_do(void **state)
{
    (void)state;
    struct relay_life first = {0}, next = {0};
    start(16);
    struct relay_store *store = relay_store_open(folder, false, message, sizeof(message));
    while (store->ops->life_get(store, &first) != DS_OK)
        uv_sleep(5);
    do {
        assert_int_equal(store->ops->life_get(store, &next), 0);
        uv_sleep(5);
    } while (next.tick == first.tick);
    assert_string_equal(first.boot, next.boot);
    relay_store_close(store);
}

int main(void)
{
    setenv("DESKSIDE_TIME_SCALE", "40", 1); /* of the signs of life */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_step_may_fail_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_wait_and_questions_do_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_line_overtakes_those_that_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_that_can_never_be_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_that_do_not_fit_are_counted_in_their_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_time_of_a_line_is_that_of_its_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_at_the_end_is_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_can_be_written_at_the_end_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_gives_signs_of_life_with_nothing_to_do, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
