/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions outlive the process: their rows go to the store with each change that matters, and come
 * back at the next start. A session has one row on its way at most; what changes meanwhile goes
 * with the next one. */
#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/desk/desk.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* A token that is sent when its hash is in the store. */
struct fresh {
    uint64_t leg; /* 0: none */
    char token[DS_TEXT_TOKEN];
};

struct saving {
    struct relay_job job;
    struct relay_desk *desk;
    struct fresh fresh[RELAY_SIDES];
    struct relay_session row;
};

static void free_saving(struct ds_letter *letter)
{
    OPENSSL_cleanse(letter, sizeof(struct saving));
    free(letter);
}

static int write_row(struct relay_job *job, struct relay_store *store)
{
    return store->ops->session_put(store, &((struct saving *)job)->row);
}

static void hand_out(struct relay_desk *desk, struct relay_session *session, enum relay_side side,
                     const struct saving *saving)
{
    const struct fresh *fresh = &saving->fresh[side];
    struct relay_session_end *end = &session->end[side];
    struct relay_desk_leg *leg = end->leg == fresh->leg ? relay_desk_find(desk, end->leg) : NULL;
    end->tokens.fresh = saving->row.end[side].tokens.fresh;
    if (!leg) /* gone, or another one that wants its own */
        return;
    struct ds_message message = {.type = DS_MESSAGE_TOKEN};
    memcpy(message.token, fresh->token, sizeof(message.token));
    relay_desk_send(desk, leg, &message, false, false);
    ds_message_wipe(&message);
}

static void row_written(struct relay_job *job)
{
    struct saving *saving = (struct saving *)job;
    struct relay_desk *desk = saving->desk;
    struct relay_session *session = relay_sessions_find(&desk->sessions, saving->row.id);
    if (session && !desk->is_stopping) {
        session->is_saving = false;
        for (int side = 0; side < RELAY_SIDES; side++) {
            if (saving->fresh[side].leg)
                hand_out(desk, session, (enum relay_side)side, saving);
        }
        if (session->is_unsaved)
            relay_desk_save(desk, session);
    }
    free_saving(&job->letter);
}

/* Without randomness the end keeps the token it has. */
static void draw(struct saving *saving, struct relay_session *session, enum relay_side side)
{
    struct relay_session_end *end = &session->end[side];
    struct fresh *fresh = &saving->fresh[side];
    if (!end->is_wanting || !end->leg ||
        relay_token_draw(fresh->token, &saving->row.end[side].tokens.fresh))
        return;
    fresh->leg = end->leg;
    end->is_wanting = false;
}

void relay_desk_save(struct relay_desk *desk, struct relay_session *session)
{
    session->is_unsaved = true;
    if (session->is_saving && !desk->is_stopping)
        return;
    struct saving *saving = ds_alloc_array(1, sizeof(*saving));
    if (!saving) {
        desk->unsaved = true; /* the sweep tries again */
        return;
    }
    saving->job.letter.destroy = free_saving;
    saving->job.write = write_row;
    saving->job.done = row_written;
    saving->desk = desk;
    saving->row = *session;
    if (!desk->is_stopping) {
        draw(saving, session, RELAY_VIEWER);
        draw(saving, session, RELAY_AGENT);
    }
    if (relay_clerk_push(desk->clerk, &saving->job)) {
        for (int side = 0; side < RELAY_SIDES; side++)
            session->end[side].is_wanting |= saving->fresh[side].leg != 0;
        free_saving(&saving->job.letter);
        desk->unsaved = true;
        return;
    }
    session->is_saving = true;
    session->is_unsaved = false;
}

static void save_list(struct relay_desk *desk, struct relay_session *first)
{
    for (struct relay_session *s = first; s && !desk->unsaved; s = s->next) {
        if (s->is_unsaved)
            relay_desk_save(desk, s);
    }
}

void relay_desk_save_rest(struct relay_desk *desk)
{
    if (!desk->unsaved && !desk->is_stopping)
        return;
    desk->unsaved = false;
    save_list(desk, desk->sessions.first);
    save_list(desk, desk->sessions.ended);
}

/* ---- forgotten ---- */

struct forgetting {
    struct relay_job job;
    char id[DS_TEXT_SESSION];
};

static int write_removal(struct relay_job *job, struct relay_store *store)
{
    return store->ops->session_remove(store, ((struct forgetting *)job)->id);
}

static void removed(struct relay_job *job)
{
    free(job);
}

