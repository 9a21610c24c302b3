/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages and panels of the rep's window, built anew each frame from what is known (the model)
 * and what the person typed. Wishes leave through a table of functions; nothing here knows the
 * network or the window system. Main thread. */
#ifndef VIEWER_PANELS_PANELS_H
#define VIEWER_PANELS_PANELS_H

#include "common/talk/talk.h"
#include "common/ui/ui.h"
#include "viewer/panels/tabs.h"
#include "viewer/preferences.h"
#include "viewer/present/view.h"
#include "viewer/replies.h"
#include "viewer/session/letters.h"

struct viewer_panel_actions {
    void (*sign_in)(void *ctx, const char *host, unsigned port, const char *email,
                    const char *password);
    /* SIGN_OUT, NEW_SESSION, PAUSE, RESUME, RESTART, END: orders without content. */
    void (*order)(void *ctx, enum viewer_order_kind kind);
    void (*number)(void *ctx, const char *number);
    void (*right)(void *ctx, enum viewer_order_kind kind, enum ds_right right);
    void (*monitor)(void *ctx, uint8_t monitor);
    void (*scale)(void *ctx, enum viewer_scale scale);
    void (*fullscreen)(void *ctx, bool on);
    /* The picture pixel that comes to the window's left and top. */
    void (*scroll_to)(void *ctx, int x, int y);
    void (*copy)(void *ctx, const char *text);
    /* SAY to CANCEL of the panel with chat and files. */
    void (*talk)(void *ctx, const struct ds_talk_wish *wish);
    /* A preference gets another value, for now and for later. */
    void (*prefer)(void *ctx, enum viewer_preference which, int value);
    /* Keys for the customer's computer, as viewer_strokes_parse reads them. */
    void (*strokes)(void *ctx, const char *keys);
    /* Saves the customer's picture where such pictures go. */
    void (*screenshot)(void *ctx);
    /* Of all windows together; number, text: of the wishes that say so. */
    void (*windows)(void *ctx, enum viewer_window_wish wish, unsigned number, const char *text);
    /* What of the rep's display can be shown, and the wish to. */
    size_t (*sources)(void *ctx, struct viewer_source *out, size_t max);
    void (*share)(void *ctx, const struct viewer_source *source);
    void (*quit)(void *ctx);
};

enum viewer_page {
    VIEWER_PAGE_SIGN_IN = 1,
    VIEWER_PAGE_CONNECTING,
    VIEWER_PAGE_HOME,
    VIEWER_PAGE_CODE,
    VIEWER_PAGE_NUMBER,
    VIEWER_PAGE_ASKING,
    VIEWER_PAGE_SESSION,
    VIEWER_PAGE_ENDED,
    VIEWER_PAGE_AWAY, /* before the picture: the line is cut */
};

/* The list of replies above the field of the chat; see panels/replies.c. */
struct viewer_reply_state {
    struct ds_ui_list list;
    size_t shown[VIEWER_REPLIES_MAX]; /* that match what is typed */
    size_t count;
    bool is_put_away;          /* Escape: this "/" is only text */
    bool is_editing, is_fresh; /* the editor gets the keyboard */
    size_t at;                 /* the one that is changed; replies->count: a new one */
    char text[VIEWER_REPLY];
    struct ds_edit edit;
};

#define VIEWER_TOOLS 7  /* that draw or point */
#define VIEWER_COLORS 6 /* that they draw in */
#define VIEWER_SIZES 3

/* A text that is written in place on the picture. */
enum viewer_writing {
    VIEWER_NOT_WRITING,
    VIEWER_WRITING,
    VIEWER_WRITTEN,         /* its owner takes it, as the next: */
    VIEWER_WRITING_DROPPED, /* and lets go of it */
};

