/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/jpeg.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/format.h"
#include "common/screen/jpeg_error.h"

#include <stdlib.h>

struct ds_jpeg_decoder {
    struct jpeg_decompress_struct info;
    struct ds_jpeg_error error;
    struct jpeg_source_mgr in;
    uint32_t row[DS_SCREEN_SIDE_MAX];
};

static void in_start(j_decompress_ptr info)
{
    (void)info;
}

static boolean in_empty(j_decompress_ptr info)
{
    longjmp(((struct ds_jpeg_error *)(void *)info->err)->jump, 1);
}

static void in_skip(j_decompress_ptr info, long n)
{
    if (n <= 0)
        return;
    if ((size_t)n > info->src->bytes_in_buffer)
        longjmp(((struct ds_jpeg_error *)(void *)info->err)->jump, 1);
    info->src->next_input_byte += n;
    info->src->bytes_in_buffer -= (size_t)n;
}

static void in_end(j_decompress_ptr info)
{
    (void)info;
}

struct ds_jpeg_decoder *ds_jpeg_decoder_new(void)
{
    struct ds_jpeg_decoder *jpeg = ds_alloc_array(1, sizeof(*jpeg));
    if (!jpeg)
        return NULL;
    ds_jpeg_error_init(&jpeg->error);
    jpeg->info.err = &jpeg->error.base;
    if (setjmp(jpeg->error.jump)) {
        free(jpeg);
        return NULL;
    }
    jpeg_create_decompress(&jpeg->info);
    jpeg->in.init_source = in_start;
    jpeg->in.fill_input_buffer = in_empty;
    jpeg->in.skip_input_data = in_skip;
    jpeg->in.resync_to_restart = jpeg_resync_to_restart;
    jpeg->in.term_source = in_end;
    jpeg->info.src = &jpeg->in;
    return jpeg;
}

void ds_jpeg_decoder_destroy(struct ds_jpeg_decoder *jpeg)
{
    if (!jpeg)
        return;
    jpeg_destroy_decompress(&jpeg->info);
    free(jpeg);
}

static void set_in(struct ds_jpeg_decoder *jpeg, const uint8_t *bytes, size_t len)
{
    jpeg->in.next_input_byte = bytes;
    jpeg->in.bytes_in_buffer = len;
    jpeg->error.code = DS_EPROTO;
}

int ds_jpeg_decode_tables(struct ds_jpeg_decoder *jpeg, const uint8_t *bytes, size_t len)
{
    set_in(jpeg, bytes, len);
    if (setjmp(jpeg->error.jump)) {
        jpeg_abort_decompress(&jpeg->info);
        return jpeg->error.code;
    }
    int header = jpeg_read_header(&jpeg->info, FALSE);
    jpeg_abort_decompress(&jpeg->info);
    return header == JPEG_HEADER_TABLES_ONLY ? 0 : DS_EPROTO;
}

/* Sequential, three components, of the size that was announced: nothing that needs more memory than
 * a few rows. */
static bool is_ours(const struct jpeg_decompress_struct *info, struct ds_rect rect)
{
    return info->image_width == (JDIMENSION)rect.width &&
           info->image_height == (JDIMENSION)rect.height && info->num_components == 3 &&
           info->jpeg_color_space == JCS_YCbCr && !info->progressive_mode &&
           info->data_precision == 8;
}

static void copy_row(uint32_t *restrict to, const uint32_t *restrict from, int32_t width)
{
    for (int32_t x = 0; x < width; x++)
        to[x] = from[x] & 0x00ffffffu;
}

int ds_jpeg_decode(struct ds_jpeg_decoder *jpeg, const uint8_t *bytes, size_t len,
                   struct ds_image *image, struct ds_rect rect)
{
    struct jpeg_decompress_struct *info = &jpeg->info;
    set_in(jpeg, bytes, len);
    if (setjmp(jpeg->error.jump)) {
        jpeg_abort_decompress(info);
        return jpeg->error.code;
    }
    if (jpeg_read_header(info, TRUE) != JPEG_HEADER_OK || !is_ours(info, rect) ||
        jpeg_has_multiple_scans(info)) {
        jpeg_abort_decompress(info);
        return DS_EPROTO;
    }
    info->out_color_space = JCS_EXT_BGRX;
    info->dct_method = JDCT_ISLOW;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        uint32_t y = (uint32_t)rect.y + info->output_scanline;
        JSAMPROW row = (JSAMPROW)jpeg->row;
        jpeg_read_scanlines(info, &row, 1);
        copy_row(ds_image_row(image, y) + rect.x, jpeg->row, rect.width);
    }
    jpeg_finish_decompress(info);
    return 0;
}
