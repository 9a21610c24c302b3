/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/build.h"

#include "common/base/text.h"
#include "common/ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- the record ---- */

static void save_record(struct agent_build *b)
{
    struct agent_page_state *state = b->state;
    char path[400], shown[400];
    int error = agent_record_save(b->view, state->folder, path, sizeof path);
    ds_text_for_display(shown, sizeof shown, path);
    if (error)
        snprintf(state->note, sizeof state->note, DS_TR("The record could not be saved: %s."),
                 strerror(errno));
    else
        snprintf(state->note, sizeof state->note, DS_TR("Saved as %s"), shown);
    state->is_note_bad = error != 0;
}

/* ---- getting rid of the program ---- */

static bool removing_page(struct agent_build *b)
{
    char path[DS_TEXT_MESSAGE];
    ds_text_for_display(path, sizeof path, b->view->own_file);
    agent_build_title(b, DS_TR("Remove Deskside from this computer?"));
    agent_build_say(b, DS_TR("This program and what it remembers are deleted. A record that you "
                             "saved stays."));
    agent_build_muted(b, path);
    const struct agent_choice choices[] = {
        {DS_TR("Remove"), DS_UI_DANGER, agent_build_event(AGENT_SHOW_REMOVE)},
        {DS_TR("Keep"), 0, agent_build_event(AGENT_SHOW_STAY)},
    };
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_REMOVING, choices, 2, 1, false);
    if (is_chosen)
        b->state->is_removing = false;
    return is_chosen;
}

/* What was removed, why not, or that it is not the customer's to remove. */
static void say_removal(struct agent_build *b)
{
    const struct agent_view *view = b->view;
    enum ds_color color = view->removal == AGENT_REMOVAL_DONE ? DS_COLOR_GOOD : DS_COLOR_BAD;
    char text[sizeof view->removed];
    ds_text_for_display(text, sizeof text, view->removed);
    if (text[0])
        ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_NORMAL, color, 0, DS_SPACE_3);
    if (view->removal == AGENT_REMOVAL_NOT_YOURS)
        agent_build_muted(b, DS_TR("Deskside was installed by whoever looks after this computer, "
                                   "so it stays on it."));
}

/* Below the others and quiet: nobody has to think about it in order to be done. */
static bool remove_button(struct agent_build *b)
{
    const char *label = DS_TR("Remove from this computer");
    if (b->view->removal != AGENT_REMOVAL_POSSIBLE)
        return false;
    double width = ds_ui_button_width(b->ui, label, DS_ICON_ERASE), target = ds_ui_target(b->ui);
    ds_box_top(&b->box, DS_SPACE_2, 0);
    struct ds_box box = ds_box_middle(ds_box_top(&b->box, target, 0), width, target);
    if (!ds_ui_icon_button(b->ui, AGENT_ID_REMOVE, box, DS_ICON_ERASE, label, DS_UI_QUIET))
        return false;
    b->state->is_removing = true;
    *b->out = agent_build_event(AGENT_SHOW_STAY); /* only for another page to be laid out */
    return true;
}

/* ---- the page ---- */

bool agent_build_ended(struct agent_build *b)
{
    char text[1024];
    const struct agent_view *view = b->view;
    if (b->state->is_removing && view->removal == AGENT_REMOVAL_POSSIBLE)
        return removing_page(b);
    bool is_bad = view->ending == AGENT_ENDING_WRONG_NUMBER || view->ending == AGENT_ENDING_FAULT;
    agent_build_title(b, is_bad ? DS_TR("Session closed") : DS_TR("Session ended"));
    if (view->ending == AGENT_ENDING_BY_CUSTOMER || view->ending == AGENT_ENDING_BY_REP)
        agent_happened_text(view, text, sizeof text); /* the title says the rest */
    else
        agent_show_ended_text(view, text, sizeof text);
    const char *const texts[] = {text};
    if (is_bad)
        agent_build_card(b, DS_ICON_WARNING, DS_COLOR_BAD, texts, 1);
    else
        agent_build_say(b, text);
    if (b->state->note[0])
        ds_ui_paragraph(b->ui, &b->box, b->state->note, DS_TYPE_NORMAL,
                        b->state->is_note_bad ? DS_COLOR_BAD : DS_COLOR_GOOD, 0, DS_SPACE_3);
    say_removal(b);
    /* Saving stays on the page: AGENT_SHOW_STAY never leaves here. */
    const struct agent_choice choices[] = {
        {DS_TR("Save this record"), 0, agent_build_event(AGENT_SHOW_STAY)},
        {DS_TR("Close"), DS_UI_MAIN, agent_build_event(AGENT_SHOW_CLOSED)},
    };
    bool has_record = view->began_s != 0;
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_ENDED, has_record ? choices : choices + 1,
                                        has_record ? 2 : 1, has_record ? 1 : 0, false);
    if (is_chosen && b->out->type == AGENT_SHOW_STAY) {
        save_record(b);
        return false;
    }
    return is_chosen || remove_button(b);
}
