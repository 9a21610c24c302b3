/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a connection has come, in named steps and per cent, so that "60" means something to
 * whoever helps with a network. 100: the other side has proved who it is. Pure. Proved by
 * tests/unit/quality.c. */
#ifndef DS_NET_STAGE_H
#define DS_NET_STAGE_H

enum ds_stage {
    DS_STAGE_NONE,     /* not dialling */
    DS_STAGE_DNS,      /* the relay's name is being looked up */
    DS_STAGE_TCP,      /* a way to one of its ports, or through a proxy, is being opened */
    DS_STAGE_TLS,      /* TCP stands; TLS is being agreed */
    DS_STAGE_HELLO,    /* TLS stands and the relay is the right one; it is greeted */
    DS_STAGE_WELCOME,  /* the relay has answered; the other end is not there */
    DS_STAGE_PAIRED,   /* both ends are joined; the proof or the resume is under way */
    DS_STAGE_VERIFIED, /* sealed end to end */
    DS_STAGE_COUNT,
};

/* 0, 5, 20, 40, 60, 70, 80, 100. */
unsigned ds_stage_percent(enum ds_stage stage);

/* "dns" and so on, for events and files. Static. */
const char *ds_stage_name(enum ds_stage stage);

/* The highest stage whose per cent is not above that: what on_progress of a link means. */
enum ds_stage ds_stage_of(unsigned percent);

#endif
