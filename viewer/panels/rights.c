/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/rights.h"

#include "common/ui/text.h"
#include "viewer/panels/words.h"

#include <stdio.h>

const char *viewer_right_word(enum ds_right right)
{
    switch (right) {
    case DS_RIGHT_LOOK:
        return DS_TR("See the screen");
    case DS_RIGHT_POINT:
        return DS_TR("Point and draw");
    case DS_RIGHT_CONTROL:
        return DS_TR("Control mouse and keyboard");
    case DS_RIGHT_CLIPBOARD:
        return DS_TR("Share the clipboard");
    case DS_RIGHT_FILES:
        return DS_TR("Send and receive files");
    default:
        return DS_TR("Restart the computer");
    }
}

static enum ds_icon icon_of(enum ds_right right)
{
    static const enum ds_icon icons[DS_RIGHT_COUNT] = {
        [DS_RIGHT_LOOK] = DS_ICON_EYE,        [DS_RIGHT_POINT] = DS_ICON_PEN,
        [DS_RIGHT_CONTROL] = DS_ICON_POINTER, [DS_RIGHT_CLIPBOARD] = DS_ICON_CLIPBOARD,
        [DS_RIGHT_FILES] = DS_ICON_FILE,      [DS_RIGHT_RESTART] = DS_ICON_RESTART,
    };
    return icons[right];
}

static const char *state_word(uint8_t state)
{
    switch (state) {
    case DS_RIGHT_GRANTED:
        return DS_TR("allowed: give back");
    case DS_RIGHT_ASKED:
        return DS_TR("asked: withdraw");
    case DS_RIGHT_REFUSED:
        return DS_TR("refused: ask again");
    default:
        return DS_TR("ask");
    }
}

static bool holds(uint8_t state)
{
    return state == DS_RIGHT_GRANTED || state == DS_RIGHT_ASKED;
}

void viewer_rights_button(struct viewer_panels *p, struct ds_box *row)
{
    struct ds_ui_item items[DS_RIGHT_COUNT];
    const char *why = p->view_only      ? DS_TR("This window was opened for looking only.")
                      : p->model.paused ? DS_TR("Not while the session is paused.")
                                        : NULL;
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        uint8_t state = p->model.rights[i];
        bool is_off = why != NULL && !holds(state); /* giving back is always possible */
        items[i] = (struct ds_ui_item){.label = viewer_right_word((enum ds_right)i),
                                       .shortcut = state_word(state),
                                       .icon = icon_of((enum ds_right)i),
                                       .checked = state == DS_RIGHT_GRANTED,
                                       .disabled = is_off,
                                       .reason = is_off ? why : NULL};
    }
    struct ds_box at = ds_box_left(row, ds_ui_target(p->ui), DS_SPACE_1);
    int chosen = ds_ui_menu_button(p->ui, ID_RIGHTS, at, DS_ICON_LOCK, NULL, DS_UI_QUIET, items,
                                   DS_RIGHT_COUNT);
    char tip[96];
    snprintf(tip, sizeof(tip), "%s  %s", DS_TR("What the customer allows"),
             viewer_words_chord("U"));
    ds_ui_tip(p->ui, tip);
    if (chosen >= 0)
        p->actions->right(
            p->ctx, holds(p->model.rights[chosen]) ? VIEWER_ORDER_RELEASE : VIEWER_ORDER_REQUEST,
            (enum ds_right)chosen);
}

bool viewer_rights_is_blind(const struct viewer_panels *p)
{
    return p->model.stage == VIEWER_ACTIVE && p->model.rights[DS_RIGHT_LOOK] != DS_RIGHT_GRANTED;
}
