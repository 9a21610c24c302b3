/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/fault.h"

#include "common/base/text.h"

#include <stdarg.h>
#include <stdio.h>

void ds_fault_set(struct ds_fault *fault, enum ds_fault_kind kind, const char *format, ...)
{
    char raw[DS_FAULT_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof(raw), format, args);
    va_end(args);
    fault->kind = kind;
    ds_text_for_display(fault->detail, sizeof(fault->detail), raw);
}
