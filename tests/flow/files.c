/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files over a line that is cut again and again, at moments that a seed decides: what arrives is
 * equal, once, and a cut costs at most a mebibyte. DESKSIDE_SEED repeats one run. */
#include "tests/support/files_pair.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (1024 * 1024)

static struct files_pair pair;

static void accept_all(struct files_end *end)
{
    for (uint32_t id = 1; id < 16; id++) {
        char path[32];
        const struct ds_file *f = ds_files_find(&end->files, id);
        snprintf(path, sizeof(path), "in%u", id);
        if (f && !f->is_ours && f->state == DS_FILE_STATE_OFFERED)
            ds_files_accept(&end->files, id, path, false, "");
    }
}

static void assert_arrived(struct files_end *from, const char *sent, struct files_end *to,
                           const char *received)
{
    struct files_disk_file *a = files_pair_find(from, sent), *b = files_pair_find(to, received);
    assert_non_null(a);
    assert_non_null(b);
    assert_false(b->is_part);
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->bytes, b->bytes, a->len);
}

/* Two files one way, one the other, one empty; `cuts` cuts, on average every `every` steps. */
static void run(uint64_t seed, unsigned cuts, unsigned every)
{
    files_pair_init(&pair, seed);
    files_pair_file(&pair.viewer, "a", 3 * MIB + 7);
    files_pair_file(&pair.viewer, "b", 100000);
    files_pair_file(&pair.viewer, "c", 0);
    files_pair_file(&pair.agent, "d", 2 * MIB);
    ds_files_send(&pair.viewer.files, "a", "");
    ds_files_send(&pair.viewer.files, "b", "");
    ds_files_send(&pair.viewer.files, "c", "");
    ds_files_send(&pair.agent.files, "d", "");
    unsigned done = 0;
    for (;;) {
        bool did = files_pair_step(&pair);
        accept_all(&pair.viewer);
        accept_all(&pair.agent);
        if (done < cuts && files_pair_random(&pair, every) == 0) {
            files_pair_cut(&pair);
            for (unsigned i = files_pair_random(&pair, 20); i > 0; i--)
                files_pair_step(&pair); /* the disks go on */
            files_pair_join(&pair);
            done++;
            did = true;
        }
        if (!did && !pair.viewer.jobs && !pair.agent.jobs && !pair.viewer.control &&
            !pair.agent.control)
            break;
    }
    assert_int_equal(DS_OK, pair.viewer.error);
    assert_int_equal(DS_OK, pair.agent.error);
    assert_arrived(&pair.viewer, "a", &pair.agent, "in1");
    assert_arrived(&pair.viewer, "b", &pair.agent, "in3");
    assert_arrived(&pair.viewer, "c", &pair.agent, "in5");
    assert_arrived(&pair.agent, "d", &pair.viewer, "in2");
    assert_int_equal(4, pair.viewer.news[DS_FILE_STATE_DONE]);
    assert_int_equal(4, pair.agent.news[DS_FILE_STATE_DONE]);
    assert_int_equal(0, pair.viewer.files.count + pair.agent.files.count);
    assert_true(pair.viewer.sent <= 3 * MIB + 7 + 100000 + (uint64_t)done * MIB);
    assert_true(pair.agent.sent <= 2 * MIB + (uint64_t)done * MIB);
    if (cuts == 0)
        assert_int_equal(3 * MIB + 7 + 100000, pair.viewer.sent);
    files_pair_destroy(&pair);
}

static uint64_t given_seed(uint64_t seed)
{
    const char *text = getenv("DESKSIDE_SEED");
    return text ? strtoull(text, NULL, 10) : seed;
}

static void files_arrive_without_a_cut(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++)
        run(seed, 0, 1);
}

static void files_arrive_over_many_cuts(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        print_message("seed %llu\n", (unsigned long long)given_seed(seed));
        run(given_seed(seed), 200, 3 + (unsigned)(seed * 7) % 90);
    }
}

/* A session that is over leaves a part; the next one begins behind it, or anew when the file is
 * another one by now. */
static void the_next_session_goes_on_where_the_last_one_ended(void **state)
{
    (void)state;
    for (int is_changed = 0; is_changed < 2; is_changed++) {
        files_pair_init(&pair, 7);
        struct files_disk_file *a = files_pair_file(&pair.viewer, "a", 4 * MIB);
        struct files_disk_file *part = files_pair_file(&pair.agent, "in1.part", 4 * MIB);
        part->len = 3 * MIB;
        if (is_changed)
            a->bytes[17] ^= 1;
        else
            memcpy(part->bytes, a->bytes, part->len);
        ds_files_send(&pair.viewer.files, "a", "");
        for (int i = 0; i < 2; i++) {
            files_pair_settle(&pair);
            accept_all(&pair.agent);
        }
        files_pair_settle(&pair);
        assert_arrived(&pair.viewer, "a", &pair.agent, "in1");
        assert_int_equal(is_changed ? 4 * MIB : MIB, pair.viewer.sent);
        files_pair_destroy(&pair);
    }
}

