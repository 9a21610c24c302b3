/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/jpeg_error.h"

#include "common/base/error.h"

static void on_error(j_common_ptr info)
{
    struct ds_jpeg_error *error = (struct ds_jpeg_error *)(void *)info->err;
    if (error->base.msg_code == JERR_OUT_OF_MEMORY)
        error->code = DS_ENOMEM;
    longjmp(error->jump, 1);
}

static void on_message(j_common_ptr info, int level)
{
    if (level < 0)
        on_error(info);
}

static void on_output(j_common_ptr info)
{
    (void)info;
}

void ds_jpeg_error_init(struct ds_jpeg_error *error)
{
    jpeg_std_error(&error->base);
    error->base.error_exit = on_error;
    error->base.emit_message = on_message;
    error->base.output_message = on_output;
}
