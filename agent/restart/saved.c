/* SPDX-License-Identifier: GPL-3.0-or-later */
/*  The file, big-endian, text = u16 length and the bytes:
 *
 *      magic "DSRESUME"   version u16   length of the body u32   body   SHA-256 of all before (32)
 *
 *  body:
 *      host text   port u16   ca text   command text   accept text
 *      session 16 bytes   token 16 bytes   token before 16 bytes (zero: none)
 *      deadline: since boot u64 (us), wall i64 (ms), boot id text, whole u32 (ms)
 *      org text   rep text   granted u8 (bit = right)   flags u8 (1 may resume, 2 comes back,
 *          4 there is a token before, 8 hidden)
 *      paused u8   began i64   seen u64   controlled u64
 *      files: next u32, theirs u32   clipboard: sent u32, length u32, received u32, flags u8
 *          (1 answered, 2 an answer waits, 4 it is yes)   newest note u32
 *      features u32   tiles u16   monitor u8   draft text   files under way: u32 length and bytes of
 *          common/service/files_saved.c   tunnel: the same */
#include "agent/restart/saved.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <openssl/evp.h>
#include <string.h>

static const uint8_t magic[8] = {'D', 'S', 'R', 'E', 'S', 'U', 'M', 'E'};
enum { HEAD = sizeof(magic) + 2 + 4, HASH = 32, ID = 16, PAUSED_MOST = 2 };
enum { MAY_RESUME = 1, COMES_BACK = 2, HAS_BEFORE = 4, HIDDEN = 8 };

void agent_saved_init(struct agent_saved *s)
{
    memset(s, 0, sizeof(*s));
    ds_buf_init(&s->kept, DS_FILES_KEPT_MAX);
    ds_buf_init(&s->tunnel, AGENT_SAVED_TUNNEL_MAX);
}

void agent_saved_destroy(struct agent_saved *s)
{
    ds_buf_wipe(&s->kept);
    ds_buf_wipe(&s->tunnel);
    explicit_bzero(s, sizeof(*s));
}

static int hash(const uint8_t *bytes, size_t n, uint8_t out[HASH])
{
    unsigned len = HASH;
    return EVP_Digest(bytes, n, out, &len, EVP_sha256(), NULL) == 1 ? DS_OK : DS_ENOMEM;
}

/* ---- parts of a body ---- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void write_id(struct ds_writer *w, const char *hex)
{
    uint8_t id[ID];
    for (size_t i = 0; i < ID; i++) {
        int high = digit_of(hex[2 * i]), low = high < 0 ? -1 : digit_of(hex[2 * i + 1]);
        if (low < 0) {
            w->error = DS_EINVAL;
            return;
        }
        id[i] = (uint8_t)(high << 4 | low);
    }
    ds_writer_bytes(w, id, ID);
    explicit_bzero(id, sizeof(id));
}

static void read_id(struct ds_cursor *c, char out[2 * ID + 1])
{
    const uint8_t *id = ds_cursor_bytes(c, ID);
    for (size_t i = 0; id && i < ID; i++) {
        out[2 * i] = "0123456789abcdef"[id[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[id[i] & 15];
    }
    out[2 * ID] = '\0';
}

/* A path or a command: any bytes but NUL. */
static void read_bytes(struct ds_cursor *c, char *out, size_t size)
{
    size_t n = ds_cursor_u16(c);
    const uint8_t *bytes = ds_cursor_bytes(c, n);
    if (!bytes || n >= size || memchr(bytes, '\0', n)) {
        c->error = DS_EPROTO;
        return;
    }
    memcpy(out, bytes, n);
    out[n] = '\0';
}

static uint8_t flags_of(const bool *on, size_t count)
{
    unsigned flags = 0;
    for (size_t i = 0; i < count; i++)
        flags |= on[i] ? 1u << i : 0;
    return (uint8_t)flags;
}

/* Exactly the numbers that we would have written. */
static uint64_t at_most(struct ds_cursor *c, uint64_t value, uint64_t most)
{
    if (value > most)
        c->error = DS_EPROTO;
    return value;
}

/* ---- the body ---- */

static void write_shared(struct ds_writer *w, const struct agent_saved *s)
{
    const struct ds_clipboard_place *clipboard = &s->clipboard;
    const bool flags[] = {clipboard->is_answered, clipboard->answer_waits, clipboard->answer_taken};
    ds_writer_u32(w, s->files.next_id);
    ds_writer_u32(w, s->files.their_id);
    ds_writer_u32(w, clipboard->sent);
    ds_writer_u32(w, clipboard->sent_len);
    ds_writer_u32(w, clipboard->received);
    ds_writer_u8(w, flags_of(flags, sizeof(flags)));
    ds_writer_u32(w, s->newest_note);
}

