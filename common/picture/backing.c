/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/backing.h"

#include "common/base/error.h"

#include <string.h>

int ds_backing_init(struct ds_backing *backing)
{
    memset(backing, 0, sizeof(*backing));
    if (pthread_mutex_init(&backing->turn, NULL))
        return DS_ENOMEM;
    if (pthread_mutex_init(&backing->lock, NULL))
        goto no_lock;
    if (pthread_mutex_init(&backing->fresh_lock, NULL))
        goto no_fresh_lock;
    return DS_OK;
no_fresh_lock:
    pthread_mutex_destroy(&backing->lock);
no_lock:
    pthread_mutex_destroy(&backing->turn);
    return DS_ENOMEM;
}

void ds_backing_destroy(struct ds_backing *backing)
{
    ds_image_destroy(&backing->image);
    pthread_mutex_destroy(&backing->fresh_lock);
    pthread_mutex_destroy(&backing->lock);
    pthread_mutex_destroy(&backing->turn);
}

void ds_backing_lock(struct ds_backing *backing)
{
    pthread_mutex_lock(&backing->turn);
    pthread_mutex_lock(&backing->lock);
    pthread_mutex_unlock(&backing->turn);
}

void ds_backing_unlock(struct ds_backing *backing)
{
    pthread_mutex_unlock(&backing->lock);
}

int ds_backing_resize(struct ds_backing *backing, uint32_t width, uint32_t height)
{
    struct ds_image image = {0};
    int error = DS_OK;
    /* The old one goes first: two of the largest are more than a viewer should ever take. */
    ds_backing_lock(backing);
    ds_image_destroy(&backing->image);
    ds_backing_unlock(backing);
    if (width > 0 && height > 0)
        error = ds_image_init(&image, width, height);
    ds_backing_lock(backing);
    backing->image = image;
    ds_backing_unlock(backing);
    pthread_mutex_lock(&backing->fresh_lock);
    ds_region_clear(&backing->fresh.region);
    backing->fresh.resized = true;
    backing->fresh.complete = false;
    pthread_mutex_unlock(&backing->fresh_lock);
    return error;
}

void ds_backing_publish(struct ds_backing *backing, const struct ds_region *changed,
                        struct ds_ack ack)
{
    pthread_mutex_lock(&backing->fresh_lock);
    struct ds_fresh *fresh = &backing->fresh;
    ds_region_add_region(&fresh->region, changed);
    fresh->complete = true;
    if (fresh->ack_count == DS_ACKS_MAX) /* the newest says most */
        memmove(fresh->acks, fresh->acks + 1, --fresh->ack_count * sizeof(fresh->acks[0]));
    fresh->acks[fresh->ack_count++] = ack;
    pthread_mutex_unlock(&backing->fresh_lock);
}

bool ds_backing_take(struct ds_backing *backing, struct ds_fresh *out)
{
    pthread_mutex_lock(&backing->fresh_lock);
    struct ds_fresh *fresh = &backing->fresh;
    bool some = fresh->resized || fresh->ack_count > 0;
    if (some) {
        *out = *fresh;
        fresh->resized = false;
        fresh->ack_count = 0;
        ds_region_clear(&fresh->region);
    }
    pthread_mutex_unlock(&backing->fresh_lock);
    return some;
}
