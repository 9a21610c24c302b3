/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rights ladder: what the rep may do, what is being asked, and what the customer answered.
 * Pure: no window, no socket; the time is handed in. */
#ifndef AGENT_CONSENT_RIGHTS_H
#define AGENT_CONSENT_RIGHTS_H

#include "agent/consent/refusal.h"
#include "common/wire/sealed.h"

#include <stdbool.h>

struct agent_rights {
    enum ds_right_state state[DS_RIGHT_COUNT];
    struct agent_refusal refused[DS_RIGHT_COUNT]; /* how long each "no" holds */
    bool by_policy;                               /* --accept was given: nobody is asked */
    bool accepted[DS_RIGHT_COUNT];                /* the rights named by --accept */
};

enum agent_rights_answer {
    AGENT_RIGHTS_UNCHANGED, /* granted already, or already being asked */
    AGENT_RIGHTS_ASK,       /* the customer has to be asked now */
    AGENT_RIGHTS_GRANTED,
    AGENT_RIGHTS_REFUSED,
};

/* Reads the list of --accept ("look,control"). accept NULL: the customer is asked. False: a name is
 * unknown or the list is empty. Granting a right of the ladder that builds on another (control on
 * look) grants that too. */
bool agent_rights_init(struct agent_rights *rights, const char *accept);

/* The session became active under --accept: grants every named right. */
void agent_rights_grant_accepted(struct agent_rights *rights);

/* The rep asks for a right. One question at a time: while another right is asked the answer is
 * REFUSED, and so it is while an earlier "no" to this right holds. */
enum agent_rights_answer agent_rights_request(struct agent_rights *rights, enum ds_right right,
                                              ds_tick now);

/* The customer grants (asked or of their own accord), or answers no (or nothing in time). Granting
 * control or pointing grants look, without which they make no sense; sharing the clipboard or files
 * shows nobody a screen that was taken back. */
void agent_rights_grant(struct agent_rights *rights, enum ds_right right);
void agent_rights_refuse(struct agent_rights *rights, enum ds_right right, ds_tick now);

/* Seconds until a right that is refused may be asked for again; 0: now, or it is not refused. */
uint16_t agent_rights_wait_s(const struct agent_rights *rights, enum ds_right right, ds_tick now);

/* Takes a right back, by either side. Taking look takes every right. True when something changed.
 */
bool agent_rights_revoke(struct agent_rights *rights, enum ds_right right);

bool agent_rights_has(const struct agent_rights *rights, enum ds_right right);

/* The right being asked; DS_RIGHT_COUNT: none. */
enum ds_right agent_rights_asked(const struct agent_rights *rights);

#endif