static void read_shared(struct ds_cursor *c, struct agent_saved *s)
{
    struct ds_clipboard_place *clipboard = &s->clipboard;
    s->files.next_id = ds_cursor_u32(c);
    s->files.their_id = ds_cursor_u32(c);
    clipboard->sent = ds_cursor_u32(c);
    clipboard->sent_len = ds_cursor_u32(c);
    clipboard->received = ds_cursor_u32(c);
    uint64_t flags = at_most(c, ds_cursor_u8(c), 7);
    clipboard->is_answered = flags & 1;
    clipboard->answer_waits = flags & 2;
    clipboard->answer_taken = flags & 4;
    s->newest_note = ds_cursor_u32(c);
}

static void write_body(struct ds_writer *w, const struct agent_saved *s)
{
    const bool flags[] = {s->may_resume, s->comes_back, s->before[0] != '\0', s->is_hidden};
    static const char none[] = "00000000000000000000000000000000";
    ds_writer_text(w, s->host);
    ds_writer_u16(w, (uint16_t)s->port);
    ds_writer_text(w, s->ca_file);
    ds_writer_text(w, s->restart_command);
    ds_writer_text(w, s->accept);
    write_id(w, s->session);
    write_id(w, s->token);
    write_id(w, s->before[0] ? s->before : none);
    ds_writer_u64(w, s->deadline.at.boot);
    ds_writer_u64(w, (uint64_t)s->deadline.at.wall_ms);
    ds_writer_text(w, s->deadline.at.boot_id);
    ds_writer_u32(w, s->deadline.whole_ms);
    ds_writer_text(w, s->org);
    ds_writer_text(w, s->rep);
    ds_writer_u8(w, flags_of(s->granted, DS_RIGHT_COUNT));
    ds_writer_u8(w, flags_of(flags, sizeof(flags)));
    ds_writer_u8(w, s->paused);
    ds_writer_u64(w, (uint64_t)s->began_s);
    ds_writer_u64(w, s->seen);
    ds_writer_u64(w, s->controlled);
    write_shared(w, s);
    ds_writer_u32(w, s->peer_features);
    ds_writer_u16(w, s->peer_tiles);
    ds_writer_u8(w, s->monitor);
    ds_writer_text(w, s->draft);
    ds_writer_u32(w, (uint32_t)s->kept.len);
    ds_writer_bytes(w, ds_buf_peek(&s->kept), s->kept.len);
    ds_writer_u32(w, (uint32_t)s->tunnel.len);
    ds_writer_bytes(w, ds_buf_peek(&s->tunnel), s->tunnel.len);
}

static void read_deadline(struct ds_cursor *c, struct agent_deadline *d)
{
    d->at.boot = ds_cursor_u64(c);
    d->at.wall_ms = (int64_t)at_most(c, ds_cursor_u64(c), INT64_MAX);
    ds_cursor_text(c, d->at.boot_id, sizeof(d->at.boot_id));
    d->whole_ms = (uint32_t)at_most(c, ds_cursor_u32(c), DS_CUTOFF_MS);
}

static int read_kept(struct ds_cursor *c, struct ds_buf *out)
{
    uint32_t n = ds_cursor_u32(c);
    const uint8_t *bytes = ds_cursor_bytes(c, n);
    if (!bytes || n > DS_FILES_KEPT_MAX)
        return DS_EPROTO;
    return n > 0 ? ds_buf_append(out, bytes, n) : DS_OK;
}

static int read_tunnel(struct ds_cursor *c, struct ds_buf *out)
{
    uint32_t n = ds_cursor_u32(c);
    const uint8_t *bytes = ds_cursor_bytes(c, n);
    if (ds_cursor_finish(c) || n == 0 || n > AGENT_SAVED_TUNNEL_MAX)
        return DS_EPROTO;
    return ds_buf_append(out, bytes, n);
}

