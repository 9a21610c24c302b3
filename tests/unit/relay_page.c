/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/web/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct relay_conf conf;

static int setup(void **state)
{
    (void)state;
    relay_conf_defaults(&conf);
    snprintf(conf.host, sizeof(conf.host), "help.acme.example");
    snprintf(conf.org, sizeof(conf.org), "A<b>\"&'");
    return 0;
}

static struct relay_page answer(struct relay_page_request request)
{
    struct relay_page page;
    request.method = request.method ? request.method : "GET";
    request.path = request.path ? request.path : "/";
    request.query = request.query ? request.query : "";
    request.language = request.language ? request.language : "";
    assert_int_equal(relay_page_answer(&conf, &request, &page), 0);
    assert_int_equal(ds_buf_append(&page.body, "", 1), 0); /* a NUL, to look at it as text */
    return page;
}

static void the_language_follows_the_weights(void **state)
{
    (void)state;
    static const char *const french[] = {"fr", "fr-CH, en;q=0.9", "en;q=0.5,fr;q=0.6", "de, fr",
                                         "FR", "en;q=0, fr;q=0.1"};
    static const char *const english[] = {"",  "en",   "de",         "en, fr", "fr;q=0.3, en;q=0.4",
                                          "*", "fry",  "fr;q=0",     ",,,",    ";q=1",
                                          "e", "q=fr", "fr;q=0.5, *"};
    for (size_t i = 0; i < sizeof(french) / sizeof(french[0]); i++)
        assert_string_equal(relay_page_language("", french[i]), "fr");
    for (size_t i = 0; i < sizeof(english) / sizeof(english[0]); i++)
        assert_string_equal(relay_page_language("", english[i]), "en");
    assert_string_equal(relay_page_language("lang=fr", "en"), "fr");
    assert_string_equal(relay_page_language("a=b&lang=en", "fr"), "en");
    assert_string_equal(relay_page_language("xlang=fr", "en"), "en");
}

static void the_organisation_is_escaped(void **state)
{
    (void)state;
    struct relay_page page = answer((struct relay_page_request){.is_tls = true});
    const char *text = (const char *)ds_buf_peek(&page.body);
    assert_int_equal(page.status, 200);
    assert_non_null(strstr(text, "A&lt;b&gt;&quot;&amp;&#39;"));
    assert_null(strstr(text, "A<b>"));
    assert_null(strstr(text, "{{"));
    assert_non_null(strstr(text, "15 minutes"));
    relay_page_destroy(&page);
}

static void plain_http_is_sent_to_https_at_the_configured_host(void **state)
{
    (void)state;
    struct relay_page page = answer((struct relay_page_request){.port = 80, .path = "/x"});
    assert_int_equal(page.status, 301);
    assert_string_equal(page.location, "https://help.acme.example/");
    relay_page_destroy(&page);
    snprintf(conf.host, sizeof(conf.host), "2001:db8::1");
    relay_conf_parse_ports(&conf, "8200,80");
    page = answer((struct relay_page_request){.port = 8200});
    assert_string_equal(page.location, "https://[2001:db8::1]:8200/");
    relay_page_destroy(&page);
    conf.proxied = 1;
    page = answer((struct relay_page_request){.port = 80});
    assert_int_equal(page.status, 200);
    relay_page_destroy(&page);
}

static void paths_match_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path;
        unsigned status;
    } cases[] = {
        {"GET", "/theme.css", 200},     {"HEAD", "/icon.svg", 200},
        {"GET", "/healthz", 200},       {"GET", "/theme.css2", 404},
        {"GET", "/start.en.html", 404}, {"GET", "", 404},
        {"GET", "/HEALTHZ", 404},       {"POST", "/", 405},
        {"other", "/healthz", 405},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct relay_page page = answer((struct relay_page_request){
            .is_tls = true, .method = cases[i].method, .path = cases[i].path});
        assert_int_equal(page.status, cases[i].status);
        relay_page_destroy(&page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_language_follows_the_weights, setup),
        cmocka_unit_test_setup(the_organisation_is_escaped, setup),
        cmocka_unit_test_setup(plain_http_is_sent_to_https_at_the_configured_host, setup),
        cmocka_unit_test_setup(paths_match_exactly, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
