/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/reach.h"

#include "common/ui/text.h"

#include <string.h>

const char *agent_reach_stage(const char *stage)
{
    static const struct {
        const char *of_the_link, *words;
    } stages[] = {
        {"Looking up the relay", DS_TR_LATER("Looking for the support service.")},
        {"Securing the connection", DS_TR_LATER("Making the connection secure.")},
        {"Trying another way", DS_TR_LATER("Trying another way.")},
        {"Saying hello", DS_TR_LATER("Almost there.")},
    };
    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
        if (strcmp(stage, stages[i].of_the_link) == 0)
            return ds_tr(stages[i].words);
    return DS_TR("Connecting to the support service.");
}

const char *agent_reach_trouble(enum ds_link_failure why)
{
    switch (why) {
    case DS_LINK_OFFLINE:
        return DS_TR("This computer does not seem to be connected to the Internet. Check the cable "
                     "or the Wi-Fi, then try again.");
    case DS_LINK_NO_NAME:
        return DS_TR("The address of the support service does not exist. Ask your representative "
                     "for the right one.");
    case DS_LINK_UNREACHABLE:
        return DS_TR("The support service does not answer. Check your Internet connection and try "
                     "again in a minute. If other pages open, tell your representative.");
    case DS_LINK_UNTRUSTED:
        return DS_TR("What answered could not prove that it is your support service, so nothing "
                     "was sent to it. In a hotel or on a train, sign in to the network first. "
                     "Otherwise tell your representative.");
    case DS_LINK_PROXY:
        return DS_TR("The network that you are in did not let the connection through (its proxy "
                     "refused). Ask whoever looks after it, or try another network.");
    case DS_LINK_VERSION:
        return DS_TR("This program does not fit the support service any more. Ask your "
                     "representative for the current one.");
    case DS_LINK_LOST:
        return DS_TR("The connection to the support service was lost. Check your Internet "
                     "connection, then try again.");
    case DS_LINK_PROTOCOL:
    case DS_LINK_FAILURES:
        break;
    }
    return DS_TR("The support service gave an answer that makes no sense. Try again, and tell your "
                 "representative if it happens once more.");
}
