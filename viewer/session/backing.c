/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/backing.h"

#include "common/base/error.h"

#include <string.h>

int viewer_backing_init(struct viewer_backing *backing)
{
    memset(backing, 0, sizeof(*backing));
    return pthread_mutex_init(&backing->lock, NULL) ? DS_ENOMEM : DS_OK;
}

void viewer_backing_destroy(struct viewer_backing *backing)
{
    ds_image_destroy(&backing->image);
    pthread_mutex_destroy(&backing->lock);
}

void viewer_backing_lock(struct viewer_backing *backing)
{
    pthread_mutex_lock(&backing->lock);
}

void viewer_backing_unlock(struct viewer_backing *backing)
{
    pthread_mutex_unlock(&backing->lock);
}

int viewer_backing_resize(struct viewer_backing *backing, uint32_t width, uint32_t height)
{
    struct ds_image image = {0};
    if (width > 0 && height > 0) {
        int error = ds_image_init(&image, width, height);
        if (error)
            return error;
    }
    viewer_backing_lock(backing);
    struct ds_image old = backing->image;
    backing->image = image;
    ds_region_clear(&backing->fresh.region);
    backing->fresh.resized = true;
    backing->fresh.complete = false;
    viewer_backing_unlock(backing);
    ds_image_destroy(&old);
    return DS_OK;
}

void viewer_backing_publish(struct viewer_backing *backing, const struct ds_region *changed,
                            struct viewer_ack ack)
{
    viewer_backing_lock(backing);
    struct viewer_fresh *fresh = &backing->fresh;
    ds_region_add_region(&fresh->region, changed);
    fresh->complete = true;
    if (fresh->ack_count == VIEWER_ACKS_MAX) /* the newest says most */
        memmove(fresh->acks, fresh->acks + 1, --fresh->ack_count * sizeof(fresh->acks[0]));
    fresh->acks[fresh->ack_count++] = ack;
    viewer_backing_unlock(backing);
}

bool viewer_backing_take(struct viewer_backing *backing, struct viewer_fresh *out)
{
    viewer_backing_lock(backing);
    struct viewer_fresh *fresh = &backing->fresh;
    bool some = fresh->resized || fresh->ack_count > 0;
    if (some) {
        *out = *fresh;
        fresh->resized = false;
        fresh->ack_count = 0;
        ds_region_clear(&fresh->region);
    }
    viewer_backing_unlock(backing);
    return some;
}
