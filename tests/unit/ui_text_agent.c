/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of one program's texts: those of the agent's folders, made as the agent's own is. */
#include "common/ui/text.h"

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
        cmocka_unit_test(texts_of_the_viewer_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
