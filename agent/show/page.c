/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/build.h"

#include "common/base/text.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>

enum { PAD = DS_SPACE_6 };

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
    bool is_session = view->page == AGENT_PAGE_CONNECTED || view->page == AGENT_PAGE_RECONNECTING ||
                      view->page == AGENT_PAGE_RESTARTING;
    if (!is_session)
        state->is_ending = state->is_connection_open = state->is_rights_open = false;
    if (view->paused != state->before_paused)
        state->is_pause_open =
            view->paused != AGENT_PAUSE_NONE && !view->by_command && !view->shown.is_on;
    state->before_paused = view->paused;
    if (view->page == state->before)
        return;
    state->before = view->page;
    state->note[0] = '\0';
    state->is_removing = state->is_patient = false;
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
    if (view->page == AGENT_PAGE_RECONNECTING && view->was_active && !state->is_ending)
        return !view->is_brief && !view->by_command && !state->is_patient;
    if (!is_connected(view))
        return view->page != AGENT_PAGE_NONE;
    return agent_page_is_asking(state, view) || state->is_connection_open || state->is_rights_open;
}

bool agent_page_is_asking(const struct agent_page_state *state, const struct agent_view *view)
{
    return view->page == AGENT_PAGE_WARNING || view->page == AGENT_PAGE_CONSENT ||
           view->page == AGENT_PAGE_RECONNECTING || view->page == AGENT_PAGE_RESTARTING ||
           (is_connected(view) &&
            (state->is_ending || view->resume_asked || view->asked < DS_RIGHT_COUNT ||
             (view->offer.id != 0 && !state->is_placing) ||
             (state->is_pause_open && view->paused != AGENT_PAUSE_NONE)));
}

/* Who runs the relay, small at the top of every page. */
static void header(struct agent_build *b)
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

static bool code_page(struct agent_build *b)
{
    struct agent_page_state *state = b->state;
    agent_build_title(b, DS_TR("Get help on this computer"));
    agent_build_say(b, DS_TR("Enter the 9-digit code your representative gave you."));
    struct ds_ui_field field = {.number = true, .bad = b->view->problem[0] != '\0'};
    struct ds_box box = ds_box_top(&b->box, 56, DS_SPACE_3);
    unsigned did = ds_ui_text_field(b->ui, AGENT_ID_CODE, box, &state->code, &field);
    if (b->view->problem[0])
        ds_ui_paragraph(b->ui, &b->box, b->view->problem, DS_TYPE_LARGE, DS_COLOR_BAD, 0,
                        DS_SPACE_3);
    agent_build_muted(b, DS_TR("Only somebody you asked for help should have given you one."));
    bool is_whole = state->code.len == 9;
    const struct agent_choice choices[] = {
        {DS_TR("Close"), 0, agent_build_event(AGENT_SHOW_CLOSED)},
        {DS_TR("Connect"), DS_UI_MAIN | DS_UI_DEFAULT | (is_whole ? 0 : (unsigned)DS_UI_DISABLED),
         agent_build_event(AGENT_SHOW_CODE)},
    };
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_CODE, choices, 2, 0, true);
    is_chosen |= (did & DS_UI_FIELD_ENTER) && is_whole;
    if ((did & DS_UI_FIELD_ENTER) && is_whole)
        *b->out = agent_build_event(AGENT_SHOW_CODE);
    if (is_chosen && b->out->type == AGENT_SHOW_CODE)
        b->out->code = state->code_text;
    return is_chosen;
}

static bool connecting_page(struct agent_build *b)
{
    agent_build_title(b, DS_TR("Connecting\xe2\x80\xa6"));
    agent_build_say(b,
                    b->view->stage[0] ? b->view->stage : DS_TR("Looking for the support service."));
    ds_box_top(&b->box, DS_SPACE_2, 0);
    ds_ui_progress(b->ui, ds_box_top(&b->box, 8, DS_SPACE_4), b->view->percent / 100.0,
                   DS_COLOR_ACCENT);
    const struct agent_choice choices[] = {{DS_TR("Stop"), 0, agent_build_event(AGENT_SHOW_STOP)}};
    return agent_build_choose(b, AGENT_PAGE_CONNECTING, choices, 1, 0, false);
}

