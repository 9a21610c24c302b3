/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the agent needs to come back into its session after an agreed restart, as a value and as the
 * bytes of a file. Pure: the file itself is resume_file.h. Proved by tests/unit/agent_restart.c and
 * tests/fuzz/fuzz_resume_file.c. */
#ifndef AGENT_RESTART_SAVED_H
#define AGENT_RESTART_SAVED_H

#include "agent/restart/deadline.h"
#include "common/base/buf.h"
#include "common/service/clipboard.h"
#include "common/service/files.h"
#include "common/wire/sealed.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGENT_SAVED_VERSION 4
#define AGENT_SAVED_ACCEPT 64    /* the list of --accept has at most six short names */
#define AGENT_SAVED_COMMAND 1024 /* AGENT_RESTART_COMMAND_MAX */
/* Three ledger channels of at most 1 MiB that wait (PROTOCOL.md section 4) and one message of each
 * that came half, and some room. */
#define AGENT_SAVED_TUNNEL_MAX (7u << 20)
#define AGENT_SAVED_MAX (9u << 20) /* bytes of the file */

/* Everything is checked on the way out of the file; texts from strangers are as they came. */
struct agent_saved {
    /* the way to the relay */
    char host[DS_TEXT_HOST];
    unsigned port;                             /* 0: 8200, 443 and 80 */
    char ca_file[PATH_MAX];                    /* absolute; "": the system's store */
    char restart_command[AGENT_SAVED_COMMAND]; /* "": the system's */
    char accept[AGENT_SAVED_ACCEPT];           /* of --accept; "": the windows ask */
    /* the session at the relay */
    char session[DS_TEXT_SESSION]; /* 32 lower-case hex digits */
    char token[DS_TEXT_TOKEN];     /* the newest one, the same; a secret */
    char before[DS_TEXT_TOKEN];    /* the one before, or "" */
    struct agent_deadline deadline;
    /* who and what was agreed */
    char org[DS_TEXT_NAME], rep[DS_TEXT_NAME];
    bool granted[DS_RIGHT_COUNT];
    uint8_t paused;  /* enum agent_pause */
    bool may_resume; /* the rep may end the pause without a question */
    bool comes_back; /* the picture is shown again without a question */
    /* the record */
    int64_t began_s;
    uint64_t seen, controlled; /* microseconds */
    /* what is shared beside the screen; the transcript of the chat is at the relay */
    struct ds_files_place files;
    struct ds_clipboard_place clipboard;
    uint32_t newest_note;
    /* inside the seal */
    uint32_t peer_features;
    uint16_t peer_tiles;
    uint8_t monitor;          /* index, or 0xff for all */
    bool is_hidden;           /* the rep cannot see the picture now */
    char draft[DS_TEXT_CHAT]; /* what the customer had written and not sent; "": nothing */
    struct ds_buf kept;       /* files under way, of ds_files_leave; owned, may be empty */
    struct ds_buf tunnel;     /* of ds_tunnel_save; owned */
};

/* Empty, with a tunnel buffer that can be appended to. */
void agent_saved_init(struct agent_saved *saved);
/* Wipes everything. */
void agent_saved_destroy(struct agent_saved *saved);

/* Appends the bytes of the file. DS_EINVAL: a field is not as agent_saved_decode wants it;
 * DS_ENOMEM, DS_ELIMIT. */
int agent_saved_encode(const struct agent_saved *saved, struct ds_buf *out);

/* Into *saved, which was initialised and is empty. DS_EUNSUPPORTED: of another version; DS_EPROTO:
 * not such a file, or damaged anywhere; DS_ENOMEM. Then *saved has to be destroyed. */
int agent_saved_decode(const uint8_t *bytes, size_t n, struct agent_saved *saved);

#endif
