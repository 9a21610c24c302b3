/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/http_head.h"

#include "common/base/error.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.x NNN" and a blank or the end of the line. */
static int decode_status(const char *line, size_t len, unsigned *status)
{
    static const char version[] = "HTTP/1.";
    const size_t v = sizeof(version) - 1;
    if (len < v + 5 || memcmp(line, version, v) != 0 || !is_digit(line[v]) || line[v + 1] != ' ')
        return DS_EPROTO;
    const char *digits = line + v + 2;
    if (digits[0] < '1' || !is_digit(digits[0]) || !is_digit(digits[1]) || !is_digit(digits[2]))
        return DS_EPROTO;
    if (len > v + 5 && digits[3] != ' ')
        return DS_EPROTO;
    *status = (unsigned)(digits[0] - '0') * 100 + (unsigned)(digits[1] - '0') * 10 +
              (unsigned)(digits[2] - '0');
    return DS_OK;
}

/* Length of the line at the front without its end, and *step with it. False: no end yet. */
static bool next_line(const char *at, size_t n, size_t *len, size_t *step)
{
    const char *end = memchr(at, '\n', n);
    if (!end)
        return false;
    *step = (size_t)(end - at) + 1;
    *len = *step - 1;
    if (*len > 0 && at[*len - 1] == '\r')
        (*len)--;
    return true;
}

int ds_http_head_decode(const uint8_t *bytes, size_t n, struct ds_http_head *out)
{
    static const char start[] = "HTTP/1.";
    const char *text = (const char *)bytes;
    size_t seen = n < sizeof(start) - 1 ? n : sizeof(start) - 1;
    if (memcmp(text, start, seen) != 0)
        return DS_EPROTO; /* at once: what is no HTTP may never send a line end */
    size_t bound = n < DS_HTTP_HEAD_MAX ? n : DS_HTTP_HEAD_MAX;
    struct ds_http_head head = {0};
    size_t at = 0, len, step;
    for (bool first = true; next_line(text + at, bound - at, &len, &step); first = false) {
        if (first) {
            int error = decode_status(text, len, &head.status);
            if (error)
                return error;
            head.fields = text + step;
        } else if (len == 0) {
            head.len = (size_t)(text + at - head.fields);
            *out = head;
            return (int)(at + step);
        }
        at += step;
    }
    return n >= DS_HTTP_HEAD_MAX ? DS_EPROTO : 0;
}

/* The value of a field line when its name is `name`, else NULL. */
static const char *value_of(const char *line, size_t len, const char *name, size_t *value_len)
{
    size_t n = strlen(name);
    if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
        return NULL;
    const char *value = line + n + 1, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *value_len = (size_t)(end - value);
    return value;
}

size_t ds_http_head_count(const struct ds_http_head *head, const char *name)
{
    size_t count = 0, len, step, ignored;
    for (size_t at = 0; next_line(head->fields + at, head->len - at, &len, &step); at += step)
        count += value_of(head->fields + at, len, name, &ignored) != NULL;
    return count;
}

bool ds_http_head_get(const struct ds_http_head *head, const char *name, char *out, size_t size)
{
    size_t len, step, n;
    for (size_t at = 0; next_line(head->fields + at, head->len - at, &len, &step); at += step) {
        const char *value = value_of(head->fields + at, len, name, &n);
        if (!value)
            continue;
        if (n >= size || memchr(value, 0, n))
            return false;
        memcpy(out, value, n);
        out[n] = '\0';
        return true;
    }
    return false;
}
