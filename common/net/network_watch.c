/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/network_watch.h"

#include "common/base/log.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MAX 16384 /* netlink(7): messages of this family are far smaller */

struct ds_network_watch {
    uv_poll_t poll;
    int fd;
    const struct ds_network_watch_events *events;
    void *ctx;
    bool closed;
};

/* ---- what the kernel says ---- */

static bool address_of(const struct nlmsghdr *header, const struct ifaddrmsg *message,
                       struct sockaddr_storage *out)
{
    size_t left = header->nlmsg_len - NLMSG_LENGTH(sizeof(*message));
    const struct rtattr *a = IFA_RTA(message);
    bool found = false;
    memset(out, 0, sizeof(*out));
    out->ss_family = message->ifa_family;
    for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
        /* IFA_LOCAL is the own one where IFA_ADDRESS is the other end of a tunnel. */
        bool is_local = a->rta_type == IFA_LOCAL;
        if (!is_local && (a->rta_type != IFA_ADDRESS || found))
            continue;
        if (message->ifa_family == AF_INET && RTA_PAYLOAD(a) >= sizeof(struct in_addr))
            memcpy(&((struct sockaddr_in *)(void *)out)->sin_addr, RTA_DATA(a),
                   sizeof(struct in_addr));
        else if (message->ifa_family == AF_INET6 && RTA_PAYLOAD(a) >= sizeof(struct in6_addr))
            memcpy(&((struct sockaddr_in6 *)(void *)out)->sin6_addr, RTA_DATA(a),
                   sizeof(struct in6_addr));
        else
            continue;
        found = true;
    }
    return found;
}

static bool read_address(const struct nlmsghdr *header,
                         const struct ds_network_watch_events *events, void *ctx)
{
    const struct ifaddrmsg *message = NLMSG_DATA(header);
    struct sockaddr_storage address;
    if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*message)))
        return false;
    if (header->nlmsg_type == RTM_DELADDR && address_of(header, message, &address))
        events->on_address_gone(ctx, (const struct sockaddr *)&address);
    /* One that is still being checked for duplicates cannot be used yet; another message follows.
     */
    return header->nlmsg_type == RTM_DELADDR || !(message->ifa_flags & IFA_F_TENTATIVE);
}

static bool read_message(const struct nlmsghdr *header,
                         const struct ds_network_watch_events *events, void *ctx)
{
    const struct rtmsg *route = NLMSG_DATA(header);
    switch (header->nlmsg_type) {
    case RTM_NEWADDR:
    case RTM_DELADDR:
        return read_address(header, events, ctx);
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
        return header->nlmsg_len >= NLMSG_LENGTH(sizeof(*route)) && route->rtm_dst_len == 0 &&
               route->rtm_type == RTN_UNICAST;
    case RTM_NEWLINK:
    case RTM_DELLINK:
        return true;
    default:
        return false;
    }
}

bool ds_network_watch_read(const void *bytes, size_t len,
                           const struct ds_network_watch_events *events, void *ctx)
{
    const struct nlmsghdr *header = bytes;
    bool changed = false;
    for (; NLMSG_OK(header, len); header = NLMSG_NEXT(header, len))
        changed |= read_message(header, events, ctx);
    return changed;
}

/* ---- the socket ---- */

static void on_readable(uv_poll_t *poll, int status, int flags)
{
    struct ds_network_watch *watch = poll->data;
    _Alignas(struct nlmsghdr) uint8_t bytes[READ_MAX];
    bool changed = false;
    (void)flags;
    while (!watch->closed) {
        struct sockaddr_nl from = {0};
        socklen_t size = sizeof(from);
        ssize_t n = recvfrom(watch->fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size);
        if (n < 0 && errno == ENOBUFS) { /* more changed than was kept for us */
            changed = true;
            continue;
        }
        if (n <= 0)
            break;
        if (from.nl_pid == 0) /* the kernel */
            changed |= ds_network_watch_read(bytes, (size_t)n, watch->events, watch->ctx);
    }
    if (status < 0 && !watch->closed)
        uv_poll_stop(poll);
    if (changed && !watch->closed)
        watch->events->on_change(watch->ctx);
}

static int open_socket(void)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK,
                                  .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
                                               RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
                                               RTMGRP_IPV6_ROUTE};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    ds_log_info("changes of the network cannot be watched errno=%d", errno);
    if (fd >= 0)
        close(fd);
    return -1;
}

struct ds_network_watch *
ds_network_watch_open(uv_loop_t *loop, const struct ds_network_watch_events *events, void *ctx)
{
    struct ds_network_watch *watch = calloc(1, sizeof(*watch));
    if (!watch)
        return NULL;
    watch->fd = open_socket();
    watch->events = events;
    watch->ctx = ctx;
    watch->poll.data = watch;
    if (watch->fd < 0 || uv_poll_init(loop, &watch->poll, watch->fd)) {
        if (watch->fd >= 0)
            close(watch->fd);
        free(watch);
        return NULL;
    }
    uv_poll_start(&watch->poll, UV_READABLE, on_readable);
    return watch;
}

static void on_closed(uv_handle_t *handle)
{
    struct ds_network_watch *watch = handle->data;
    close(watch->fd);
    free(watch);
}

void ds_network_watch_close(struct ds_network_watch *watch)
{
    if (!watch || watch->closed)
        return;
    watch->closed = true;
    uv_poll_stop(&watch->poll);
    uv_close((uv_handle_t *)&watch->poll, on_closed);
}
