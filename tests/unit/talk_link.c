/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a text is an address that may be opened, and what only looks like one. */
#include "common/talk/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* text -> the addresses in it, each in brackets. */
static void assert_links(const char *text, const char *wanted)
{
    char all[8192] = "";
    size_t start, end = 0;
    while (ds_link_next(text, end, &start, &end)) {
        assert_true(start < end && end <= strlen(text));
        snprintf(all + strlen(all), sizeof(all) - strlen(all), "[%.*s]", (int)(end - start),
                 text + start);
    }
    if (strcmp(all, wanted) != 0)
        fail_msg("%s: %s and not %s", text, all, wanted);
}

static void addresses_are_found_in_sentences(void **state)
{
    (void)state;
    assert_links("", "");
    assert_links("see https://help.acme.example/a?b=c#d for more",
                 "[https://help.acme.example/a?b=c#d]");
    assert_links("HTTP://ACME.example", "[HTTP://ACME.example]");
    assert_links("(https://acme.example/), https://acme.example/x.", //
                 "[https://acme.example/][https://acme.example/x]");
    assert_links("https://en.example/wiki/C_(language)", "[https://en.example/wiki/C_(language)]");
    assert_links("https://acme.example:8443/~dana/?", "[https://acme.example:8443/~dana/]");
    assert_links("\xc2\xab\xc2\xa0https://acme.example\xc2\xa0\xc2\xbb", "[https://acme.example]");
    assert_links("https://acme.example\nhttps://acme.example", //
                 "[https://acme.example][https://acme.example]");
    assert_links("http://192.0.2.7/", "[http://192.0.2.7/]");
    assert_links("https://acme.example/caf\xc3\xa9", "[https://acme.example/caf\xc3\xa9]");
}

static void nothing_else_is_an_address(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "www.acme.example",
        "acme.example",
        "ftp://acme.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "mailto:dana@acme.example",
        "ssh://acme.example",
        "https:acme.example",
        "https:/acme.example",
        "https://",
        "https:///path",
        "https://.example",
        "https://-a.example",
        "https://a..example/",
        "https://acme.example:/",
        "https://acme.example:123456/",
        "https://acme.example:80x/",
        "xhttps://acme.example",
        "shttp://acme.example",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_links(texts[i], "");
}

/* The host that is read is the host that is opened. */
static void look_alikes_stay_text(void **state)
{
    (void)state;
    assert_links("https://bank.example@evil.example/", "");
    assert_links("https://bank.example:pass@evil.example/", "");
    assert_links("https://b\xd0\xb0nk.example/", ""); /* a Cyrillic a */
    assert_links("https://\xd0\xb0\xd1\x80\xd1\x80.example", "");
    assert_links("https://bank.example\xe2\x88\x95login.evil.example/", ""); /* U+2215 for / */
    assert_links("https://bank.example\xef\xbc\x8f.evil.example/", "[https://bank.example]");
    assert_links("https://bank.example%2f@evil.example/", "");
    assert_links("https://[2001:db8::1]/", "");
    assert_links("https://bank.example\\@evil.example/", "[https://bank.example]");
    /* What cannot be seen ends it: bidi marks, zero width, soft hyphen, odd blanks. */
    assert_links("https://acme.example/a\xe2\x80\xaegnp.exe", "[https://acme.example/a]");
    assert_links("https://acme.example/a\xe2\x80\x8b/b", "[https://acme.example/a]");
    assert_links("https://acme.example/a\xc2\xad/b", "[https://acme.example/a]");
    assert_links("https://acme.example/a\xe3\x80\x80/b", "[https://acme.example/a]");
    /* Punycode is shown as it is. */
    assert_links("https://xn--bnk-5cd.example/", "[https://xn--bnk-5cd.example/]");
}

static void a_long_one_is_text(void **state)
{
    (void)state;
    char text[DS_LINK_MAX + 8];
    size_t start, end;
    strcpy(text, "https://acme.example/");
    size_t n = strlen(text);
    memset(text + n, 'a', DS_LINK_MAX - n);
    text[DS_LINK_MAX] = '\0';
    assert_true(ds_link_next(text, 0, &start, &end));
    assert_int_equal(end, DS_LINK_MAX);
    strcat(text, "a");
    assert_false(ds_link_next(text, 0, &start, &end));
    strcpy(text + DS_LINK_MAX - 2, "\xc3\xa9"); /* as long, but not when it is opened */
    assert_false(ds_link_next(text, 0, &start, &end));
}

static void it_is_opened_as_ascii(void **state)
{
    (void)state;
    char out[DS_LINK_PLAIN], text[2 * DS_LINK_MAX];
    const char *link = "https://acme.example/caf\xc3\xa9?\xe2\x82\xac#\xd7\xa9";
    ds_link_plain(out, link, strlen(link));
    assert_string_equal(out, "https://acme.example/caf%C3%A9?%E2%82%AC#%D7%A9");
    memset(text, '\xc3', sizeof(text));
    ds_link_plain(out, text, sizeof(text)); /* no overrun, whatever comes */
    assert_in_range(strlen(out), DS_LINK_MAX - 3, DS_LINK_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_found_in_sentences),
        cmocka_unit_test(nothing_else_is_an_address),
        cmocka_unit_test(look_alikes_stay_text),
        cmocka_unit_test(a_long_one_is_text),
        cmocka_unit_test(it_is_opened_as_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
