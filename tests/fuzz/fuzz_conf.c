/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay.conf: whatever stands in it, the limits stay within their bounds or there is a sentence. */
#include "common/base/error.h"
#include "relay/desk/conf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char message[256] = "";
    struct relay_conf conf;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    int error = relay_conf_parse(&conf, text, "relay.conf", message, sizeof(message));
    if (error && message[0] == '\0')
        abort();
    if (!error && (!relay_conf_is_host(conf.host) || conf.port_count == 0 ||
                   conf.port_count > RELAY_PORTS_MAX || conf.legs_max > 200000 ||
                   conf.workers > RELAY_WORKERS_MAX || conf.wrong_codes_per_net > 32))
        abort();
    free(text);
    return 0;
}
