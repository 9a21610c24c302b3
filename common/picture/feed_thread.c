/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/feed_thread.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/turn.h"
#include "common/picture/plan_log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Refinement begins after this rest, oldest lossy parts first (CODEC.md, lossy policy), and takes
 * half of what the line holds, so that a change is never far behind it. */
#define REST (200 * DS_MS)
/* What is only good for a glance is made finer sooner, as soon as nothing changes any more. */
#define GLANCE_REST (40 * DS_MS)
#define REFINE_MIN ((size_t)16384)
/* A viewer may ask for another monitor as often as it likes. */
#define SELECT_SPACING (100 * DS_MS)
/* Of each second of the line, for a video stream. */
#define VIDEO_SHARE (800 * DS_MS)
/* A page may take so long to answer the wheel (CODEC.md 4.2). */
#define SCROLL_ANSWER (500 * DS_MS)
#define MOVES 4            /* windows that move at once */
#define RETRY (50 * DS_MS) /* after an error of the display or of memory */

/* ---- letters ---- */

static void destroy_letter(struct ds_letter *letter)
{
    ds_rcbuf_unref(((struct ds_feed_letter *)letter)->bytes);
    free(letter);
}

/* Takes over bytes, also on failure (NULL). */
static struct ds_feed_letter *new_letter(const struct ds_feed_thread *t, int kind,
                                         struct ds_rcbuf *bytes)
{
    struct ds_feed_letter *letter = bytes ? calloc(1, sizeof(*letter)) : NULL;
    if (!letter) {
        ds_rcbuf_unref(bytes);
        return NULL;
    }
    letter->letter = (struct ds_letter){.kind = kind, .destroy = destroy_letter};
    letter->bytes = bytes;
    letter->generation = t->generation;
    return letter;
}

/* Takes over the letter (NULL: memory was short). */
static int post(struct ds_feed_thread *t, struct ds_feed_letter *letter)
{
    if (!letter)
        return DS_ENOMEM;
    int error = ds_mailbox_push(t->letters, &letter->letter);
    if (error)
        destroy_letter(&letter->letter);
    return error;
}

static void tell_gone(struct ds_feed_thread *t)
{
    t->is_gone = true;
    post(t, new_letter(t, DS_FEED_GONE, ds_rcbuf_new(0)));
}

