/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/views.h"

#include "common/wire/clipboard.h"

#include <stdio.h>
#include <string.h>

const struct test_view test_views[] = {
    {.name = "code", .page = AGENT_PAGE_CODE},
    {.name = "code-wrong",
     .page = AGENT_PAGE_CODE,
     .problem = "This code is not valid. Ask your representative for a new one."},
    {.name = "code-untrusted",
     .page = AGENT_PAGE_CODE,
     .problem = "What answered could not prove that it is your support service, so nothing was "
                "sent to it. In a hotel or on a train, sign in to the network first. Otherwise "
                "tell your representative."},
    {.name = "connecting", .page = AGENT_PAGE_CONNECTING},
    {.name = "warning", .page = AGENT_PAGE_WARNING},
    {.name = "number", .page = AGENT_PAGE_NUMBER},
    {.name = "number-wrong", .page = AGENT_PAGE_NUMBER, .wrong_tries = 2},
    {.name = "consent", .page = AGENT_PAGE_CONSENT},
    {.name = "ask-look", .page = AGENT_PAGE_CONNECTED, .is_asked = true, .asked = DS_RIGHT_LOOK},
    {.name = "ask-point", .page = AGENT_PAGE_CONNECTED, .is_asked = true, .asked = DS_RIGHT_POINT},
    {.name = "ask-control",
     .page = AGENT_PAGE_CONNECTED,
     .is_asked = true,
     .asked = DS_RIGHT_CONTROL},
    {.name = "ask-clipboard",
     .page = AGENT_PAGE_CONNECTED,
     .is_asked = true,
     .asked = DS_RIGHT_CLIPBOARD},
    {.name = "ask-files",
     .page = AGENT_PAGE_CONNECTED,
     .is_asked = true,
     .has_control = true,
     .has_drawings = true,
     .asked = DS_RIGHT_FILES},
    {.name = "ask-restart",
     .page = AGENT_PAGE_CONNECTED,
     .is_asked = true,
     .asked = DS_RIGHT_RESTART},
    {.name = "ask-restart-again",
     .page = AGENT_PAGE_CONNECTED,
     .is_asked = true,
     .asked = DS_RIGHT_RESTART,
     .comes_back = true},
    {.name = "restarting", .page = AGENT_PAGE_RESTARTING},
    {.name = "ask-resume",
     .page = AGENT_PAGE_CONNECTED,
     .paused = AGENT_PAUSE_BY_CUSTOMER,
     .resume_asked = true},
    {.name = "ask-file", .page = AGENT_PAGE_CONNECTED, .is_offered = true},
    {.name = "ask-file-taken", .page = AGENT_PAGE_CONNECTED, .is_offered = true, .is_clash = true},
    {.name = "paused", .page = AGENT_PAGE_CONNECTED, .paused = AGENT_PAUSE_BY_CUSTOMER},
    {.name = "paused-allowed",
     .page = AGENT_PAGE_CONNECTED,
     .paused = AGENT_PAUSE_BY_REP,
     .may_resume = true},
    {.name = "ending", .page = AGENT_PAGE_CONNECTED, .is_ending = true, .has_control = true},
    {.name = "reconnecting", .page = AGENT_PAGE_RECONNECTING},
    {.name = "ended", .page = AGENT_PAGE_ENDED, .has_record = true, .ending = AGENT_ENDING_BY_REP},
    {.name = "ended-removable",
     .page = AGENT_PAGE_ENDED,
     .has_record = true,
     .ending = AGENT_ENDING_BY_REP,
     .removal = AGENT_REMOVAL_POSSIBLE},
    {.name = "removing",
     .page = AGENT_PAGE_ENDED,
     .has_record = true,
     .ending = AGENT_ENDING_BY_REP,
     .removal = AGENT_REMOVAL_POSSIBLE,
     .is_removing = true},
    {.name = "removed",
     .page = AGENT_PAGE_ENDED,
     .has_record = true,
     .ending = AGENT_ENDING_BY_REP,
     .removal = AGENT_REMOVAL_DONE,
     .removed = "Removed: /home/someone/Downloads/deskside-agent. What it remembered about "
                "connections is removed, too."},
    {.name = "ended-installed",
     .page = AGENT_PAGE_ENDED,
     .has_record = true,
     .ending = AGENT_ENDING_BY_REP,
     .removal = AGENT_REMOVAL_NOT_YOURS},
    {.name = "rights", .page = AGENT_PAGE_CONNECTED, .has_control = true, .is_rights_open = true},
    {.name = "connection", .page = AGENT_PAGE_CONNECTED, .is_connection_open = true},
    {.name = "ended-refused", .page = AGENT_PAGE_ENDED, .ending = AGENT_ENDING_REFUSED},
    {.name = "ended-number", .page = AGENT_PAGE_ENDED, .ending = AGENT_ENDING_WRONG_NUMBER},
    {.name = "ended-lost",
     .page = AGENT_PAGE_ENDED,
     .has_record = true,
     .ending = AGENT_ENDING_LOST},
    {.name = "ended-expired", .page = AGENT_PAGE_ENDED, .ending = AGENT_ENDING_EXPIRED},
    {.name = "ended-shutdown", .page = AGENT_PAGE_ENDED, .ending = AGENT_ENDING_SHUTDOWN},
    {.name = "ended-fault",
     .page = AGENT_PAGE_ENDED,
     .ending = AGENT_ENDING_FAULT,
     .problem = "Something went wrong. Please try again."},
};
const size_t test_view_count = sizeof test_views / sizeof test_views[0];

