/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/conf.h"

#include "common/base/error.h"
#include "common/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum key_kind { KEY_NUMBER, KEY_HOST, KEY_ORG, KEY_PORTS, KEY_YES_NO };

struct key {
    const char *name;
    enum key_kind kind;
    size_t offset;
    unsigned least, most, standard;
    const char *what; /* the comment written above it */
};

#define NUMBER(member, least, most, standard, what)                                                \
    {                                                                                              \
#member, KEY_NUMBER, offsetof(struct relay_conf, member), least, most, standard, what      \
    }
static const struct key keys[] = {
    {"host", KEY_HOST, 0, 0, 0, 0, "Name or address under which everybody reaches this relay."},
    {"org", KEY_ORG, 0, 0, 0, 0, "Who runs it, as customers know you."},
    {"ports", KEY_PORTS, 0, 0, 0, 0, "Ports to listen on; each speaks everything."},
    {"proxied", KEY_YES_NO, offsetof(struct relay_conf, proxied), 0, 1, 0,
     "yes: a proxy in front does TLS for the pages and sets X-Forwarded-For; plain HTTP then\n"
     "# serves the pages instead of redirecting to https. Legs keep their own TLS either way."},
    NUMBER(workers, 0, RELAY_WORKERS_MAX, 0, "Threads for legs; 0: one for each processor."),
    NUMBER(legs_max, 2, 200000, 4096, "Agents and viewers connected at once."),
    NUMBER(legs_per_address, 2, 200000, 512, "The same from one address (IPv6: one /64)."),
    NUMBER(strangers_max, 1, 100000, 1024,
           "Connections that have not yet said who they are; further ones wait."),
    NUMBER(strangers_per_address, 1, 100000, 32, "The same from one address."),
    NUMBER(waiting_max, 1, 100000, 1024, "Connections that wait for one of those places."),
    NUMBER(waiting_per_address, 1, 100000, 128, "The same from one address; more are closed."),
    NUMBER(web_max, 1, 100000, 512, "HTTP and WebSocket connections at once."),
    NUMBER(web_per_address, 1, 100000, 64, "The same from one address."),
    NUMBER(waiting_ms, 100, 600000, 30000, "How long they wait."),
    NUMBER(first_byte_ms, 100, 600000, 5000, "Time to send the first byte."),
    NUMBER(handshake_ms, 100, 600000, 3000, "Time to finish the TLS handshake."),
    NUMBER(hello_ms, 100, 600000, 10000, "Time to say hello after the handshake."),
    NUMBER(
        crowded_ms, 100, 600000, 1000,
        "Time for each of these, and for a request, while all places are taken and others wait."),
    NUMBER(guest_s, 1, 86400, 900, "Time to sign in or to give a join code after hello."),
    NUMBER(crowded_guest_s, 1, 86400, 30,
           "The same while legs_max are there and another one says hello: the oldest gives way."),
    NUMBER(http_s, 1, 600, 10, "Time to send the headers of an HTTP request."),
    NUMBER(heartbeat_ms, 250, 60000, DS_HEARTBEAT_MS, "A silent leg is asked after this time."),
    NUMBER(dead_ms, 2000, 600000, DS_DEAD_AFTER_MS, "A silent leg is dead after this time."),
    NUMBER(drain_ms, 100, 60000, 3000, "Time to say goodbye to everybody when stopping."),
    NUMBER(code_life_s, 1, 86400, 900, "Life of a join code."),
    NUMBER(wrong_codes_per_address, 1, 32, 10, "Wrong join codes an hour from one address."),
    NUMBER(wrong_codes_per_net, 1, 32, 30, "The same from one network (IPv4 /24, IPv6 /48)."),
    NUMBER(wrong_codes_per_day, 1, 1000000, 2000,
           "Wrong join codes a day from everywhere; above that every answer slows down."),
    NUMBER(wrong_tokens_per_address, 1, 32, 20,
           "Tries an hour from one address to return to a session that it has no right to."),
    NUMBER(wrong_tokens_per_net, 1, 32, 32, "The same from one network."),
    NUMBER(wrong_passwords_per_address, 1, 32, 10, "Wrong passwords an hour from one address."),
    NUMBER(wrong_passwords_per_net, 1, 32, 30, "The same from one network."),
    NUMBER(wrong_passwords_per_account, 1, 32, 20, "The same for one account."),
    NUMBER(sign_ins_waiting, 1, 10000, 64, "Sign-ins that may wait for their password check."),
    NUMBER(chat_max, 1, 1000000, 20000, "Chat messages of one session."),
    NUMBER(chat_per_minute, 1, 1000000, 6000,
           "The same a minute from one end; more are left to be sent again later."),
    NUMBER(audit_waiting, 16, 1000000, 16384,
           "Lines of the audit log that may wait while the store cannot be written."),
};
#undef NUMBER
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

