/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another session beside this one: its line signs in with a ticket that this one gets from the
 * relay. */
#include "viewer/session/line_priv.h"

#include "common/automation/event.h"
#include "common/base/error.h"

#include <stdio.h>

int viewer_another_want(struct viewer_line *line, const char *tag)
{
    if (line->ticket_tag[0]) /* a command waits for it already */
        return DS_EINVAL;
    int error = viewer_machine_want_ticket(&line->machine);
    if (error == DS_OK)
        snprintf(line->ticket_tag, sizeof(line->ticket_tag), "%s", tag);
    return error;
}

void viewer_another_ticket(void *ctx, const char *ticket, const char *refusal)
{
    struct viewer_line *line = ctx;
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_TICKET);
    if (!ticket && line->ticket_tag[0])
        ds_event_error(line->automation, "not-now",
                       refusal[0] ? refusal : "There is no line to the relay just now",
                       line->ticket_tag);
    if (notice) {
        snprintf(notice->of.ticket.ticket, sizeof(notice->of.ticket.ticket), "%s",
                 ticket ? ticket : "");
        snprintf(notice->of.ticket.refusal, sizeof(notice->of.ticket.refusal), "%s",
                 refusal ? refusal : "");
        snprintf(notice->of.ticket.host, sizeof(notice->of.ticket.host), "%s",
                 line->machine.model.host);
        snprintf(notice->of.ticket.email, sizeof(notice->of.ticket.email), "%s",
                 line->machine.email);
        snprintf(notice->of.ticket.tag, sizeof(notice->of.ticket.tag), "%s", line->ticket_tag);
        notice->of.ticket.port = line->asked_port;
    }
    line->ticket_tag[0] = '\0';
    viewer_line_notice(line, notice);
}
