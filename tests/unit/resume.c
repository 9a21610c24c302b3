/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/resume.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t secret_a[DS_SEAL_SECRET] = {0xa}, secret_b[DS_SEAL_SECRET] = {0xb},
                     secret_c[DS_SEAL_SECRET] = {0xc};

/* Two connections, the second not heard. */
static struct ds_resume two(void)
{
    struct ds_resume resume = {0};
    ds_resume_opened(&resume, 1, 0, secret_a);
    ds_resume_verified(&resume);
    ds_resume_opened(&resume, 0x102, 1, secret_b);
    return resume;
}

/* The peer's body: round 9, its last, and numbers that end with 0. */
static size_t body_of(uint8_t *out, uint32_t last, const uint32_t *numbers)
{
    struct ds_resume peer = {.last = last};
    for (; numbers[peer.count]; peer.count++)
        peer.secrets[peer.count].number = numbers[peer.count];
    uint8_t payload[DS_RESUME_MAX];
    size_t n = ds_resume_encode(&peer, 9, payload);
    memcpy(out, payload + 1, n - 1);
    return n - 1;
}

static int choose(const struct ds_resume *resume, uint32_t last, const uint32_t *numbers,
                  struct ds_resume_choice *out)
{
    uint8_t body[DS_RESUME_MAX];
    return ds_resume_choose(resume, body, body_of(body, last, numbers), out);
}

static void a_resume_is_these_bytes(void **state)
{
    (void)state;
    static const uint8_t want[] = {
        7,          /* kind: RESUME */
        0, 0, 3, 4, /* round */
        0, 0, 1, 2, /* last: the newest connection that opened at this end */
        2,          /* secrets that follow */
        0, 0, 1, 2, /* that of the newest */
        0, 0, 0, 1, /* and that with which it was begun */
    };
    uint8_t out[DS_RESUME_MAX];
    struct ds_resume resume = two();
    assert_int_equal(ds_resume_encode(&resume, 0x304, out), sizeof(want));
    assert_memory_equal(out, want, sizeof(want));
    static const uint8_t none[] = {7, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0};
    resume = (struct ds_resume){0};
    assert_int_equal(ds_resume_encode(&resume, UINT32_MAX, out), sizeof(none));
    assert_memory_equal(out, none, sizeof(none));
    uint32_t round = 0;
    assert_true(ds_resume_round(want + 1, sizeof(want) - 1, &round));
    assert_int_equal(round, 0x304);
    assert_true(ds_resume_round(want + 1, 4, &round));
    for (size_t n = 0; n < 4; n++)
        assert_false(ds_resume_round(want + 1, n, &round));
}

static void the_highest_secret_that_both_hold_is_chosen(void **state)
{
    (void)state;
    struct ds_resume resume = two();
    struct ds_resume_choice choice;
    static const struct {
        uint32_t numbers[3];
        uint32_t chosen;
    } cases[] = {
        {{0x102, 1}, 0x102}, {{1, 0x102}, 0x102},     {{0x102}, 0x102}, {{1}, 1},
        {{0x103, 1}, 1},     {{0x103, 0x102}, 0x102}, {{1, 1}, 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(choose(&resume, 0x102, cases[i].numbers, &choice), DS_OK);
        assert_int_equal(choice.secret->number, cases[i].chosen);
        assert_memory_equal(choice.secret->bytes, cases[i].chosen == 1 ? secret_a : secret_b,
                            DS_SEAL_SECRET);
    }
}

static void the_next_epoch_is_one_above_the_higher_last(void **state)
{
    (void)state;
    struct ds_resume resume = two();
    struct ds_resume_choice choice;
    static const uint32_t common[] = {1, 0};
    static const uint32_t lasts[] = {0, 1, 0x102, 0x103, 0x102 + DS_RESUME_AHEAD};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(choose(&resume, lasts[i], common, &choice), DS_OK);
        assert_int_equal(choice.epoch, 1 + (lasts[i] > 0x102 ? lasts[i] : 0x102));
    }
    assert_int_equal(choose(&resume, 0x103 + DS_RESUME_AHEAD, common, &choice), DS_EPROTO);
    assert_int_equal(choose(&resume, UINT32_MAX, common, &choice), DS_EPROTO);
    resume.last = UINT32_MAX - 1;
    assert_int_equal(choose(&resume, 5, common, &choice), DS_OK);
    assert_int_equal(choice.epoch, UINT32_MAX);
    assert_int_equal(choose(&resume, UINT32_MAX, common, &choice), DS_EPROTO);
    resume.last = UINT32_MAX;
    assert_int_equal(choose(&resume, 5, common, &choice), DS_EPROTO);
}

