/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of sending and receiving files, the same at both ends. Messages, answers of the disk,
 * wishes and a time go in; messages, jobs for the disk and news come out. No disk, socket, thread
 * or clock. A file goes through offer, answer, content and verification; one flows at a time in
 * each direction; after a cut the receiver says how much is durable and the sender goes on there.
 * Not thread-safe: one loop owns it. */
#ifndef DS_SERVICE_FILES_H
#define DS_SERVICE_FILES_H

#include "common/base/clock.h"
#include "common/service/file_job.h"
#include "common/wire/sealed.h"

#define DS_FILES_MAX 64    /* that are not finished, in each direction */
#define DS_FILES_ROOTS 256 /* files and folders under one acceptance, beside what is in them */
#define DS_FILES_TAG 66    /* a tag of a command and one character */
/* Bytes of content that are read or queued at most, so that the line never runs dry and a cut or a
 * cancel finds little under way: the window of the mux (PROTOCOL, section 4). */
#define DS_FILES_AHEAD 262144u
#define DS_FILES_KEPT_MAX (1024u * 1024) /* bytes of ds_files_leave */
#define DS_FILES_HIGH (1024u * 1024)     /* bytes that wait for the disk: the peer is held */
#define DS_FILES_LOW (256u * 1024)       /* and let go again */
#define DS_FILES_TELL_EVERY (200 * DS_MS)
#define DS_FILES_RATE_EVERY DS_SECOND

enum ds_file_state {
    DS_FILE_STATE_OPENING, /* ours: the disk looks for it */
    DS_FILE_STATE_OFFERED,
    DS_FILE_STATE_AGREED, /* accepted; the disk makes ready, or it waits for its turn */
    DS_FILE_STATE_FLOWING,
    DS_FILE_STATE_CLOSING, /* all is here; it is verified */
    DS_FILE_STATE_DONE,
    DS_FILE_STATE_FAILED,
    DS_FILE_STATE_CANCELLED,
};

struct ds_file {
    uint32_t id;
    bool is_ours; /* we send it */
    enum ds_file_state state;
    enum ds_file_fault fault; /* of FAILED and CANCELLED */
    char name[DS_FILE_NAME];  /* fit to show */
    char tag[DS_FILES_TAG];   /* of the command that waits for the disk's answer */
    char *path; /* owned; where it is or will be; NULL: not known; ours: a list, see file_job.h */
    uint64_t size;  /* of a folder: of the stream that carries it, a little more than its files */
    uint64_t bytes; /* sent, or written */
    uint64_t kept;  /* of bytes: those of an earlier try that need not come again */
    bool is_folder; /* a folder, or several files or folders under one acceptance */
    bool is_ours_paused, is_theirs_paused; /* by the person here, by the one there */
    uint32_t files, files_done;            /* of a folder; of a file 1 */
    uint32_t folders;
    uint32_t skipped;      /* of a folder: links, devices and what could not be read or changed */
    uint64_t rate_bps;     /* bits a second of the last seconds; 0: not known */
    int32_t left_s;        /* until it is complete at that rate; -1: not known */
    uint64_t needed, room; /* of NO_SPACE: bytes that are still to come, bytes that are free */
    uint8_t hash[DS_FILE_HASH];
    /* the rest is the rules' own */
    uint64_t at;     /* next byte to ask the disk for, or to come */
    uint64_t base;   /* ours: where the content began */
    uint64_t top;    /* ours: nothing behind it was ever sent */
    uint32_t round;  /* ours: goes up whenever `at` is set back */
    size_t reading;  /* ours: bytes asked of the disk in this round */
    bool is_ready;   /* ours: may flow in this connection */
    bool is_checked; /* ours: base is settled */
    bool has_hash;   /* ours: the whole was summed */
    bool has_begun;  /* some content came */
    bool is_back;    /* of another process: the disk opens it again, the peer knows of it */
    bool is_open;    /* is_back and ours: the disk has it */
    bool is_summed;  /* ours: the hash was asked for; theirs: it came */
    unsigned due;    /* messages that wait for room: 1 << (type - DS_FILE_OFFER) */
    ds_tick told;    /* last progress */
    uint32_t at_epoch;
    ds_tick rated; /* when rate_bps was last looked at, 0: not yet; rated_bytes: bytes then */
    uint64_t rated_bytes;
    uint64_t takes; /* of a folder: bytes of a disk */
    bool has_mtime;
    int64_t mtime_s;
    uint32_t mtime_ns;
    enum ds_file_exists exists; /* theirs: as it was accepted */
};

enum ds_files_news { DS_FILES_STATE, DS_FILES_PROGRESS, DS_FILES_PAUSED };

