/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/port.h"

#include "common/base/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static int open_family(int family, unsigned port)
{
    int one = 1, zero = 0;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const struct sockaddr *any = (const struct sockaddr *)&any4;
    socklen_t len = sizeof(any4);
    if (family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
        any = (const struct sockaddr *)&any6;
        len = sizeof(any6);
    }
    if (bind(fd, any, len) || listen(fd, BACKLOG)) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static void explain(unsigned port, const char *conf, int error, char *message, size_t size)
{
    if (error == EADDRINUSE)
        snprintf(message, size,
                 "Port %u is already in use by another program. Stop that program, or take %u out "
                 "of \"ports\" in %s.",
                 port, port, conf);
    else if (error == EACCES || error == EPERM)
        snprintf(message, size,
                 "Port %u may only be opened by root. Start deskside-relay as root (it gives that "
                 "up at once), give it the capability CAP_NET_BIND_SERVICE, or take %u out of "
                 "\"ports\" in %s.",
                 port, port, conf);
    else
        snprintf(message, size, "Port %u cannot be opened: %s. Change \"ports\" in %s.", port,
                 strerror(error), conf);
}

int relay_port_open(unsigned port, const char *conf, unsigned *chosen, char *message, size_t size)
{
    int fd = open_family(AF_INET6, port);
    if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
        fd = open_family(AF_INET, port);
    if (fd < 0) {
        explain(port, conf, errno, message, size);
        return DS_EIO;
    }
    struct sockaddr_in6 bound;
    socklen_t len = sizeof(bound);
    getsockname(fd, (struct sockaddr *)&bound, &len);
    *chosen = ntohs(bound.sin6_port); /* same place in sockaddr_in */
    return fd;
}