static int read_body(struct ds_cursor *c, struct agent_saved *s)
{
    ds_cursor_text(c, s->host, sizeof(s->host));
    s->port = ds_cursor_u16(c);
    read_bytes(c, s->ca_file, sizeof(s->ca_file));
    read_bytes(c, s->restart_command, sizeof(s->restart_command));
    ds_cursor_text(c, s->accept, sizeof(s->accept));
    read_id(c, s->session);
    read_id(c, s->token);
    read_id(c, s->before);
    read_deadline(c, &s->deadline);
    ds_cursor_text(c, s->org, sizeof(s->org));
    ds_cursor_text(c, s->rep, sizeof(s->rep));
    uint64_t granted = at_most(c, ds_cursor_u8(c), (1u << DS_RIGHT_COUNT) - 1);
    uint64_t flags = at_most(c, ds_cursor_u8(c), MAY_RESUME | COMES_BACK | HAS_BEFORE | HIDDEN);
    for (int i = 0; i < DS_RIGHT_COUNT; i++)
        s->granted[i] = granted >> i & 1;
    s->may_resume = flags & MAY_RESUME;
    s->comes_back = flags & COMES_BACK;
    s->is_hidden = flags & HIDDEN;
    if (!(flags & HAS_BEFORE)) {
        if (strspn(s->before, "0") != 2 * ID)
            return DS_EPROTO;
        s->before[0] = '\0';
    }
    s->paused = (uint8_t)at_most(c, ds_cursor_u8(c), PAUSED_MOST);
    s->began_s = (int64_t)at_most(c, ds_cursor_u64(c), INT64_MAX);
    s->seen = ds_cursor_u64(c);
    s->controlled = ds_cursor_u64(c);
    read_shared(c, s);
    s->peer_features = ds_cursor_u32(c);
    s->peer_tiles = (uint16_t)at_most(c, ds_cursor_u16(c), DS_TILES_MAX);
    if (s->peer_tiles < DS_TILES_MIN)
        return DS_EPROTO;
    s->monitor = ds_cursor_u8(c);
    ds_cursor_text(c, s->draft, sizeof(s->draft));
    if (!s->host[0] || (s->ca_file[0] && s->ca_file[0] != '/'))
        return DS_EPROTO;
    int error = read_kept(c, &s->kept);
    return error ? error : read_tunnel(c, &s->tunnel);
}

/* ---- the file ---- */

int agent_saved_encode(const struct agent_saved *s, struct ds_buf *out)
{
    struct ds_buf body;
    uint8_t sum[HASH];
    if (!s->host[0] || s->port > UINT16_MAX || (s->ca_file[0] && s->ca_file[0] != '/') ||
        s->paused > PAUSED_MOST || s->tunnel.len == 0 || s->deadline.whole_ms > DS_CUTOFF_MS ||
        s->deadline.at.wall_ms < 0 || s->began_s < 0)
        return DS_EINVAL;
    ds_buf_init(&body, AGENT_SAVED_MAX);
    struct ds_writer w = ds_writer_of(&body);
    write_body(&w, s);
    struct ds_writer whole = ds_writer_of(out);
    size_t before = out->len;
    ds_writer_bytes(&whole, magic, sizeof(magic));
    ds_writer_u16(&whole, AGENT_SAVED_VERSION);
    ds_writer_u32(&whole, (uint32_t)body.len);
    ds_writer_bytes(&whole, ds_buf_peek(&body), body.len);
    int error = w.error ? w.error : whole.error;
    if (!error)
        error = hash(ds_buf_peek(out) + before, out->len - before, sum);
    if (!error) {
        ds_writer_bytes(&whole, sum, HASH);
        error = whole.error;
    }
    ds_buf_wipe(&body);
    return error;
}

int agent_saved_decode(const uint8_t *bytes, size_t n, struct agent_saved *s)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    uint8_t sum[HASH];
    const uint8_t *begin = ds_cursor_bytes(&c, sizeof(magic));
    if (!begin || memcmp(begin, magic, sizeof(magic)) != 0)
        return DS_EPROTO;
    uint16_t version = ds_cursor_u16(&c);
    uint32_t len = ds_cursor_u32(&c);
    if (c.error || n < HEAD + HASH || n > AGENT_SAVED_MAX)
        return DS_EPROTO;
    if (version != AGENT_SAVED_VERSION)
        return DS_EUNSUPPORTED;
    if (len != n - HEAD - HASH)
        return DS_EPROTO;
    if (hash(bytes, n - HASH, sum))
        return DS_ENOMEM;
    if (memcmp(sum, bytes + n - HASH, HASH) != 0)
        return DS_EPROTO;
    c.end -= HASH;
    return read_body(&c, s);
}
