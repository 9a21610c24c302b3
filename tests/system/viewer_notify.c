/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desktop's own notification, on a session bus of the test's: what is asked of the service, and
 * that nothing is wrong where there is no bus. */
#include "viewer/notify.h"

#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "New message from the customer"

static struct viewer_notify notify;
static char self[4096];

/* Inside of dbus-run-session: prints the monitor's lines up to the text of the notification. The
 * monitor ends with its bus. */
static int on_the_bus(void)
{
    char line[4096];
    FILE *monitor = popen("exec dbus-monitor --session", "re");
    bool is_listening = false;
    while (monitor && fgets(line, sizeof(line), monitor)) {
        fputs(line, stdout);
        if (!is_listening && strstr(line, "NameAcquired")) {
            is_listening = true; /* its own: what comes now is heard */
            viewer_notify_send(&notify, TITLE, "It waits.");
        }
        if (strstr(line, "\"It waits.\""))
            break;
    }
    fflush(stdout);
    viewer_notify_close(&notify);
    return is_listening ? 0 : 1;
}

static void the_service_is_asked_with_these_words(void **state)
{
    (void)state;
    char *output = NULL;
    const char *const argv[] = {"dbus-run-session", "--", self, "bus", NULL};
    assert_int_equal(0, test_run(argv, &output));
    assert_non_null(output);
    const char *call = strstr(output, "member=Notify");
    if (!call)
        fail_msg("%s", output);
    assert_non_null(strstr(output, "destination=org.freedesktop.Notifications"));
    assert_non_null(strstr(call, "string \"Deskside\""));
    assert_non_null(strstr(call, "string \"" TITLE "\""));
    free(output);
}

static void without_a_bus_nothing_happens(void **state)
{
    (void)state;
    setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", 1);
    unsetenv("XDG_RUNTIME_DIR");
    viewer_notify_send(&notify, TITLE, "It waits.");
    viewer_notify_close(&notify);
    viewer_notify_close(&notify);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "bus") == 0)
        return on_the_bus();
    if (!realpath(argv[0], self))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_service_is_asked_with_these_words),
        cmocka_unit_test(without_a_bus_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