static bool warning_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 64];
    if (b->org[0])
        agent_build_title(b, b->org);
    snprintf(text, sizeof text, DS_TR("%s wants to see this screen."), b->rep);
    agent_build_say(b, text);
    const char *const texts[] = {
        DS_TR("Did someone call you, or did a pop-up give you a number to call? Then stop: it is a "
              "known fraud."),
        DS_TR("Nobody honest asks you to open your bank, buy gift cards or keep this secret."),
    };
    agent_build_card(b, DS_ICON_WARNING, DS_COLOR_BAD, texts, 2);
    const struct agent_choice choices[] = {
        {DS_TR("Go on"), DS_UI_GRANTS, agent_build_event(AGENT_SHOW_GO_ON)},
        {DS_TR("Stop"), DS_UI_MAIN, agent_build_event(AGENT_SHOW_STOP)},
    };
    return agent_build_choose(b, AGENT_PAGE_WARNING, choices, 2, 1, false);
}

static bool number_page(struct agent_build *b)
{
    char text[128];
    agent_build_title(b, DS_TR("Security number"));
    struct ds_box box = ds_box_top(&b->box, 96, DS_SPACE_4);
    ds_ui_panel(b->ui, box, DS_COLOR_RAISED, DS_UI_ROUND | DS_UI_BORDER);
    ds_ui_number(b->ui, box, b->view->number, true);
    agent_build_say(b, DS_TR("Read it to your representative. They cannot connect without it."));
    if (b->view->wrong_tries > 0) {
        snprintf(text, sizeof text,
                 DS_TRN("A wrong number was typed %lu time. After three the session closes.",
                        "A wrong number was typed %lu times. After three the session closes.",
                        (unsigned long)b->view->wrong_tries),
                 (unsigned long)b->view->wrong_tries);
        ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_LARGE, DS_COLOR_WARN, 0, DS_SPACE_3);
    }
    const struct agent_choice choices[] = {{DS_TR("Stop"), 0, agent_build_event(AGENT_SHOW_STOP)}};
    return agent_build_choose(b, AGENT_PAGE_NUMBER, choices, 1, 0, false);
}

static bool consent_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 64];
    snprintf(text, sizeof text, DS_TR("%s has your number."), b->rep);
    agent_build_title(b, text);
    agent_build_say(b, DS_TR("This connection is private between the two of you."));
    agent_build_say(
        b, DS_TR("You can pause or end at any time, in the bar at the top of the screen."));
    snprintf(text, sizeof text, DS_TR("What may %s do?"), b->rep);
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_LARGE, DS_COLOR_TEXT, DS_UI_BOLD, 0);
    struct agent_show_event look = agent_build_event(AGENT_SHOW_CONSENT), control = look;
    look.right = DS_RIGHT_LOOK;
    control.right = DS_RIGHT_CONTROL;
    const struct agent_choice choices[] = {
        {DS_TR("See my screen"), DS_UI_GRANTS, look},
        {DS_TR("See and control"), DS_UI_GRANTS, control},
        {DS_TR("No"), 0, agent_build_event(AGENT_SHOW_STOP)},
    };
    return agent_build_choose(b, AGENT_PAGE_CONSENT, choices, 3, 2, false);
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

static bool right_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 128];
    enum ds_right right = b->view->asked;
    snprintf(text, sizeof text, question_of(right), b->rep);
    agent_build_title(b, text);
    agent_build_say(b, explanation_of(right));
    agent_build_muted(
        b, DS_TR("You can take it back at any time in the bar at the top of the screen."));
    struct agent_show_event yes = agent_build_event(AGENT_SHOW_ANSWER), no = yes;
    yes.right = no.right = right;
    yes.yes = true;
    const struct agent_choice choices[] = {
        {DS_TR("Allow"), DS_UI_GRANTS, yes},
        {DS_TR("No"), 0, no},
    };
    return agent_build_choose(b, AGENT_PAGE_ASKED + right, choices, 2, 1, false);
}

