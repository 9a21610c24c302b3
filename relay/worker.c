/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/worker.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "relay/desk/conf.h"
#include "relay/meet/leg.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOTS 4096
/* Orders never pile up: main makes a few for each event of a leg. */
#define ORDERS_MAX 262144
#define SWEEP_MS 500

static void destroy_order(struct ds_letter *letter)
{
    struct relay_order *order = (struct relay_order *)letter;
    if (order->fd >= 0)
        close(order->fd);
    if (order->moving)
        relay_leg_discard(order->moving);
    ds_rcbuf_unref(order->bytes);
    ds_rcbuf_unref(order->other_bytes);
    free(order);
}

struct relay_order *relay_order_new(enum relay_order_kind kind, uint64_t leg)
{
    struct relay_order *order = ds_alloc_array(1, sizeof(*order));
    if (!order)
        return NULL;
    order->letter.kind = (int)kind;
    order->letter.destroy = destroy_order;
    order->leg = leg;
    order->fd = -1;
    return order;
}

int relay_worker_order(struct relay_worker *worker, struct relay_order *order)
{
    int error = ds_mailbox_push(&worker->orders, &order->letter);
    if (error) {
        ds_log_error("worker cannot take orders worker=%u", worker->index);
        destroy_order(&order->letter);
    }
    return error;
}

static void destroy_report(struct ds_letter *letter)
{
    struct relay_report *report = (struct relay_report *)letter;
    ds_message_free(report->message);
    free(report);
}

static void push_report(struct relay_worker *worker, enum relay_report_kind kind, uint64_t leg,
                        const struct ds_message *message, const char *why, ds_tick heard)
{
    struct relay_report *report = ds_alloc_array(1, sizeof(*report));
    struct ds_message *copy = message ? ds_message_copy(message) : NULL;
    if (report) {
        report->letter.kind = (int)kind;
        report->letter.destroy = destroy_report;
        report->leg = leg;
        report->worker = worker->index;
        report->why = why;
        report->heard = heard;
        report->message = copy;
    }
    if (report && (copy || !message) &&
        ds_mailbox_push(worker->common->reports, &report->letter) == DS_OK)
        return;
    /* A lost GONE would hold a place for ever: better to end and be started again. */
    ds_log_error("the main loop takes no reports worker=%u", worker->index);
    ds_check(kind == RELAY_REPORT_MESSAGE || kind == RELAY_REPORT_WRITTEN);
    if (report)
        destroy_report(&report->letter);
    else
        ds_message_free(copy);
}

void relay_worker_report(struct relay_worker *worker, enum relay_report_kind kind, uint64_t leg,
                         const struct ds_message *message, const char *why)
{
    push_report(worker, kind, leg, message, why, 0);
}

void relay_worker_gone(struct relay_worker *worker, uint64_t leg, ds_tick heard, const char *why)
{
    push_report(worker, RELAY_REPORT_GONE, leg, NULL, why, heard);
}

