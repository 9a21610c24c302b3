/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the connection, for the rep who wants to know why it is slow. */
#include "viewer/panels/panels.h"
#include "viewer/panels/words.h"

#include "common/ui/text.h"

#include <stdio.h>

#define ROW 22
#define ROWS 10

struct figure {
    const char *name;
    char value[DS_TEXT_HOST];
};

static void milliseconds(char *out, size_t size, double ms)
{
    snprintf(out, size, ms < 9.95 ? "%.1f ms" : "%.0f ms", ms);
}

static size_t fill(const struct viewer_panels *p, struct figure rows[ROWS])
{
    const struct viewer_model *m = &p->model;
    const struct viewer_figures *f = &p->figures;
    char a[32], b[32];
    size_t n = 0;
    rows[n].name = DS_TR("Server");
    snprintf(rows[n++].value, sizeof(rows[0].value), "%s", m->host);
    rows[n].name = DS_TR("Connection");
    snprintf(rows[n++].value, sizeof(rows[0].value), DS_TR("%s, port %u%s"),
             m->websocket ? "WebSocket" : "TLS", m->port, m->proxy ? DS_TR(", proxy") : "");
    rows[n].name = DS_TR("Delay to relay");
    if (f->rtt_ms >= 0) {
        milliseconds(a, sizeof(a), f->rtt_ms);
        milliseconds(b, sizeof(b), f->rtt_min_ms);
        snprintf(rows[n++].value, sizeof(rows[0].value), DS_TR("%s, smallest %s"), a, b);
    } else {
        snprintf(rows[n++].value, sizeof(rows[0].value), "–");
    }
    rows[n].name = DS_TR("Bandwidth");
    if (f->bandwidth_bps > 0)
        viewer_words_bandwidth(rows[n++].value, sizeof(rows[0].value), f->bandwidth_bps);
    else
        snprintf(rows[n++].value, sizeof(rows[0].value), "%s", DS_TR("not known yet"));
    rows[n].name = DS_TR("Pictures a second");
    snprintf(rows[n++].value, sizeof(rows[0].value), "%.0f", f->fps);
    rows[n].name = DS_TR("Decoding");
    snprintf(rows[n++].value, sizeof(rows[0].value), "%.1f ms", f->decode_ms);
    rows[n].name = DS_TR("Received");
    viewer_words_bytes(a, sizeof(a), (double)f->bytes_in);
    viewer_words_bytes(b, sizeof(b), (double)f->in_rate);
    snprintf(rows[n++].value, sizeof(rows[0].value), "%s, %s/s", a, b);
    rows[n].name = DS_TR("Sent");
    viewer_words_bytes(a, sizeof(a), (double)f->bytes_out);
    viewer_words_bytes(b, sizeof(b), (double)f->out_rate);
    snprintf(rows[n++].value, sizeof(rows[0].value), "%s, %s/s", a, b);
    rows[n].name = DS_TR("Picture");
    snprintf(rows[n++].value, sizeof(rows[0].value), "%u × %u", m->layout.width, m->layout.height);
    rows[n].name = DS_TR("Session");
    unsigned long s = m->active_at ? (unsigned long)((p->now - m->active_at) / DS_SECOND) : 0;
    ds_text_duration(rows[n++].value, sizeof(rows[0].value), s);
    return n;
}

void viewer_figures_panel(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct figure rows[ROWS];
    size_t n = fill(p, rows);
    double height = 2 * DS_SPACE_3 + 24 + (double)n * ROW;
    p->figures_height = height;
    struct ds_box area = viewer_panels_area(p);
    struct ds_box panel = {area.width - VIEWER_FIGURES_WIDTH - DS_SPACE_4,
                           area.height - height - DS_SPACE_4, VIEWER_FIGURES_WIDTH, height};
    ds_ui_panel(ui, panel, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box in = ds_box_pad(panel, DS_SPACE_3, DS_SPACE_3);
    ds_ui_label(ui, ds_box_top(&in, 24, 0), DS_TR("Connection figures"), DS_TYPE_NORMAL,
                DS_COLOR_TEXT, DS_UI_BOLD);
    for (size_t i = 0; i < n; i++) {
        struct ds_box row = ds_box_top(&in, ROW, 0);
        double width = ds_ui_text_width(ui, rows[i].value, DS_TYPE_SMALL, DS_UI_TABULAR) + 2;
        if (width > row.width * 0.65)
            width = row.width * 0.65;
        struct ds_box value = ds_box_right(&row, width, DS_SPACE_2);
        ds_ui_label(ui, row, rows[i].name, DS_TYPE_SMALL, DS_COLOR_MUTED,
                    DS_UI_MIDDLE | DS_UI_ELLIPSIS);
        ds_ui_label(ui, value, rows[i].value, DS_TYPE_SMALL, DS_COLOR_TEXT,
                    DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_TABULAR | DS_UI_ELLIPSIS);
    }
}