bool relay_desk_forget(struct relay_desk *desk, struct relay_session *session)
{
    if (session->is_saving || session->is_unsaved || session->chat_waiting > 0)
        return false;
    struct forgetting *job = ds_alloc_array(1, sizeof(*job));
    if (!job)
        return false;
    job->job.write = write_removal;
    job->job.done = removed;
    memcpy(job->id, session->id, sizeof(job->id));
    if (relay_clerk_push(desk->clerk, &job->job)) {
        free(job);
        return false;
    }
    relay_sessions_close(&desk->sessions, session);
    return true;
}

/* ---- the start ---- */

struct loading {
    struct relay_desk *desk;
    struct relay_store *store;
    struct relay_life last, now;
};

/* A tick of the process before, on the clock of this one; what is over, is over now. */
static ds_tick ahead(const struct loading *loading, ds_tick then, ds_tick most)
{
    int64_t left = relay_life_left(&loading->last, &loading->now, then);
    if (left <= 0)
        return loading->now.tick;
    return loading->now.tick + ((ds_tick)left < most ? (ds_tick)left : most);
}

static ds_tick behind(const struct loading *loading, ds_tick then)
{
    int64_t left = relay_life_left(&loading->last, &loading->now, then);
    if (then == 0 || left >= 0)
        return then == 0 ? 0 : loading->now.tick;
    return loading->now.tick > (ds_tick)-left ? loading->now.tick - (ds_tick)-left : 1;
}

static void put_right(const struct loading *loading, struct relay_session *session)
{
    ds_tick cutoff = loading->desk->cutoff;
    for (int side = 0; side < RELAY_SIDES; side++) {
        struct relay_session_end *end = &session->end[side];
        /* Whoever was there has been away since the last sign of life. */
        end->until = ahead(loading, end->leg ? loading->last.tick + cutoff : end->until, cutoff);
        end->leg = 0;
    }
    session->opened = behind(loading, session->opened);
    session->paired = behind(loading, session->paired);
    session->expires = ahead(loading, session->expires, INT64_MAX);
    session->forget_at = ahead(loading, session->forget_at, cutoff);
}

static int load_one(void *ctx, const struct relay_session *stored)
{
    struct loading *loading = ctx;
    struct relay_session *session = ds_alloc_array(1, sizeof(*session));
    if (!session)
        return DS_ENOMEM;
    *session = *stored;
    put_right(loading, session);
    if (!relay_sessions_restore(&loading->desk->sessions, session)) {
        ds_log_error("a session of the store cannot be used session=%s", session->id);
        free(session);
    }
    return DS_OK;
}

/* Written at once with the new sign of life: else the next process would count from this one. */
static int write_back(struct loading *loading, struct relay_session *first)
{
    struct relay_store *store = loading->store;
    int error = DS_OK;
    for (struct relay_session *s = first; s && !error; s = s->next)
        error = store->ops->session_put(store, s);
    return error;
}

static int bar_suspended(struct loading *loading)
{
    struct relay_store *store = loading->store;
    struct relay_account account;
    int error = DS_OK;
    for (struct relay_session *s = loading->desk->sessions.first; s && error != DS_EIO;
         s = s->next) {
        error = store->ops->account_get(store, s->email, &account);
        s->is_barred = error == DS_ENOTFOUND || (error == DS_OK && !account.is_active);
    }
    return error == DS_EIO ? error : DS_OK;
}

int relay_desk_load(struct relay_desk *desk, struct relay_store *store)
{
    struct loading loading = {.desk = desk, .store = store};
    struct relay_sessions *sessions = &desk->sessions;
    relay_life_now(&loading.now);
    int error = store->ops->begin(store);
    if (error)
        return error;
    error = store->ops->life_get(store, &loading.last);
    if (error == DS_ENOTFOUND) {
        loading.last = loading.now;
        error = DS_OK;
    }
    if (!error)
        error = store->ops->session_each(store, load_one, &loading);
    if (!error)
        error = bar_suspended(&loading);
    if (!error)
        error = write_back(&loading, sessions->first);
    if (!error)
        error = write_back(&loading, sessions->ended);
    if (!error)
        error = store->ops->life_put(store, &loading.now);
    if (!error)
        error = store->ops->commit(store);
    if (error)
        store->ops->rollback(store);
    else if (sessions->count > 0)
        ds_log_info("sessions go on running=%zu waiting=%zu", sessions->paired,
                    sessions->count - sessions->paired);
    return error;
}

void relay_desk_end_barred(struct relay_desk *desk)
{
    for (struct relay_session *session = desk->sessions.first, *next; session; session = next) {
        next = session->next;
        if (session->is_barred)
            relay_desk_end(desk, session, DS_BY_RELAY, DS_REASON_DISABLED, true, true);
    }
}
