/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way to the relay told to a customer: somebody who runs no network, knows no relay and has
 * nobody to ask but the representative on the telephone. */
#ifndef AGENT_SHOW_REACH_H
#define AGENT_SHOW_REACH_H

#include "common/net/link.h"

/* What goes on, for a stage as on_progress of a link names it, in the customer's language. Static.
 */
const char *agent_reach_stage(const char *stage);

/* Whole sentences in the customer's language: what is wrong, and what they can do. Static. */
const char *agent_reach_trouble(enum ds_link_failure why);

#endif
