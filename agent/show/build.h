/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages of the customer's window are built of: sentences, cards and the row of buttons.
 * For page.c and ended.c. */
#ifndef AGENT_SHOW_BUILD_H
#define AGENT_SHOW_BUILD_H

#include "agent/show/page.h"

/* Buttons of agent_build_choose are AGENT_ID_FIRST and up. */
enum {
    AGENT_ID_FIRST = 1,
    AGENT_ID_CODE = 8,
    AGENT_ID_REMOVE = 9,
    AGENT_ID_TOGGLE = 10,
    AGENT_ID_RUNG = 11
};

/* Page numbers for the focus, beside those of enum agent_page. */
enum {
    AGENT_PAGE_ENDING = 64,
    AGENT_PAGE_RESUME = 65,
    AGENT_PAGE_REMOVING = 66,
    AGENT_PAGE_CONNECTION = 63,
    AGENT_PAGE_RIGHTS = 62,
    AGENT_PAGE_ASKED = 67,   /* and the right */
    AGENT_PAGE_OFFER = 1024, /* and the file */
    AGENT_PAGE_PAUSED = 80,
};

/* One button of a page and what it means. */
struct agent_choice {
    const char *label;
    unsigned flags;
    struct agent_show_event event;
};

/* What every page function needs. */
struct agent_build {
    struct ds_ui *ui;
    struct agent_page_state *state;
    const struct agent_view *view;
    struct agent_show_event *out;
    struct ds_box box; /* what is left below */
    char rep[DS_TEXT_NAME], org[DS_TEXT_NAME], host[DS_TEXT_HOST];
};

void agent_build_title(struct agent_build *b, const char *text);
void agent_build_say(struct agent_build *b, const char *text);
void agent_build_muted(struct agent_build *b, const char *text);

/* Sentences with a sign before them, on a raised card. */
void agent_build_card(struct agent_build *b, enum ds_icon icon, enum ds_color color,
                      const char *const *texts, unsigned count);

/* The buttons side by side, or below each other where a label is too long for that. Escape is the
 * safe one, which has the focus first (unless the page has a field). True: *b->out has the event of
 * what was chosen. page: of enum agent_page, or a number of those above. */
bool agent_build_choose(struct agent_build *b, unsigned page, const struct agent_choice *choices,
                        unsigned count, unsigned safe, bool has_field);

/* A switch with its label on a line of its own; changes *on. grants: switching it on gives the rep
 * something. */
bool agent_build_toggle(struct agent_build *b, const char *label, bool *on, bool grants);

/* An event without a right. */
struct agent_show_event agent_build_event(enum agent_show_event_type type);

/* Whether to take a file. In offer.c. */
bool agent_build_offer(struct agent_build *b);

/* What the rep may do. In rights.c. */
bool agent_build_rights(struct agent_build *b);

/* The figures of the connection. In connection.c. */
bool agent_build_connection(struct agent_build *b);

/* The last page: what happened, its record, and the way to get rid of the program. In ended.c. */
bool agent_build_ended(struct agent_build *b);

#endif