struct parse {
    struct relay_conf *conf;
    bool seen[KEY_COUNT];
    char problem[160]; /* of the first bad line */
};

void relay_conf_defaults(struct relay_conf *conf)
{
    memset(conf, 0, sizeof(*conf));
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (keys[i].kind == KEY_NUMBER || keys[i].kind == KEY_YES_NO)
            memcpy((char *)conf + keys[i].offset, &keys[i].standard, sizeof(unsigned));
    }
    relay_conf_parse_ports(conf, "80,443,8200");
}

static bool parse_number(const char *text, unsigned least, unsigned most, unsigned *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || errno || value < least || value > most)
        return false;
    *out = (unsigned)value;
    return true;
}

int relay_conf_parse_ports(struct relay_conf *conf, const char *text)
{
    unsigned ports[RELAY_PORTS_MAX] = {0};
    unsigned count = 0;
    char copy[128];
    if (strlen(text) >= sizeof(copy))
        return DS_EINVAL;
    memcpy(copy, text, strlen(text) + 1);
    char *rest = copy;
    for (char *item; (item = strsep(&rest, ",")) != NULL;) {
        item += strspn(item, " \t");
        item[strcspn(item, " \t")] = '\0';
        if (count == RELAY_PORTS_MAX || !parse_number(item, 0, 65535, &ports[count]))
            return DS_EINVAL;
        for (unsigned i = 0; i < count; i++) {
            if (ports[i] == ports[count] && ports[i] != 0)
                return DS_EINVAL;
        }
        count++;
    }
    if (count == 0)
        return DS_EINVAL;
    memcpy(conf->ports, ports, sizeof(ports));
    conf->port_count = count;
    return DS_OK;
}

bool relay_conf_is_host(const char *text)
{
    struct in6_addr any;
    size_t len = strlen(text);
    if (len == 0 || len > 253)
        return false;
    if (inet_pton(AF_INET6, text, &any) == 1 || inet_pton(AF_INET, text, &any) == 1)
        return true;
    size_t label = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == '.' ? label == 0 || text[i - 1] == '-' : !is_alnum && (c != '-' || label == 0))
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0 && text[len - 1] != '-';
}

static int set_key(struct parse *p, const struct key *key, const char *value)
{
    char *at = (char *)p->conf + key->offset;
    unsigned number;
    switch (key->kind) {
    case KEY_NUMBER:
        if (!parse_number(value, key->least, key->most, &number)) {
            snprintf(p->problem, sizeof(p->problem), "%s must be a number from %u to %u", key->name,
                     key->least, key->most);
            return 0;
        }
        memcpy(at, &number, sizeof(number));
        return 1;
    case KEY_YES_NO:
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0) {
            snprintf(p->problem, sizeof(p->problem), "%s must be yes or no", key->name);
            return 0;
        }
        number = strcmp(value, "yes") == 0;
        memcpy(at, &number, sizeof(number));
        return 1;
    case KEY_HOST:
        if (!relay_conf_is_host(value)) {
            snprintf(p->problem, sizeof(p->problem), "host must be a host name or an address");
            return 0;
        }
        snprintf(p->conf->host, sizeof(p->conf->host), "%s", value);
        return 1;
    case KEY_ORG:
        if (strlen(value) >= sizeof(p->conf->org) || !ds_text_is_utf8(value, strlen(value))) {
            snprintf(p->problem, sizeof(p->problem), "org must be UTF-8 of at most %zu bytes",
                     sizeof(p->conf->org) - 1);
            return 0;
        }
        ds_text_for_display(p->conf->org, sizeof(p->conf->org), value);
        return 1;
    case KEY_PORTS:
    default:
        if (relay_conf_parse_ports(p->conf, value) == DS_OK)
            return 1;
        snprintf(p->problem, sizeof(p->problem),
                 "ports must be up to %d different numbers from 0 to 65535, with commas between",
                 RELAY_PORTS_MAX);
        return 0;
    }
}

