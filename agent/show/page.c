/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/page.h"

#include "common/base/text.h"
#include "common/ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ID_FIRST = 1, ID_CODE = 8 }; /* buttons are ID_FIRST and up */
enum { PAGE_ENDING = 64, PAGE_RESUME = 65, PAGE_ASKED = 66 };
enum { PAD = DS_SPACE_6, BUTTONS_MAX = 3 };

/* One button of a page and what it means. */
struct choice {
    const char *label;
    unsigned flags;
    struct agent_show_event event;
};

/* What every page function needs. */
struct build {
    struct ds_ui *ui;
    struct agent_page_state *state;
    const struct agent_view *view;
    struct agent_show_event *out;
    struct ds_box box; /* what is left below */
    char rep[DS_TEXT_NAME], org[DS_TEXT_NAME], host[DS_TEXT_HOST];
};

void agent_page_init(struct agent_page_state *state)
{
    *state = (struct agent_page_state){.before = AGENT_PAGE_NONE};
    ds_edit_init(&state->code, state->code_text, sizeof state->code_text);
    state->code.digits_only = true;
    state->code.most = 9;
}

void agent_page_destroy(struct agent_page_state *state)
{
    if (state->code.text)
        ds_edit_wipe(&state->code);
}

void agent_page_enter(struct agent_page_state *state, const struct agent_view *view)
{
    bool is_session = view->page == AGENT_PAGE_CONNECTED || view->page == AGENT_PAGE_RECONNECTING;
    if (!is_session)
        state->is_ending = false;
    if (view->page == state->before)
        return;
    state->before = view->page;
    state->note[0] = '\0';
    if (view->page != AGENT_PAGE_CODE && view->page != AGENT_PAGE_CONNECTING)
        ds_edit_wipe(&state->code);
    if (view->page == AGENT_PAGE_CODE && view->code[0])
        ds_edit_set(&state->code, view->code);
    if (view->page == AGENT_PAGE_CODE)
        ds_edit_select_all(&state->code);
}

static bool is_connected(const struct agent_view *view)
{
    return view->page == AGENT_PAGE_CONNECTED;
}

bool agent_page_is_shown(const struct agent_page_state *state, const struct agent_view *view)
{
    if (!is_connected(view))
        return view->page != AGENT_PAGE_NONE;
    return state->is_ending || view->resume_asked || view->asked < DS_RIGHT_COUNT;
}

bool agent_page_is_asking(const struct agent_page_state *state, const struct agent_view *view)
{
    return view->page == AGENT_PAGE_WARNING || view->page == AGENT_PAGE_CONSENT ||
           view->page == AGENT_PAGE_RECONNECTING ||
           (is_connected(view) && agent_page_is_shown(state, view));
}

/* ---- Pieces ---- */

static void title(struct build *b, const char *text)
{
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_3);
}

static void say(struct build *b, const char *text)
{
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_LARGE, DS_COLOR_TEXT, 0, DS_SPACE_3);
}

static void say_muted(struct build *b, const char *text)
{
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_NORMAL, DS_COLOR_MUTED, 0, DS_SPACE_3);
}

/* A sentence with a sign before it, on a raised card. */
static void card(struct build *b, enum ds_icon icon, enum ds_color color, const char *const *texts,
                 unsigned count)
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

/* The buttons side by side, or below each other where a label is too long for that. Escape is the
 * safe one, which has the focus first. */
