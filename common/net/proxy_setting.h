/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which proxy the environment asks for: https_proxy, HTTPS_PROXY, http_proxy, and no_proxy or
 * NO_PROXY for exceptions. Proved by tests/unit/proxy_setting.c. */
#ifndef DS_NET_PROXY_SETTING_H
#define DS_NET_PROXY_SETTING_H

#include "common/wire/limits.h"

#include <stdbool.h>

#define DS_PROXY_USERINFO 513

struct ds_proxy_setting {
    char host[DS_TEXT_HOST]; /* empty: no proxy */
    unsigned port;
    bool tls;                         /* https://: TLS to the proxy itself */
    char userinfo[DS_PROXY_USERINFO]; /* "name:password" decoded, or empty; wipe after use */
};

/* Parses "[http[s]://][user[:password]@]host[:port][/]"; without a port 80, with https 443.
 * DS_EUNSUPPORTED: another kind of proxy (socks). DS_EINVAL: makes no sense. */
int ds_proxy_setting_parse(const char *url, struct ds_proxy_setting *out);

/* Whether a no_proxy list exempts host (and port, 0 for unknown): names with all names below them,
 * addresses, address/bits, each with :port if need be, and "*". */
bool ds_proxy_setting_exempts(const char *list, const char *host, unsigned port);

/* Reads the environment for a relay; DS_OK with an empty host when no proxy is to be used. Errors
 * as parse. */
int ds_proxy_setting_get(const char *host, unsigned port, struct ds_proxy_setting *out);

#endif
