/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events of DESIGN section 7, one function each. Any thread; automation may be NULL (then
 * nothing happens). Texts are copied; those from the other side may be anything that is valid
 * UTF-8. */
#ifndef DS_AUTOMATION_EVENT_H
#define DS_AUTOMATION_EVENT_H

#include "common/base/clip.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_automation;

struct ds_event_stats {
    double rtt_ms;          /* < 0: not known */
    double rtt_min_ms;      /* the smallest one of this connection; <= 0: not known */
    double jitter_ms;       /* < 0: not known */
    int quality;            /* 0..100, common/net/quality.h; -1: not known */
    const char *stage;      /* common/net/stage.h: how far the connection has come */
    unsigned progress;      /* the same in per cent */
    uint64_t bandwidth_bps; /* 0: not known */
    double fps;             /* pictures of the last second */
    uint64_t bytes_in;      /* on the wire since the start */
    uint64_t bytes_out;
    uint64_t updates; /* pictures since the start */
    unsigned port;
    const char *transport; /* "tls" or "ws" */
    uint64_t connected_s, session_s;
    uint64_t up_s; /* of session_s: in which the session was whole */
    struct {
        unsigned self, relay, peer;
    } disconnects; /* of the session, by cause */
};

struct ds_event_file {
    uint32_t id;
    const char *name;
    bool to_customer;
    const char *state; /* "offered" ... of DESIGN section 7 */
    uint64_t bytes, size;
    uint64_t kept;  /* of bytes: from an earlier try; 0: left out */
    uint32_t files; /* of a folder; 0: left out, as files_done and skipped */
    uint32_t files_done, skipped;
    uint64_t rate_bps;  /* 0: left out */
    int32_t left_s;     /* < 0: left out */
    const char *sha256; /* hex, or NULL */
    const char *error;  /* a sentence; NULL or "": left out */
};

void ds_event_connected(struct ds_automation *a, unsigned port, const char *transport,
                        const char *relay);
/* state: waiting asking verifying active paused reconnecting ended. left_s < 0 and reason NULL are
 * left out. */
void ds_event_state(struct ds_automation *a, const char *state, int left_s, const char *reason);
void ds_event_right(struct ds_automation *a, enum ds_right right, bool granted);
/* Not granted; wait_s: until it may be asked for again, 0: left out. */
void ds_event_refused(struct ds_automation *a, enum ds_right right, unsigned wait_s);
/* The customer's own hand holds the rep's input back, or no longer. */
void ds_event_held(struct ds_automation *a, bool on);
void ds_event_security_number(struct ds_automation *a, const char *number);
void ds_event_code(struct ds_automation *a, const char *code);
void ds_event_picture(struct ds_automation *a, uint32_t width, uint32_t height);
/* What was copied on one side can be pasted on the other, in these formats (bits); or a content has
 * got there. direction: to-customer to-rep. Never the content. */
void ds_event_clipboard_offered(struct ds_automation *a, const char *direction, unsigned formats);
void ds_event_clipboard(struct ds_automation *a, const char *direction, enum ds_clip_format format,
                        size_t bytes);
/* The customer's picture was saved there. */
void ds_event_screenshot(struct ds_automation *a, const char *path, uint32_t width,
                         uint32_t height);
/* There are as many drawings now, of the rep and of the customer. */
void ds_event_note(struct ds_automation *a, size_t count, size_t own);
/* The code of the error event that says so. */
#define DS_EVENT_CLIPBOARD_TOO_LONG "clipboard-too-long"
#define DS_EVENT_CLIPBOARD_MISSED "clipboard-missed"
void ds_event_stats(struct ds_automation *a, const struct ds_event_stats *stats);
void ds_event_file(struct ds_automation *a, const struct ds_event_file *file, bool is_progress);
void ds_event_chat(struct ds_automation *a, const char *id, const char *from, const char *text);
/* The other one (from: rep customer) writes a message, or no longer. */
void ds_event_typing(struct ds_automation *a, const char *from, bool on);
/* The other one has our message id before their eyes, and all before it. */
void ds_event_seen(struct ds_automation *a, const char *from, const char *id);
/* tag: "" or that of the command that failed. */
void ds_event_error(struct ds_automation *a, const char *code, const char *message,
                    const char *tag);
/* Where a restart of the customer's computer stands. left_s: until the session is over, < 0: left
 * out; reason: why there is none, "": left out. */
void ds_event_restart(struct ds_automation *a, enum ds_restart restart, int left_s,
                      const char *reason);
/* The rep's own screen. state: started picture shown hidden stopped. width 0, reason NULL: left
 * out. */
void ds_event_share(struct ds_automation *a, const char *state, uint32_t width, uint32_t height,
                    const char *reason);
/* The customer has so many drawings on it. */
void ds_event_customer_note(struct ds_automation *a, size_t count);
/* Nothing when tag is "". */
void ds_event_done(struct ds_automation *a, const char *tag);

#endif
