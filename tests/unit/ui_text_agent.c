/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of one program's texts: those of the agent's folders, made as the agent's own is. */
#include "agent/show/reach.h"
#include "common/ui/text.h"
#include "common/wire/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_text_of_the_agent_is_in_its_table(void **state)
{
    (void)state;
    const char *source = getenv("DESKSIDE_SOURCE");
    char command[1024], line[1024];
    int count = 0;
    if (!source)
        skip();
    /* One line each; those with quotes or line ends in them are left out. */
    snprintf(command, sizeof(command),
             "'%s'/common/ui/po/extract.sh agent common | msgcat --no-wrap - | "
             "sed -n 's/^msgid \"\\([^\\\\]*\\)\"$/\\1/p'",
             source);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    ds_text_choose("fr");
    while (fgets(line, sizeof(line), pipe)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0')
            continue;
        if (ds_tr(line) == line)
            fail_msg("not in the agent's table: %s", line);
        count++;
    }
    pclose(pipe);
    assert_true(count > 50);
}

/* Words of the desk's people: a customer cannot do anything with them. */
static void expect_for_customers(const char *text)
{
    static const char *const words[] = {"relay",      "relais", "server",   "serveur",
                                        "manager",    "IP",     "firewall", "pare-feu",
                                        "certificat", "status", NULL};
    for (size_t i = 0; words[i]; i++)
        if (strstr(text, words[i]))
            fail_msg("\"%s\" in: %s", words[i], text);
    assert_in_range(strlen(text), 20, DS_TEXT_MESSAGE - 1);
}

static void what_hinders_the_connection_is_told_in_words_of_customers(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "fr"};
    const char *said[2][DS_LINK_FAILURES];
    for (int l = 0; l < 2; l++) {
        ds_text_choose(languages[l]);
        for (int why = 0; why < DS_LINK_FAILURES; why++) {
            said[l][why] = agent_reach_trouble((enum ds_link_failure)why);
            expect_for_customers(said[l][why]);
            for (int other = 0; other < why; other++)
                assert_string_not_equal(said[l][other], said[l][why]);
        }
    }
    for (int why = 0; why < DS_LINK_FAILURES; why++)
        assert_string_not_equal(said[0][why], said[1][why]);
}

/* Reads what the link says from its own source: a stage that was renamed would be told as any. */
static void every_stage_of_the_link_has_words_of_its_own(void **state)
{
    (void)state;
    const char *source = getenv("DESKSIDE_SOURCE");
    char command[1024], stage[128];
    int count = 0, of_its_own = 0;
    if (!source)
        skip();
    snprintf(command, sizeof(command),
             "sed -n 's/.*progress([^\"]*\"\\([^\"]*\\)\", .*/\\1/p' '%s'/common/net/*.c", source);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    ds_text_choose("fr");
    const char *any = agent_reach_stage("");
    while (fgets(stage, sizeof(stage), pipe)) {
        stage[strcspn(stage, "\n")] = '\0';
        of_its_own += agent_reach_stage(stage) != any;
        count++;
    }
    pclose(pipe);
    assert_int_equal(5, count);
    assert_int_equal(4, of_its_own); /* all but "Connecting" */
    assert_string_not_equal(agent_reach_stage("Saying hello"), "Almost there.");
}

static void texts_of_the_viewer_are_not(void **state)
{
    (void)state;
    const char *text = "Sign in";
    ds_text_choose("fr");
    assert_ptr_equal(text, ds_tr(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_of_the_agent_is_in_its_table),
        cmocka_unit_test(what_hinders_the_connection_is_told_in_words_of_customers),
        cmocka_unit_test(every_stage_of_the_link_has_words_of_its_own),
        cmocka_unit_test(texts_of_the_viewer_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
