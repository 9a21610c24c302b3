/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/video_decode.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/format.h"
#include "common/screen/yuv.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

static struct {
    const AVCodec *(*find_decoder)(enum AVCodecID);
    AVCodecContext *(*alloc_context)(const AVCodec *);
    void (*free_context)(AVCodecContext **);
    int (*open)(AVCodecContext *, const AVCodec *, AVDictionary **);
    int (*send)(AVCodecContext *, const AVPacket *);
    int (*receive)(AVCodecContext *, AVFrame *);
    AVPacket *(*packet_alloc)(void);
    void (*packet_free)(AVPacket **);
    AVFrame *(*frame_alloc)(void);
    void (*frame_free)(AVFrame **);
    void (*log_level)(int);
    int (*get_buffer)(AVCodecContext *, AVFrame *, int);
    const AVCodec *codec;
} lib;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A function pointer out of an object pointer: POSIX says they fit each other. */
static bool find(void *handle, const char *name, void *function)
{
    *(void **)function = dlsym(handle, name);
    return *(void **)function != NULL;
}

/* Structs keep their shape within a major version and only grow with minor ones. */
static bool fits(void *handle, const char *name, unsigned built_for)
{
    unsigned (*version)(void);
    if (!find(handle, name, &version))
        return false;
    unsigned have = version();
    return have >> 16 == built_for >> 16 && (have >> 8 & 0xff) >= (built_for >> 8 & 0xff);
}

static bool find_all(void *codec, void *util)
{
    return find(codec, "avcodec_find_decoder", &lib.find_decoder) &&
           find(codec, "avcodec_alloc_context3", &lib.alloc_context) &&
           find(codec, "avcodec_free_context", &lib.free_context) &&
           find(codec, "avcodec_open2", &lib.open) &&
           find(codec, "avcodec_send_packet", &lib.send) &&
           find(codec, "avcodec_receive_frame", &lib.receive) &&
           find(codec, "avcodec_default_get_buffer2", &lib.get_buffer) &&
           find(codec, "av_packet_alloc", &lib.packet_alloc) &&
           find(codec, "av_packet_free", &lib.packet_free) &&
           find(util, "av_frame_alloc", &lib.frame_alloc) &&
           find(util, "av_frame_free", &lib.frame_free) &&
           find(util, "av_log_set_level", &lib.log_level);
}

