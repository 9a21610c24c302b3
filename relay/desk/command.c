/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/command.h"

#include "common/base/error.h"
#include "common/base/text.h"
#include "relay/desk/admin.h"
#include "relay/desk/ask.h"
#include "relay/desk/setup.h"
#include "relay/relay.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 4

struct options {
    const char *words[WORDS_MAX]; /* "rep", "deny", "dana@example.com", "share-screen" */
    int word_count;
    const char *data, *host, *org, *ports, *name, *password_file, *without;
};

void relay_command_usage(FILE *to)
{
    fputs("deskside-relay " DESKSIDE_VERSION ": the relay of Deskside.\n\n"
          "  deskside-relay init --data DIR --host NAME [--org \"Acme Support\"] [--ports "
          "80,443,8200]\n"
          "  deskside-relay serve --data DIR\n"
          "  deskside-relay rep add EMAIL --data DIR --name NAME [--password-file F] [--without "
          "share-screen,...]\n"
          "  deskside-relay rep list --data DIR\n"
          "  deskside-relay rep disable EMAIL --data DIR\n"
          "  deskside-relay rep enable EMAIL --data DIR\n"
          "  deskside-relay rep reset EMAIL --data DIR [--password-file F]\n"
          "  deskside-relay rep allow EMAIL share-screen,... --data DIR\n"
          "  deskside-relay rep deny EMAIL share-screen,... --data DIR\n"
          "  deskside-relay session list --data DIR\n"
          "  deskside-relay session end SESSION --data DIR\n"
          "  deskside-relay audit verify --data DIR\n"
          "  deskside-relay status --data DIR\n",
          to);
}

static int fail(enum relay_exit code, const char *text)
{
    fprintf(stderr, "deskside-relay: %s\n", text);
    return code;
}

static int parse(int argc, char **argv, struct options *o)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--data", &o->data},       {"--host", &o->host}, {"--org", &o->org},
        {"--ports", &o->ports},     {"--name", &o->name}, {"--password-file", &o->password_file},
        {"--without", &o->without},
    };
    char text[256];
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (o->word_count == WORDS_MAX) {
                snprintf(text, sizeof(text), "\"%.100s\" is one word too many.", argv[i]);
                return fail(RELAY_EXIT_USAGE, text);
            }
            o->words[o->word_count++] = argv[i];
            continue;
        }
        size_t k = 0;
        size_t count = sizeof(known) / sizeof(known[0]);
        while (k < count && strcmp(argv[i], known[k].name) != 0)
            k++;
        if (k == count || i + 1 == argc) {
            snprintf(text, sizeof(text),
                     k == count ? "There is no option %.100s." : "%.100s needs a value.", argv[i]);
            return fail(RELAY_EXIT_USAGE, text);
        }
        *known[k].value = argv[++i];
    }
    return RELAY_EXIT_OK;
}

static int init(const struct options *o)
{
    struct relay_conf conf;
    char message[1024];
    relay_conf_defaults(&conf);
    if (!o->host || !relay_conf_is_host(o->host))
        return fail(RELAY_EXIT_USAGE, "--host must be the name or address that people will reach "
                                      "this relay by.");
    snprintf(conf.host, sizeof(conf.host), "%s", o->host);
    /* As relay.conf can hold it and people can see it. */
    if (o->org) {
        ds_text_for_display(conf.org, sizeof(conf.org), o->org);
        if (strcmp(conf.org, o->org) != 0 || strpbrk(o->org, ";#"))
            return fail(RELAY_EXIT_USAGE,
                        "--org may have at most 127 bytes of UTF-8 that can be shown, and no "
                        "semicolon or #.");
    }
    if (o->ports && relay_conf_parse_ports(&conf, o->ports))
        return fail(RELAY_EXIT_USAGE,
                    "--ports takes up to 8 different numbers from 0 to 65535 with commas between.");
    int error = relay_setup(o->data, &conf, message, sizeof(message));
    if (error)
        return fail(error == DS_EREFUSED ? RELAY_EXIT_REFUSED : RELAY_EXIT_INTERNAL, message);
    printf("The relay for %s is set up in %s.\nNext: deskside-relay rep add EMAIL --data %s --name "
           "NAME, then deskside-relay serve --data %s.\n",
           conf.host, o->data, o->data, o->data);
    return RELAY_EXIT_OK;
}

static int show(json_t *reply)
{
    if (!reply)
        return fail(RELAY_EXIT_INTERNAL, "Memory is short.");
    int code = (int)json_integer_value(json_object_get(reply, "code"));
    const char *text = json_string_value(json_object_get(reply, "text"));
    if (code == RELAY_EXIT_OK)
        printf("%s\n", text ? text : "");
    else
        fail((enum relay_exit)code, text ? text : "");
    json_decref(reply);
    return code;
}

