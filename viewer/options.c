/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/options.h"

#include "common/automation/automation.h"
#include "common/base/text.h"
#include "common/net/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_int(const char **at, int least, int most, int *out)
{
    const char *p = *at;
    bool negative = *p == '-';
    if (negative)
        p++;
    if (*p < '0' || *p > '9')
        return false;
    long value = 0;
    while (*p >= '0' && *p <= '9') {
        value = value * 10 + (*p++ - '0');
        if (value > 1000000)
            return false;
    }
    if (negative)
        value = -value;
    if (value < least || value > most)
        return false;
    *out = (int)value;
    *at = p;
    return true;
}

bool viewer_geometry_parse(const char *text, struct viewer_geometry *out)
{
    struct viewer_geometry g = {.has_size = true};
    const char *at = text;
    if (!parse_int(&at, 64, DS_SCREEN_SIDE_MAX, &g.width) || *at++ != 'x')
        return false;
    if (!parse_int(&at, 64, DS_SCREEN_SIDE_MAX, &g.height))
        return false;
    if (*at == '+') {
        g.has_place = true;
        at++;
        if (!parse_int(&at, -32768, 32767, &g.x) || *at++ != '+')
            return false;
        if (!parse_int(&at, -32768, 32767, &g.y))
            return false;
    }
    if (*at != '\0')
        return false;
    *out = g;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool viewer_email_clean(const char *text, char out[DS_TEXT_EMAIL])
{
    const char *space = " \t\r\n\v\f";
    text += strspn(text, space);
    size_t n = strlen(text);
    while (n > 0 && strchr(space, text[n - 1]))
        n--;
    bool fine = n > 0 && n < DS_TEXT_EMAIL && ds_text_is_utf8(text, n);
    if (n >= DS_TEXT_EMAIL)
        n = DS_TEXT_EMAIL - 1;
    size_t signs = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= ' ' || c == 0x7f)
            fine = false;
        if (c == '@') {
            signs++;
            at = i;
        }
        out[i] = lower(text[i]);
    }
    out[n] = '\0';
    return fine && signs == 1 && at > 0 && at + 1 < n;
}

const char *viewer_options_usage(void)
{
    return "usage: deskside-viewer [--relay HOST[:PORT]] [options]\n"
           "\n"
           "Shows the screen of a customer who asks for help, and controls it when allowed.\n"
           "\n"
           "  --relay HOST[:PORT]   the relay of your desk; with a port, only that one is tried\n"
           "  --email ADDRESS       who signs in\n"
           "  --password-file FILE  password (first line of FILE), signs in at once\n"
           "  --new-session         draws a code for a customer as soon as signed in\n"
           "  --geometry WxH[+X+Y]  size and place of the window\n"
           "  --borderless          window without a border\n"
           "  --scale fit|1:1       how the picture is shown at first\n"
           "  --no-toolbar          nothing but the picture in the window\n"
           "  --view-only           looks only, never sends keys or pointer\n"
           "  --ca FILE             certificates (PEM) that may vouch for the relay\n"
           "  --events FD           writes events as JSON lines to an open descriptor\n"
           "  --commands FD         reads commands as JSON lines from an open descriptor\n"
           "  --help, --version\n"
           "\n"
           "Exit status: 0 ended normally, 1 usage, 2 relay not reached or not trusted,\n"
           "3 refused (password, number, consent), 4 connection lost for good, 5 internal error.\n";
}

enum option {
    RELAY,
    EMAIL,
    PASSWORD_FILE,
    TAKE,
    GEOMETRY,
    SCALE,
    CA,
    EVENTS,
    COMMANDS,
    WITH_VALUE, /* those above take one */
    NEW_SESSION = WITH_VALUE,
    BORDERLESS,
    NO_TOOLBAR,
    VIEW_ONLY,
    HELP,
    VERSION,
    OPTION_COUNT,
};

static const char *const names[OPTION_COUNT] = {
    [RELAY] = "--relay",
    [EMAIL] = "--email",
    [PASSWORD_FILE] = "--password-file",
    [TAKE] = "--take",
    [GEOMETRY] = "--geometry",
    [SCALE] = "--scale",
    [CA] = "--ca",
    [EVENTS] = "--events",
    [COMMANDS] = "--commands",
    [NEW_SESSION] = "--new-session",
    [BORDERLESS] = "--borderless",
    [NO_TOOLBAR] = "--no-toolbar",
    [VIEW_ONLY] = "--view-only",
    [HELP] = "--help",
    [VERSION] = "--version",
};

