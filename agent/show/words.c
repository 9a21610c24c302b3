/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences about a session: states, rights, how it ended, the record. */
#include "agent/show/page.h"

#include "common/base/text.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum ds_icon agent_right_icon(enum ds_right right)
{
    static const uint8_t icons[DS_RIGHT_COUNT] = {
        [DS_RIGHT_LOOK] = DS_ICON_EYE,         [DS_RIGHT_POINT] = DS_ICON_POINTER,
        [DS_RIGHT_CONTROL] = DS_ICON_KEYBOARD, [DS_RIGHT_CLIPBOARD] = DS_ICON_CLIPBOARD,
        [DS_RIGHT_FILES] = DS_ICON_FILE,       [DS_RIGHT_RESTART] = DS_ICON_RESTART,
    };
    return right < DS_RIGHT_COUNT ? (enum ds_icon)icons[right] : DS_ICON_NONE;
}

const char *agent_right_word(enum ds_right right)
{
    switch (right) {
    case DS_RIGHT_LOOK:
        return DS_TR("See");
    case DS_RIGHT_POINT:
        return DS_TR("Point");
    case DS_RIGHT_CONTROL:
        return DS_TR("Control");
    case DS_RIGHT_CLIPBOARD:
        return DS_TR("Clipboard");
    case DS_RIGHT_FILES:
        return DS_TR("Files");
    case DS_RIGHT_RESTART:
        return DS_TR("Restart");
    case DS_RIGHT_COUNT:
        break;
    }
    return "";
}

enum ds_color agent_state_color(const struct agent_view *view)
{
    if (view->page == AGENT_PAGE_ENDED)
        return DS_COLOR_ENDED;
    if (view->paused != AGENT_PAUSE_NONE || view->page == AGENT_PAGE_RECONNECTING ||
        !view->granted[DS_RIGHT_LOOK])
        return DS_COLOR_PAUSED;
    return view->granted[DS_RIGHT_CONTROL] ? DS_COLOR_CONTROLLED : DS_COLOR_SEEN;
}

const char *agent_state_word(const struct agent_view *view)
{
    if (view->page == AGENT_PAGE_RECONNECTING)
        return DS_TR("Reconnecting");
    if (view->shown.is_on)
        return DS_TR("Shown to you");
    if (view->paused != AGENT_PAUSE_NONE || !view->granted[DS_RIGHT_LOOK])
        return DS_TR("Paused");
    if (view->granted[DS_RIGHT_CONTROL])
        return view->is_held ? DS_TR("You control") : DS_TR("Controlled");
    return DS_TR("Seen");
}

/* ---- How it ended ---- */

void agent_happened_text(const struct agent_view *view, char *out, size_t size)
{
    char rep[DS_TEXT_NAME];
    ds_text_for_display(rep, sizeof rep, view->rep);
    char seen[48], controlled[48], files[64];
    if (view->began_s == 0) {
        snprintf(out, size, "%s", "");
        return;
    }
    ds_text_duration(seen, sizeof seen, view->seen_s);
    ds_text_duration(controlled, sizeof controlled, view->controlled_s);
    snprintf(files, sizeof files,
             DS_TRN("%lu file", "%lu files", (unsigned long)view->files_to_customer),
             (unsigned long)view->files_to_customer);
    if (view->controlled_s > 0 && view->files_to_customer > 0)
        snprintf(out, size, DS_TR("%s saw your screen for %s, controlled it for %s, and sent %s."),
                 rep, seen, controlled, files);
    else if (view->controlled_s > 0)
        snprintf(out, size, DS_TR("%s saw your screen for %s and controlled it for %s."), rep, seen,
                 controlled);
    else if (view->files_to_customer > 0)
        snprintf(out, size, DS_TR("%s saw your screen for %s and sent %s."), rep, seen, files);
    else if (view->seen_s > 0)
        snprintf(out, size, DS_TR("%s saw your screen for %s."), rep, seen);
    else
        snprintf(out, size, DS_TR("%s did not see your screen."), rep);
}

static const char *why(const struct agent_view *view)
{
    switch (view->ending) {
    case AGENT_ENDING_BY_CUSTOMER:
    case AGENT_ENDING_BY_REP:
        return DS_TR("Session ended.");
    case AGENT_ENDING_REFUSED:
        return DS_TR("You said no. Nothing was shown.");
    case AGENT_ENDING_WRONG_NUMBER:
        return DS_TR("Someone tried to connect with a wrong number. The session was closed.");
    case AGENT_ENDING_LOST:
        return DS_TR("The connection did not come back. The session is over, and nobody sees your "
                     "screen. To go on, ask your representative for a new code.");
    case AGENT_ENDING_EXPIRED:
        return DS_TR("The code is no longer valid. Ask your representative for a new one.");
    case AGENT_ENDING_SHUTDOWN:
        return DS_TR("The service ended the session. Ask your representative for a new code.");
    case AGENT_ENDING_FAULT:
        return view->problem[0] ? view->problem : DS_TR("Something went wrong. Please try again.");
    }
    return "";
}

void agent_show_ended_text(const struct agent_view *view, char *out, size_t size)
{
    char happened[512], reason[DS_TEXT_MESSAGE];
    ds_text_for_display(reason, sizeof reason, why(view));
    agent_happened_text(view, happened, sizeof happened);
    snprintf(out, size, "%s%s%s", reason, happened[0] ? " " : "", happened);
}

/* ---- The record ---- */

static void line(char *out, size_t size, const char *name, const char *value)
{
    size_t used = strlen(out);
    char safe[DS_TEXT_MESSAGE];
    ds_text_for_display(safe, sizeof safe, value);
    if (*safe && used < size)
        snprintf(out + used, size - used, "%s: %s\n", name, safe);
}

static void count(char *out, size_t size, const char *name, uint32_t n)
{
    char value[16];
    snprintf(value, sizeof value, "%u", n);
    line(out, size, name, value);
}

void agent_show_record_text(const struct agent_view *view, char *out, size_t size)
{
    char text[1024], when[64] = "";
    time_t began = (time_t)view->began_s;
    struct tm local;
    if (view->began_s > 0 && localtime_r(&began, &local))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M %z", &local);
    snprintf(out, size, "%s\n\n", DS_TR("Record of a Deskside session"));
    line(out, size, DS_TR("Organisation"), view->org);
    line(out, size, DS_TR("Representative"), view->rep);
    line(out, size, DS_TR("Relay"), view->host);
    line(out, size, DS_TR("Session"), view->session);
    line(out, size, DS_TR("Began"), when);
    if (view->began_s > 0) {
        ds_text_duration(text, sizeof text, view->seen_s);
        line(out, size, DS_TR("Screen seen for"), view->seen_s ? text : DS_TR("not at all"));
        ds_text_duration(text, sizeof text, view->controlled_s);
        line(out, size, DS_TR("Controlled for"), view->controlled_s ? text : DS_TR("not at all"));
        count(out, size, DS_TR("Files received"), view->files_to_customer);
        count(out, size, DS_TR("Files sent"), view->files_to_rep);
    }
    agent_show_ended_text(view, text, sizeof text);
    size_t used = strlen(out);
    if (used < size)
        snprintf(out + used, size - used, "\n%s\n", text);
}