/* Unsaved work is the one thing that nobody can give back afterwards. */
static bool restart_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 128];
    bool comes_back = b->view->comes_back;
    snprintf(text, sizeof text, question_of(DS_RIGHT_RESTART), b->rep);
    agent_build_title(b, text);
    const char *const warning[] = {
        DS_TR("Save your work first: what is not saved in other programs is lost.")};
    agent_build_card(b, DS_ICON_WARNING, DS_COLOR_WARN, warning, 1);
    agent_build_say(b,
                    DS_TR("Log in again within ten minutes: Deskside then opens by itself, and the "
                          "session goes on."));
    if (agent_build_toggle(b, DS_TR("Then show my screen again without asking me"), &comes_back,
                           true)) {
        *b->out = agent_build_event(AGENT_SHOW_COMES_BACK);
        b->out->yes = comes_back;
        return true;
    }
    struct agent_show_event yes = agent_build_event(AGENT_SHOW_ANSWER), no = yes;
    yes.right = no.right = DS_RIGHT_RESTART;
    yes.yes = true;
    const struct agent_choice choices[] = {
        {DS_TR("Restart now"), DS_UI_GRANTS, yes},
        {DS_TR("No"), 0, no},
    };
    return agent_build_choose(b, AGENT_PAGE_ASKED + DS_RIGHT_RESTART, choices, 2, 1, false);
}

static bool restarting_page(struct agent_build *b)
{
    agent_build_title(b, DS_TR("This computer restarts\xe2\x80\xa6"));
    agent_build_say(b,
                    DS_TR("Do not close this window: it closes by itself. Closing it by hand ends "
                          "the session."));
    agent_build_say(b,
                    DS_TR("Log in again within ten minutes: Deskside then opens by itself, and the "
                          "session goes on."));
    const struct agent_choice choices[] = {
        {DS_TR("End session"), 0, agent_build_event(AGENT_SHOW_END)},
        {DS_TR("Keep waiting"), DS_UI_MAIN, agent_build_event(AGENT_SHOW_STAY)},
    };
    return agent_build_choose(b, AGENT_PAGE_RESTARTING, choices, 2, 1, false);
}

static bool resume_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 64];
    snprintf(text, sizeof text, DS_TR("%s would like to go on."), b->rep);
    agent_build_title(b, text);
    agent_build_say(b, DS_TR("The session is paused: your screen is not shown."));
    struct agent_show_event yes = agent_build_event(AGENT_SHOW_RESUME), no = yes;
    yes.yes = true;
    const struct agent_choice choices[] = {
        {DS_TR("Show my screen again"), DS_UI_GRANTS, yes},
        {DS_TR("Stay paused"), 0, no},
    };
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_RESUME, choices, 2, 1, false);
    if (is_chosen) /* the page behind it has nothing to add */
        b->state->is_pause_open = false;
    return is_chosen;
}

/* What a pause means, and the one thing that can be decided beforehand. */
static bool paused_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 96];
    bool may = b->view->may_resume;
    agent_build_title(b, DS_TR("The session is paused"));
    snprintf(text, sizeof text, DS_TR("%s does not see your screen and controls nothing."), b->rep);
    agent_build_say(b, text);
    snprintf(text, sizeof text,
             may ? DS_TR("%s can go on at any time, without asking you.")
                 : DS_TR("Only %s can go on, and you are asked first."),
             b->rep);
    agent_build_say(b, text);
    if (agent_build_toggle(b, DS_TR("Let them go on without asking me"), &may, true)) {
        *b->out = agent_build_event(AGENT_SHOW_MAY_RESUME);
        b->out->yes = may;
        return true;
    }
    const struct agent_choice choices[] = {{DS_TR("Close"), 0, agent_build_event(AGENT_SHOW_STAY)}};
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_PAUSED, choices, 1, 0, false);
    if (is_chosen)
        b->state->is_pause_open = false;
    return is_chosen;
}

static bool ending_page(struct agent_build *b)
{
    char text[DS_TEXT_NAME + 64];
    agent_build_title(b, DS_TR("End the session?"));
    snprintf(text, sizeof text, DS_TR("The chat with %s and the session end together."), b->rep);
    if (b->state->is_chat_closing)
        agent_build_say(b, text);
    agent_build_say(
        b, DS_TR("Nobody sees your screen any more. To go on later, a new code is needed."));
    const struct agent_choice choices[] = {
        {DS_TR("End session"), DS_UI_DANGER, agent_build_event(AGENT_SHOW_END)},
        {DS_TR("Stay"), 0, agent_build_event(AGENT_SHOW_STAY)},
    };
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_ENDING, choices, 2, 1, false);
    if (is_chosen)
        b->state->is_ending = b->state->is_chat_closing = false;
    return is_chosen;
}

