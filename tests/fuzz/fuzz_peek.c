/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first bytes of a connection: whatever they are, the answer is the same however they arrive.
 */
#include "relay/listen/peek.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t need = 0, n = 0;
    enum relay_peek kind;
    if (size > RELAY_PEEK_MAX)
        size = RELAY_PEEK_MAX;
    /* As a connection would: only what was asked for is there. */
    while ((kind = relay_peek(data, n, &need)) == RELAY_PEEK_MORE) {
        if (need <= n || need > RELAY_PEEK_MAX)
            abort();
        if (need > size)
            return 0;
        n = need;
    }
    /* What more than that is there does not change it. */
    if (kind != relay_peek(data, size, &need))
        abort();
    return 0;
}
