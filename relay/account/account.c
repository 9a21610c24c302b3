/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/account/account.h"

#include "common/base/text.h"
#include "common/wire/message.h"

#include <stddef.h>
#include <string.h>

/* Copies text without spaces at both ends; false when it does not fit. */
static bool trim(const char *text, char *out, size_t size)
{
    text += strspn(text, " \t\r\n");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]))
        n--;
    if (n >= size)
        return false;
    memcpy(out, text, n);
    out[n] = '\0';
    return true;
}

bool relay_account_email(const char *text, char out[DS_TEXT_EMAIL])
{
    char email[DS_TEXT_EMAIL], shown[DS_TEXT_EMAIL];
    if (!trim(text, email, sizeof(email)))
        return false;
    /* Not valid, or with something in it that would be dropped where it is shown. */
    ds_text_for_display(shown, sizeof(shown), email);
    if (strcmp(shown, email) != 0)
        return false;
    for (char *c = email; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("\"(),:;<>[\\]", *c))
            return false;
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    const char *at = strchr(email, '@');
    if (!at || at == email || strchr(at + 1, '@'))
        return false;
    size_t domain = strlen(at + 1);
    if (domain == 0 || at[1] == '.' || at[domain] == '.' || strstr(at, ".."))
        return false;
    memcpy(out, email, strlen(email) + 1);
    return true;
}

bool relay_account_name(const char *text, char out[DS_TEXT_NAME])
{
    char shown[DS_TEXT_NAME], name[DS_TEXT_NAME];
    if (strlen(text) >= sizeof(shown))
        return false;
    ds_text_for_display(shown, sizeof(shown), text);
    if (!trim(shown, name, sizeof(name)) || name[0] == '\0')
        return false;
    memcpy(out, name, strlen(name) + 1);
    return true;
}

bool relay_account_without(const char *text)
{
    size_t n = strlen(text);
    if (n >= RELAY_WITHOUT_MAX || strspn(text, "abcdefghijklmnopqrstuvwxyz-,") != n)
        return false;
    return n == 0 || (text[0] != ',' && text[n - 1] != ',' && !strstr(text, ",,"));
}

/* Appends the names of `from` that `besides` does not list. */
static bool append(char *out, const char *from, const char *besides)
{
    char name[RELAY_WITHOUT_MAX];
    while (*from) {
        size_t n = strcspn(from, ","), used = strlen(out);
        memcpy(name, from, n);
        name[n] = '\0';
        from += n + (from[n] == ',');
        if (n == 0 || ds_message_lists(besides, name) || ds_message_lists(out, name))
            continue;
        if (used + (used > 0) + n >= RELAY_WITHOUT_MAX)
            return false;
        if (used > 0)
            out[used++] = ',';
        memcpy(out + used, name, n + 1);
    }
    return true;
}

bool relay_account_allow(const char *list, const char *names, char out[RELAY_WITHOUT_MAX])
{
    out[0] = '\0';
    return append(out, list, names);
}

bool relay_account_deny(const char *list, const char *names, char out[RELAY_WITHOUT_MAX])
{
    out[0] = '\0';
    return append(out, list, "") && append(out, names, "");
}