void test_view_make(const struct test_view *from, struct agent_view *view,
                    struct agent_page_state *state)
{
    *view = (struct agent_view){
        .page = from->page,
        .host = "help.acme-support.example",
        .org = "Acme Support",
        .rep = "Dana Rosenberg-Villeneuve",
        .stage = "",
        .percent = 60,
        .number = "481926",
        .wrong_tries = from->wrong_tries,
        .asked = from->is_asked ? from->asked : DS_RIGHT_COUNT,
        .paused = from->paused,
        .offer = {.id = from->is_offered ? 5 : 0,
                  .name = "Treiber für den Drucker im zweiten Stock (neu), letzte Fassung.zip",
                  .size = "3.2 MB",
                  .files = from->is_clash ? 12 : 1,
                  .is_clash = from->is_clash,
                  .folder = "/home/somebody/Downloads",
                  .problem = "A sentence about what went wrong with it before."},
        .resume_asked = from->resume_asked,
        .may_resume = from->may_resume,
        .comes_back = from->comes_back,
        .drawings = from->has_drawings ? 3 : 0,
        .hand = from->has_drawings ? DS_NOTE_ARROW : 0, /* the bar at its widest */
        .left_s = 581,
        .connection = {.stage = DS_STAGE_VERIFIED,
                       .quality = 42,
                       .rtt_ms = 398,
                       .port = 8200,
                       .is_websocket = true,
                       .is_proxied = true,
                       .session_s = 35999,
                       .up_s = 32000,
                       .disconnects = {12, 3, 14}},
        .ending = from->ending,
        .session = "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        .began_s = from->has_record ? 1795312800 : 0,
        .seen_s = 743,
        .controlled_s = 185,
        .files_to_customer = 1,
        .removal = from->removal,
        .own_file = "/home/someone/Downloads/deskside-agent",
    };
    view->granted[DS_RIGHT_LOOK] = true;
    view->granted[DS_RIGHT_POINT] = from->has_drawings;
    view->granted[DS_RIGHT_CONTROL] = from->has_control;
    view->granted[DS_RIGHT_CLIPBOARD] = from->has_control;
    view->clipboard = DS_CLIPBOARD_TAKES; /* and not the other way */
    if (from->problem)
        snprintf(view->problem, sizeof view->problem, "%s", from->problem);
    if (from->removed)
        snprintf(view->removed, sizeof view->removed, "%s", from->removed);
    if (!state)
        return;
    agent_page_enter(state, view);
    state->is_ending = from->is_ending;
    state->is_removing = from->is_removing;
    state->is_connection_open = from->is_connection_open;
    state->is_rights_open = from->is_rights_open;
    if (from->page == AGENT_PAGE_CODE)
        ds_edit_set(&state->code, "123456");
}
