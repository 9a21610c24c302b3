/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How good the connection is, for the customer who is asked on the phone. */
#include "agent/show/build.h"

#include "common/net/quality.h"
#include "common/ui/text.h"

#include <stdio.h>

enum { ROW = 26 };

static const char *status(enum ds_stage stage)
{
    switch (stage) {
    case DS_STAGE_VERIFIED:
        return DS_TR("connected");
    case DS_STAGE_PAIRED:
        return DS_TR("proving both sides");
    case DS_STAGE_WELCOME:
        return DS_TR("your representative is away");
    case DS_STAGE_NONE:
        return DS_TR("not connected");
    default:
        return DS_TR("connecting");
    }
}

static void row(struct agent_build *b, const char *name, const char *value)
{
    struct ds_box row = ds_box_top(&b->box, ROW, 0);
    double width = ds_ui_text_width(b->ui, value, DS_TYPE_NORMAL, DS_UI_TABULAR) + 2;
    if (width > row.width * 0.66)
        width = row.width * 0.66;
    struct ds_box right = ds_box_right(&row, width, DS_SPACE_2);
    ds_ui_label(b->ui, row, name, DS_TYPE_NORMAL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    ds_ui_label(b->ui, right, value, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_RIGHT | DS_UI_MIDDLE | DS_UI_TABULAR | DS_UI_ELLIPSIS);
}

static void quality(struct agent_build *b, const struct agent_connection *c)
{
    enum ds_color color = c->quality < DS_QUALITY_ADVICE ? DS_COLOR_BAD
                          : c->quality < 80              ? DS_COLOR_WARN
                                                         : DS_COLOR_GOOD;
    char text[32];
    snprintf(text, sizeof text, c->quality < 0 ? "\xe2\x80\x93" : "%d %%", c->quality);
    row(b, DS_TR("Connection quality"), text);
    ds_ui_progress(b->ui, ds_box_top(&b->box, 8, DS_SPACE_2),
                   c->quality < 0 ? 0 : c->quality / 100.0, color);
    if (c->quality >= 0 && c->quality < DS_QUALITY_ADVICE)
        agent_build_muted(b,
                          DS_TR("The connection is bad. If you can, use a cable instead of Wi-Fi, "
                                "or come closer to the Wi-Fi box."));
}

bool agent_build_connection(struct agent_build *b)
{
    const struct agent_connection *c = &b->view->connection;
    char text[160], a[32], up[32];
    agent_build_title(b, DS_TR("Connection"));
    quality(b, c);
    snprintf(text, sizeof text, "%s, %u %%", status(c->stage), ds_stage_percent(c->stage));
    row(b, DS_TR("Status"), text);
    row(b, DS_TR("Server"), b->host);
    snprintf(text, sizeof text, DS_TR("%s, port %u%s"), c->is_websocket ? "WebSocket" : "TLS",
             c->port, c->is_proxied ? DS_TR(", proxy") : "");
    row(b, DS_TR("Connection"), text);
    snprintf(text, sizeof text, c->rtt_ms < 0 ? "\xe2\x80\x93" : "%.0f ms", c->rtt_ms);
    row(b, DS_TR("Delay"), text);
    ds_text_duration(a, sizeof a, (unsigned long)c->session_s);
    ds_text_duration(up, sizeof up, (unsigned long)c->up_s);
    if (c->up_s + 1 < c->session_s)
        snprintf(text, sizeof text, DS_TR("%s, connected for %s"), a, up);
    else
        snprintf(text, sizeof text, "%s", a);
    row(b, DS_TR("Session"), text);
    snprintf(text, sizeof text, DS_TR("%u here, %u server, %u representative"),
             c->disconnects[DS_CUT_SELF], c->disconnects[DS_CUT_RELAY],
             c->disconnects[DS_CUT_PEER]);
    row(b, DS_TR("Disconnections"), text);
    const struct agent_choice choices[] = {
        {DS_TR("Save diagnostics"), 0, agent_build_event(AGENT_SHOW_DIAGNOSTICS)},
        {DS_TR("Close"), DS_UI_MAIN, agent_build_event(AGENT_SHOW_STAY)},
    };
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_CONNECTION, choices, 2, 1, false);
    if (is_chosen && b->out->type == AGENT_SHOW_STAY)
        b->state->is_connection_open = false;
    return is_chosen;
}
