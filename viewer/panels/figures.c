/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of the connection, for the rep who wants to know why it is slow. */
#include "viewer/panels/panels.h"
#include "viewer/panels/words.h"

#include "common/net/quality.h"
#include "common/ui/text.h"

#include <stdio.h>

#define ROW 20
#define ROWS 12
#define BAR 6

struct figure {
    const char *name;
    char value[DS_TEXT_HOST];
};

struct rows {
    struct figure row[ROWS];
    size_t count;
};

static char *add(struct rows *rows, const char *name)
{
    struct figure *row = &rows->row[rows->count++];
    row->name = name;
    row->value[0] = '\0';
    return row->value;
}
#define VALUE DS_TEXT_HOST

static void milliseconds(char *out, size_t size, double ms)
{
    snprintf(out, size, ms < 9.95 ? "%.1f ms" : "%.0f ms", ms);
}

/* The state of the connection in words; F97. */
static const char *status(const struct viewer_panels *p)
{
    switch (p->figures.stage) {
    case DS_STAGE_DNS:
        return DS_TR("looking up the relay");
    case DS_STAGE_TCP:
        return DS_TR("connecting");
    case DS_STAGE_TLS:
        return DS_TR("securing the connection");
    case DS_STAGE_HELLO:
        return DS_TR("saying hello");
    case DS_STAGE_WELCOME:
        return DS_TR("the customer is away");
    case DS_STAGE_PAIRED:
        return DS_TR("proving both sides");
    case DS_STAGE_VERIFIED:
        return DS_TR("connected");
    case DS_STAGE_NONE:
    case DS_STAGE_COUNT:
        break;
    }
    return DS_TR("not connected");
}

static void connection(const struct viewer_panels *p, struct rows *rows)
{
    const struct viewer_model *m = &p->model;
    const struct viewer_figures *f = &p->figures;
    char a[32], b[32], c[32];
    snprintf(add(rows, DS_TR("Status")), VALUE, "%s, %u %%", status(p), ds_stage_percent(f->stage));
    snprintf(add(rows, DS_TR("Server")), VALUE, "%s", m->host);
    snprintf(add(rows, DS_TR("Connection")), VALUE, DS_TR("%s, port %u%s"),
             m->websocket ? "WebSocket" : "TLS", m->port, m->proxy ? DS_TR(", proxy") : "");
    char *delay = add(rows, DS_TR("Delay"));
    if (f->rtt_ms >= 0) {
        milliseconds(a, sizeof(a), f->rtt_ms);
        milliseconds(b, sizeof(b), f->jitter_ms < 0 ? 0 : f->jitter_ms);
        milliseconds(c, sizeof(c), f->rtt_min_ms);
        snprintf(delay, VALUE, DS_TR("%s ± %s, smallest %s"), a, b, c);
    } else {
        snprintf(delay, VALUE, "–");
    }
    char *bandwidth = add(rows, DS_TR("Bandwidth"));
    if (f->bandwidth_bps > 0)
        viewer_words_bandwidth(bandwidth, VALUE, f->bandwidth_bps);
    else
        snprintf(bandwidth, VALUE, "%s", DS_TR("not known yet"));
}

static void traffic(const struct viewer_panels *p, struct rows *rows)
{
    const struct viewer_figures *f = &p->figures;
    char a[32], b[32];
    snprintf(add(rows, DS_TR("Pictures a second")), VALUE, DS_TR("%.0f, decoded in %.1f ms"),
             f->fps, f->decode_ms);
    viewer_words_bytes(a, sizeof(a), (double)f->bytes_in);
    viewer_words_bytes(b, sizeof(b), (double)f->in_rate);
    snprintf(add(rows, DS_TR("Received")), VALUE, "%s, %s/s", a, b);
    viewer_words_bytes(a, sizeof(a), (double)f->bytes_out);
    viewer_words_bytes(b, sizeof(b), (double)f->out_rate);
    snprintf(add(rows, DS_TR("Sent")), VALUE, "%s, %s/s", a, b);
    snprintf(add(rows, DS_TR("Picture")), VALUE, "%u × %u", p->model.layout.width,
             p->model.layout.height);
}