/* The same with a cut at every step of the short conversation, once, and twice. */
static void a_cut_at_every_step_changes_nothing(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 120; at++) {
        for (int is_changed = 0; is_changed < 2; is_changed++) {
            files_pair_init(&pair, at / 40 + 1);
            struct files_disk_file *a = files_pair_file(&pair.viewer, "a", 200000);
            struct files_disk_file *part = files_pair_file(&pair.agent, "in1.part", 200000);
            part->len = 120000;
            if (!is_changed)
                memcpy(part->bytes, a->bytes, part->len);
            ds_files_send(&pair.viewer.files, "a", "");
            for (unsigned i = 0; i < 400; i++) {
                if (i == at || i == at + 5) {
                    files_pair_cut(&pair);
                    files_pair_join(&pair);
                }
                files_pair_step(&pair);
                accept_all(&pair.agent);
            }
            assert_int_equal(DS_OK, pair.viewer.error);
            assert_int_equal(DS_OK, pair.agent.error);
            assert_arrived(&pair.viewer, "a", &pair.agent, "in1");
            assert_int_equal(1, pair.viewer.news[DS_FILE_STATE_DONE]);
            files_pair_destroy(&pair);
        }
    }
}

/* The agent's process ends and another goes on with the same session and the same disk. */
static void restart_agent(void)
{
    struct ds_buf kept;
    struct ds_files *files = &pair.agent.files;
    const struct ds_files_ops *ops = files->ops;
    void *ctx = files->ctx;
    ds_buf_init(&kept, DS_FILES_KEPT_MAX);
    files_pair_cut(&pair);
    struct ds_files_place place = ds_files_leave(files, &kept);
    while (pair.agent.jobs)
        files_pair_step(&pair); /* the disk closes all */
    ds_files_destroy(files);
    ds_files_init(files, true, ops, ctx);
    ds_files_peer(files, true);
    assert_true(ds_files_return(files, &place, ds_buf_peek(&kept), kept.len));
    pair.agent.is_held = false;
    ds_files_allow(files, true);
    files_pair_join(&pair);
    ds_buf_destroy(&kept);
}

/* Gets its name now: then it ends with the process. */
static bool is_at_its_end(void)
{
    for (size_t i = 0; i < pair.agent.files.count; i++) {
        const struct ds_file *f = pair.agent.files.files[i];
        if (f->state == DS_FILE_STATE_CLOSING && !f->is_ours)
            return true;
    }
    return false;
}

static void files_go_on_over_restarts_of_the_agent(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        unsigned restarts = 0;
        files_pair_init(&pair, given_seed(seed));
        files_pair_file(&pair.viewer, "a", 3 * MIB + 7);
        files_pair_file(&pair.agent, "d", 2 * MIB);
        ds_files_send(&pair.viewer.files, "a", "");
        ds_files_send(&pair.agent.files, "d", "");
        files_pair_settle(&pair);
        accept_all(&pair.viewer);
        accept_all(&pair.agent);
        for (unsigned i = 0; i < 12; i++)
            files_pair_step(&pair); /* what was agreed has gone out */
        for (;;) {
            bool did = files_pair_step(&pair);
            if (restarts < 5 && files_pair_random(&pair, 60) == 0 && !pair.viewer.control &&
                !pair.agent.control && !is_at_its_end()) {
                restart_agent();
                restarts++;
                did = true;
            }
            if (!did)
                break;
        }
        assert_int_equal(DS_OK, pair.viewer.error);
        assert_int_equal(DS_OK, pair.agent.error);
        assert_arrived(&pair.viewer, "a", &pair.agent, "in1");
        assert_arrived(&pair.agent, "d", &pair.viewer, "in2");
        assert_int_equal(0, pair.viewer.news[DS_FILE_STATE_FAILED]);
        assert_int_equal(2, pair.viewer.news[DS_FILE_STATE_DONE]);
        assert_true(pair.viewer.sent <= 3 * MIB + 7 + (uint64_t)restarts * MIB);
        files_pair_destroy(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_arrive_without_a_cut),
        cmocka_unit_test(files_arrive_over_many_cuts),
        cmocka_unit_test(the_next_session_goes_on_where_the_last_one_ended),
        cmocka_unit_test(a_cut_at_every_step_changes_nothing),
        cmocka_unit_test(files_go_on_over_restarts_of_the_agent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