/* Finds "--name" or "--name=value"; *value is NULL without "=". */
static enum option find_option(const char *arg, const char **value)
{
    for (enum option o = RELAY; o < OPTION_COUNT; o++) {
        size_t n = strlen(names[o]);
        if (strncmp(arg, names[o], n) != 0)
            continue;
        if (arg[n] == '\0' || (arg[n] == '=' && o < WITH_VALUE)) {
            *value = arg[n] == '=' ? arg + n + 1 : NULL;
            return o;
        }
    }
    return OPTION_COUNT;
}

/* NULL, or what is wrong with the value. */
static const char *set_value(struct viewer_options *o, enum option option, const char *value)
{
    switch (option) {
    case RELAY:
        return ds_address_parse(value, o->host, sizeof(o->host), &o->port) ? NULL
                                                                           : "HOST or HOST:PORT";
    case EMAIL:
        return viewer_email_clean(value, o->email) ? NULL : "an e-mail address";
    case PASSWORD_FILE:
        o->password_file = value;
        return value[0] ? NULL : "the name of a file";
    case CA:
        o->ca_file = value;
        return value[0] ? NULL : "the name of a file";
    case GEOMETRY:
        return viewer_geometry_parse(value, &o->geometry) ? NULL : "WxH or WxH+X+Y";
    case SCALE:
        if (strcmp(value, "fit") != 0 && strcmp(value, "1:1") != 0)
            return "fit or 1:1";
        o->scale = value[0] == 'f' ? VIEWER_SCALE_FIT : VIEWER_SCALE_ONE;
        return NULL;
    case EVENTS:
        o->events_fd = ds_automation_parse_fd(value);
        return o->events_fd >= 0 ? NULL : "the number of an open descriptor";
    case COMMANDS:
        o->commands_fd = ds_automation_parse_fd(value);
        return o->commands_fd >= 0 ? NULL : "the number of an open descriptor";
    default:
        return "nothing";
    }
}

static void set_flag(struct viewer_options *o, enum option option)
{
    o->new_session |= option == NEW_SESSION;
    o->borderless |= option == BORDERLESS;
    o->no_toolbar |= option == NO_TOOLBAR;
    o->view_only |= option == VIEW_ONLY;
}

static bool check_together(const struct viewer_options *o, char *message, size_t size)
{
    const char *problem = NULL;
    if (o->password_file && !o->email[0])
        problem = "--password-file needs --email";
    else if (o->password_file && !o->host[0])
        problem = "--password-file needs --relay";
    if (problem)
        snprintf(message, size, "%s", problem);
    return problem == NULL;
}

enum viewer_options_result viewer_options_parse(int argc, char *const *argv,
                                                struct viewer_options *out, char *message,
                                                size_t size)
{
    *out = (struct viewer_options){.events_fd = -1, .commands_fd = -1};
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        enum option option = find_option(argv[i], &value);
        if (option == HELP)
            return VIEWER_OPTIONS_HELP;
        if (option == VERSION)
            return VIEWER_OPTIONS_VERSION;
        if (option == OPTION_COUNT) {
            snprintf(message, size, "unknown option %s", argv[i]);
            return VIEWER_OPTIONS_WRONG;
        }
        if (option == TAKE) {
            snprintf(message, size,
                     "--take: this version cannot take over a waiting request; use --new-session");
            return VIEWER_OPTIONS_WRONG;
        }
        if (option >= WITH_VALUE) {
            set_flag(out, option);
            continue;
        }
        if (!value && i + 1 < argc)
            value = argv[++i];
        const char *expected = value ? set_value(out, option, value) : "a value";
        if (expected) {
            snprintf(message, size, "%s needs %s%s%s", names[option], expected,
                     value ? ", not " : "", value ? value : "");
            return VIEWER_OPTIONS_WRONG;
        }
    }
    return check_together(out, message, size) ? VIEWER_OPTIONS_RUN : VIEWER_OPTIONS_WRONG;
}
