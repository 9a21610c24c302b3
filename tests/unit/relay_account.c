/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/account/account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void emails_are_trimmed_and_lowered_and_have_the_form(void **state)
{
    (void)state;
    char out[DS_TEXT_EMAIL];
    static const char *const bad[] = {"",
                                      "dana",
                                      "@acme.example",
                                      "dana@",
                                      "a@b@c",
                                      "a b@c",
                                      "a@b..c",
                                      "a@.b",
                                      "a@b.",
                                      "a@b,c@d",
                                      "a@b\n c",
                                      "<a>@b",
                                      "a@b\x7f",
                                      "\xff@b",
                                      "a\xe2\x80\xae@b",
                                      "a\xc2\x85@b",
                                      "a@\xe2\x80\xa8"
                                      "b"};
    assert_true(relay_account_email(" \tDana.R+x@ACME.Example\r\n", out));
    assert_string_equal(out, "dana.r+x@acme.example");
    assert_true(relay_account_email("jos\xc3\xa9@exemple.fr", out));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(relay_account_email(bad[i], out));
    char longest[400];
    memset(longest, 'a', sizeof(longest));
    memcpy(longest + 300, "@b", 3);
    assert_false(relay_account_email(longest, out));
}

static void names_lose_what_must_not_be_shown(void **state)
{
    (void)state;
    char out[DS_TEXT_NAME];
    assert_true(relay_account_name("  Dana\x07 R.\xe2\x80\xae ", out));
    assert_string_equal(out, "Dana R.");
    assert_false(relay_account_name(" \t ", out));
    assert_false(relay_account_name("\xe2\x80\xae", out));
}

static void features_are_names_with_commas(void **state)
{
    (void)state;
    assert_true(relay_account_without(""));
    assert_true(relay_account_without("share-screen,files"));
    assert_false(relay_account_without("share screen"));
    assert_false(relay_account_without(",files"));
    assert_false(relay_account_without("files,,x"));
    char out[RELAY_WITHOUT_MAX], longest[RELAY_WITHOUT_MAX];
    assert_true(relay_account_deny("files", "share-screen,files", out));
    assert_string_equal(out, "files,share-screen");
    assert_true(relay_account_allow("files,share-screen", "files,chat", out));
    assert_string_equal(out, "share-screen");
    assert_true(relay_account_allow("files", "files", out));
    assert_string_equal(out, "");
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_true(relay_account_deny("", longest, out));
    assert_false(relay_account_deny(longest, "b", out));
}

static void a_password_matches_itself_only(void **state)
{
    (void)state;
    char hash[RELAY_PASSWORD_HASH], other[RELAY_PASSWORD_HASH];
    assert_int_equal(relay_password_hash("correct horse battery", hash), 0);
    assert_int_equal(relay_password_hash("correct horse battery", other), 0);
    assert_string_not_equal(hash, other); /* salted */
    assert_true(relay_password_matches("correct horse battery", hash));
    assert_false(relay_password_matches("correct horse batterY", hash));
    assert_false(relay_password_matches("", hash));
    assert_false(relay_password_matches("correct horse battery", NULL));
    assert_false(relay_password_matches("correct horse battery", "scrypt$nonsense"));
    hash[strlen(hash) - 1] = hash[strlen(hash) - 1] == '0' ? '1' : '0';
    assert_false(relay_password_matches("correct horse battery", hash));
}

/* RFC 7914, section 12: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1), first 32 bytes; our
 * salts have 16 bytes, so another vector, computed with Python's hashlib.scrypt. */
static void the_hash_is_scrypt(void **state)
{
    (void)state;
    assert_true(
        relay_password_matches("correct horse battery",
                               "scrypt$1024$8$1$000102030405060708090a0b0c0d0e0f$"
                               "84a1962f6d96b5d19f21bc443c0674e814b66d6c982ae6482afca97c09583969"));
}

static void a_hash_is_known_by_its_form(void **state)
{
    (void)state;
    static const char tail[] = "$000102030405060708090a0b0c0d0e0f$"
                               "84a1962f6d96b5d19f21bc443c0674e814b66d6c982ae6482afca97c09583969";
    static const char *const wrong[] = {
        "scrypt$0$8$1",     "scrypt$1000$8$1",      "scrypt$1024$0$1",
        "scrypt$1024$8$0",  "scrypt$999999999$8$1", "scrypt$1024$9999$9999",
        "scrypt$-1024$8$1", "md5$1024$8$1",         "scrypt$1024$8",
    };
    char text[256], own[RELAY_PASSWORD_HASH];
    snprintf(text, sizeof(text), "scrypt$1024$8$1%s", tail);
    assert_true(relay_password_is_hash(text));
    snprintf(text, sizeof(text), "scrypt$1024$8$1%s0", tail);
    assert_false(relay_password_is_hash(text));
    text[strlen(text) - 2] = '\0';
    assert_false(relay_password_is_hash(text));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(text, sizeof(text), "%s%s", wrong[i], tail);
        assert_false(relay_password_is_hash(text));
    }
    assert_false(relay_password_is_hash(""));
    assert_false(relay_password_is_hash("a plain password"));
    assert_int_equal(relay_password_hash("correct horse battery", own), 0);
    assert_true(relay_password_is_hash(own));
}

static void short_passwords_are_refused_by_characters_not_bytes(void **state)
{
    (void)state;
    char longest[1100];
    assert_null(relay_password_problem("twelve chars"));
    assert_non_null(relay_password_problem("eleven char"));
    /* Eleven characters of two bytes each. */
    assert_non_null(relay_password_problem("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
                                           "\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"));
    assert_non_null(relay_password_problem("twelve chars\xff"));
    memset(longest, 'a', sizeof(longest));
    longest[1024] = '\0';
    assert_null(relay_password_problem(longest));
    longest[1024] = 'a';
    longest[1025] = '\0';
    assert_non_null(relay_password_problem(longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emails_are_trimmed_and_lowered_and_have_the_form),
        cmocka_unit_test(names_lose_what_must_not_be_shown),
        cmocka_unit_test(features_are_names_with_commas),
        cmocka_unit_test(a_password_matches_itself_only),
        cmocka_unit_test(the_hash_is_scrypt),
        cmocka_unit_test(a_hash_is_known_by_its_form),
        cmocka_unit_test(short_passwords_are_refused_by_characters_not_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