/* rep add and rep reset: the password is read and hashed here, so that it goes no further. */
static int with_password(const struct options *o, json_t *request)
{
    char password[DS_TEXT_PASSWORD + 1], hash[RELAY_PASSWORD_HASH];
    const char *problem = relay_ask_password(o->password_file, password, sizeof(password));
    if (!problem)
        problem = relay_password_problem(password);
    if (!problem && relay_password_hash(password, hash))
        problem = "The password cannot be hashed: memory is short.";
    explicit_bzero(password, sizeof(password));
    if (problem) {
        json_decref(request);
        return fail(RELAY_EXIT_USAGE, problem);
    }
    json_object_set_new(request, "password", json_string(hash));
    return show(relay_ask(o->data, request));
}

static int rep(const struct options *o)
{
    const char *verb = o->words[1] ? o->words[1] : "";
    char command[32];
    bool is_add = strcmp(verb, "add") == 0;
    bool is_reset = strcmp(verb, "reset") == 0;
    bool is_list = strcmp(verb, "list") == 0;
    bool is_change = strcmp(verb, "allow") == 0 || strcmp(verb, "deny") == 0;
    if (!is_add && !is_reset && !is_list && !is_change && strcmp(verb, "enable") != 0 &&
        strcmp(verb, "disable") != 0)
        return fail(RELAY_EXIT_USAGE,
                    "rep takes add, list, disable, enable, reset, allow or deny.");
    if (is_list == (o->word_count >= 3))
        return fail(RELAY_EXIT_USAGE, is_list ? "rep list takes no e-mail address."
                                              : "The rep's e-mail address is missing.");
    if (is_change != (o->word_count == 4))
        return fail(RELAY_EXIT_USAGE, is_change ? "Name the features with commas between, such as "
                                                  "share-screen."
                                                : "There is one word too many.");
    char email[DS_TEXT_EMAIL];
    if (!is_list && !relay_account_email(o->words[2], email)) /* before a password is asked for */
        return fail(RELAY_EXIT_USAGE, "A rep is named by an e-mail address.");
    if (is_add && !o->name)
        return fail(RELAY_EXIT_USAGE, "--name is missing: customers see it.");
    snprintf(command, sizeof(command), "rep-%s", verb);
    json_t *request =
        json_pack("{s:s,s:s*,s:s*,s:s*,s:s*}", "command", command, "email", o->words[2], "name",
                  o->name, "without", o->without, "features", o->words[3]);
    if (!request)
        return fail(RELAY_EXIT_USAGE, "The options are not valid UTF-8.");
    if (is_add || is_reset)
        return with_password(o, request);
    return show(relay_ask(o->data, request));
}

int relay_command(int argc, char **argv)
{
    struct options o = {0};
    int code = parse(argc, argv, &o);
    if (code)
        return code;
    const char *word = o.words[0] ? o.words[0] : "";
    const char *verb = o.words[1] ? o.words[1] : "";
    if (!*word) {
        relay_command_usage(stderr);
        return RELAY_EXIT_USAGE;
    }
    if (!o.data)
        return fail(RELAY_EXIT_USAGE, "--data is missing: the folder of the relay.");
    if (strcmp(word, "init") == 0 && o.word_count == 1)
        return init(&o);
    if (strcmp(word, "serve") == 0 && o.word_count == 1)
        return relay_serve(o.data);
    if (strcmp(word, "rep") == 0)
        return rep(&o);
    if (strcmp(word, "status") == 0 && o.word_count == 1)
        return show(relay_ask(o.data, json_pack("{s:s}", "command", "status")));
    if (strcmp(word, "audit") == 0 && strcmp(verb, "verify") == 0 && o.word_count == 2)
        return show(relay_ask(o.data, json_pack("{s:s}", "command", "audit-verify")));
    if (strcmp(word, "session") == 0 && strcmp(verb, "list") == 0 && o.word_count == 2)
        return show(relay_ask(o.data, json_pack("{s:s}", "command", "session-list")));
    if (strcmp(word, "session") == 0 && strcmp(verb, "end") == 0 && o.word_count == 3)
        return show(relay_ask(
            o.data, json_pack("{s:s,s:s}", "command", "session-end", "session", o.words[2])));
    fprintf(stderr, "deskside-relay: There is no command like this.\n\n");
    relay_command_usage(stderr);
    return RELAY_EXIT_USAGE;
}
