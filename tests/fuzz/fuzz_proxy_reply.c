/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer of a proxy, and of a WebSocket server, cut in two. */
#include "common/net/carrier_proxy.h"
#include "common/net/carrier_ws.h"
#include "common/net/http_head.h"

#include <stdlib.h>
#include <string.h>

static void feed(struct ds_filter *filter, const uint8_t *bytes, size_t n, size_t cut)
{
    struct ds_buf up, down;
    ds_buf_init(&up, 1u << 20);
    ds_buf_init(&down, 1u << 20);
    if (!filter || filter->ops->start(filter, &down))
        abort();
    int error = filter->ops->feed(filter, bytes, cut, &up, &down);
    if (!error && cut < n)
        error = filter->ops->feed(filter, bytes + cut, n - cut, &up, &down);
    if (error && filter->fault.detail[0] == '\0')
        abort();
    filter->ops->destroy(filter);
    ds_buf_destroy(&up);
    ds_buf_destroy(&down);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_http_head head;
    char value[64];
    int used = ds_http_head_decode(data, size, &head);
    if (used > 0 && ((size_t)used > size || head.status < 100 || head.status > 999))
        abort();
    if (used > 0 && ds_http_head_get(&head, "Upgrade", value, sizeof(value)) &&
        (strlen(value) >= sizeof(value) || ds_http_head_count(&head, "Upgrade") == 0))
        abort();
    size_t cut = size > 0 ? data[size - 1] % (size + 1) : 0;
    feed(ds_carrier_proxy_new("relay.example", 443, "name:password"), data, size, cut);
    feed(ds_carrier_ws_new("relay.example", 80, 80), data, size, cut);
    return 0;
}