/* Stays loaded for good. */
static void load(void)
{
    void *util = dlopen("libavutil.so." TEXT(LIBAVUTIL_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
    void *codec = dlopen("libavcodec.so." TEXT(LIBAVCODEC_VERSION_MAJOR), RTLD_NOW | RTLD_LOCAL);
    if (!util || !codec || !fits(util, "avutil_version", LIBAVUTIL_VERSION_INT) ||
        !fits(codec, "avcodec_version", LIBAVCODEC_VERSION_INT) || !find_all(codec, util))
        return;
    lib.log_level(AV_LOG_QUIET);
    lib.codec = lib.find_decoder(AV_CODEC_ID_H264);
}

bool ds_video_decoder_available(void)
{
    pthread_once(&once, load);
    return lib.codec != NULL;
}

struct ds_video_decoder {
    AVCodecContext *context; /* owned */
    AVPacket *packet;        /* owned; its bytes are padded below */
    AVFrame *frame;          /* owned: the last picture when has_picture */
    uint8_t *padded;         /* owned: the bytes of a picture and the zeros libavcodec asks for */
    size_t size;
    uint32_t width, height;
    bool has_picture;
    int taken; /* pictures that memory was taken for since the last bytes */
};

/* One picture, and one more in the place of another that got lost: a stream cannot make the library
 * fill its list of references at once. */
#define TAKEN_MAX 2

static int get_buffer(AVCodecContext *context, AVFrame *frame, int flags)
{
    struct ds_video_decoder *d = context->opaque;
    if (++d->taken > TAKEN_MAX)
        return AVERROR_INVALIDDATA;
    return lib.get_buffer(context, frame, flags);
}

/* Three full planes of bytes and nothing else, before anything is taken for a picture. */
static enum AVPixelFormat choose_format(AVCodecContext *context, const enum AVPixelFormat *formats)
{
    (void)context;
    for (; *formats != AV_PIX_FMT_NONE; formats++)
        if (*formats == AV_PIX_FMT_YUV444P || *formats == AV_PIX_FMT_YUVJ444P)
            return *formats;
    return AV_PIX_FMT_NONE;
}

static bool open_codec(struct ds_video_decoder *d)
{
    /* The library allocates rows and columns up to the next block and vector. */
    int64_t width = d->width + 64, height = d->height + 64;
    d->context = lib.alloc_context(lib.codec);
    d->packet = lib.packet_alloc();
    d->frame = lib.frame_alloc();
    if (!d->context || !d->packet || !d->frame)
        return false;
    d->context->thread_count = 1;
    d->context->flags |= AV_CODEC_FLAG_LOW_DELAY;
    d->context->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
    d->context->error_concealment = 0;
    d->context->max_pixels = width * height;
    d->context->get_format = choose_format;
    d->context->opaque = d;
    d->context->get_buffer2 = get_buffer;
    return lib.open(d->context, lib.codec, NULL) == 0;
}

struct ds_video_decoder *ds_video_decoder_new(uint32_t width, uint32_t height)
{
    if (!ds_video_decoder_available() || !ds_image_size_ok(width, height))
        return NULL;
    struct ds_video_decoder *d = ds_alloc_array(1, sizeof(*d));
    if (!d)
        return NULL;
    d->width = width;
    d->height = height;
    if (open_codec(d))
        return d;
    ds_video_decoder_destroy(d);
    return NULL;
}

void ds_video_decoder_destroy(struct ds_video_decoder *d)
{
    if (!d)
        return;
    lib.frame_free(&d->frame);
    lib.packet_free(&d->packet);
    lib.free_context(&d->context);
    free(d->padded);
    free(d);
}

static int pad(struct ds_video_decoder *d, const uint8_t *bytes, size_t len)
{
    size_t need = len + AV_INPUT_BUFFER_PADDING_SIZE;
    if (need > d->size) {
        uint8_t *bigger = ds_realloc_array(d->padded, need, 1);
        if (!bigger)
            return DS_ENOMEM;
        d->padded = bigger;
        d->size = need;
    }
    memcpy(d->padded, bytes, len);
    memset(d->padded + len, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    d->packet->data = d->padded;
    d->packet->size = (int)len;
    return 0;
}

/* With one reference no more than a few pictures are ever kept. */
static bool is_ours(const struct ds_video_decoder *d)
{
    const AVFrame *f = d->frame;
    if (d->context->refs > 1 || f->width != (int)d->width || f->height != (int)d->height ||
        (f->format != AV_PIX_FMT_YUV444P && f->format != AV_PIX_FMT_YUVJ444P))
        return false;
    for (int i = 0; i < 3; i++)
        if (!f->data[i] || f->linesize[i] < f->width)
            return false;
    return true;
}

int ds_video_decode(struct ds_video_decoder *d, const uint8_t *bytes, size_t len)
{
    if (len == 0 || len > DS_VIDEO_BYTES_MAX)
        return DS_EPROTO;
    int error = pad(d, bytes, len);
    if (error)
        return error;
    d->has_picture = false;
    d->taken = 0;
    error = lib.send(d->context, d->packet);
    if (!error)
        error = lib.receive(d->context, d->frame); /* lets go of the picture before */
    if (error == AVERROR(ENOMEM))
        return DS_ENOMEM;
    if (error || !is_ours(d))
        return DS_EPROTO;
    d->has_picture = true;
    return 0;
}

int ds_video_show(const struct ds_video_decoder *d, uint32_t x, uint32_t y, struct ds_image *image,
                  struct ds_rect rect)
{
    if (!d->has_picture)
        return DS_EPROTO;
    struct ds_yuv planes;
    for (int i = 0; i < 3; i++) {
        planes.planes[i] = d->frame->data[i];
        planes.strides[i] = (size_t)d->frame->linesize[i];
    }
    ds_yuv_to(&planes, x, y, image, rect);
    return 0;
}
