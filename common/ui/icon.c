/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/icon.h"

#include <math.h>

/* Strokes on a grid of 24. M x y: start; L x y: line to; Z: close; O x y r: circle; A x y r from
 * to: arc in degrees, clockwise. */
static const char *const strokes[DS_ICON_COUNT] = {
    [DS_ICON_NONE] = "",
    [DS_ICON_PAUSE] = "M8 5L8 19M16 5L16 19",
    [DS_ICON_RESUME] = "M7 5L19 12L7 19Z",
    [DS_ICON_CLOSE] = "M6 6L18 18M18 6L6 18",
    [DS_ICON_CHECK] = "M5 13L10 18L19 7",
    [DS_ICON_FULLSCREEN] = "M4 9L4 4L9 4M15 4L20 4L20 9M20 15L20 20L15 20M9 20L4 20L4 15",
    [DS_ICON_LEAVE_FULLSCREEN] = "M9 4L9 9L4 9M20 9L15 9L15 4M15 20L15 15L20 15M4 15L9 15L9 20",
    [DS_ICON_FIT] = "M3 5L21 5L21 19L3 19ZM7 12L17 12M10 9L7 12L10 15M14 9L17 12L14 15",
    [DS_ICON_ONE_TO_ONE] = "M5 8L7 6L7 18M16 8L18 6L18 18O12 9 0.5O12 15 0.5",
    [DS_ICON_COPY] = "M9 9L20 9L20 20L9 20ZM15 9L15 4L4 4L4 15L9 15",
    [DS_ICON_SHARE] = "M3 4L21 4L21 16L3 16ZM8 20L16 20M12 13L12 7M9 9.5L12 6.5L15 9.5",
    [DS_ICON_MONITOR] = "M3 4L21 4L21 16L3 16ZM8 20L16 20M12 16L12 20",
    [DS_ICON_KEYBOARD] =
        "M2 6L22 6L22 18L2 18ZM7 14.5L17 14.5O6 10 0.2O10 10 0.2O14 10 0.2O18 10 0.2",
    [DS_ICON_POINTER] = "M5 3L19 11L12.5 12.8L9.5 19.5Z",
    [DS_ICON_EYE] = "M2 12L6 7.5L12 5.5L18 7.5L22 12L18 16.5L12 18.5L6 16.5ZO12 12 3",
    [DS_ICON_EYE_OFF] = "M2 12L6 7.5L12 5.5L18 7.5L22 12L18 16.5L12 18.5L6 16.5ZO12 12 3M4 20L20 4",
    [DS_ICON_LOCK] = "M5 11L19 11L19 20L5 20ZM8 11L8 8A12 8 4 180 360L16 11",
    [DS_ICON_WARNING] = "M12 4L22 20L2 20ZM12 10L12 14O12 17 0.4",
    [DS_ICON_INFO] = "O12 12 9M12 11L12 16O12 8 0.5",
    [DS_ICON_CLIPBOARD] = "M8 5L5 5L5 21L19 21L19 5L16 5M8 3L16 3L16 7L8 7Z",
    [DS_ICON_FILE] = "M6 3L14 3L19 8L19 21L6 21ZM14 3L14 8L19 8",
    [DS_ICON_RESTART] = "A12 12 8 -50 250M17.5 1.5L17.2 6L12.7 6.3",
    [DS_ICON_PEN] = "M4 20L5 15L16 4L20 8L9 19ZM13 7L17 11",
    [DS_ICON_UNDO] = "M8 5L4 9L8 13M4 9L14 9A14 14 5 -90 90L9 19",
    [DS_ICON_ERASE] = "M9 19L3.5 13.5L13 4L20 11L12 19ZM9 19L20 19M8 9L15 16",
    [DS_ICON_CAMERA] = "M3 7L8 7L9.5 4.5L14.5 4.5L16 7L21 7L21 19L3 19ZO12 13 3.5",
    [DS_ICON_CHAT] = "M3 5L21 5L21 16L11 16L6 20L6 16L3 16Z",
    [DS_ICON_MENU] = "M4 6L20 6M4 12L20 12M4 18L20 18",
    [DS_ICON_SETTINGS] = "M4 7L6 7M12 7L20 7M4 17L12 17M18 17L20 17O9 7 3O15 17 3",
    [DS_ICON_DOWN] = "M6 9L12 15L18 9",
    [DS_ICON_GRIP] = "O9 6 0.6O15 6 0.6O9 12 0.6O15 12 0.6O9 18 0.6O15 18 0.6",
    [DS_ICON_PERSON] = "O12 8 4M4 21A12 21 8 180 360",
    [DS_ICON_SIGNAL] = "M5 20L5 16M10 20L10 12M15 20L15 8M20 20L20 4",
    [DS_ICON_OVERVIEW] = "M3 4L21 4L21 20L3 20ZM11 12L17 12L17 16L11 16Z",
    [DS_ICON_ARROW] = "M5 19L19 5M10 5L19 5L19 14",
    [DS_ICON_BOX] = "M4 6L20 6L20 18L4 18Z",
    [DS_ICON_MARKER] = "M9 14L17 4L21 7L14 17ZM9 14L7 18L10 20L14 17M3 22L10 22",
    [DS_ICON_SPOTLIGHT] = ("O12 12 4M12 3L12 4M12 20L12 21M3 12L4 12M20 12L21 12M6 6L6.5 6.5"
                           "M17.5 17.5L18 18M18 6L17.5 6.5M6.5 17.5L6 18"),
    [DS_ICON_FOLDER] = "M3 6L9 6L11 8.5L21 8.5L21 19L3 19Z",
    [DS_ICON_UP] = "M12 19L12 5M6 11L12 5L18 11",
    [DS_ICON_LETTER] = "M5 7L5 4L19 4L19 7M12 4L12 20M9 20L15 20",
    [DS_ICON_THERE] = "M4 12L20 12M14 6L20 12L14 18",
    [DS_ICON_HERE] = "M20 12L4 12M10 6L4 12L10 18",
    [DS_ICON_SLASH] = "M6 21L18 3",
    [DS_ICON_LASER] = "M3 21L12 12O16 8 3O16 8 1",
};

