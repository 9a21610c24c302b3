/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/build.h"

void agent_build_title(struct agent_build *b, const char *text)
{
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_3);
}

void agent_build_say(struct agent_build *b, const char *text)
{
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, DS_SPACE_3);
}

void agent_build_muted(struct agent_build *b, const char *text)
{
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_NORMAL, DS_COLOR_MUTED, 0, DS_SPACE_3);
}

void agent_build_card(struct agent_build *b, enum ds_icon icon, enum ds_color color,
                      const char *const *texts, unsigned count)
{
    const double mark = 24, gap = DS_SPACE_2;
    double width = b->box.width - 2 * DS_SPACE_4 - mark - DS_SPACE_3;
    double height = -gap;
    for (unsigned i = 0; i < count; i++)
        height += gap + ds_ui_text_height(b->ui, texts[i], DS_TYPE_LARGE, DS_UI_WRAP, width);
    struct ds_box box = ds_box_top(&b->box, height + 2 * DS_SPACE_4, DS_SPACE_4);
    ds_ui_panel(b->ui, box, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    box = ds_box_pad(box, DS_SPACE_4, DS_SPACE_4);
    struct ds_box left = ds_box_left(&box, mark, DS_SPACE_3);
    ds_ui_icon(b->ui, ds_box_top(&left, mark, 0), icon, color);
    for (unsigned i = 0; i < count; i++)
        ds_ui_paragraph(b->ui, &box, texts[i], DS_TYPE_LARGE, DS_COLOR_TEXT, 0, gap);
}

bool agent_build_choose(struct agent_build *b, unsigned page, const struct agent_choice *choices,
                        unsigned count, unsigned safe, bool has_field)
{
    double target = ds_ui_target(b->ui), gap = DS_SPACE_3;
    double each = (b->box.width - gap * (count - 1)) / count;
    bool is_row = true, is_chosen = false;
    ds_ui_page(b->ui, page, has_field ? AGENT_ID_CODE : AGENT_ID_FIRST + safe);
    for (unsigned i = 0; i < count; i++)
        is_row &= ds_ui_button_width(b->ui, choices[i].label, DS_ICON_NONE) <= each;
    ds_box_top(&b->box, DS_SPACE_3, 0);
    unsigned rows = is_row ? 1 : count;
    struct ds_box all = ds_box_top(&b->box, rows * target + (rows - 1) * gap, 0);
    for (unsigned i = 0; i < count; i++) {
        struct ds_box box =
            is_row ? ds_box_column(all, i, count, gap) : ds_box_row(all, i, count, gap);
        if (ds_ui_button(b->ui, AGENT_ID_FIRST + i, box, choices[i].label, choices[i].flags)) {
            *b->out = choices[i].event;
            is_chosen = true;
        }
    }
    if (!is_chosen && ds_ui_escape(b->ui)) {
        *b->out = choices[safe].event;
        is_chosen = true;
    }
    return is_chosen;
}

bool agent_build_toggle(struct agent_build *b, const char *label, bool *on, bool grants)
{
    struct ds_box box = ds_box_top(&b->box, ds_ui_target(b->ui), DS_SPACE_2);
    return ds_ui_toggle(b->ui, AGENT_ID_TOGGLE, box, label, on,
                        grants && !*on ? DS_UI_GRANTS : DS_UI_PLAIN);
}

struct agent_show_event agent_build_event(enum agent_show_event_type type)
{
    return (struct agent_show_event){.type = type, .right = DS_RIGHT_COUNT};
}
