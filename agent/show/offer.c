/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question whether to take a file. */
#include "agent/show/build.h"

#include "common/service/file_job.h"
#include "common/ui/text.h"

#include <stdio.h>

/* What it is: one file, a folder, or several things under one answer. */
static void say_what(struct agent_build *b)
{
    const struct agent_offer *offer = &b->view->offer;
    char text[DS_TEXT_MESSAGE + 128];
    if (offer->files > 1)
        snprintf(text, sizeof text,
                 DS_TRN("%s wants to send you %lu file.", "%s wants to send you %lu files.",
                        (unsigned long)offer->files),
                 b->rep, (unsigned long)offer->files);
    else
        snprintf(text, sizeof text, DS_TR("%s wants to send you a file."), b->rep);
    agent_build_title(b, text);
    ds_ui_paragraph(b->ui, &b->box, offer->name, DS_TYPE_LARGE, DS_COLOR_TEXT, DS_UI_BOLD,
                    DS_SPACE_1);
    agent_build_say(b, offer->size);
}

/* Nothing is written over without being asked. */
static bool build_clash(struct agent_build *b)
{
    const struct agent_offer *offer = &b->view->offer;
    struct agent_show_event both = agent_build_event(AGENT_SHOW_FILE), replace, skip, no;
    both.file = offer->id;
    no = both;
    both.yes = true;
    replace = skip = both;
    both.exists = DS_FILE_EXISTS_KEEP_BOTH;
    replace.exists = DS_FILE_EXISTS_REPLACE;
    skip.exists = DS_FILE_EXISTS_SKIP;
    agent_build_say(b, DS_TR("A file of that name exists there already. What should happen?"));
    struct agent_choice choices[] = {
        {DS_TR("Keep both"), DS_UI_GRANTS, both},
        {DS_TR("Replace"), DS_UI_GRANTS, replace},
        {DS_TR("Only the others"), DS_UI_GRANTS, skip},
        {DS_TR("No"), 0, no},
    };
    bool is_one = offer->files <= 1;
    if (is_one)
        choices[2] = choices[3];
    return agent_build_choose(b, AGENT_PAGE_OFFER + 2 * offer->id + 1, choices, is_one ? 3 : 4,
                              is_one ? 2 : 3, false);
}

bool agent_build_offer(struct agent_build *b)
{
    const struct agent_offer *offer = &b->view->offer;
    char text[DS_TEXT_MESSAGE + 128];
    say_what(b);
    if (offer->is_clash)
        return build_clash(b);
    if (offer->problem[0])
        ds_ui_paragraph(b->ui, &b->box, offer->problem, DS_TYPE_LARGE, DS_COLOR_BAD, 0, DS_SPACE_3);
    if (offer->folder[0])
        snprintf(text, sizeof text,
                 DS_TR("It will be saved in %s. Nothing is opened or run by itself."),
                 offer->folder);
    else
        snprintf(text, sizeof text, "%s", DS_TR("There is no folder to save it in."));
    agent_build_muted(b, text);
    struct agent_show_event yes = agent_build_event(AGENT_SHOW_FILE), no, place;
    yes.file = offer->id;
    no = place = yes;
    place.type = AGENT_SHOW_PLACE;
    yes.yes = true;
    const struct agent_choice choices[] = {
        {DS_TR("Save"), DS_UI_GRANTS | (offer->folder[0] ? 0u : DS_UI_DISABLED), yes},
        {DS_TR("Other folder…"), 0, place},
        {DS_TR("No"), 0, no},
    };
    return agent_build_choose(b, AGENT_PAGE_OFFER + 2 * offer->id, choices, 3, 2, false);
}
