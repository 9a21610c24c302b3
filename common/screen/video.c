/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/video.h"

int ds_video_init(struct ds_video *v, uint32_t width, uint32_t height)
{
    return ds_video_region_init(&v->region, width, height);
}

static void end_stream(struct ds_video *v)
{
    ds_video_encoder_destroy(v->encoder);
    v->encoder = NULL;
    v->rect = (struct ds_rect){0};
    v->bytes = NULL;
    v->len = 0;
}

void ds_video_destroy(struct ds_video *v)
{
    end_stream(v);
    ds_video_region_destroy(&v->region);
    ds_plan_destroy(&v->next);
    *v = (struct ds_video){0};
}

void ds_video_clear(struct ds_video *v)
{
    end_stream(v);
    ds_video_region_clear(&v->region);
}

static bool is_wanted(const struct ds_video *v, const struct ds_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        if (ds_video_region_has(&v->region, &plan->ops[i]))
            return true;
    return false;
}

static bool is_same(struct ds_rect a, struct ds_rect b)
{
    return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

/* One more picture of the stream, or the first of a new one. False: there is none. */
static bool encode(struct ds_video *v, const struct ds_image *image, uint64_t rate, bool *begins)
{
    struct ds_rect rect = v->region.rect;
    if (v->encoder && !is_same(v->rect, rect))
        end_stream(v);
    *begins = !v->encoder;
    if (v->encoder)
        ds_video_encoder_set_rate(v->encoder, rate);
    else
        v->encoder = ds_video_encoder_new((uint32_t)rect.width, (uint32_t)rect.height, rate);
    v->rect = rect;
    if (!v->encoder || ds_video_encode(v->encoder, image, rect, &v->bytes, &v->len)) {
        v->failed = true;
        end_stream(v);
        return false;
    }
    if (v->len <= DS_VIDEO_BYTES_MAX)
        return true;
    end_stream(v);
    return false;
}

int ds_video_run(struct ds_video *v, struct ds_plan *plan, const struct ds_image *image,
                 uint64_t rate, ds_tick now)
{
    bool begins;
    ds_video_region_update(&v->region, plan, now);
    if (v->encoder && ds_rect_is_empty(v->region.rect))
        end_stream(v);
    if (v->failed || !is_wanted(v, plan) || !encode(v, image, rate, &begins))
        return 0;
    struct ds_op frame = {.kind = DS_OP_KIND_VIDEO, .rect = v->rect, .begins = begins};
    ds_plan_clear(&v->next);
    int error = ds_plan_add(&v->next, &frame);
    for (size_t i = 0; i < plan->count && !error; i++) {
        struct ds_op op = plan->ops[i];
        if (ds_video_region_has(&v->region, &op)) {
            op.kind = DS_OP_KIND_SHOW;
            op.smooth = false;
        }
        error = ds_plan_add(&v->next, &op);
    }
    /* Only the list: the colours of PALETTE operations stay where they are. */
    for (size_t i = 0; i < v->next.count && !error; i++) {
        if (i < plan->count)
            plan->ops[i] = v->next.ops[i];
        else
            error = ds_plan_add(plan, &v->next.ops[i]);
    }
    return error;
}
