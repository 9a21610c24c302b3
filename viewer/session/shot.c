/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screenshots of the customer's picture: copied and encoded in a thread of the loop's pool, so that
 * neither the picture nor the line waits for it. */
#include "viewer/session/line_priv.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "viewer/pictures.h"
#include "viewer/present/png.h"
#include "viewer/session/desk.h"

#include <stdlib.h>
#include <string.h>

#define SHOTS_MAX 4 /* that are written at the same time: each is a whole picture of memory */

struct shot {
    uv_work_t work;
    struct viewer_line *line; /* borrowed: lives as long as its loop */
    char *path;               /* owned, NULL: where such pictures go */
    char tag[65];
    /* what came of it */
    int error;
    struct ds_rcbuf *png; /* one reference */
    uint32_t width, height;
    char saved[4200]; /* its full name */
};

static int copy_picture(struct shot *s, struct ds_image *image)
{
    struct ds_backing *backing = s->line->config.backing;
    ds_backing_lock(backing);
    int error = backing->image.pixels
                    ? ds_image_init(image, backing->image.width, backing->image.height)
                    : DS_EINVAL;
    if (!error)
        ds_image_copy(image, &backing->image, ds_image_bounds(image));
    ds_backing_unlock(backing);
    return error;
}

/* A thread of the pool. */
static void on_work(uv_work_t *work)
{
    struct shot *s = work->data;
    struct ds_image image = {.pixels = NULL};
    s->error = copy_picture(s, &image);
    if (!s->error)
        s->error = viewer_png_encode(&image, &s->png);
    s->width = image.width;
    s->height = image.height;
    ds_image_destroy(&image);
    if (!s->error)
        s->error =
            viewer_picture_save(s->path, s->png->data, s->png->len, s->saved, sizeof(s->saved));
}

static void tell(struct shot *s)
{
    struct viewer_line *line = s->line;
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_SHOT);
    if (notice && !s->error)
        memcpy(notice->of.text, s->saved, strnlen(s->saved, sizeof(notice->of.text) - 1));
    viewer_line_notice(line, notice);
    if (s->error) {
        ds_log_warn("the screenshot could not be saved error=%s", ds_error_name(s->error));
        ds_event_error(line->automation, "not-written",
                       "The screenshot cannot be written, or the file exists", s->tag);
        return;
    }
    ds_log_info("screenshot saved width=%u height=%u bytes=%zu", s->width, s->height, s->png->len);
    ds_event_screenshot(line->automation, s->saved, s->width, s->height);
    ds_event_done(line->automation, s->tag);
}

static void on_done(uv_work_t *work, int status)
{
    struct shot *s = work->data;
    struct viewer_line *line = s->line;
    line->shots--;
    if (status)
        s->error = DS_ECLOSED;
    /* before it is told: who hears of it can paste it */
    if (!s->error && !line->quitting && viewer_desk_copy_png(line, s->png->data, s->png->len))
        ds_log_info("the screenshot is not copied");
    tell(s);
    ds_rcbuf_unref(s->png);
    free(s->path);
    free(s);
}

int viewer_shot_begin(struct viewer_line *line, const char *path, const char *tag)
{
    const struct viewer_model *model = &line->machine.model;
    if (!viewer_model_has(model, DS_RIGHT_LOOK))
        return model->stage == VIEWER_ACTIVE && model->away == VIEWER_HERE ? DS_EREFUSED
                                                                           : DS_EINVAL;
    if (model->paused || line->await_picture)
        return DS_EINVAL;
    if (line->shots >= SHOTS_MAX)
        return DS_EAGAIN;
    struct shot *s = calloc(1, sizeof(*s));
    if (!s)
        return DS_ENOMEM;
    s->work.data = s;
    s->line = line;
    s->path = path ? strdup(path) : NULL;
    memcpy(s->tag, tag, strnlen(tag, sizeof(s->tag) - 1));
    if ((path && !s->path) || uv_queue_work(&line->loop, &s->work, on_work, on_done)) {
        free(s->path);
        free(s);
        return DS_ENOMEM;
    }
    line->shots++;
    return DS_OK;
}

void viewer_shot_order(struct viewer_line *line)
{
    int error = viewer_shot_begin(line, NULL, "");
    if (!error || error == DS_EAGAIN)
        return;
    viewer_line_notice(line, viewer_notice_new(VIEWER_NOTICE_SHOT));
}
