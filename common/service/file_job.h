/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules of files want done on a disk, and the answer: one letter that travels to whoever
 * owns the disk (common/courier) and comes back. The jobs of all files are done one after the
 * other, in the order in which they were given. */
#ifndef DS_SERVICE_FILE_JOB_H
#define DS_SERVICE_FILE_JOB_H

#include "common/base/mailbox.h"
#include "common/base/rcbuf.h"
#include "common/wire/file_message.h"

enum ds_file_job_kind {
    /* of a file that is sent */
    DS_FILE_JOB_OPEN_SOURCE, /* path: files and folders; answer: size mtime, or is_folder size files
                                folders skipped room: a stream of common/wire/tree.h */
    DS_FILE_JOB_PREFIX, /* offset hash: is that the file's beginning? answer: is_same. is_trusted:
                           it is, only sum it */
    DS_FILE_JOB_READ,   /* offset len: exactly these; answer: bytes behind DS_FILE_DATA_HEADER free
                           ones. What is read for the first time counts for the hash. */
    DS_FILE_JOB_SUM,    /* everything was read; answer: hash, or CHANGED */
    /* of a file that is received */
    DS_FILE_JOB_OPEN_TARGET, /* path name size exists mtime, is_folder files room; answer: offset
                                and hash of what is there of an earlier try, path: where it will be;
                                of NO_SPACE: needed room */
    DS_FILE_JOB_WRITE,       /* offset bytes; offset is where the last ended, or 0: begin anew */
    DS_FILE_JOB_SYNC,        /* answer: offset, all before is durable */
    DS_FILE_JOB_KEEP,        /* hash: verify, give it its name; answer: path skipped */
    /* of both; there is no answer */
    DS_FILE_JOB_CLOSE, /* is_discarded: what was received of it goes */
};

/* What becomes of a received file whose name is taken. */
enum ds_file_exists {
    DS_FILE_EXISTS_ASK,       /* it is an error, and the offer stays open */
    DS_FILE_EXISTS_KEEP_BOTH, /* "name (2)" and so on */
    DS_FILE_EXISTS_REPLACE,   /* a file goes; a folder is put aside as "name (2)" */
    DS_FILE_EXISTS_SKIP,      /* it is refused; of several those are left out */
};

enum ds_file_fault {
    DS_FILE_OK,
    DS_FILE_NOT_FOUND,  /* no such file to send */
    DS_FILE_NOT_A_FILE, /* a folder, a device */
    DS_FILE_NO_READING, /* the sender's disk or its permissions */
    DS_FILE_CHANGED,    /* while it was sent */
    DS_FILE_NO_FOLDER,  /* to receive it in */
    DS_FILE_EXISTING,   /* the target */
    DS_FILE_NO_SPACE,
    DS_FILE_NO_WRITING, /* the receiver's disk or its permissions */
    DS_FILE_DAMAGED,    /* the hash differs */
    DS_FILE_NO_MEMORY,
    /* not of a disk */
    DS_FILE_REFUSED,  /* by the person there */
    DS_FILE_NO_RIGHT, /* the customer does not allow files */
    DS_FILE_TOO_MANY, /* wait already */
    DS_FILE_ENDED,    /* the session */
    DS_FILE_HOSTILE,  /* a folder has names in it that no honest program sends */
    DS_FILE_OLD_PEER, /* the other program is too old for folders */
    DS_FILE_STRANGE,  /* the other side says something that this version does not know */
    DS_FILE_FAULTS,
};

struct ds_file_job {
    struct ds_letter letter; /* kind: enum ds_file_job_kind; destroy it by letter.destroy */
    uint32_t id;
    uint32_t round;           /* the rules' own: which try of sending a READ belongs to */
    enum ds_file_fault fault; /* answer */
    char *path; /* owned, or NULL; of OPEN_SOURCE a list: each with its NUL, then an empty one */
    char name[DS_FILE_NAME];
    uint64_t size, offset;
    size_t len;
    enum ds_file_exists exists;
    bool is_folder, is_same, is_trusted, is_discarded;
    bool has_mtime;
    int64_t mtime_s;
    uint32_t mtime_ns;
    uint32_t files, folders, skipped; /* of a folder; READ and WRITE answer how many are done */
    uint64_t needed,
        room; /* bytes: that a target will take, or of NO_SPACE: are missing, are free */
    uint8_t hash[DS_FILE_HASH];
    struct ds_rcbuf *bytes; /* one reference, or NULL */
};

/* NULL when memory is short. */
struct ds_file_job *ds_file_job_new(enum ds_file_job_kind kind, uint32_t id);

/* The word of the wire for a fault, and back. Static. */
const char *ds_file_fault_why(enum ds_file_fault fault);
enum ds_file_fault ds_file_fault_of(const char *why);

#endif