static void without_a_common_secret_only_who_never_heard_the_peer_goes_on(void **state)
{
    (void)state;
    struct ds_resume resume = {0};
    struct ds_resume_choice choice;
    static const uint32_t none[] = {0}, other[] = {7, 0};
    assert_int_equal(choose(&resume, 0, none, &choice), DS_OK);
    assert_null(choice.secret);
    assert_int_equal(choice.epoch, 1);
    assert_int_equal(choose(&resume, 7, other, &choice), DS_OK);
    assert_null(choice.secret);
    ds_resume_opened(&resume, 1, 0, secret_a);
    assert_int_equal(choose(&resume, 0, none, &choice), DS_OK);
    assert_null(choice.secret);
    assert_int_equal(choice.epoch, 2);
    ds_resume_verified(&resume);
    assert_int_equal(choose(&resume, 0, none, &choice), DS_EAUTH);
    assert_int_equal(choose(&resume, 7, other, &choice), DS_EAUTH);
}

static void a_body_that_is_cut_or_counts_too_many_is_refused(void **state)
{
    (void)state;
    struct ds_resume resume = two();
    struct ds_resume_choice choice;
    uint8_t body[DS_RESUME_MAX + 4] = {0};
    static const uint32_t both[] = {0x102, 1, 0};
    size_t len = body_of(body, 0x102, both);
    for (size_t n = 0; n < len; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, body, n);
        assert_int_equal(ds_resume_choose(&resume, exact, n, &choice), DS_EPROTO);
        free(exact);
    }
    assert_int_equal(ds_resume_choose(&resume, body, len + 4, &choice), DS_OK);
    body[8] = 3;
    assert_int_equal(ds_resume_choose(&resume, body, len + 4, &choice), DS_EPROTO);
    body[8] = 0xff;
    assert_int_equal(ds_resume_choose(&resume, body, len, &choice), DS_EPROTO);
}

/* The newest connection was begun with the older of two secrets, since the peer had only that. */
static void the_secret_a_connection_was_begun_with_stays_until_it_is_heard(void **state)
{
    (void)state;
    struct ds_resume resume = two();
    snprintf(resume.number, sizeof(resume.number), "481926");
    ds_resume_opened(&resume, 0x103, 1, secret_c);
    assert_int_equal(resume.last, 0x103);
    assert_int_equal(resume.count, 2);
    assert_int_equal(resume.secrets[0].number, 0x103);
    assert_memory_equal(resume.secrets[0].bytes, secret_c, DS_SEAL_SECRET);
    assert_int_equal(resume.secrets[1].number, 1);
    assert_memory_equal(resume.secrets[1].bytes, secret_a, DS_SEAL_SECRET);
    ds_resume_verified(&resume);
    static const uint8_t zeros[sizeof(struct ds_resume_secret)];
    assert_int_equal(resume.count, 1);
    assert_memory_equal(&resume.secrets[1], zeros, sizeof(zeros));
    assert_memory_equal(resume.number, zeros, sizeof(resume.number));
    /* And with the newer of two. */
    resume = two();
    ds_resume_opened(&resume, 0x104, 0x102, secret_c);
    assert_int_equal(resume.secrets[1].number, 0x102);
    assert_memory_equal(resume.secrets[1].bytes, secret_b, DS_SEAL_SECRET);
    /* With a proof: nothing older. */
    ds_resume_opened(&resume, 0x105, 0, secret_a);
    assert_int_equal(resume.count, 1);
    assert_memory_equal(&resume.secrets[1], zeros, sizeof(zeros));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resume_is_these_bytes),
        cmocka_unit_test(the_highest_secret_that_both_hold_is_chosen),
        cmocka_unit_test(the_next_epoch_is_one_above_the_higher_last),
        cmocka_unit_test(without_a_common_secret_only_who_never_heard_the_peer_goes_on),
        cmocka_unit_test(a_body_that_is_cut_or_counts_too_many_is_refused),
        cmocka_unit_test(the_secret_a_connection_was_begun_with_stays_until_it_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
