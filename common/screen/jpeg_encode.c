/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/jpeg.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/jpeg_error.h"

#include <stdlib.h>

const struct ds_jpeg_level ds_jpeg_levels[DS_JPEG_LEVELS] = {
    {92, true, false, 182}, {80, false, false, 74}, {65, false, true, 43}, {50, false, true, 33},
    {30, false, true, 23},  {20, false, true, 17},  {12, false, true, 12},
};

struct ds_jpeg_encoder {
    struct jpeg_compress_struct info;
    struct ds_jpeg_error error;
    struct jpeg_destination_mgr out;
    size_t size; /* of the caller's buffer */
};

static void out_start(j_compress_ptr info)
{
    (void)info;
}

static boolean out_full(j_compress_ptr info)
{
    struct ds_jpeg_error *error = (struct ds_jpeg_error *)(void *)info->err;
    error->code = DS_ELIMIT;
    longjmp(error->jump, 1);
}

static void out_end(j_compress_ptr info)
{
    (void)info;
}

struct ds_jpeg_encoder *ds_jpeg_encoder_new(void)
{
    struct ds_jpeg_encoder *jpeg = ds_alloc_array(1, sizeof(*jpeg));
    if (!jpeg)
        return NULL;
    ds_jpeg_error_init(&jpeg->error);
    jpeg->info.err = &jpeg->error.base;
    if (setjmp(jpeg->error.jump)) {
        free(jpeg);
        return NULL;
    }
    jpeg_create_compress(&jpeg->info);
    jpeg->out.init_destination = out_start;
    jpeg->out.empty_output_buffer = out_full;
    jpeg->out.term_destination = out_end;
    jpeg->info.dest = &jpeg->out;
    return jpeg;
}

void ds_jpeg_encoder_destroy(struct ds_jpeg_encoder *jpeg)
{
    if (!jpeg)
        return;
    jpeg_destroy_compress(&jpeg->info);
    free(jpeg);
}

int ds_jpeg_encoder_set(struct ds_jpeg_encoder *jpeg, int quality, bool full_colour,
                        bool arithmetic)
{
    struct jpeg_compress_struct *info = &jpeg->info;
    jpeg->error.code = DS_EINVAL;
    if (setjmp(jpeg->error.jump)) {
        jpeg_abort_compress(info);
        return jpeg->error.code;
    }
    info->input_components = 4;
    info->in_color_space = JCS_EXT_BGRX;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    info->dct_method = JDCT_ISLOW;
    info->write_JFIF_header = FALSE;
    info->arith_code = arithmetic;
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = full_colour ? 1 : 2;
    return 0;
}

static void set_out(struct ds_jpeg_encoder *jpeg, uint8_t *out, size_t size)
{
    jpeg->out.next_output_byte = out;
    jpeg->out.free_in_buffer = size;
    jpeg->size = size;
}

int ds_jpeg_encode_tables(struct ds_jpeg_encoder *jpeg, uint8_t *out, size_t size)
{
    jpeg->error.code = DS_EINVAL;
    if (setjmp(jpeg->error.jump)) {
        jpeg_abort_compress(&jpeg->info);
        return jpeg->error.code;
    }
    set_out(jpeg, out, size);
    jpeg_suppress_tables(&jpeg->info, FALSE);
    jpeg_write_tables(&jpeg->info);
    return (int)(jpeg->size - jpeg->out.free_in_buffer);
}

int ds_jpeg_encode(struct ds_jpeg_encoder *jpeg, const struct ds_image *image, struct ds_rect rect,
                   uint8_t *out, size_t size)
{
    struct jpeg_compress_struct *info = &jpeg->info;
    jpeg->error.code = DS_EINVAL;
    if (setjmp(jpeg->error.jump)) {
        jpeg_abort_compress(info);
        return jpeg->error.code;
    }
    set_out(jpeg, out, size);
    info->image_width = (JDIMENSION)rect.width;
    info->image_height = (JDIMENSION)rect.height;
    jpeg_suppress_tables(info, TRUE);
    jpeg_start_compress(info, FALSE);
    while (info->next_scanline < info->image_height) {
        uint32_t y = (uint32_t)rect.y + info->next_scanline;
        JSAMPROW row = (JSAMPROW)(ds_image_row(image, y) + rect.x);
        jpeg_write_scanlines(info, &row, 1);
    }
    jpeg_finish_compress(info);
    return (int)(jpeg->size - jpeg->out.free_in_buffer);
}