static struct relay_leg **slot(struct relay_worker *worker, uint64_t id)
{
    struct relay_leg **at = &worker->slots[id % SLOTS];
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

struct relay_leg *relay_worker_find(struct relay_worker *worker, uint64_t id)
{
    return *slot(worker, id);
}

static void on_sweep(uv_timer_t *timer)
{
    struct relay_worker *worker = timer->data;
    ds_tick now = ds_clock_now();
    for (size_t i = 0; i < SLOTS; i++) {
        /* A leg that closes takes itself out of the chain; its memory stays until the next round.
         */
        for (struct relay_leg *leg = worker->slots[i], *next; leg; leg = next) {
            next = leg->next;
            if (worker->is_stopping && now >= worker->stop_at)
                relay_leg_close(leg, "relay stops");
            else
                relay_leg_sweep(leg, now);
        }
    }
}

void relay_worker_add(struct relay_worker *worker, struct relay_leg *leg)
{
    struct relay_leg **at = slot(worker, leg->id);
    ds_check(!*at);
    leg->next = NULL;
    *at = leg;
    uint64_t every = worker->common->heartbeat_ms / 2;
    if (every > SWEEP_MS)
        every = SWEEP_MS;
    if (worker->leg_count++ == 0)
        uv_timer_start(&worker->sweep, on_sweep, every, every);
}

void relay_worker_remove(struct relay_worker *worker, struct relay_leg *leg)
{
    struct relay_leg **at = slot(worker, leg->id);
    if (!*at)
        return;
    *at = leg->next;
    if (--worker->leg_count == 0)
        uv_timer_stop(&worker->sweep);
    if (leg->is_ready) {
        struct relay_leg **r = &worker->ready;
        while (*r != leg)
            r = &(*r)->next_ready;
        *r = leg->next_ready;
        leg->is_ready = false;
    }
}

static void on_again(uv_idle_t *idle)
{
    struct relay_worker *worker = idle->data;
    struct relay_leg *ready = worker->ready;
    worker->ready = NULL;
    for (struct relay_leg *leg = ready; leg; leg = leg->next_ready)
        leg->is_ready = false;
    while (ready) {
        struct relay_leg *leg = ready;
        ready = leg->next_ready;
        relay_leg_turn(leg);
    }
    if (!worker->ready)
        uv_idle_stop(idle);
}

void relay_worker_again(struct relay_worker *worker, struct relay_leg *leg)
{
    if (leg->is_ready)
        return;
    leg->is_ready = true;
    leg->next_ready = worker->ready;
    worker->ready = leg;
    uv_idle_start(&worker->again, on_again);
}

static void close_handles(struct relay_worker *worker)
{
    uv_close((uv_handle_t *)&worker->async, NULL);
    uv_close((uv_handle_t *)&worker->sweep, NULL);
    uv_close((uv_handle_t *)&worker->again, NULL);
}

static void stop(struct relay_worker *worker)
{
    worker->is_stopping = true;
    worker->stop_at = ds_clock_now() + worker->common->conf->drain_ms * DS_MS;
    for (size_t i = 0; i < SLOTS; i++) {
        for (struct relay_leg *leg = worker->slots[i], *next; leg; leg = next) {
            next = leg->next;
            if (leg->state == RELAY_LEG_OPEN)
                relay_leg_send(leg, NULL, 0, true);
            else if (leg->state != RELAY_LEG_LAST)
                relay_leg_close(leg, "relay stops");
        }
    }
}

static void pair(struct relay_leg *leg, struct relay_leg *other, const struct relay_order *order)
{
    if (leg)
        relay_leg_send(leg, order->bytes->data, order->bytes->len, false);
    if (other)
        relay_leg_send(other, order->other_bytes->data, order->other_bytes->len, false);
    if (leg && other && leg->state == RELAY_LEG_OPEN && other->state == RELAY_LEG_OPEN)
        relay_leg_pair(leg, other);
}

static void obey(struct relay_worker *worker, struct relay_order *order)
{
    struct relay_leg *leg = relay_worker_find(worker, order->leg);
    switch ((enum relay_order_kind)order->letter.kind) {
    case RELAY_ORDER_TAKE:
        relay_leg_take(worker, order->leg, order->fd);
        order->fd = -1;
        break;
    case RELAY_ORDER_SEND:
        if (leg && order->answers == RELAY_ANSWERS_QUESTION && leg->asked > 0)
            leg->asked--;
        if (leg && order->answers == RELAY_ANSWERS_SAY && leg->said > 0)
            leg->said--;
        if (leg && order->tells)
            relay_leg_tell(leg, order->bytes ? order->bytes->len : 0);
        if (leg && (order->bytes || order->last))
            relay_leg_send(leg, order->bytes ? order->bytes->data : NULL,
                           order->bytes ? order->bytes->len : 0, order->last);
        break;
    case RELAY_ORDER_PAIR:
        pair(leg, relay_worker_find(worker, order->other), order);
        break;
    case RELAY_ORDER_PART:
        if (leg)
            relay_leg_part(leg);
        break;
    case RELAY_ORDER_MOVE:
        if (leg)
            relay_leg_move(leg, order->to);
        break;
    case RELAY_ORDER_ARRIVE:
        relay_leg_arrive(worker, order->moving);
        order->moving = NULL;
        break;
    case RELAY_ORDER_STOP:
        stop(worker);
        break;
    }
}

static void on_async(uv_async_t *async)
{
    struct relay_worker *worker = async->data;
    struct ds_letter *letter = ds_mailbox_take_all(&worker->orders);
    while (letter) {
        struct ds_letter *next = letter->next;
        obey(worker, (struct relay_order *)letter);
        letter->destroy(letter);
        letter = next;
    }
}

static void wake(void *ctx)
{
    uv_async_send(ctx);
}

static void *run(void *ctx)
{
    struct relay_worker *worker = ctx;
    char name[16];
    snprintf(name, sizeof(name), "legs-%u", worker->index);
    pthread_setname_np(pthread_self(), name);
    while (!worker->is_stopping || worker->leg_count > 0)
        uv_run(&worker->loop, UV_RUN_ONCE);
    relay_worker_report(worker, RELAY_REPORT_STOPPED, 0, NULL, NULL);
    close_handles(worker);
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    OPENSSL_thread_stop();
    return NULL;
}

int relay_worker_start(struct relay_worker *worker, unsigned index, struct relay_worker *all,
                       const struct relay_worker_common *common)
{
    worker->index = index;
    worker->all = all;
    worker->common = common;
    worker->slots = ds_alloc_array(SLOTS, sizeof(worker->slots[0]));
    if (!worker->slots)
        return DS_ENOMEM;
    if (uv_loop_init(&worker->loop))
        goto fail_slots;
    if (ds_mailbox_init(&worker->orders, ORDERS_MAX, wake, &worker->async))
        goto fail_loop;
    worker->async.data = worker->sweep.data = worker->again.data = worker;
    uv_async_init(&worker->loop, &worker->async, on_async);
    uv_timer_init(&worker->loop, &worker->sweep);
    uv_idle_init(&worker->loop, &worker->again);
    if (pthread_create(&worker->thread, NULL, run, worker))
        goto fail_handles;
    worker->is_started = true;
    return DS_OK;
fail_handles:
    close_handles(worker);
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    ds_mailbox_destroy(&worker->orders);
fail_loop:
    uv_loop_close(&worker->loop);
fail_slots:
    free(worker->slots);
    worker->slots = NULL;
    return DS_EIO;
}

void relay_worker_join(struct relay_worker *worker)
{
    if (!worker->is_started)
        return;
    pthread_join(worker->thread, NULL);
    ds_mailbox_destroy(&worker->orders);
    uv_loop_close(&worker->loop);
    free(worker->slots);
    worker->slots = NULL;
    worker->is_started = false;
}
