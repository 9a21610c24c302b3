/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/plan_log.h"

#include "common/base/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Some thousand operations; more are cut. */
#define TEXT_MAX 65536

void ds_plan_log(const struct ds_encoder *encoder, uint32_t update, size_t bytes)
{
    if (!ds_log_is_shown(DS_LOG_TRACE))
        return;
    char *text = malloc(TEXT_MAX), *rest = text, *line;
    if (!text)
        return;
    ds_encoder_print_plan(encoder, text, TEXT_MAX);
    ds_log(DS_LOG_TRACE, "plan update=%" PRIu32 " bytes=%zu", update, bytes);
    while ((line = strsep(&rest, "\n")))
        if (*line)
            ds_log(DS_LOG_TRACE, "plan update=%" PRIu32 " op=%s", update, line);
    free(text);
}