struct viewer_panels {
    struct ds_ui *ui; /* borrowed */
    const struct viewer_panel_actions *actions;
    void *ctx;
    /* what is known */
    struct viewer_model model;
    struct viewer_figures figures;
    bool complete; /* a whole first picture is there */
    ds_tick now;
    /* the window's state, set by its owner */
    const struct viewer_view *view; /* borrowed */
    enum viewer_scale scale;
    bool fullscreen;
    bool view_only, no_toolbar;
    struct viewer_tabs tabs;  /* of all sessions; without any it is not told yet */
    const char *why_no_other; /* another session cannot be opened: why, translated; else NULL */
    bool relay_given;         /* on the command line: the form does not ask */
    /* what the person typed */
    char relay_text[DS_TEXT_HOST + 8];
    char email_text[DS_TEXT_EMAIL];
    char password_text[DS_TEXT_PASSWORD];
    char number_text[DS_TEXT_NUMBER];
    struct ds_edit relay, email, password, number;
    bool number_again; /* it was wrong: the field gets the keyboard back */
    bool relay_bad, email_bad, password_missing;
    /* what the person opened */
    bool figures_open;
    bool confirm_end;   /* "this ends the session": asked */
    bool confirm_quits; /* and the program with it */
    bool confirm_all;   /* "this ends all of them": asked */
    bool renames;       /* the dialog for another name */
    char name_text[DS_TEXT_REASON];
    struct ds_edit name_edit;
    bool toolbar_shown;    /* pointer at the top, or called by key */
    bool toolbar_called;   /* by key: stays until Escape or until the keyboard goes elsewhere */
    bool toolbar_has_keys; /* the keyboard has come to it */
    ds_tick toolbar_from;  /* the pointer rests at the edge: shown then; 0: it does not */
    ds_tick toolbar_until; /* 0: not going to hide */
    double toolbar_left, toolbar_right; /* device pixels */
    ds_tick copied_until;
    bool overview_called; /* stays; else it shows itself while scrolling */
    /* of the overview and the bars, see scrolling.c */
    ds_tick overview_until; /* 0: scrolling is over */
    bool overview_left;     /* the corner: away from the hand */
    bool overview_held;
    int overview_dx, overview_dy;  /* from the middle of the frame to the hand that holds it */
    struct ds_rect overview_place; /* window pixels; empty: not shown */
    struct ds_ui_scrollbar bar_x, bar_y;
    double figures_height; /* of the last frame, while open */
    struct ds_talk talk;
    bool talk_open;
    bool talk_keys;                 /* the keyboard is the panel's, not the customer's */
    bool talk_focus_due;            /* its field gets it */
    bool talk_closed;               /* by hand: it does not open by itself in this session */
    bool rest_closed;               /* ENDED: what was not delivered was seen and closed */
    bool in_front;                  /* the window, set by its owner: what is shown is seen */
    struct viewer_replies *replies; /* borrowed, or NULL */
    struct viewer_reply_state reply;
    enum viewer_page page;
    uint8_t control_state; /* of the frame before, as the next two: each change is told once */
    uint32_t refusals, resume_refusals, restart_ends;
    uint8_t desk_states[DS_RIGHT_COUNT]; /* of the frame before, for desk.c, as the next two */
    uint32_t desk_refusals[DS_RIGHT_COUNT], clipboard_too_long, clipboard_missed;
    /* showing the rep's screen, see share.c */
    bool share_open; /* the choice */
    struct viewer_source sources[VIEWER_SOURCES_MAX];
    size_t source_count;
    struct ds_ui_list source_list;
    uint32_t share_ends; /* of the frame before */
    /* drawing, see draw.c */
    bool draws;                 /* the palette is open */
    bool draw_help;             /* and the list of keys below it */
    unsigned tool, color, size; /* below VIEWER_TOOLS, VIEWER_COLORS, VIEWER_SIZES */
    enum viewer_writing writing;
    int write_x, write_y; /* device pixels of the window: where the text begins */
    char note_text[DS_NOTE_TEXT_MAX + 1];
    struct ds_edit note_edit;
    struct viewer_preferences preferences; /* set by the owner */
    bool preferences_open;
    enum viewer_preference_page preferences_page;
    bool keys_taken; /* the whole keyboard is ours, for the customer; set by the owner */
    enum viewer_preference cure; /* that keeps keys here, see keys.c; VIEWER_PREFERENCE_COUNT */
    ds_tick cure_until;
    ds_tick deadline; /* when the page wants another frame by itself; 0: never */
};

/* relay, email: first content of the form; may be "". */
void viewer_panels_init(struct viewer_panels *p, struct ds_ui *ui, const struct viewer_view *view,
                        const struct viewer_panel_actions *actions, void *ctx, const char *relay,
                        const char *email);
/* Wipes what was typed. */
void viewer_panels_destroy(struct viewer_panels *p);
/* Another model arrived: fields that belong to a stage that is over are wiped. */
void viewer_panels_set_model(struct viewer_panels *p, const struct viewer_model *model);
/* Declares one frame, between ds_ui_begin and ds_ui_end. */
void viewer_panels_build(struct viewer_panels *p);
/* The window is to be closed: asks when that would end a session, else quits. */
void viewer_panels_close(struct viewer_panels *p);
/* The pointer is at x, y (device pixels) over the picture: the toolbar comes at the top edge, in
 * its own width only while the rest of that edge scrolls. */
void viewer_panels_pointer(struct viewer_panels *p, double x, double y, bool pressed);
void viewer_panels_toolbar(struct viewer_panels *p, bool called);
/* The customer's picture is there to be saved. */
bool viewer_panels_can_shoot(const struct viewer_panels *p);
/* What a key or a menu entry does. */
void viewer_panels_next_monitor(struct viewer_panels *p);
void viewer_panels_toggle_control(struct viewer_panels *p);
void viewer_panels_toggle_pause(struct viewer_panels *p);
void viewer_panels_toggle_overview(struct viewer_panels *p);
/* Chat and files: opens with the keyboard in its field, or closes. */
void viewer_panels_toggle_talk(struct viewer_panels *p);
/* What came for it; it shows itself when the customer says or offers something. */
void viewer_panels_line(struct viewer_panels *p, const struct ds_chat_line *line);
void viewer_panels_file(struct viewer_panels *p, const struct ds_file *file);
/* Files were dropped onto the window, as a text/uri-list; NULL: they could not be had. */
void viewer_panels_drop(struct viewer_panels *p, const char *list, size_t len);
/* How much of the window it takes at the right, device pixels. */
int viewer_panels_side(const struct viewer_panels *p);
/* The view moved while the pointer was at x, device pixels: the overview shows itself. */
void viewer_panels_scrolled(struct viewer_panels *p, int pointer_x);
/* How thick the scroll bars shall be, device pixels; 0: there shall be none. */
int viewer_panels_bar(const struct viewer_panels *p);

