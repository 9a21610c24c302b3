/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DIR/control.sock: administrators' commands to a running relay. One JSON line in, one out, then it
 * is closed. Only the owner of the relay's process and root may speak. Main loop. */
#ifndef RELAY_DESK_CONTROL_H
#define RELAY_DESK_CONTROL_H

#include "relay/desk/desk.h"

#define RELAY_CONTROL_LINE_MAX (8u << 20) /* a list of all reps */

struct relay_control {
    struct call *calls; /* owned; those under way */
    struct relay_desk *desk;
    uv_pipe_t pipe;
    unsigned open;
    bool is_listening;
    char path[4096];
};

/* DS_EIO: message holds one plain sentence. */
int relay_control_open(struct relay_control *control, struct relay_desk *desk, const char *dir,
                       char *message, size_t size);
/* Removes the socket and drops the calls that are not at work; the desk must still be there. */
void relay_control_close(struct relay_control *control);

#endif