/* Called by inih for each line; 0 marks the line as wrong. Only the first problem is kept: that is
 * the line that inih will name. */
static int on_line(void *ctx, const char *section, const char *name, const char *value)
{
    struct parse *p = ctx;
    if (p->problem[0])
        return 0;
    if (section[0]) {
        snprintf(p->problem, sizeof(p->problem), "sections are not used in this file");
        return 0;
    }
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(name, keys[i].name) != 0)
            continue;
        if (p->seen[i]) {
            snprintf(p->problem, sizeof(p->problem), "%s is given twice", keys[i].name);
            return 0;
        }
        p->seen[i] = true;
        return set_key(p, &keys[i], value);
    }
    snprintf(p->problem, sizeof(p->problem), "there is no setting named \"%.40s\"", name);
    return 0;
}

static int finish(struct parse *p, int line, const char *name, char *message, size_t size)
{
    if (line == -1) {
        snprintf(message, size, "%s cannot be read: %s.", name, strerror(errno));
        return DS_EIO;
    }
    if (line != 0 || p->problem[0]) {
        snprintf(message, size, "%s, line %d: %s.", name, line,
                 p->problem[0] ? p->problem : "this is neither \"name = value\" nor a comment");
        return DS_EINVAL;
    }
    if (!p->conf->host[0]) {
        snprintf(message, size, "%s: host is missing.", name);
        return DS_EINVAL;
    }
    if (p->conf->dead_ms < 2 * p->conf->heartbeat_ms) {
        snprintf(message, size, "%s: dead_ms must be at least twice heartbeat_ms.", name);
        return DS_EINVAL;
    }
    return DS_OK;
}

int relay_conf_read(struct relay_conf *conf, const char *path, char *message, size_t size)
{
    struct parse p = {.conf = conf};
    struct stat about;
    /* Whatever else has that name is not waited for. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!file) {
        int error = finish(&p, -1, path, message, size);
        if (fd >= 0)
            close(fd);
        return error;
    }
    int error = DS_EIO;
    relay_conf_defaults(conf);
    if (fstat(fd, &about) == 0 && !S_ISREG(about.st_mode)) {
        snprintf(message, size, "%s is not a file.", path);
    } else {
        int line = ini_parse_file(file, on_line, &p);
        error = finish(&p, ferror(file) ? -1 : line, path, message, size);
    }
    fclose(file);
    return error;
}

int relay_conf_parse(struct relay_conf *conf, const char *text, const char *name, char *message,
                     size_t size)
{
    struct parse p = {.conf = conf};
    relay_conf_defaults(conf);
    return finish(&p, ini_parse_string(text, on_line, &p), name, message, size);
}

int relay_conf_write(const struct relay_conf *conf, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file) {
        if (fd >= 0)
            close(fd);
        return DS_EIO;
    }
    fprintf(file, "# Settings of deskside-relay; read when it starts. What is commented out is the "
                  "default.\n# A semicolon after a space begins a comment.\n");
    for (size_t i = 0; i < KEY_COUNT; i++) {
        fprintf(file, "\n# %s\n", keys[i].what);
        switch (keys[i].kind) {
        case KEY_HOST:
            fprintf(file, "host = %s\n", conf->host);
            break;
        case KEY_ORG:
            fprintf(file, "org = %s\n", conf->org);
            break;
        case KEY_PORTS:
            fprintf(file, "ports = ");
            for (unsigned p = 0; p < conf->port_count; p++)
                fprintf(file, "%s%u", p ? "," : "", conf->ports[p]);
            fprintf(file, "\n");
            break;
        case KEY_YES_NO:
            fprintf(file, "#%s = %s\n", keys[i].name, keys[i].standard ? "yes" : "no");
            break;
        case KEY_NUMBER:
            fprintf(file, "#%s = %u\n", keys[i].name, keys[i].standard);
            break;
        }
    }
    return fclose(file) ? DS_EIO : DS_OK;
}

unsigned long relay_conf_descriptors(const struct relay_conf *conf)
{
    /* A WebSocket-carried leg holds its socket and both ends of a socketpair; 128 are for ports,
     * loops, the store and logs. */
    return (unsigned long)conf->legs_max + conf->strangers_max + conf->waiting_max +
           3ul * conf->web_max + 128;
}