/* ---- for the panels themselves ---- */
enum viewer_panel_id {
    ID_RELAY = 100,
    ID_EMAIL,
    ID_PASSWORD,
    ID_SIGN_IN,
    ID_CANCEL,
    ID_SIGN_OUT,
    ID_NEW_SESSION,
    ID_COPY,
    ID_NUMBER,
    ID_CONNECT,
    ID_END,
    ID_CONFIRM,
    ID_KEEP,
    ID_CONTROL,
    ID_SCALE,
    ID_MONITOR,
    ID_FULLSCREEN,
    ID_PAUSE,
    ID_SHARE,
    ID_FIGURES,
    ID_DIAGNOSTICS,
    ID_TALK,
    ID_TOOLS,
    ID_CLIPBOARD,
    ID_RIGHTS,
    ID_KEYS,
    ID_SHOT,
    ID_MENU,
    ID_RESUME,
    ID_CLOSE,
    ID_BAR_X,
    ID_BAR_Y,
    ID_OVERVIEW,
    ID_SHARE_LIST,
    ID_SHARE_GO,
    ID_SHARE_CANCEL,
    ID_SHARE_STOP,
    ID_NOTE_TEXT,
    ID_NOTE_UNDO,
    ID_NOTE_ERASE,
    ID_NOTE_CLOSE,
    ID_NOTE_TOOL,
    ID_NOTE_COLOR,
    ID_PREFERENCES,
    ID_PREFERENCES_PAGE,
    ID_PREFERENCES_CLOSE,
    ID_PREFERENCE,
    ID_CURE,
    ID_CURE_CLOSE,
    ID_LOOK,
    ID_OTHER,
    ID_WINDOWS,
    ID_NAME,
    ID_NAME_DONE,
    ID_NAME_CANCEL,
    ID_TAB,
    ID_NOTE_SIZE,
    ID_NOTE_HELP,
};

void viewer_sign_in_page(struct viewer_panels *p);
void viewer_connecting_page(struct viewer_panels *p);
void viewer_home_page(struct viewer_panels *p);
void viewer_code_page(struct viewer_panels *p);
void viewer_number_page(struct viewer_panels *p);
void viewer_asking_page(struct viewer_panels *p);
void viewer_away_page(struct viewer_panels *p);
void viewer_ended_page(struct viewer_panels *p);
/* Everything above the picture. */
void viewer_session_page(struct viewer_panels *p);
void viewer_toolbar(struct viewer_panels *p);
/* Where it stands or would stand, for viewer_panels_pointer. */
void viewer_toolbar_measure(struct viewer_panels *p);
/* Shows the toolbar when the pointer has rested long enough. */
void viewer_panels_toolbar_due(struct viewer_panels *p);
#define VIEWER_TOOLBAR_HEIGHT 48 /* logical pixels */
#define VIEWER_FIGURES_WIDTH 320 /* logical pixels */
void viewer_figures_panel(struct viewer_panels *p);
#define VIEWER_TALK_WIDTH 320 /* logical pixels, at the right of the window */
void viewer_talk_panel(struct viewer_panels *p);
/* For ds_talk.above_field; ctx: the panels. */
bool viewer_replies_list(void *ctx, struct ds_ui *ui, struct ds_talk *talk, struct ds_box *box);
void viewer_scrolling(struct viewer_panels *p);
/* The window without the scroll bars. */
struct ds_box viewer_panels_area(const struct viewer_panels *p);

/* A column in the middle of the window, below the header. */
struct ds_box viewer_panel_column(struct viewer_panels *p, double width, double height);
/* The strip at the top of every page that has a connection; returns what is below. */
struct ds_box viewer_panel_header(struct viewer_panels *p);
/* A framed message with an icon: title and paragraphs (NULL-ended). Cuts itself off *box. */
void viewer_panel_notice(struct viewer_panels *p, struct ds_box *box, enum ds_icon icon,
                         enum ds_color color, const char *title, const char *const *lines);
double viewer_panel_notice_height(struct viewer_panels *p, double width, const char *title,
                                  const char *const *lines);
/* Another frame when a second of the countdown of a cut is over. */
void viewer_panel_count(struct viewer_panels *p);
/* Asks for another frame no later than `when`. */
void viewer_panel_wake(struct viewer_panels *p, ds_tick when);

#endif
