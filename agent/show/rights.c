/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder of rights: every rung with its state, each to be taken back with one press. */
#include "agent/show/build.h"

#include "common/ui/text.h"

#include <stdio.h>

enum { ICON = 20 };

/* True: it is taken back. */
static bool rung(struct agent_build *b, enum ds_right right)
{
    const struct agent_view *view = b->view;
    struct ds_box row = ds_box_top(&b->box, ds_ui_target(b->ui), DS_SPACE_1);
    const char *take = DS_TR("Take back"), *state = DS_TR("not allowed");
    bool has = view->granted[right], is_taken = false;
    double width = ds_ui_button_width(b->ui, take, DS_ICON_NONE);
    struct ds_box button = ds_box_right(&row, width, DS_SPACE_3);
    if (has)
        is_taken = ds_ui_button(b->ui, AGENT_ID_RUNG + right, button, take, DS_UI_PLAIN);
    else
        ds_ui_label(b->ui, button, view->asked == right ? DS_TR("asked") : state, DS_TYPE_NORMAL,
                    DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_CENTER);
    ds_ui_icon(b->ui, ds_box_middle(ds_box_left(&row, ICON, DS_SPACE_2), ICON, ICON),
               has ? DS_ICON_CHECK : agent_right_icon(right), has ? DS_COLOR_SEEN : DS_COLOR_MUTED);
    ds_ui_label(b->ui, row, agent_right_word(right), DS_TYPE_LARGE,
                has ? DS_COLOR_TEXT : DS_COLOR_MUTED, DS_UI_MIDDLE);
    return is_taken;
}

bool agent_build_rights(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 64];
    snprintf(text, sizeof text, DS_TR("What %s may do"), b->rep);
    agent_build_title(b, text);
    bool is_taken = false;
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if (!rung(b, (enum ds_right)i))
            continue;
        *b->out = agent_build_event(AGENT_SHOW_REVOKE);
        b->out->right = (enum ds_right)i;
        is_taken = true;
    }
    ds_box_top(&b->box, DS_SPACE_3, 0);
    if (is_taken)
        return true;
    const struct agent_choice choices[] = {{DS_TR("Close"), 0, agent_build_event(AGENT_SHOW_STAY)}};
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_RIGHTS, choices, 1, 0, false);
    if (is_chosen)
        b->state->is_rights_open = false;
    return is_chosen;
}