/* Not strtod: input methods need setlocale, and then 2.5 is 2 in French. */
static double number(const char **at)
{
    double v = 0, unit = 1, sign = 1;
    const char *p = *at;
    while (*p == ' ')
        p++;
    if (*p == '-') {
        sign = -1;
        p++;
    }
    for (; *p >= '0' && *p <= '9'; p++)
        v = v * 10 + (*p - '0');
    if (*p == '.') {
        for (p++; *p >= '0' && *p <= '9'; p++)
            v += (*p - '0') * (unit /= 10);
    }
    *at = p;
    return sign * v;
}

static void stroke(cairo_t *cr, char command, const char **at)
{
    double v[5] = {0};
    int wanted = command == 'O' ? 3 : command == 'A' ? 5 : command == 'Z' ? 0 : 2;
    for (int i = 0; i < wanted; i++)
        v[i] = number(at);
    switch (command) {
    case 'M':
        cairo_move_to(cr, v[0], v[1]);
        break;
    case 'L':
        cairo_line_to(cr, v[0], v[1]);
        break;
    case 'A':
        cairo_arc(cr, v[0], v[1], v[2], v[3] * M_PI / 180, v[4] * M_PI / 180);
        break;
    case 'O':
        cairo_new_sub_path(cr);
        cairo_arc(cr, v[0], v[1], v[2], 0, 2 * M_PI);
        cairo_close_path(cr);
        break;
    case 'Z':
        cairo_close_path(cr);
        break;
    default:
        break;
    }
}

void ds_icon_draw(cairo_t *cr, enum ds_icon icon, double x, double y, double size)
{
    if (icon >= DS_ICON_COUNT)
        return;
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, size / 24, size / 24);
    cairo_set_line_width(cr, 2);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_new_path(cr);
    for (const char *at = strokes[icon]; *at;) {
        char command = *at++;
        stroke(cr, command, &at);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}