/* Uptime below session time says that it was cut; F100 to F102. */
static void history(const struct viewer_panels *p, struct rows *rows)
{
    const struct viewer_figures *f = &p->figures;
    ds_text_duration(add(rows, DS_TR("Session")), VALUE, (unsigned long)f->session_s);
    ds_text_duration(add(rows, DS_TR("Connected for")), VALUE, (unsigned long)f->up_s);
    snprintf(add(rows, DS_TR("Disconnections")), VALUE, DS_TR("%u here, %u relay, %u customer"),
             f->disconnects[DS_CUT_SELF], f->disconnects[DS_CUT_RELAY],
             f->disconnects[DS_CUT_PEER]);
}

static void build_rows(struct viewer_panels *p, struct ds_box *in, const struct rows *rows)
{
    struct ds_ui *ui = p->ui;
    for (size_t i = 0; i < rows->count; i++) {
        const struct figure *figure = &rows->row[i];
        struct ds_box row = ds_box_top(in, ROW, 0);
        double width = ds_ui_text_width(ui, figure->value, DS_TYPE_SMALL, DS_UI_TABULAR) + 2;
        if (width > row.width * 0.72)
            width = row.width * 0.72;
        struct ds_box value = ds_box_right(&row, width, DS_SPACE_2);
        ds_ui_label(ui, row, figure->name, DS_TYPE_SMALL, DS_COLOR_MUTED,
                    DS_UI_MIDDLE | DS_UI_ELLIPSIS);
        ds_ui_label(ui, value, figure->value, DS_TYPE_SMALL, DS_COLOR_TEXT,
                    DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_TABULAR | DS_UI_ELLIPSIS);
    }
}

/* What the quality is worth and made of, or what to do about it; F98. */
static const char *explanation(int quality)
{
    if (quality >= 0 && quality < DS_QUALITY_ADVICE)
        return DS_TR("The connection is bad. Try a cable instead of Wi-Fi, without VPN, or another "
                     "network.");
    return DS_TR("100 less delay (above 50 ms), jitter (above 10 ms) and late heartbeats of the "
                 "last minute.");
}

static void build_quality(struct viewer_panels *p, struct ds_box *in, double words)
{
    struct ds_ui *ui = p->ui;
    int quality = p->figures.quality;
    enum ds_color color = quality < DS_QUALITY_ADVICE ? DS_COLOR_BAD
                          : quality < 80              ? DS_COLOR_WARN
                                                      : DS_COLOR_GOOD;
    char text[32];
    snprintf(text, sizeof(text), quality < 0 ? "–" : "%d %%", quality);
    struct ds_box row = ds_box_top(in, 24, 0);
    struct ds_box value = ds_box_right(&row, 56, DS_SPACE_2);
    ds_ui_label(ui, row, DS_TR("Connection quality"), DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE);
    ds_ui_label(ui, value, text, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_TABULAR);
    ds_ui_progress(ui, ds_box_top(in, BAR, DS_SPACE_1), quality < 0 ? 0 : quality / 100.0, color);
    ds_ui_label(ui, ds_box_top(in, words, DS_SPACE_2), explanation(quality), DS_TYPE_SMALL,
                DS_COLOR_MUTED, DS_UI_WRAP);
}

void viewer_figures_panel(struct viewer_panels *p)
{
    struct ds_ui *ui = p->ui;
    struct rows rows = {.count = 0};
    connection(p, &rows);
    traffic(p, &rows);
    history(p, &rows);
    double words = ds_ui_text_height(ui, explanation(p->figures.quality), DS_TYPE_SMALL, DS_UI_WRAP,
                                     VIEWER_FIGURES_WIDTH - 2 * DS_SPACE_3);
    double height = 2 * DS_SPACE_3 + 24 + BAR + DS_SPACE_1 + words + DS_SPACE_2 +
                    (double)rows.count * ROW + DS_SPACE_2 + ds_ui_target(ui);
    p->figures_height = height;
    struct ds_box area = viewer_panels_area(p);
    struct ds_box panel = {area.width - VIEWER_FIGURES_WIDTH - DS_SPACE_4,
                           area.height - height - DS_SPACE_4, VIEWER_FIGURES_WIDTH, height};
    ds_ui_panel(ui, panel, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    struct ds_box in = ds_box_pad(panel, DS_SPACE_3, DS_SPACE_3);
    build_quality(p, &in, words);
    build_rows(p, &in, &rows);
    ds_box_top(&in, DS_SPACE_2, 0);
    if (ds_ui_button(ui, ID_DIAGNOSTICS, ds_box_top(&in, ds_ui_target(ui), 0),
                     DS_TR("Save diagnostics"), 0))
        p->actions->order(p->ctx, VIEWER_ORDER_DIAGNOSTICS);
}
