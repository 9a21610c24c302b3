/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person did in the panel with chat and files. */
#ifndef DS_TALK_WISH_H
#define DS_TALK_WISH_H

#include <stddef.h>
#include <stdint.h>

enum ds_talk_did {
    DS_TALK_NOTHING,
    DS_TALK_SAY,    /* text */
    DS_TALK_SEND,   /* text, text_len: paths of files and folders, each with its NUL */
    DS_TALK_SAVE,   /* id, text: a folder or path; exists */
    DS_TALK_REFUSE, /* id */
    DS_TALK_CANCEL, /* id */
    DS_TALK_ASK,    /* rep: for the right to exchange files */
    DS_TALK_CLOSE,
    DS_TALK_TYPING, /* a letter was written */
    DS_TALK_SAW,    /* id: number of the newest line before the person's eyes */
    DS_TALK_OPEN,   /* text: an address, asked for and confirmed */
    DS_TALK_PAUSE,  /* id */
    DS_TALK_GO_ON,  /* id */
    DS_TALK_SHOW,   /* text: a file or folder that came, to be seen where it lies */
    DS_TALK_ALLOW,  /* customer: files may be exchanged */
};

struct ds_talk_wish {
    enum ds_talk_did did;
    uint32_t id;
    const char *text; /* the panel's, until the next frame */
    size_t text_len;  /* of SEND */
    int exists;       /* of SAVE: enum ds_file_exists */
};

#endif
