/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/network_watch.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

static unsigned gone;
static char last[64];

static void on_gone(void *ctx, const struct sockaddr *address)
{
    (void)ctx;
    gone++;
    if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, last,
                  sizeof(last));
    else
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, last,
                  sizeof(last));
}

static const struct ds_network_watch_events events = {.on_address_gone = on_gone};

static _Alignas(struct nlmsghdr) uint8_t bytes[512];
static size_t length;

static void *begin(unsigned type, size_t size)
{
    struct nlmsghdr *header = (struct nlmsghdr *)(void *)(bytes + length);
    memset(header, 0, NLMSG_SPACE(size));
    header->nlmsg_type = (uint16_t)type;
    header->nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
    length += NLMSG_SPACE(size);
    return NLMSG_DATA(header);
}

static void attribute(unsigned type, const void *value, size_t size)
{
    struct nlmsghdr *header = (struct nlmsghdr *)(void *)bytes;
    struct rtattr *a = (struct rtattr *)(void *)(bytes + length);
    a->rta_type = (unsigned short)type;
    a->rta_len = (unsigned short)RTA_LENGTH(size);
    memcpy(RTA_DATA(a), value, size);
    length += RTA_SPACE(size);
    header->nlmsg_len = (uint32_t)length;
}

static void address(unsigned type, unsigned char family, unsigned char flags)
{
    length = gone = 0;
    last[0] = '\0';
    struct ifaddrmsg *m = begin(type, sizeof(*m));
    m->ifa_family = family;
    m->ifa_flags = flags;
}

static bool is_change(void)
{
    return ds_network_watch_read(bytes, length, &events, NULL);
}

static void an_address_that_went_is_told_by_its_own_name(void **state)
{
    (void)state;
    uint8_t own[4] = {10, 9, 0, 2}, other[4] = {10, 9, 0, 1};
    address(RTM_DELADDR, AF_INET, 0);
    attribute(IFA_ADDRESS, other, sizeof(other)); /* the far end of a tunnel */
    attribute(IFA_LOCAL, own, sizeof(own));
    assert_true(is_change());
    assert_int_equal(gone, 1);
    assert_string_equal(last, "10.9.0.2");
    uint8_t six[16] = {0x20, 1, 0xd, 0xb8, [15] = 7};
    address(RTM_DELADDR, AF_INET6, 0);
    attribute(IFA_ADDRESS, six, sizeof(six));
    assert_true(is_change());
    assert_string_equal(last, "2001:db8::7");
}

static void what_can_be_used_is_a_change_and_nothing_else(void **state)
{
    (void)state;
    uint8_t own[4] = {10, 9, 0, 2};
    address(RTM_NEWADDR, AF_INET, 0);
    attribute(IFA_LOCAL, own, sizeof(own));
    assert_true(is_change());
    assert_int_equal(gone, 0);
    address(RTM_NEWADDR, AF_INET6, IFA_F_TENTATIVE);
    assert_false(is_change());
    length = 0;
    struct rtmsg *route = begin(RTM_NEWROUTE, sizeof(*route));
    route->rtm_type = RTN_UNICAST;
    assert_true(is_change());
    route->rtm_dst_len = 24; /* to one network only */
    assert_false(is_change());
    length = 0;
    begin(RTM_NEWLINK, sizeof(struct ifinfomsg));
    assert_true(is_change());
    length = 0;
    begin(RTM_NEWNEIGH, 8);
    assert_false(is_change());
}

static void every_cut_of_a_message_is_harmless(void **state)
{
    (void)state;
    uint8_t own[4] = {10, 9, 0, 2};
    address(RTM_DELADDR, AF_INET, 0);
    attribute(IFA_LOCAL, own, sizeof(own));
    for (size_t n = 0; n < length; n++) {
        assert_false(ds_network_watch_read(bytes, n, &events, NULL));
        ((struct nlmsghdr *)(void *)bytes)->nlmsg_len = (uint32_t)n;
        ds_network_watch_read(bytes, length, &events, NULL);
        ((struct nlmsghdr *)(void *)bytes)->nlmsg_len = (uint32_t)length;
    }
    address(RTM_DELADDR, AF_INET, 0);
    attribute(IFA_LOCAL, own, 2); /* no address */
    assert_true(is_change());
    assert_int_equal(gone, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_went_is_told_by_its_own_name),
        cmocka_unit_test(what_can_be_used_is_a_change_and_nothing_else),
        cmocka_unit_test(every_cut_of_a_message_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
