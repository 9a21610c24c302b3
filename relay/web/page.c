/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/web/page.h"

#include "common/base/error.h"
#include "relay/web/asset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct relay_asset *find_asset(const char *name)
{
    const struct relay_asset *asset = relay_assets;
    while (asset->name && strcmp(asset->name, name) != 0)
        asset++;
    return asset->name ? asset : NULL;
}

const char *relay_page_language(const char *query, const char *accept)
{
    const char *wanted = strstr(query, "lang=");
    if (wanted && (wanted == query || wanted[-1] == '&')) {
        if (strncmp(wanted + 5, "fr", 2) == 0)
            return "fr";
        if (strncmp(wanted + 5, "en", 2) == 0)
            return "en";
    }
    double best_en = -1, best_fr = -1;
    for (const char *at = accept; *at;) {
        at += strspn(at, " \t,");
        size_t len = strcspn(at, ",");
        size_t name = strcspn(at, ",;- \t");
        const char *weight = memmem(at, len, "q=", 2);
        double q = weight ? strtod(weight + 2, NULL) : 1;
        bool is_any = name == 1 && *at == '*';
        if (name == 2 && strncasecmp(at, "fr", 2) == 0 && q > best_fr)
            best_fr = q;
        else if (((name == 2 && strncasecmp(at, "en", 2) == 0) || is_any) && q > best_en)
            best_en = q;
        at += len;
    }
    return best_fr > 0 && best_fr > best_en ? "fr" : "en";
}

static int append_text(struct ds_buf *out, const char *text)
{
    return ds_buf_append(out, text, strlen(text));
}

static int append_escaped(struct ds_buf *out, const char *text)
{
    int error = DS_OK;
    for (; *text && !error; text++) {
        switch (*text) {
        case '<':
            error = append_text(out, "&lt;");
            break;
        case '>':
            error = append_text(out, "&gt;");
            break;
        case '&':
            error = append_text(out, "&amp;");
            break;
        case '"':
            error = append_text(out, "&quot;");
            break;
        case '\'':
            error = append_text(out, "&#39;");
            break;
        default:
            error = ds_buf_append(out, text, 1);
            break;
        }
    }
    return error;
}

/* Copies a page with {{host}}, {{org}} and {{minutes}} filled in. */
static int fill(const struct relay_conf *conf, const struct relay_asset *asset, struct ds_buf *out)
{
    const char *at = (const char *)asset->bytes;
    const char *end = at + asset->len;
    int error = DS_OK;
    while (!error && at < end) {
        const char *mark = memmem(at, (size_t)(end - at), "{{", 2);
        error = ds_buf_append(out, at, (size_t)((mark ? mark : end) - at));
        if (!mark || error)
            break;
        const char *value = conf->org[0] ? conf->org : conf->host;
        char minutes[16];
        snprintf(minutes, sizeof(minutes), "%u", (conf->code_life_s + 59) / 60);
        if (strncmp(mark, "{{host}}", 8) == 0)
            value = conf->host;
        else if (strncmp(mark, "{{minutes}}", 11) == 0)
            value = minutes;
        error = append_escaped(out, value);
        const char *close = strstr(mark, "}}");
        ds_check(close); /* pages are ours */
        at = close + 2;
    }
    return error;
}

static int answer_page(const struct relay_conf *conf, const struct relay_page_request *request,
                       const char *page, unsigned status, struct relay_page *out)
{
    char name[64];
    out->status = status;
    out->type = "text/html; charset=utf-8";
    out->lang = relay_page_language(request->query, request->language);
    snprintf(name, sizeof(name), "%s.%s.html", page, out->lang);
    const struct relay_asset *asset = find_asset(name);
    ds_check(asset);
    return fill(conf, asset, &out->body);
}

static int answer_file(const char *name, const char *type, struct relay_page *out)
{
    const struct relay_asset *asset = find_asset(name);
    ds_check(asset);
    out->status = 200;
    out->type = type;
    out->may_cache = true;
    return ds_buf_append(&out->body, asset->bytes, asset->len);
}

/* To https on the configured host: what the request says its host is does not count. */
static int answer_redirect(const struct relay_conf *conf, const struct relay_page_request *request,
                           struct relay_page *out)
{
    bool is_v6 = strchr(conf->host, ':') != NULL;
    char port[16] = "";
    bool has_443 = false;
    for (unsigned i = 0; i < conf->port_count; i++)
        has_443 = has_443 || conf->ports[i] == 443;
    if (!has_443)
        snprintf(port, sizeof(port), ":%u", request->port);
    snprintf(out->location, sizeof(out->location), "https://%s%s%s%s/", is_v6 ? "[" : "",
             conf->host, is_v6 ? "]" : "", port);
    out->status = 301;
    out->type = "text/plain; charset=utf-8";
    return append_text(&out->body, "This page is at the https address of this server.\n");
}

int relay_page_answer(const struct relay_conf *conf, const struct relay_page_request *request,
                      struct relay_page *out)
{
    memset(out, 0, sizeof(*out));
    ds_buf_init(&out->body, RELAY_PAGE_MAX);
    bool is_read = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    int error;
    if (!is_read) {
        out->status = 405;
        out->type = "text/plain; charset=utf-8";
        error = append_text(&out->body, "Only GET and HEAD are known here.\n");
    } else if (strcmp(request->path, "/healthz") == 0) {
        out->status = 200;
        out->type = "text/plain; charset=utf-8";
        error = append_text(&out->body, "ok\n");
    } else if (!request->is_tls && !conf->proxied) {
        error = answer_redirect(conf, request, out);
    } else if (strcmp(request->path, "/") == 0) {
        error = answer_page(conf, request, "start", 200, out);
    } else if (strcmp(request->path, "/theme.css") == 0) {
        error = answer_file("theme.css", "text/css; charset=utf-8", out);
    } else if (strcmp(request->path, "/icon.svg") == 0) {
        error = answer_file("icon.svg", "image/svg+xml", out);
    } else {
        error = answer_page(conf, request, "missing", 404, out);
    }
    if (error)
        relay_page_destroy(out);
    return error;
}

void relay_page_destroy(struct relay_page *page)
{
    ds_buf_destroy(&page->body);
}