/* None may call back into the rules. */
struct ds_files_ops {
    /* A message of CONTROL (a ledger). DS_EAGAIN: ds_files_pump is called when there is room. */
    int (*send)(void *ctx, const uint8_t *bytes, size_t len);
    /* One of FILES; takes its own reference. An error: it is lost, as by a cut. */
    int (*send_data)(void *ctx, struct ds_rcbuf *buf);
    /* Bytes of FILES that are not under way yet. */
    size_t (*queued)(void *ctx);
    /* Hold the peer's FILES, or no longer. */
    void (*hold)(void *ctx, bool hold);
    /* Takes the job over. The answer comes by ds_files_answer, later. */
    void (*job)(void *ctx, struct ds_file_job *job);
    /* A file's state, its progress, or one of its pauses changed. Borrowed during the call. */
    void (*news)(void *ctx, const struct ds_file *file, enum ds_files_news what);
    /* Whether the wish of a tagged command (send, accept) came true; file->tag is its tag. */
    void (*outcome)(void *ctx, const struct ds_file *file, enum ds_file_fault fault);
};

struct ds_files {
    const struct ds_files_ops *ops; /* borrowed */
    void *ctx;
    struct ds_file *files[2 * DS_FILES_MAX]; /* owned; by age; the first count are there */
    size_t count;
    uint32_t next_id;  /* of the next one of ours */
    uint32_t their_id; /* highest that they offered */
    uint32_t epoch;
    bool is_agent;
    bool is_allowed;
    bool has_folders; /* the peer's program has DS_FEATURE_FOLDERS */
    bool is_up;       /* a connection is there */
    bool is_held;
    size_t backlog; /* bytes that wait for the disk */
};

/* What has to go on in another process of the same session, so that no id stands for two files. */
struct ds_files_place {
    uint32_t next_id, their_id; /* as in ds_files */
};

void ds_files_init(struct ds_files *files, bool is_agent, const struct ds_files_ops *ops,
                   void *ctx);
/* Forgets everything without a word; the disk is the caller's. Accepts a zeroed struct. */
void ds_files_destroy(struct ds_files *files);

/* ---- wishes ---- */

/* What the peer's program can; before the first file. */
void ds_files_peer(struct ds_files *files, bool has_folders);
/* The customer's `files` right. No more: every file is cancelled, every offer refused. */
void ds_files_allow(struct ds_files *files, bool is_allowed);
/* Offers a file; tag "" or what outcome is told. DS_EREFUSED: files are not allowed. DS_ELIMIT: too
 * many wait. DS_ENOMEM. */
int ds_files_send(struct ds_files *files, const char *path, const char *tag);
/* Several under one acceptance: files and folders. DS_EINVAL: none. */
int ds_files_send_all(struct ds_files *files, const char *const *paths, size_t count,
                      const char *tag);
/* path: a folder, or the whole path of a new file. DS_ENOTFOUND: no such offer is open. */
int ds_files_accept(struct ds_files *files, uint32_t id, const char *path,
                    enum ds_file_exists exists, const char *tag);
/* DS_ENOTFOUND. */
int ds_files_refuse(struct ds_files *files, uint32_t id);
/* DS_ENOTFOUND: there is none, or nothing can be stopped any more. */
int ds_files_cancel(struct ds_files *files, uint32_t id);
/* What was accepted stops flowing, or goes on. DS_ENOTFOUND: there is none. DS_EUNSUPPORTED: the
 * peer's program does not know it. */
int ds_files_pause(struct ds_files *files, uint32_t id, bool on);
/* The session is over: what is not finished has failed. What came of it stays for another time. */
void ds_files_end(struct ds_files *files);

/* This process ends and the session goes on in another. What flows, or waits for its turn, goes on
 * there: it is appended to `kept` (NULL: nothing is), at most 8 of them; the disk makes durable
 * what came. What else is not finished has failed, and the peer is told; what came of it stays for
 * another time. */
struct ds_files_place ds_files_leave(struct ds_files *files, struct ds_buf *kept);
/* The other process, before any message. kept: its bytes, or none. False: no such place can be
 * (then nothing happened), or no such bytes. */
bool ds_files_return(struct ds_files *files, const struct ds_files_place *place,
                     const uint8_t *kept, size_t len);

/* ---- from the line ---- */

/* A connection is there, the first or another. */
void ds_files_up(struct ds_files *files, uint32_t epoch);
void ds_files_cut(struct ds_files *files);
/* A message of CONTROL for which ds_file_message_is, or of FILES. DS_EPROTO: the peer's mistake;
 * DS_ENOMEM. */
int ds_files_control(struct ds_files *files, const uint8_t *bytes, size_t len);
int ds_files_data(struct ds_files *files, const uint8_t *bytes, size_t len);
/* There may be room: sends what waits, asks the disk for more. */
void ds_files_pump(struct ds_files *files);

/* ---- from the disk ---- */

/* Takes the answer over. */
void ds_files_answer(struct ds_files *files, struct ds_file_job *job, ds_tick now);

/* NULL: none. */
const struct ds_file *ds_files_find(const struct ds_files *files, uint32_t id);

/* "offered", "started", "done" ... of DESIGN section 7. Static. */
const char *ds_file_state_name(enum ds_file_state state);

#endif
