/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What both ends say about files: sealed messages 20 to 28 of CONTROL and the content itself on
 * FILES. An id names one file in both directions for the whole session: odd ones are the viewer's,
 * even ones the agent's. Diagrams: common/PROTOCOL.md; proved by tests/unit/file_message.c. */
#ifndef DS_WIRE_FILE_MESSAGE_H
#define DS_WIRE_FILE_MESSAGE_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_FILE_NAME 256 /* bytes with the NUL: NAME_MAX of every Linux file system */
#define DS_FILE_WHY 33   /* bytes with the NUL */
#define DS_FILE_HASH 32  /* SHA-256 */
#define DS_FILE_SIZE_MAX (INT64_MAX >> 1) /* of a file; leaves sums without overflow */
#define DS_FILE_PIECE_MAX 65536           /* bytes of content in one DATA message */
#define DS_FILE_DATA_HEADER 13            /* bytes of DATA before the content */

enum ds_file_type {
    /* CONTROL */
    DS_FILE_OFFER = 20, /* sender: id size name, mtime */
    DS_FILE_ACCEPT =
        21, /* receiver: id offset hash: has so much of it already, with that SHA-256 */
    DS_FILE_REFUSE = 22, /* receiver: id why, needed free */
    DS_FILE_CANCEL = 23, /* both: id */
    DS_FILE_AT = 24,     /* receiver, after each resume: id epoch begun offset */
    DS_FILE_DONE = 25,   /* sender: id hash, all is sent; receiver: id hash, verified and in place,
                            skipped */
    DS_FILE_FAILED = 26, /* both: id why, needed free */
    /* only to a peer with DS_FEATURE_FOLDERS */
    DS_FILE_OFFER_FOLDER = 27, /* sender: id size name files folders skipped room; the content is a
                                  stream of common/wire/tree.h */
    DS_FILE_PAUSE = 28,        /* both: id on */
    DS_FILE_LAST = 34,         /* of these numbers; those behind PAUSE are of newer versions */
    /* FILES */
    DS_FILE_DATA = 1, /* sender: id offset, then the content */
};

/* "why" of REFUSE and FAILED; others are of a newer version. */
#define DS_FILE_WHY_REFUSED "refused"   /* a person said no */
#define DS_FILE_WHY_RIGHT "not-allowed" /* the customer does not allow files */
#define DS_FILE_WHY_BUSY "too-many"     /* too many files wait */
#define DS_FILE_WHY_SPACE "no-space"    /* the disk is full */
#define DS_FILE_WHY_WRITE "write-error" /* the receiver's disk */
#define DS_FILE_WHY_READ "read-error"   /* the sender's disk */
#define DS_FILE_WHY_CHANGED "changed"   /* the file changed while it was sent */
#define DS_FILE_WHY_HASH "damaged"      /* what came is not what was sent */
#define DS_FILE_WHY_ENDED "ended"       /* one of the programs ends, or begins anew */
#define DS_FILE_WHY_EXISTS "exists"     /* something else took the name meanwhile */
#define DS_FILE_WHY_HOSTILE "hostile"   /* a folder with names that no honest program sends */

struct ds_file_message {
    uint8_t type; /* enum ds_file_type; 0: of a newer version */
    uint32_t id;  /* from 1 */
    uint32_t epoch;
    bool begun;      /* AT: some of the content came (else the sender begins where it chose) */
    bool on;         /* PAUSE */
    bool has_mtime;  /* OFFER: of a program that says it */
    bool has_space;  /* FAILED, REFUSE: needed and room were said */
    uint64_t size;   /* 0..DS_FILE_SIZE_MAX */
    uint64_t offset; /* 0..DS_FILE_SIZE_MAX */
    uint64_t needed; /* FAILED, REFUSE: bytes that are still to come */
    uint64_t room;   /* the same: bytes that are free; OFFER_FOLDER: that it will take on a disk */
    int64_t mtime_s; /* OFFER: last change, seconds since 1970; checked to be a time */
    uint32_t mtime_ns;                /* 0..999999999 */
    uint32_t files, folders, skipped; /* OFFER_FOLDER; skipped: also DONE */
    uint8_t hash[DS_FILE_HASH];
    char name[DS_FILE_NAME]; /* hostile: see common/service/file_name.h */
    char why[DS_FILE_WHY];
    const uint8_t *bytes; /* DATA: borrowed */
    size_t len;           /* 1..DS_FILE_PIECE_MAX */
};

/* Whether a message of CONTROL is one of these. */
bool ds_file_message_is(const uint8_t *bytes, size_t n);

/* A message of CONTROL. DS_OK, DS_EPROTO: short or out of range. */
int ds_file_message_decode(const uint8_t *bytes, size_t n, struct ds_file_message *out);
int ds_file_message_encode(struct ds_buf *buf, const struct ds_file_message *message);

/* A message of FILES; type 0 for an unknown one. */
int ds_file_data_decode(const uint8_t *bytes, size_t n, struct ds_file_message *out);
/* The DS_FILE_DATA_HEADER bytes before the content. */
void ds_file_data_header(uint8_t out[DS_FILE_DATA_HEADER], uint32_t id, uint64_t offset);

#endif
