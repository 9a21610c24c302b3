/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/consent/rights.h"

#include <string.h>

bool agent_rights_init(struct agent_rights *rights, const char *accept)
{
    *rights = (struct agent_rights){.by_policy = accept != NULL};
    while (accept) {
        const char *comma = strchr(accept, ',');
        size_t n = comma ? (size_t)(comma - accept) : strlen(accept);
        char name[16];
        if (n >= sizeof(name))
            return false;
        memcpy(name, accept, n);
        name[n] = '\0';
        enum ds_right right = ds_right_by_name(name);
        if (right == DS_RIGHT_COUNT)
            return false;
        rights->accepted[right] = true;
        rights->accepted[DS_RIGHT_LOOK] = true; /* every other right needs the picture */
        accept = comma ? comma + 1 : NULL;
    }
    return true;
}

void agent_rights_grant_accepted(struct agent_rights *rights)
{
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if (rights->accepted[i])
            rights->state[i] = DS_RIGHT_GRANTED;
    }
}

enum agent_rights_answer agent_rights_request(struct agent_rights *rights, enum ds_right right,
                                              ds_tick now)
{
    if (rights->state[right] == DS_RIGHT_GRANTED || rights->state[right] == DS_RIGHT_ASKED)
        return AGENT_RIGHTS_UNCHANGED;
    if (rights->by_policy && rights->accepted[right]) {
        rights->state[right] = DS_RIGHT_GRANTED;
        return AGENT_RIGHTS_GRANTED;
    }
    if (rights->by_policy || agent_rights_asked(rights) != DS_RIGHT_COUNT ||
        agent_refusal_wait_s(&rights->refused[right], now) > 0) {
        rights->state[right] = DS_RIGHT_REFUSED;
        return AGENT_RIGHTS_REFUSED;
    }
    rights->state[right] = DS_RIGHT_ASKED;
    return AGENT_RIGHTS_ASK;
}

void agent_rights_grant(struct agent_rights *rights, enum ds_right right)
{
    bool needs_look = right == DS_RIGHT_POINT || right == DS_RIGHT_CONTROL;
    rights->state[right] = DS_RIGHT_GRANTED;
    agent_refusal_forget(&rights->refused[right]);
    if (!needs_look)
        return;
    rights->state[DS_RIGHT_LOOK] = DS_RIGHT_GRANTED;
    agent_refusal_forget(&rights->refused[DS_RIGHT_LOOK]);
}

void agent_rights_refuse(struct agent_rights *rights, enum ds_right right, ds_tick now)
{
    if (rights->state[right] != DS_RIGHT_ASKED)
        return;
    rights->state[right] = DS_RIGHT_REFUSED;
    agent_refusal_add(&rights->refused[right], now);
}

uint16_t agent_rights_wait_s(const struct agent_rights *rights, enum ds_right right, ds_tick now)
{
    if (rights->state[right] != DS_RIGHT_REFUSED)
        return 0;
    return agent_refusal_wait_s(&rights->refused[right], now);
}

bool agent_rights_revoke(struct agent_rights *rights, enum ds_right right)
{
    bool changed = false;
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if ((i == (int)right || right == DS_RIGHT_LOOK) && rights->state[i] != DS_RIGHT_NONE) {
            changed |= rights->state[i] == DS_RIGHT_GRANTED || rights->state[i] == DS_RIGHT_ASKED;
            rights->state[i] = DS_RIGHT_NONE;
        }
    }
    return changed;
}

bool agent_rights_has(const struct agent_rights *rights, enum ds_right right)
{
    return rights->state[right] == DS_RIGHT_GRANTED;
}

enum ds_right agent_rights_asked(const struct agent_rights *rights)
{
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if (rights->state[i] == DS_RIGHT_ASKED)
            return (enum ds_right)i;
    }
    return DS_RIGHT_COUNT;
}
