/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/video_encode.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/yuv.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include <x264.h>

/* Pictures a second that rates are thought in; what really comes may be fewer. */
#define FPS 30
/* A picture may take this much of the line at once (ms): a cut does, and nothing else. */
#define BURST_MS 70
/* CODEC.md section 6: best on fast lines, worst on slow ones. Thresholds are bytes a second for a
 * megapixel at 30 pictures a second (CODEC.md 4.4: CRF 18, 20, 23 take 46, 32, 19 kB of 0.92 MP).
 */
#define CRF_BEST 18
#define CRF_MIDDLE 20
#define CRF_WORST 23
#define RATE_BEST 2000000u
#define RATE_MIDDLE 1000000u

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
/* The number in the name of the library and of the function tells the shape of the structs. */
#define OPEN_NAME "x264_encoder_open_" TEXT(X264_BUILD)

static struct {
    int (*preset)(x264_param_t *, const char *, const char *);
    x264_t *(*open)(x264_param_t *);
    int (*reconfig)(x264_t *, x264_param_t *);
    int (*encode)(x264_t *, x264_nal_t **, int *, x264_picture_t *, x264_picture_t *);
    void (*close)(x264_t *);
    void (*picture_init)(x264_picture_t *);
    bool ok;
} lib;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A function pointer out of an object pointer: POSIX says they fit each other. */
static bool find(void *handle, const char *name, void *function)
{
    *(void **)function = dlsym(handle, name);
    return *(void **)function != NULL;
}

/* Stays loaded for good. */
static void load(void)
{
    void *handle = dlopen("libx264.so." TEXT(X264_BUILD), RTLD_NOW | RTLD_LOCAL);
    lib.ok = handle && find(handle, "x264_param_default_preset", &lib.preset) &&
             find(handle, OPEN_NAME, &lib.open) &&
             find(handle, "x264_encoder_reconfig", &lib.reconfig) &&
             find(handle, "x264_encoder_encode", &lib.encode) &&
             find(handle, "x264_encoder_close", &lib.close) &&
             find(handle, "x264_picture_init", &lib.picture_init);
}

bool ds_video_encoder_available(void)
{
    pthread_once(&once, load);
    return lib.ok;
}

struct ds_video_encoder {
    x264_t *x264; /* owned */
    x264_param_t param;
    struct ds_yuv yuv; /* planes[0] owned, the others behind it */
    uint32_t width, height;
    int64_t count;
};

static void set_rate(x264_param_t *param, uint32_t width, uint32_t height, uint64_t rate)
{
    uint64_t area = (uint64_t)width * height;
    rate = rate < 10000 ? 10000 : rate > 100000000 ? 100000000 : rate;
    uint64_t per_megapixel = rate * 1000000 / area;
    param->rc.f_rf_constant = per_megapixel >= RATE_BEST     ? CRF_BEST
                              : per_megapixel >= RATE_MIDDLE ? CRF_MIDDLE
                                                             : CRF_WORST;
    param->rc.i_vbv_max_bitrate = (int)(rate * 8 / 1000);
    param->rc.i_vbv_buffer_size = (int)(rate * 8 * BURST_MS / 1000000);
}

static bool set_up(struct ds_video_encoder *e, uint64_t rate)
{
    x264_param_t *p = &e->param;
    if (lib.preset(p, "ultrafast", "zerolatency"))
        return false;
    p->i_width = (int)e->width;
    p->i_height = (int)e->height;
    p->i_csp = X264_CSP_I444;
    p->i_threads = 1;
    p->i_lookahead_threads = 1;
    p->b_sliced_threads = 0;
    p->i_fps_num = FPS;
    p->i_fps_den = 1;
    p->b_vfr_input = 0;
    p->i_keyint_max = X264_KEYINT_MAX_INFINITE; /* a key of the picture starts a new stream */
    p->b_repeat_headers = 1;
    p->b_annexb = 1;
    p->i_log_level = X264_LOG_NONE;
    p->vui.b_fullrange = 1;
    p->vui.i_colmatrix = 1; /* BT.709 */
    p->rc.i_rc_method = X264_RC_CRF;
    p->rc.f_rf_constant_max = 0;
    set_rate(p, e->width, e->height, rate);
    return (e->x264 = lib.open(p)) != NULL;
}

struct ds_video_encoder *ds_video_encoder_new(uint32_t width, uint32_t height, uint64_t rate)
{
    if (!ds_video_encoder_available() || !ds_image_size_ok(width, height))
        return NULL;
    struct ds_video_encoder *e = ds_alloc_array(1, sizeof(*e));
    if (!e)
        return NULL;
    e->width = width;
    e->height = height;
    size_t stride = ((size_t)width + 31) & ~(size_t)31;
    e->yuv.planes[0] = ds_alloc_array(stride * height, 3);
    if (!e->yuv.planes[0] || !set_up(e, rate)) {
        ds_video_encoder_destroy(e);
        return NULL;
    }
    for (int i = 0; i < 3; i++) {
        e->yuv.planes[i] = e->yuv.planes[0] + (size_t)i * stride * height;
        e->yuv.strides[i] = stride;
    }
    return e;
}

void ds_video_encoder_destroy(struct ds_video_encoder *e)
{
    if (!e)
        return;
    if (e->x264)
        lib.close(e->x264);
    free(e->yuv.planes[0]);
    free(e);
}

void ds_video_encoder_set_rate(struct ds_video_encoder *e, uint64_t rate)
{
    int before = e->param.rc.i_vbv_max_bitrate;
    x264_param_t next = e->param;
    set_rate(&next, e->width, e->height, rate);
    int change = next.rc.i_vbv_max_bitrate - before;
    if (change < 0 ? -change * 8 < before : change * 8 < before)
        return; /* the estimate trembles */
    if (!lib.reconfig(e->x264, &next))
        e->param = next;
}

int ds_video_encode(struct ds_video_encoder *e, const struct ds_image *image, struct ds_rect rect,
                    const uint8_t **bytes, size_t *len)
{
    x264_picture_t in, out;
    x264_nal_t *nals;
    int count;
    if (rect.width != (int32_t)e->width || rect.height != (int32_t)e->height)
        return DS_EINVAL;
    ds_yuv_from(image, rect, &e->yuv);
    lib.picture_init(&in);
    in.img.i_csp = X264_CSP_I444;
    in.img.i_plane = 3;
    for (int i = 0; i < 3; i++) {
        in.img.plane[i] = e->yuv.planes[i];
        in.img.i_stride[i] = (int)e->yuv.strides[i];
    }
    in.i_pts = e->count++;
    int n = lib.encode(e->x264, &nals, &count, &in, &out);
    if (n <= 0)
        return DS_EIO;
    *bytes = nals[0].p_payload; /* those of one call lie behind each other */
    *len = (size_t)n;
    return 0;
}
