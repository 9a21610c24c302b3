/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window onto which files can be dropped (common/x11/drop.h), on a loop. Agent and viewer use it
 * alike. Loop thread only. */
#ifndef DS_DESK_DROP_H
#define DS_DESK_DROP_H

#include "common/x11/drop.h"

#include <uv.h>

struct ds_desk_drop;

/* As ds_x11_drop_open; events are borrowed until close. */
struct ds_desk_drop *ds_desk_drop_open(uv_loop_t *loop, const char *display, uint32_t window,
                                       const struct ds_x11_drop_events *events, void *ctx);
/* Frees itself when its handle is closed; no event comes after this call. Accepts NULL. */
void ds_desk_drop_close(struct ds_desk_drop *drop);
/* Accepts NULL. */
void ds_desk_drop_allow(struct ds_desk_drop *drop, bool is_allowed);

#endif
