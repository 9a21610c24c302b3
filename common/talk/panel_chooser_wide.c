/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the chooser's dialog has beside the rest where there is room: the person's places, and the
 * folders above. A file of its own, for the helper goes without. */
#include "common/base/text.h"
#include "common/talk/chooser_priv.h"

#include <stdio.h>
#include <string.h>

static void build_side(struct ds_ui *ui, struct ds_chooser *c, struct ds_box side)
{
    for (unsigned i = 0; i < DS_PLACE_COUNT; i++) {
        struct ds_box row = ds_box_top(&side, ds_ui_target(ui), DS_SPACE_1);
        if (ds_ui_icon_button(ui, ID_PLACE + i, row, DS_ICON_NONE, "", DS_UI_QUIET))
            ds_chooser_go_place(c, (enum ds_place)i);
        row = ds_box_pad(row, DS_SPACE_2, 0);
        ds_ui_icon(ui, ds_box_middle(ds_box_left(&row, 18, DS_SPACE_2), 18, 18), DS_ICON_FOLDER,
                   DS_COLOR_ACCENT);
        ds_ui_label(ui, row, ds_chooser_place_word((enum ds_place)i), DS_TYPE_NORMAL, DS_COLOR_TEXT,
                    DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    }
}

/* The folders above, as many of the last ones as have room; each leads there. */
static void build_crumbs(struct ds_ui *ui, struct ds_chooser *c, struct ds_box row)
{
    char names[CRUMBS][128], path[DS_CHOOSER_PATH];
    double widths[CRUMBS], used = 0;
    unsigned count = 0;
    memcpy(path, c->path, sizeof(path));
    for (char *slash; count < CRUMBS && (slash = strrchr(path, '/')); count++) {
        bool is_root = slash == path && slash[1] == '\0';
        char raw[256];
        snprintf(raw, sizeof(raw), "%s", is_root ? "/" : slash + 1);
        ds_text_for_display(names[count], sizeof(names[count]), raw);
        widths[count] = ds_ui_text_width(ui, names[count], DS_TYPE_NORMAL, DS_UI_BOLD) +
                        2 * DS_SPACE_2 + SIGN + 1;
        if (used + widths[count] > row.width && count > 0)
            break;
        used += widths[count];
        if (is_root) {
            count++;
            break;
        }
        slash[slash == path] = '\0';
    }
    for (unsigned i = count; i-- > 0;) {
        struct ds_box at = ds_box_left(&row, widths[i], 0);
        if (i + 1 < count)
            ds_ui_label(ui, ds_box_left(&at, SIGN, 0), "›", DS_TYPE_NORMAL, DS_COLOR_MUTED,
                        DS_UI_MIDDLE | DS_UI_CENTER);
        if (i == 0) {
            ds_ui_label(ui, ds_box_pad(at, DS_SPACE_2, 0), names[0], DS_TYPE_NORMAL, DS_COLOR_TEXT,
                        DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
        } else if (ds_ui_button(ui, ID_CRUMB + i, at, names[i], DS_UI_QUIET)) {
            for (unsigned up = 0; up < i; up++)
                ds_chooser_up(c);
        }
    }
}

void ds_chooser_widen(struct ds_chooser *c)
{
    static const struct ds_chooser_wide wide = {.side = build_side, .crumbs = build_crumbs};
    c->wide = &wide;
}
