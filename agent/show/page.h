/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages and questions of the customer's window, and the bar, as builds of ds_ui; they know no
 * window system. Proved by tests/unit/agent_pages.c. */
#ifndef AGENT_SHOW_PAGE_H
#define AGENT_SHOW_PAGE_H

#include "agent/show/show.h"
#include "common/ui/ui.h"

enum { AGENT_PAGE_WIDTH = 520, AGENT_BAR_HEIGHT = 36 };

/* What the pages remember between frames. */
struct agent_page_state {
    char code_text[DS_TEXT_CODE];
    struct ds_edit code;
    enum agent_page before;
    bool is_ending;          /* the question "End the session?" is open */
    bool is_chat_closing;    /* and it is so because the chat was closed */
    bool is_patient;         /* RECONNECTING: "Keep waiting" was chosen; the bar says the rest */
    bool is_connection_open; /* the page with the connection's figures */
    bool is_rights_open;     /* the page with what the rep may do */
    char note[512];          /* ENDED: where the record went, or why not; "" */
    bool is_note_bad;
    bool is_pause_open;             /* the page about the pause is open */
    enum agent_pause before_paused; /* of the view before */
    bool is_removing;   /* ENDED: the question "Remove Deskside from this computer?" is open */
    bool is_placing;    /* a folder is being chosen for the offer, in the window with the chat */
    const char *folder; /* where records go; NULL: as agent_record_save says. Borrowed */
};

void agent_page_init(struct agent_page_state *state);
/* Wipes the code. */
void agent_page_destroy(struct agent_page_state *state);

/* The view changed: begins a page afresh. */
void agent_page_enter(struct agent_page_state *state, const struct agent_view *view);

/* A page or question is to be shown for this view. */
bool agent_page_is_shown(const struct agent_page_state *state, const struct agent_view *view);
/* The page asks for a decision about the rep: all injected input has to stop. */
bool agent_page_is_asking(const struct agent_page_state *state, const struct agent_view *view);

/* Builds the page into the window; true when the customer did something, then *out says what.
 * *height gets the natural height for AGENT_PAGE_WIDTH, logical pixels. */
bool agent_page_build(struct ds_ui *ui, struct agent_page_state *state,
                      const struct agent_view *view, struct agent_show_event *out, double *height);

/* The window manager closes the page: the safe answer. False: it only opened or closed a question
 * of its own. */
bool agent_page_dismiss(struct agent_page_state *state, const struct agent_view *view,
                        struct agent_show_event *out);

/* The bar in a window of any width; *width gets the natural one, logical pixels, with words
 * unless narrow. True: something was pressed, and *did says by what it is dealt with. */
enum agent_bar_did {
    AGENT_BAR_EVENT,
    AGENT_BAR_END,
    AGENT_BAR_CONNECTION,
    AGENT_BAR_RIGHTS,
    AGENT_BAR_TALK
};
bool agent_bar_build(struct ds_ui *ui, const struct agent_view *view, bool narrow,
                     struct agent_show_event *out, enum agent_bar_did *did, double *width);
/* The keyboard was called to the bar: begins at Pause, whatever was pressed last. */
void agent_bar_focus(struct ds_ui *ui);

/* Words for a right: its icon, "Control", "Dana R. asks to control your mouse and keyboard." */
enum ds_icon agent_right_icon(enum ds_right right);
const char *agent_right_word(enum ds_right right);
/* The colour of the frame and the state chip, and the chip's word. */
enum ds_color agent_state_color(const struct agent_view *view);
const char *agent_state_word(const struct agent_view *view);

/* "Dana R. saw your screen for 12 min." alone; "" when there was no session. */
void agent_happened_text(const struct agent_view *view, char *out, size_t size);

/* Writes the record into folder (NULL: the documents folder of the person, or their home) under a
 * name that is not taken; *path gets the full name. DS_EIO with errno set. */
int agent_record_save(const struct agent_view *view, const char *folder, char *path, size_t size);

#endif