static bool choose(struct build *b, unsigned page, const struct choice *choices, unsigned count,
                   unsigned safe, bool has_field)
{
    double target = ds_ui_target(b->ui), gap = DS_SPACE_3;
    double each = (b->box.width - gap * (count - 1)) / count;
    bool is_row = true, is_chosen = false;
    ds_ui_page(b->ui, page, has_field ? ID_CODE : ID_FIRST + safe);
    for (unsigned i = 0; i < count; i++)
        is_row &= ds_ui_button_width(b->ui, choices[i].label, DS_ICON_NONE) <= each;
    ds_box_top(&b->box, DS_SPACE_3, 0);
    unsigned rows = is_row ? 1 : count;
    struct ds_box all = ds_box_top(&b->box, rows * target + (rows - 1) * gap, 0);
    for (unsigned i = 0; i < count; i++) {
        struct ds_box box =
            is_row ? ds_box_column(all, i, count, gap) : ds_box_row(all, i, count, gap);
        if (ds_ui_button(b->ui, ID_FIRST + i, box, choices[i].label, choices[i].flags)) {
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

static struct agent_show_event of(enum agent_show_event_type type)
{
    return (struct agent_show_event){.type = type, .right = DS_RIGHT_COUNT};
}

/* Who runs the relay, small at the top of every page. */
static void header(struct build *b)
{
    char text[DS_TEXT_NAME + DS_TEXT_HOST + 8];
    if (b->org[0] && b->host[0])
        snprintf(text, sizeof text, "%s \xc2\xb7 %s", b->org, b->host);
    else
        snprintf(text, sizeof text, "%s", b->org[0] ? b->org : b->host);
    if (!text[0])
        return;
    struct ds_box row = ds_box_top(&b->box, 20, DS_SPACE_4);
    ds_ui_icon(b->ui, ds_box_middle(ds_box_left(&row, 16, DS_SPACE_2), 16, 16), DS_ICON_LOCK,
               DS_COLOR_MUTED);
    ds_ui_label(b->ui, row, text, DS_TYPE_NORMAL, DS_COLOR_MUTED, DS_UI_ELLIPSIS | DS_UI_MIDDLE);
}

/* ---- Pages ---- */

static bool code_page(struct build *b)
{
    struct agent_page_state *state = b->state;
    title(b, DS_TR("Get help on this computer"));
    say(b, DS_TR("Enter the 9-digit code your representative gave you."));
    struct ds_ui_field field = {.number = true, .bad = b->view->problem[0] != '\0'};
    struct ds_box box = ds_box_top(&b->box, 56, DS_SPACE_3);
    unsigned did = ds_ui_text_field(b->ui, ID_CODE, box, &state->code, &field);
    if (b->view->problem[0])
        ds_ui_paragraph(b->ui, &b->box, b->view->problem, DS_TYPE_LARGE, DS_COLOR_BAD, 0,
                        DS_SPACE_3);
    say_muted(b, DS_TR("Only somebody you asked for help should have given you one."));
    bool is_whole = state->code.len == 9;
    const struct choice choices[] = {
        {DS_TR("Close"), 0, of(AGENT_SHOW_CLOSED)},
        {DS_TR("Connect"), DS_UI_MAIN | DS_UI_DEFAULT | (is_whole ? 0 : (unsigned)DS_UI_DISABLED),
         of(AGENT_SHOW_CODE)},
    };
    bool is_chosen = choose(b, AGENT_PAGE_CODE, choices, 2, 0, true);
    is_chosen |= (did & DS_UI_FIELD_ENTER) && is_whole;
    if ((did & DS_UI_FIELD_ENTER) && is_whole)
        *b->out = of(AGENT_SHOW_CODE);
    if (is_chosen && b->out->type == AGENT_SHOW_CODE)
        b->out->code = state->code_text;
    return is_chosen;
}

static bool connecting_page(struct build *b)
{
    title(b, DS_TR("Connecting\xe2\x80\xa6"));
    say(b, b->view->stage[0] ? b->view->stage : DS_TR("Looking for the support service."));
    ds_box_top(&b->box, DS_SPACE_2, 0);
    ds_ui_progress(b->ui, ds_box_top(&b->box, 8, DS_SPACE_4), b->view->percent / 100.0,
                   DS_COLOR_ACCENT);
    const struct choice choices[] = {{DS_TR("Stop"), 0, of(AGENT_SHOW_STOP)}};
    return choose(b, AGENT_PAGE_CONNECTING, choices, 1, 0, false);
}

static bool warning_page(struct build *b)
{
    char text[DS_TEXT_NAME + 64];
    if (b->org[0])
        title(b, b->org);
    snprintf(text, sizeof text, DS_TR("%s wants to see this screen."), b->rep);
    say(b, text);
    const char *const texts[] = {
        DS_TR("Did someone call you, or did a pop-up give you a number to call? Then stop: it is a "
              "known fraud."),
        DS_TR("Nobody honest asks you to open your bank, buy gift cards or keep this secret."),
    };
    card(b, DS_ICON_WARNING, DS_COLOR_BAD, texts, 2);
    const struct choice choices[] = {
        {DS_TR("Go on"), DS_UI_GRANTS, of(AGENT_SHOW_GO_ON)},
        {DS_TR("Stop"), DS_UI_MAIN, of(AGENT_SHOW_STOP)},
    };
    return choose(b, AGENT_PAGE_WARNING, choices, 2, 1, false);
}

static bool number_page(struct build *b)
{
    char text[128];
    title(b, DS_TR("Security number"));
    struct ds_box box = ds_box_top(&b->box, 96, DS_SPACE_4);
    ds_ui_panel(b->ui, box, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    ds_ui_number(b->ui, box, b->view->number, true);
    say(b, DS_TR("Read it to your representative. They cannot connect without it."));
    if (b->view->wrong_tries > 0) {
        snprintf(text, sizeof text,
                 DS_TRN("A wrong number was typed %lu time. After three the session closes.",
                        "A wrong number was typed %lu times. After three the session closes.",
                        (unsigned long)b->view->wrong_tries),
                 (unsigned long)b->view->wrong_tries);
        ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_LARGE, DS_COLOR_WARN, 0, DS_SPACE_3);
    }
    const struct choice choices[] = {{DS_TR("Stop"), 0, of(AGENT_SHOW_STOP)}};
    return choose(b, AGENT_PAGE_NUMBER, choices, 1, 0, false);
}

static bool consent_page(struct build *b)
{
    char text[DS_TEXT_NAME + 64];
    snprintf(text, sizeof text, DS_TR("%s has your number."), b->rep);
    title(b, text);
    say(b, DS_TR("This connection is private between the two of you."));
    say(b, DS_TR("You can pause or end at any time, in the bar at the top of the screen."));
    snprintf(text, sizeof text, DS_TR("What may %s do?"), b->rep);
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_LARGE, DS_COLOR_TEXT, DS_UI_BOLD, 0);
    struct agent_show_event look = of(AGENT_SHOW_CONSENT), control = look;
    look.right = DS_RIGHT_LOOK;
    control.right = DS_RIGHT_CONTROL;
    const struct choice choices[] = {
        {DS_TR("See my screen"), DS_UI_GRANTS, look},
        {DS_TR("See and control"), DS_UI_GRANTS, control},
        {DS_TR("No"), 0, of(AGENT_SHOW_STOP)},
    };
    return choose(b, AGENT_PAGE_CONSENT, choices, 3, 2, false);
}

/* What is asked, as a whole sentence with the rep's name. */
static const char *question_of(enum ds_right right)
{
    switch (right) {
    case DS_RIGHT_LOOK:
        return DS_TR("%s asks to see your screen.");
    case DS_RIGHT_POINT:
        return DS_TR("%s asks to point at things on your screen.");
    case DS_RIGHT_CONTROL:
        return DS_TR("%s asks to control your mouse and keyboard.");
    case DS_RIGHT_CLIPBOARD:
        return DS_TR("%s asks to share the clipboard.");
    case DS_RIGHT_FILES:
        return DS_TR("%s asks to send you files and receive yours.");
    case DS_RIGHT_RESTART:
        return DS_TR("%s asks to restart this computer.");
    case DS_RIGHT_COUNT:
        break;
    }
    return "%s";
}

static const char *explanation_of(enum ds_right right)
{
    switch (right) {
    case DS_RIGHT_LOOK:
        return DS_TR("Close what is private first.");
    case DS_RIGHT_POINT:
        return DS_TR("Nothing is pressed or changed by that.");
    case DS_RIGHT_CONTROL:
        return DS_TR("Move your mouse or press Esc twice to take control back.");
    case DS_RIGHT_CLIPBOARD:
        return DS_TR("What one of you copies, the other can paste. A password that you copy too.");
    case DS_RIGHT_FILES:
        return DS_TR("You are asked again for each file.");
    case DS_RIGHT_RESTART:
        return DS_TR("Save your work first. The session goes on afterwards.");
    case DS_RIGHT_COUNT:
        break;
    }
    return "";
}

static bool right_page(struct build *b)
{
    char text[DS_TEXT_NAME + 128];
    enum ds_right right = b->view->asked;
    snprintf(text, sizeof text, question_of(right), b->rep);
    title(b, text);
    say(b, explanation_of(right));
    say_muted(b, DS_TR("You can take it back at any time in the bar at the top of the screen."));
    struct agent_show_event yes = of(AGENT_SHOW_ANSWER), no = yes;
    yes.right = no.right = right;
    yes.yes = true;
    const struct choice choices[] = {
        {DS_TR("Allow"), DS_UI_GRANTS, yes},
        {DS_TR("No"), 0, no},
    };
    return choose(b, PAGE_ASKED + right, choices, 2, 1, false);
}

static bool resume_page(struct build *b)
{
    char text[DS_TEXT_NAME + 64];
    snprintf(text, sizeof text, DS_TR("%s would like to go on."), b->rep);
    title(b, text);
    say(b, DS_TR("The session is paused: your screen is not shown."));
    struct agent_show_event yes = of(AGENT_SHOW_RESUME), no = yes;
    yes.yes = true;
    const struct choice choices[] = {
        {DS_TR("Show my screen again"), DS_UI_GRANTS, yes},
        {DS_TR("Stay paused"), 0, no},
    };
    return choose(b, PAGE_RESUME, choices, 2, 1, false);
}

static bool ending_page(struct build *b)
{
    title(b, DS_TR("End the session?"));
    say(b, DS_TR("Nobody sees your screen any more. To go on later, a new code is needed."));
    const struct choice choices[] = {
        {DS_TR("End session"), DS_UI_DANGER, of(AGENT_SHOW_END)},
        {DS_TR("Stay"), 0, of(AGENT_SHOW_STAY)},
    };
    bool is_chosen = choose(b, PAGE_ENDING, choices, 2, 1, false);
    if (is_chosen)
        b->state->is_ending = false;
    return is_chosen;
}

static bool reconnecting_page(struct build *b)
{
    char text[128], left[16];
    ds_text_countdown(left, sizeof left, b->view->left_s);
    snprintf(text, sizeof text, DS_TR("Reconnecting\xe2\x80\xa6 %s left"), left);
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD | DS_UI_TABULAR,
                    DS_SPACE_3);
    say(b, DS_TR("The connection was lost. Your screen is not shown meanwhile. You do not have to "
                 "do anything."));
    const struct choice choices[] = {
        {DS_TR("End session"), 0, of(AGENT_SHOW_END)},
        {DS_TR("Keep waiting"), DS_UI_MAIN, of(AGENT_SHOW_STAY)},
    };
    return choose(b, AGENT_PAGE_RECONNECTING, choices, 2, 1, false);
}

static void save_record(struct build *b)
{
    struct agent_page_state *state = b->state;
    char path[400], shown[400];
    int error = agent_record_save(b->view, state->folder, path, sizeof path);
    ds_text_for_display(shown, sizeof shown, path);
    if (error)
        snprintf(state->note, sizeof state->note, DS_TR("The record could not be saved: %s."),
                 strerror(errno));
    else
        snprintf(state->note, sizeof state->note, DS_TR("Saved as %s"), shown);
    state->is_note_bad = error != 0;
}

static bool ended_page(struct build *b)
{
    char text[1024];
    const struct agent_view *view = b->view;
    bool is_bad = view->ending == AGENT_ENDING_WRONG_NUMBER || view->ending == AGENT_ENDING_FAULT;
    title(b, is_bad ? DS_TR("Session closed") : DS_TR("Session ended"));
    if (view->ending == AGENT_ENDING_BY_CUSTOMER || view->ending == AGENT_ENDING_BY_REP)
        agent_happened_text(view, text, sizeof text); /* the title says the rest */
    else
        agent_show_ended_text(view, text, sizeof text);
    const char *const texts[] = {text};
    if (is_bad)
        card(b, DS_ICON_WARNING, DS_COLOR_BAD, texts, 1);
    else
        say(b, text);
    if (b->state->note[0])
        ds_ui_paragraph(b->ui, &b->box, b->state->note, DS_TYPE_NORMAL,
                        b->state->is_note_bad ? DS_COLOR_BAD : DS_COLOR_GOOD, 0, DS_SPACE_3);
    /* Saving stays on the page: AGENT_SHOW_STAY never leaves here. */
    const struct choice choices[] = {
        {DS_TR("Save this record"), 0, of(AGENT_SHOW_STAY)},
        {DS_TR("Close"), DS_UI_MAIN, of(AGENT_SHOW_CLOSED)},
    };
    bool has_record = view->began_s != 0;
    bool is_chosen = choose(b, AGENT_PAGE_ENDED, has_record ? choices : choices + 1,
                            has_record ? 2 : 1, has_record ? 1 : 0, false);
    if (is_chosen && b->out->type == AGENT_SHOW_STAY) {
        save_record(b);
        return false;
    }
    return is_chosen;
}

static bool session_page(struct build *b)
{
    if (b->state->is_ending)
        return ending_page(b);
    if (b->view->resume_asked)
        return resume_page(b);
    return b->view->asked < DS_RIGHT_COUNT && right_page(b);
}

static bool page_of(struct build *b)
{
    switch (b->view->page) {
    case AGENT_PAGE_CODE:
        return code_page(b);
    case AGENT_PAGE_CONNECTING:
        return connecting_page(b);
    case AGENT_PAGE_WARNING:
        return warning_page(b);
    case AGENT_PAGE_NUMBER:
        return number_page(b);
    case AGENT_PAGE_CONSENT:
        return consent_page(b);
    case AGENT_PAGE_CONNECTED:
        return session_page(b);
    case AGENT_PAGE_RECONNECTING:
        return b->state->is_ending ? ending_page(b) : reconnecting_page(b);
    case AGENT_PAGE_ENDED:
        return ended_page(b);
    case AGENT_PAGE_NONE:
        break;
    }
    return false;
}

bool agent_page_build(struct ds_ui *ui, struct agent_page_state *state,
                      const struct agent_view *view, struct agent_show_event *out, double *height)
{
    struct build b = {.ui = ui, .state = state, .view = view, .out = out};
    struct ds_box window = ds_ui_window(ui);
    double side = window.width > AGENT_PAGE_WIDTH ? (window.width - AGENT_PAGE_WIDTH) / 2 : 0;
    /* Built as high as it likes: the window follows. */
    b.box = (struct ds_box){window.x + side + PAD, PAD, window.width - 2 * side - 2 * PAD, 1e4};
    ds_text_for_display(b.rep, sizeof b.rep, view->rep);
    ds_text_for_display(b.org, sizeof b.org, view->org);
    ds_text_for_display(b.host, sizeof b.host, view->host);
    if (!b.rep[0])
        snprintf(b.rep, sizeof b.rep, "%s", DS_TR("Your representative"));
    header(&b);
    bool is_chosen = page_of(&b);
    *height = b.box.y + PAD;
    return is_chosen;
}

bool agent_page_dismiss(struct agent_page_state *state, const struct agent_view *view,
                        struct agent_show_event *out)
{
    *out = of(AGENT_SHOW_STOP);
    switch (view->page) {
    case AGENT_PAGE_CODE:
    case AGENT_PAGE_ENDED:
        *out = of(AGENT_SHOW_CLOSED);
        return true;
    case AGENT_PAGE_CONNECTED:
        if (state->is_ending) {
            state->is_ending = false;
            *out = of(AGENT_SHOW_STAY);
        } else if (view->resume_asked) {
            *out = of(AGENT_SHOW_RESUME);
        } else {
            *out = of(AGENT_SHOW_ANSWER);
            out->right = view->asked;
        }
        return true;
    case AGENT_PAGE_RECONNECTING:
        state->is_ending = !state->is_ending;
        return false;
    default:
        return true;
    }
}
