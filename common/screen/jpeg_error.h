/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libjpeg's errors as jumps back to the caller, warnings as errors, and nothing on stderr. Private
 * to jpeg_encode.c and jpeg_decode.c. */
#ifndef DS_SCREEN_JPEG_ERROR_H
#define DS_SCREEN_JPEG_ERROR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>

struct ds_jpeg_error {
    struct jpeg_error_mgr base; /* first: libjpeg hands back a pointer to it */
    jmp_buf jump;
    int code; /* DS_E... when the jump is taken */
};

/* The caller still has to setjmp(error->jump) before each run of libjpeg functions. */
void ds_jpeg_error_init(struct ds_jpeg_error *error);

#endif