static int tell_layout(struct ds_feed_thread *t)
{
    struct ds_control layout = {.type = DS_CONTROL_LAYOUT};
    struct ds_rcbuf *bytes = NULL;
    struct ds_buf buf;
    ds_capture_layout(t->capture, &layout);
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    int error = ds_control_encode(&buf, &layout);
    if (!error && (bytes = ds_rcbuf_new(buf.len)))
        memcpy(bytes->data, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
    struct ds_feed_letter *letter = new_letter(t, DS_FEED_LAYOUT, bytes);
    if (letter) {
        ds_capture_origin(t->capture, &letter->x, &letter->y);
        letter->width = layout.width;
        letter->height = layout.height;
    }
    return error ? error : post(t, letter);
}

/* ---- one update ---- */

/* ds_encoder_emit */
static int emit(void *ctx, struct ds_rcbuf *buf, bool first, bool last)
{
    struct ds_feed_thread *t = ctx;
    t->emitting.ready = ds_clock_now();
    if (first)
        t->emitting.started = t->emitting.ready;
    buf->data[0] = DS_SCREEN_CHUNK;
    ds_put_u32(buf->data + 1, t->next_id);
    buf->data[5] = first ? DS_SCREEN_FLAG_FIRST : 0;
    if (first && t->emitting.key)
        buf->data[5] |= DS_SCREEN_FLAG_KEY;
    bool exact = last && !ds_encoder_is_lossy(t->encoder);
    if (last)
        buf->data[5] |= DS_SCREEN_FLAG_LAST;
    if (exact)
        buf->data[5] |= DS_SCREEN_FLAG_EXACT;
    t->emitting.bytes += buf->len;
    struct ds_feed_letter *letter = new_letter(t, DS_FEED_CHUNK, buf);
    if (letter) {
        letter->id = t->next_id;
        letter->last = last;
        letter->exact = exact;
    }
    return post(t, letter);
}

static void start_over(struct ds_feed_thread *t)
{
    if (t->encoder)
        ds_encoder_reset(t->encoder);
    t->key_due = true;
}

static int encode(struct ds_feed_thread *t, const struct ds_encode_request *request,
                  struct ds_encode_result *result)
{
    t->emitting = (struct emitting){.key = t->key_due};
    int error = ds_encoder_encode(t->encoder, request, emit, t, result);
    if (error) {
        /* Chunks may be missing at the viewer: everything anew, from black. */
        ds_log_warn("screen update failed error=%s", ds_error_name(error));
        start_over(t);
        t->next_id++;
        t->retry = request->now + RETRY;
        return error;
    }
    if (result->sent) {
        ds_pace_sent(&t->pace, t->next_id, t->emitting.bytes, t->emitting.started,
                     t->emitting.ready);
        ds_plan_log(t->encoder, t->next_id, result->bytes);
        t->next_id++;
        t->key_due = false;
    }
    return DS_OK;
}

/* Half of what the line holds. The encoder itself takes only parts that have rested. */
static size_t refine_bytes(const struct ds_feed_thread *t)
{
    if (!t->encoder || !ds_encoder_is_unsettled(t->encoder))
        return 0;
    if (!t->pace.knows_trip)
        return 1; /* a tile first: its acknowledgement tells the way without the bytes */
    ds_tick window = ds_pace_round_trip(&t->pace) + DS_PACE_SLACK;
    size_t half = ds_pace_line(&t->pace, window) / 2;
    return half < REFINE_MIN ? REFINE_MIN : half;
}

/* When refinement may begin; 0: there is nothing to refine. */
static ds_tick refinement_time(const struct ds_feed_thread *t)
{
    if (!t->encoder || !ds_encoder_is_unsettled(t->encoder))
        return 0;
    return t->last_change + (ds_encoder_is_coarse(t->encoder) ? GLANCE_REST : REST);
}

static bool is_refinement_due(const struct ds_feed_thread *t, ds_tick now)
{
    ds_tick due = refinement_time(t);
    return due != 0 && now >= due;
}

static void send_changes(struct ds_feed_thread *t, const struct ds_image *image,
                         struct ds_region *damage, ds_tick now)
{
    struct ds_encode_result result = {.sent = false};
    if (t->key_due)
        ds_region_add(damage, ds_image_bounds(image));
    size_t line = ds_pace_line(&t->pace, DS_PACE_LOSSY_AFTER);
    struct ds_vector moves[MOVES];
    struct ds_motion_hints hints = {.moves = moves,
                                    .count = ds_capture_moves(t->capture, moves, MOVES),
                                    .expected = t->scrolled && now < t->scrolled + SCROLL_ANSWER};
    struct ds_encode_request request = {.image = image,
                                        .damage = t->key_due ? NULL : damage,
                                        .quality = DS_QUALITY_FIT,
                                        .fit_bytes = line,
                                        .video = true,
                                        .video_rate = ds_pace_line(&t->pace, VIDEO_SHARE),
                                        .refine_bytes = refine_bytes(t),
                                        .hints = hints,
                                        .now = now};
    bool has_damage = !ds_region_is_empty(damage);
    if (!encode(t, &request, &result)) {
        if (result.sent && has_damage)
            t->last_change = now;
        else if (!result.sent && !has_damage) /* what is lossy cannot be refined yet */
            t->retry = now + (ds_encoder_is_coarse(t->encoder) ? GLANCE_REST : REST);
    }
    /* Programs move the pointer by request mostly when they draw. */
    if (t->pointer && has_damage)
        ds_pointer_ask_position(t->pointer);
}

/* ---- what is due ---- */

/* The picture has another size, or the viewer knows none: LAYOUT and a new encoder. What is on the
 * way belongs to the old size and LAYOUT would overtake it, so it has to arrive first. */
static bool settle_layout(struct ds_feed_thread *t, ds_tick now)
{
    if (!t->layout_due)
        return true;
    if (t->pace.count > 0 || t->queued)
        return false;
    struct ds_control layout = {.type = DS_CONTROL_LAYOUT};
    ds_capture_layout(t->capture, &layout);
    struct ds_encoder_config config = {layout.width, layout.height, t->features, t->tiles};
    ds_encoder_destroy(t->encoder);
    t->encoder = ds_encoder_new(&config);
    t->key_due = true;
    if (!t->encoder || tell_layout(t)) {
        t->retry = now + RETRY;
        return false;
    }
    t->layout_due = false;
    return true;
}

static bool has_work(const struct ds_feed_thread *t, ds_tick now)
{
    return t->layout_due || t->key_due || ds_capture_is_damaged(t->capture) ||
           is_refinement_due(t, now);
}

/* What the grab tells about the safety compare. */
static void learn_safety(struct ds_feed_thread *t, bool suspected, bool changed, ds_tick now)
{
    struct ds_capture_stats stats;
    ds_capture_get_stats(t->capture, &stats);
    if (suspected)
        ds_safety_looked(&t->safety, stats.missed > t->missed, now);
    else if (changed)
        ds_safety_use(&t->safety, now);
    t->missed = stats.missed;
}

/* Only while nothing is announced: what is will be read anyway. */
static bool must_suspect(const struct ds_feed_thread *t, ds_tick now)
{
    return ds_safety_is_due(&t->safety, now) && !t->layout_due && !t->key_due &&
           !ds_capture_is_damaged(t->capture);
}

static void update(struct ds_feed_thread *t, ds_tick now)
{
    const struct ds_image *image = NULL;
    struct ds_region damage;
    bool suspect = must_suspect(t, now);
    if (now < t->retry || t->queued || !ds_pace_may_send(&t->pace) ||
        !(has_work(t, now) || suspect) || now < ds_pace_not_before(&t->pace))
        return;
    if (suspect)
        ds_capture_suspect(t->capture);
    t->retry = 0;
    if (!settle_layout(t, now))
        return;
    int error = ds_capture_grab(t->capture, &image, &damage);
    learn_safety(t, suspect, error == DS_OK, now);
    if (error == DS_EAGAIN) { /* nothing new: the picture is the last one */
        ds_region_clear(&damage);
        error = ds_capture_peek(t->capture, &image);
    }
    if (error == DS_ECLOSED)
        return; /* ds_capture_poll says so */
    if (error) {
        t->retry = now + RETRY;
        return;
    }
    if (t->key_due || !ds_region_is_empty(&damage) || is_refinement_due(t, now))
        send_changes(t, image, &damage, now);
}

static void follow_pointer(struct ds_feed_thread *t, ds_tick now)
{
    int events = t->pointer ? ds_pointer_poll(t->pointer, now) : 0;
    if (events == 0 || (events & DS_POINTER_GONE))
        return;
    const struct ds_pointer_shape *shape = ds_pointer_get_shape(t->pointer);
    if ((events & DS_POINTER_SHAPE) && shape && !shape->hidden)
        post(t, new_letter(t, DS_FEED_CURSOR, ds_cursor_feed_shape(&t->feed, shape)));
    int32_t x, y, at_x, at_y;
    bool here = ds_pointer_get_position(t->pointer, &x, &y);
    struct ds_control layout = {.type = DS_CONTROL_LAYOUT};
    ds_capture_origin(t->capture, &at_x, &at_y);
    ds_capture_layout(t->capture, &layout);
    x -= at_x;
    y -= at_y;
    here = here && !(shape && shape->hidden) && x >= 0 && y >= 0 && x < (int32_t)layout.width &&
           y < (int32_t)layout.height;
    struct ds_rcbuf *position = ds_cursor_feed_position(&t->feed, x, y, here);
    if (position)
        post(t, new_letter(t, DS_FEED_CURSOR, position));
}

/* ---- wishes ---- */

static void share(struct ds_feed_thread *t, bool on, uint32_t generation)
{
    t->generation = generation;
    t->shared = on;
    ds_pace_forget(&t->pace);
    if (!on)
        return;
    ds_safety_begin(&t->safety, ds_clock_now());
    start_over(t);
    t->layout_due = true;
    t->feed = (struct ds_cursor_feed){.uses = 0};
    if (t->pointer) /* shape and position anew */
        ds_pointer_again(t->pointer);
}

/* Each selection takes memory, a layout and a picture from black: one that comes soon after another
 * waits, and the newest counts. */
static void select_monitor(struct ds_feed_thread *t, uint8_t monitor, ds_tick now)
{
    t->select_due = 0;
    if (monitor == t->monitor)
        return;
    if (t->selected != 0 && now < t->selected + SELECT_SPACING) {
        t->select_due = t->selected + SELECT_SPACING;
        return;
    }
    t->monitor = monitor;
    t->selected = now;
    if (ds_capture_select(t->capture, monitor)) /* ds_capture_poll tells of another size */
        ds_log_warn("monitor not selected, memory is short");
}

static void obey(struct ds_feed_thread *t)
{
    pthread_mutex_lock(&t->lock);
    struct ds_feed_wishes wishes = t->wishes;
    pthread_mutex_unlock(&t->lock);
    t->is_stopping = wishes.stop;
    t->visible = wishes.visible;
    t->queued = wishes.queued;
    t->scrolled = wishes.scrolled;
    if (wishes.generation != t->generation)
        share(t, wishes.shared, wishes.generation);
    select_monitor(t, wishes.monitor, ds_clock_now());
}

static void take_acks(struct ds_feed_thread *t)
{
    struct ds_letter *letter = ds_mailbox_take_all(&t->acks);
    ds_tick now = ds_clock_now();
    while (letter) {
        struct ds_letter *next = letter->next;
        const struct ds_feed_ack *ack = (const struct ds_feed_ack *)letter;
        ds_pace_ack(&t->pace, ack->id, ack->decode_us, now);
        letter->destroy(letter);
        letter = next;
    }
}

/* ---- the loop ---- */

static bool is_looking(const struct ds_feed_thread *t)
{
    return t->shared && t->visible && !t->is_gone;
}

/* The earlier of two times of which 0 is never. */
static ds_tick earlier(ds_tick a, ds_tick b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* When something is due though nothing arrives; 0: never. Waiting for an acknowledgement or for the
 * tunnel has no time: a wake-up comes. */
static ds_tick next_deadline(const struct ds_feed_thread *t, ds_tick now)
{
    ds_tick first = earlier(t->select_due, t->pointer ? ds_pointer_deadline(t->pointer) : 0);
    ds_tick due = 0, least = ds_pace_not_before(&t->pace) + 1; /* nothing is done before */
    least = t->retry > least ? t->retry : least;
    if (!t->queued && ds_pace_may_send(&t->pace)) {
        if (has_work(t, now) && !(t->layout_due && t->pace.count > 0))
            due = least;
        else
            due = earlier(refinement_time(t), t->safety.due);
        due = due != 0 && due < least ? least : due;
    }
    return earlier(first, due);
}

static int timeout_ms(ds_tick deadline, ds_tick now)
{
    if (deadline == 0)
        return -1;
    if (deadline <= now)
        return 0;
    ds_tick left = (deadline - now + DS_MS - 1) / DS_MS;
    return left > 60000 ? 60000 : (int)left;
}

static void wait_for_something(struct ds_feed_thread *t)
{
    struct pollfd fds[3] = {{.fd = t->wake, .events = POLLIN},
                            {.fd = -1, .events = POLLIN},
                            {.fd = -1, .events = POLLIN}};
    ds_tick now = ds_clock_now();
    int timeout = -1;
    if (is_looking(t)) {
        fds[1].fd = ds_capture_fd(t->capture);
        fds[2].fd = t->pointer ? ds_pointer_fd(t->pointer) : -1;
        timeout = timeout_ms(next_deadline(t, now), now);
    }
    uint64_t count;
    if (poll(fds, 3, timeout) > 0 && (fds[0].revents & POLLIN) &&
        read(t->wake, &count, sizeof(count)) < 0 && errno != EAGAIN)
        ds_log_error("screen thread cannot read its wake-ups errno=%d", errno);
}

static void follow_layout(struct ds_feed_thread *t)
{
    t->layout_due = true;
    if (t->pointer) /* its place in the picture is another */
        ds_pointer_again(t->pointer);
}

static void look(struct ds_feed_thread *t)
{
    int events = ds_capture_poll(t->capture);
    if (events & DS_CAPTURE_GONE) {
        tell_gone(t);
        return;
    }
    if (events & DS_CAPTURE_RESIZED)
        follow_layout(t);
    ds_tick now = ds_clock_now();
    update(t, now);
    follow_pointer(t, now);
}

void *ds_feed_thread_run(void *ctx)
{
    struct ds_feed_thread *t = ctx;
    pthread_setname_np(pthread_self(), "screen");
    ds_turn_usual();
    while (!t->is_stopping) {
        obey(t);
        take_acks(t);
        if (is_looking(t)) {
            look(t);
            /* Answers of the display may have brought events along that wake nobody. */
            while (is_looking(t) && (ds_capture_poll(t->capture) & DS_CAPTURE_RESIZED))
                follow_layout(t);
        }
        if (!t->is_stopping)
            wait_for_something(t);
    }
    return NULL;
}
