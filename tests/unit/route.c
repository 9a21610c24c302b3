/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/route.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static void plan(char *out, size_t size, size_t addresses, unsigned port, bool proxy,
                 const struct ds_route *first)
{
    struct ds_route routes[DS_ROUTES_MAX];
    size_t count = ds_route_plan(routes, addresses, port, proxy, first);
    assert_true(count <= DS_ROUTES_MAX);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        snprintf(out + strlen(out), size - strlen(out), "%s%u:%u/%s", i ? " " : "",
                 routes[i].address, routes[i].port, ds_carrier_name(routes[i].carrier));
}

static void all_ports_are_tried_plain_before_any_websocket(void **state)
{
    (void)state;
    char text[1024];
    plan(text, sizeof(text), 1, 0, false, NULL);
    assert_string_equal(text, "0:8200/tls 0:443/tls 0:80/tls 0:443/wss 0:80/ws 0:8200/wss");
    plan(text, sizeof(text), 3, 0, false, NULL);
    assert_string_equal(text, "0:8200/tls 1:8200/tls 0:443/tls 1:443/tls 0:80/tls 1:80/tls "
                              "2:8200/tls 2:443/tls 2:80/tls "
                              "0:443/wss 1:443/wss 0:80/ws 1:80/ws 0:8200/wss 1:8200/wss "
                              "2:443/wss 2:80/ws 2:8200/wss");
    plan(text, sizeof(text), 99, 0, false, NULL); /* no more than there is room for */
}

static void a_port_that_was_named_is_the_only_one(void **state)
{
    (void)state;
    char text[1024];
    plan(text, sizeof(text), 2, 4711, false, NULL);
    assert_string_equal(text, "0:4711/tls 1:4711/tls 0:4711/wss 1:4711/wss 0:4711/ws 1:4711/ws");
    plan(text, sizeof(text), 1, 443, false, NULL);
    assert_string_equal(text, "0:443/tls 0:443/wss");
    plan(text, sizeof(text), 1, 80, false, NULL);
    assert_string_equal(text, "0:80/tls 0:80/ws");
}

static void a_proxy_is_asked_for_443_first(void **state)
{
    (void)state;
    char text[1024];
    plan(text, sizeof(text), 1, 0, true, NULL);
    assert_string_equal(text, "0:443/tls 0:8200/tls 0:80/tls 0:443/wss 0:80/ws 0:8200/wss");
}

static void what_worked_before_comes_first(void **state)
{
    (void)state;
    char text[1024];
    struct ds_route first = {0, 443, DS_CARRIER_WSS};
    plan(text, sizeof(text), 2, 0, false, &first);
    assert_string_equal(text, "0:443/wss 1:443/wss "
                              "0:8200/tls 1:8200/tls 0:443/tls 1:443/tls 0:80/tls 1:80/tls "
                              "0:80/ws 1:80/ws 0:8200/wss 1:8200/wss");
    first = (struct ds_route){0, 9999, DS_CARRIER_TLS}; /* not one of them: no change */
    plan(text, sizeof(text), 1, 0, false, &first);
    assert_string_equal(text, "0:8200/tls 0:443/tls 0:80/tls 0:443/wss 0:80/ws 0:8200/wss");
}

static void families_take_turns(void **state)
{
    (void)state;
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct addrinfo list[6];
    memset(list, 0, sizeof(list));
    for (size_t i = 0; i < 6; i++) { /* 6 6 6 6 4 4 */
        list[i].ai_family = i < 4 ? AF_INET6 : AF_INET;
        list[i].ai_addr = i < 4 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
        list[i].ai_addrlen = i < 4 ? sizeof(six) : sizeof(four);
        list[i].ai_next = i < 5 ? &list[i + 1] : NULL;
    }
    struct sockaddr_storage out[DS_RESOLVE_MAX];
    assert_int_equal(ds_resolve_interleave(list, out), 4);
    assert_int_equal(out[0].ss_family, AF_INET6);
    assert_int_equal(out[1].ss_family, AF_INET);
    assert_int_equal(out[2].ss_family, AF_INET6);
    assert_int_equal(out[3].ss_family, AF_INET);
    assert_int_equal(ds_resolve_interleave(&list[4], out), 2);
    assert_int_equal(ds_resolve_interleave(&list[5], out), 1);
    assert_int_equal(ds_resolve_interleave(NULL, out), 0);
    list[0].ai_family = AF_UNIX; /* neither: left out */
    assert_int_equal(ds_resolve_interleave(list, out), 4);
}

static void an_error_of_the_resolver_is_no_name_or_no_network(void **state)
{
    (void)state;
    assert_int_equal(DS_FAULT_NO_NAME, ds_resolve_fault(EAI_NONAME));
    assert_int_equal(DS_FAULT_OFFLINE, ds_resolve_fault(EAI_AGAIN));
    assert_int_equal(DS_FAULT_SILENT, ds_resolve_fault(EAI_FAIL));
    assert_int_equal(DS_FAULT_SILENT, ds_resolve_fault(EAI_MEMORY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ports_are_tried_plain_before_any_websocket),
        cmocka_unit_test(a_port_that_was_named_is_the_only_one),
        cmocka_unit_test(a_proxy_is_asked_for_443_first),
        cmocka_unit_test(what_worked_before_comes_first),
        cmocka_unit_test(families_take_turns),
        cmocka_unit_test(an_error_of_the_resolver_is_no_name_or_no_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
