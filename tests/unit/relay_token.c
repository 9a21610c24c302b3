/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct relay_token_hash draw(void)
{
    char token[DS_TEXT_TOKEN];
    struct relay_token_hash hash;
    assert_int_equal(relay_token_draw(token, &hash), 0);
    assert_int_equal(strspn(token, "0123456789abcdef"), 32);
    assert_int_equal(strlen(token), 32);
    return hash;
}

/* SHA-256 of 32 zeros as text, by sha256sum. */
static void the_hash_is_sha_256_of_the_text(void **state)
{
    (void)state;
    static const uint8_t wanted[RELAY_TOKEN_HASH] = {
        0x84, 0xe0, 0xc0, 0xea, 0xfa, 0xa9, 0x5a, 0x34, 0xc2, 0x93, 0xf2,
        0x78, 0xac, 0x52, 0xe4, 0x5c, 0xe5, 0x37, 0xba, 0xb5, 0xe7, 0x52,
        0xa0, 0x0e, 0x69, 0x59, 0xa1, 0x3a, 0xe1, 0x03, 0xb6, 0x5a};
    struct relay_token_hash hash;
    assert_int_equal(relay_token_hash("00000000000000000000000000000000", &hash), 0);
    assert_true(hash.is_set);
    assert_memory_equal(hash.bytes, wanted, sizeof(wanted));
}

static void tokens_differ(void **state)
{
    (void)state;
    struct relay_token_hash a = draw(), b = draw();
    assert_memory_not_equal(a.bytes, b.bytes, sizeof(a.bytes));
}

static void old_and_new_are_good_until_the_new_one_was_used(void **state)
{
    (void)state;
    struct relay_token_hash first = draw(), second = draw(), third = draw();
    struct relay_tokens tokens = {.fresh = first};
    assert_true(relay_tokens_use(&tokens, &first));
    assert_true(relay_tokens_use(&tokens, &first)); /* its answer was lost */
    tokens.fresh = second;
    assert_true(relay_tokens_use(&tokens, &first)); /* and the new one with it */
    assert_true(tokens.fresh.is_set);
    tokens.fresh = third;
    assert_false(relay_tokens_use(&tokens, &second)); /* never reached the end */
    assert_true(relay_tokens_use(&tokens, &third));
    assert_false(tokens.fresh.is_set);
    assert_false(relay_tokens_use(&tokens, &first));
    assert_true(relay_tokens_use(&tokens, &third));
}

static void nothing_fits_a_session_that_does_not_exist_or_has_no_token(void **state)
{
    (void)state;
    struct relay_token_hash any = draw(), zeros = {.is_set = true};
    struct relay_tokens none = {0};
    assert_false(relay_tokens_use(NULL, &any));
    assert_false(relay_tokens_use(NULL, &zeros));
    assert_false(relay_tokens_use(&none, &any));
    assert_false(relay_tokens_use(&none, &zeros));
}

static void each_bit_counts(void **state)
{
    (void)state;
    struct relay_token_hash right = draw();
    struct relay_tokens tokens = {.known = right, .fresh = draw()};
    for (size_t bit = 0; bit < 8 * RELAY_TOKEN_HASH; bit++) {
        struct relay_token_hash wrong = right;
        wrong.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(relay_tokens_use(&tokens, &wrong));
    }
    assert_true(relay_tokens_use(&tokens, &right));
    assert_true(tokens.fresh.is_set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_sha_256_of_the_text),
        cmocka_unit_test(tokens_differ),
        cmocka_unit_test(old_and_new_are_good_until_the_new_one_was_used),
        cmocka_unit_test(nothing_fits_a_session_that_does_not_exist_or_has_no_token),
        cmocka_unit_test(each_bit_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
