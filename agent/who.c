/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/who.h"

#include "common/base/text.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void agent_who(char *out, size_t size)
{
    char host[64] = "", text[192];
    const struct passwd *account = getpwuid(getuid());
    const char *name = account ? account->pw_gecos : "";
    int len = (int)strcspn(name, ",");
    if (len == 0 && account) {
        name = account->pw_name;
        len = (int)strlen(name);
    }
    if (gethostname(host, sizeof(host) - 1))
        host[0] = '\0';
    host[strcspn(host, ".")] = '\0';
    if (len > 0 && host[0])
        snprintf(text, sizeof(text), "%.*s (%s)", len > 100 ? 100 : len, name, host);
    else
        snprintf(text, sizeof(text), "%.*s%s", len, name, host);
    ds_text_for_display(out, size, text);
}
