/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question whether to take a file. */
#include "agent/show/build.h"

#include "common/ui/text.h"

#include <stdio.h>

bool agent_build_offer(struct agent_build *b)
{
    const struct agent_offer *offer = &b->view->offer;
    char text[DS_TEXT_MESSAGE + 128];
    snprintf(text, sizeof text, DS_TR("%s wants to send you a file."), b->rep);
    agent_build_title(b, text);
    ds_ui_paragraph(b->ui, &b->box, offer->name, DS_TYPE_LARGE, DS_COLOR_TEXT, DS_UI_BOLD,
                    DS_SPACE_1);
    agent_build_say(b, offer->size);
    if (offer->problem)
        ds_ui_paragraph(b->ui, &b->box, offer->problem, DS_TYPE_LARGE, DS_COLOR_BAD, 0, DS_SPACE_3);
    if (offer->folder[0])
        snprintf(text, sizeof text,
                 DS_TR("It will be saved in %s. Nothing is opened or run by itself."),
                 offer->folder);
    else
        snprintf(text, sizeof text, "%s", DS_TR("There is no folder to save it in."));
    agent_build_muted(b, text);
    struct agent_show_event yes = agent_build_event(AGENT_SHOW_FILE), no = yes;
    yes.file = no.file = offer->id;
    yes.yes = true;
    const struct agent_choice choices[] = {
        {DS_TR("Save"), DS_UI_GRANTS | (offer->folder[0] ? 0u : DS_UI_DISABLED), yes},
        {DS_TR("No"), 0, no},
    };
    return agent_build_choose(b, AGENT_PAGE_OFFER + offer->id, choices, 2, 1, false);
}