static bool reconnecting_page(struct agent_build *b)
{
    char text[128], left[16];
    ds_text_countdown(left, sizeof left, b->view->left_s);
    snprintf(text, sizeof text, DS_TR("Reconnecting\xe2\x80\xa6 %s left"), left);
    ds_ui_paragraph(b->ui, &b->box, text, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD | DS_UI_TABULAR,
                    DS_SPACE_3);
    agent_build_say(
        b, DS_TR("The connection was lost. Your screen is not shown meanwhile. You do not have to "
                 "do anything."));
    const struct agent_choice choices[] = {
        {DS_TR("End now"), 0, agent_build_event(AGENT_SHOW_END)},
        {DS_TR("Keep waiting"), DS_UI_MAIN, agent_build_event(AGENT_SHOW_STAY)},
    };
    bool is_chosen = agent_build_choose(b, AGENT_PAGE_RECONNECTING, choices, 2, 1, false);
    if (is_chosen && b->out->type == AGENT_SHOW_STAY)
        b->state->is_patient = true; /* without a bar that changes nothing */
    return is_chosen;
}

static bool session_page(struct agent_build *b)
{
    if (b->state->is_ending)
        return ending_page(b);
    if (b->view->resume_asked)
        return resume_page(b);
    if (b->view->asked == DS_RIGHT_RESTART)
        return restart_page(b);
    if (b->view->asked < DS_RIGHT_COUNT)
        return right_page(b);
    if (b->view->offer.id != 0)
        return agent_build_offer(b);
    if (b->state->is_pause_open && b->view->paused != AGENT_PAUSE_NONE)
        return paused_page(b);
    if (b->state->is_rights_open)
        return agent_build_rights(b);
    return b->state->is_connection_open && agent_build_connection(b);
}

static bool page_of(struct agent_build *b)
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
    case AGENT_PAGE_RESTARTING:
        return b->state->is_ending ? ending_page(b) : restarting_page(b);
    case AGENT_PAGE_ENDED:
        return agent_build_ended(b);
    case AGENT_PAGE_NONE:
        break;
    }
    return false;
}

bool agent_page_build(struct ds_ui *ui, struct agent_page_state *state,
                      const struct agent_view *view, struct agent_show_event *out, double *height)
{
    struct agent_build b = {.ui = ui, .state = state, .view = view, .out = out};
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
    *out = agent_build_event(AGENT_SHOW_STOP);
    switch (view->page) {
    case AGENT_PAGE_ENDED:
        if (state->is_removing) {
            state->is_removing = false;
            return false;
        }
        *out = agent_build_event(AGENT_SHOW_CLOSED);
        return true;
    case AGENT_PAGE_CODE:
        *out = agent_build_event(AGENT_SHOW_CLOSED);
        return true;
    case AGENT_PAGE_CONNECTED:
        if (state->is_ending) {
            state->is_ending = false;
            *out = agent_build_event(AGENT_SHOW_STAY);
        } else if (view->resume_asked) {
            *out = agent_build_event(AGENT_SHOW_RESUME);
        } else if (view->asked < DS_RIGHT_COUNT) {
            *out = agent_build_event(AGENT_SHOW_ANSWER);
            out->right = view->asked;
        } else if (view->offer.id != 0) {
            *out = agent_build_event(AGENT_SHOW_FILE);
            out->file = view->offer.id;
        } else if (state->is_pause_open) {
            state->is_pause_open = false;
            *out = agent_build_event(AGENT_SHOW_STAY);
        } else {
            state->is_connection_open = state->is_rights_open = false;
            return false;
        }
        return true;
    case AGENT_PAGE_RECONNECTING:
    case AGENT_PAGE_RESTARTING:
        state->is_ending = !state->is_ending; /* not by one press of Esc */
        return false;
    default:
        return true;
    }
}
