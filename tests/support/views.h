/* SPDX-License-Identifier: GPL-3.0-or-later */
/* View models of every page of the customer's window, with the longest texts that are likely. */
#ifndef TESTS_SUPPORT_VIEWS_H
#define TESTS_SUPPORT_VIEWS_H

#include "agent/show/page.h"

struct test_view {
    const char *name;
    enum agent_page page;
    enum ds_right asked; /* CONNECTED; 0 (look) means none unless is_asked */
    bool is_asked;
    enum agent_pause paused;
    bool comes_back;
    bool resume_asked, may_resume, is_ending, has_control, is_offered, is_clash;
    unsigned wrong_tries;
    const char *problem;
    enum agent_ending ending;
    bool has_record, has_drawings;
    enum agent_removal removal;
    bool is_removing;
    bool is_connection_open, is_rights_open;
    const char *removed;
};

extern const struct test_view test_views[];
extern const size_t test_view_count;

/* Fills *view, and *state unless NULL (initialised already), for one of them. */
void test_view_make(const struct test_view *from, struct agent_view *view,
                    struct agent_page_state *state);

#endif
