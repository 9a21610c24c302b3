/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/message.h"

#include "common/base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum field_kind {
    FIELD_TEXT,
    FIELD_ADDED, /* a text that an older version does not send: "" then */
    FIELD_SAID,  /* not empty */
    FIELD_DIGITS,
    FIELD_HEX,
    FIELD_ROLE,
    FIELD_SIDE,
    FIELD_NUMBER,
    FIELD_TRIES,
    FIELD_BIT,
    FIELD_AGE,   /* a number that may be left out: 0 */
    FIELD_SAYER, /* a side that may be left out: "" */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    size_t size; /* bytes of the member; for DIGITS and HEX the exact length is size - 1 */
};

#define TEXT(member, k)                                                                            \
    {                                                                                              \
#member, k, offsetof(struct ds_message, member), sizeof(((struct ds_message *)0)->member)  \
    }
static const struct field field_version = TEXT(version, FIELD_NUMBER);
static const struct field field_heartbeat = TEXT(heartbeat_ms, FIELD_NUMBER);
static const struct field field_dead = TEXT(dead_ms, FIELD_NUMBER);
static const struct field field_expires = TEXT(expires_s, FIELD_NUMBER);
static const struct field field_tries = TEXT(tries, FIELD_TRIES);
static const struct field field_present = TEXT(present, FIELD_BIT);
static const struct field field_left = TEXT(left_s, FIELD_NUMBER);
static const struct field field_round = TEXT(round, FIELD_NUMBER);
static const struct field field_number = TEXT(number, FIELD_NUMBER);
static const struct field field_chat_seen = TEXT(chat_seen, FIELD_NUMBER);
static const struct field field_delay = TEXT(delay_ms, FIELD_NUMBER);
static const struct field field_token = TEXT(token, FIELD_HEX);
static const struct field field_ticket = TEXT(ticket, FIELD_HEX);
static const struct field field_id = TEXT(id, FIELD_HEX);
static const struct field field_from = TEXT(from, FIELD_SIDE);
static const struct field field_age = TEXT(age_s, FIELD_AGE);
static const struct field field_sayer = TEXT(from, FIELD_SAYER);
static const struct field field_text = TEXT(text, FIELD_SAID);
static const struct field field_role = TEXT(role, FIELD_ROLE);
static const struct field field_program = TEXT(program, FIELD_TEXT);
static const struct field field_host = TEXT(host, FIELD_TEXT);
static const struct field field_org = TEXT(org, FIELD_TEXT);
static const struct field field_email = TEXT(email, FIELD_TEXT);
static const struct field field_password = TEXT(password, FIELD_TEXT);
static const struct field field_name = TEXT(name, FIELD_TEXT);
static const struct field field_without = TEXT(without, FIELD_ADDED);
static const struct field field_join_code = TEXT(join_code, FIELD_DIGITS);
static const struct field field_session = TEXT(session, FIELD_HEX);
static const struct field field_audit = TEXT(audit, FIELD_HEX);
static const struct field field_by = TEXT(by, FIELD_TEXT);
static const struct field field_reason = TEXT(reason, FIELD_TEXT);
static const struct field field_error = TEXT(error, FIELD_TEXT);
static const struct field field_message = TEXT(message, FIELD_TEXT);
#undef TEXT

#define FIELDS_MAX 6
static const struct {
    const char *name;
    const struct field *fields[FIELDS_MAX]; /* NULL ends the list */
} types[] = {
    [DS_MESSAGE_UNKNOWN] = {"unknown", {NULL}},
    [DS_MESSAGE_HELLO] = {"hello", {&field_version, &field_role, &field_program}},
    [DS_MESSAGE_SIGN_IN] = {"sign-in", {&field_email, &field_password}},
    [DS_MESSAGE_NEW_SESSION] = {"new-session", {NULL}},
    [DS_MESSAGE_JOIN] = {"join", {&field_join_code}},
    [DS_MESSAGE_WRONG_NUMBER] = {"wrong-number", {&field_tries}},
    [DS_MESSAGE_VERIFIED] = {"verified", {&field_audit}},
    [DS_MESSAGE_END] = {"end", {&field_reason}},
    [DS_MESSAGE_RESUME] = {"resume", {&field_session, &field_token, &field_chat_seen}},
    [DS_MESSAGE_SAY] = {"say", {&field_id, &field_text}},
    [DS_MESSAGE_WANT_TICKET] = {"want-ticket", {NULL}},
    [DS_MESSAGE_USE_TICKET] = {"use-ticket", {&field_ticket}},
    [DS_MESSAGE_WELCOME] = {"welcome",
                            {&field_version, &field_host, &field_org, &field_heartbeat,
                             &field_dead}},
    [DS_MESSAGE_SIGNED_IN] = {"signed-in", {&field_name, &field_without}},
    [DS_MESSAGE_SESSION] = {"session", {&field_session, &field_join_code, &field_expires}},
    [DS_MESSAGE_PAIRED] = {"paired", {&field_session, &field_name, &field_org}},
    [DS_MESSAGE_ENDED] = {"ended", {&field_by, &field_reason}},
    [DS_MESSAGE_TOKEN] = {"token", {&field_token}},
    [DS_MESSAGE_RESUMED] = {"resumed", {&field_present, &field_left}},
    [DS_MESSAGE_PEER_AWAY] = {"peer-away", {&field_left}},
    [DS_MESSAGE_REJOINED] = {"rejoined", {&field_round}},
    [DS_MESSAGE_CHAT] = {"chat", {&field_number, &field_id, &field_from, &field_text, &field_age}},
    [DS_MESSAGE_TICKET] = {"ticket", {&field_ticket, &field_expires}},
    [DS_MESSAGE_MOVING] = {"moving", {&field_delay}},
    [DS_MESSAGE_ERROR] = {"error", {&field_error, &field_message}},
    [DS_MESSAGE_TYPING] = {"typing", {&field_sayer}},
    [DS_MESSAGE_SEEN] = {"seen", {&field_number, &field_sayer}},
};
#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

const char *ds_message_name(enum ds_message_type type)
{
    return (size_t)type < TYPE_COUNT ? types[type].name : "unknown";
}

bool ds_message_is_relays(enum ds_message_type type)
{
    return type >= DS_MESSAGE_WELCOME && (size_t)type < TYPE_COUNT;
}

bool ds_message_is_ends(enum ds_message_type type)
{
    return (type > DS_MESSAGE_UNKNOWN && type < DS_MESSAGE_WELCOME) || type == DS_MESSAGE_TYPING ||
           type == DS_MESSAGE_SEEN;
}

bool ds_message_lists(const char *list, const char *name)
{
    size_t n = strlen(name);
    while (*list) {
        size_t len = strcspn(list, ",");
        if (len == n && strncmp(list, name, n) == 0)
            return true;
        list += len + (list[len] == ',');
    }
    return false;
}

void ds_message_wipe(struct ds_message *message)
{
    explicit_bzero(message, sizeof(*message));
}

/* Bytes of the message up to the end of its text. */
static size_t used(const struct ds_message *message)
{
    return offsetof(struct ds_message, text) + strnlen(message->text, sizeof(message->text) - 1) +
           1;
}

struct ds_message *ds_message_copy(const struct ds_message *message)
{
    size_t n = used(message);
    struct ds_message *copy = malloc(n);
    if (copy)
        memcpy(copy, message, n);
    return copy;
}

void ds_message_free(struct ds_message *copy)
{
    if (copy)
        explicit_bzero(copy, used(copy));
    free(copy);
}

static bool is_all_of(const char *text, const char *allowed, size_t exact)
{
    return strlen(text) == exact && strspn(text, allowed) == exact;
}

static bool is_well_formed(const struct field *field, const char *text)
{
    switch (field->kind) {
    case FIELD_DIGITS:
        return is_all_of(text, "0123456789", field->size - 1);
    case FIELD_HEX:
        return is_all_of(text, "0123456789abcdef", field->size - 1);
    case FIELD_ROLE:
        return strcmp(text, "agent") == 0 || strcmp(text, "viewer") == 0;
    case FIELD_SAYER:
    case FIELD_SIDE:
        return strcmp(text, DS_BY_REP) == 0 || strcmp(text, DS_BY_CUSTOMER) == 0;
    case FIELD_SAID:
        return text[0] != '\0' && strlen(text) < field->size;
    case FIELD_TEXT:
    default:
        return strlen(text) < field->size;
    }
}

static bool is_number(const struct field *field)
{
    return field->kind == FIELD_NUMBER || field->kind == FIELD_TRIES || field->kind == FIELD_BIT ||
           field->kind == FIELD_AGE;
}

/* Left out by older programs. */
static bool is_optional(const struct field *field)
{
    return field->kind == FIELD_AGE || field->kind == FIELD_SAYER || field->kind == FIELD_ADDED;
}

static bool is_in_range(const struct field *field, json_int_t n)
{
    if (field->kind == FIELD_TRIES)
        return n >= 1 && n <= DS_NUMBER_TRIES;
    return n >= 0 && n <= (field->kind == FIELD_BIT ? 1 : INT32_MAX);
}

static int decode_field(json_t *object, const struct field *field, struct ds_message *out)
{
    json_t *value = json_object_get(object, field->name);
    if (!value)
        return is_optional(field) ? DS_OK : DS_EPROTO;
    char *at = (char *)out + field->offset;
    if (is_number(field)) {
        json_int_t n = json_integer_value(value);
        if (!json_is_integer(value) || !is_in_range(field, n))
            return DS_EPROTO;
        *(unsigned *)(void *)at = (unsigned)n;
        return DS_OK;
    }
    /* jansson refuses NUL inside strings unless asked, and checks UTF-8. */
    const char *text = json_string_value(value);
    if (!text || !is_well_formed(field, text))
        return DS_EPROTO;
    memcpy(at, text, strlen(text) + 1);
    return DS_OK;
}

/* Depth of 2 is all that a flat object needs; counted before parsing because jansson's own bound is
 * 2048. */
static bool is_flat(const uint8_t *bytes, size_t n)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        if (in_string) {
            if (bytes[i] == '\\')
                i++;
            else if (bytes[i] == '"')
                in_string = false;
        } else if (bytes[i] == '"') {
            in_string = true;
        } else if (bytes[i] == '{' || bytes[i] == '[') {
            if (++depth > 4)
                return false;
        } else if ((bytes[i] == '}' || bytes[i] == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

int ds_message_decode(const uint8_t *bytes, size_t n, struct ds_message *out)
{
    if (n > DS_FRAME_CONTROL_MAX || !is_flat(bytes, n))
        return DS_EPROTO;
    json_t *object = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL);
    struct ds_message message = {0};
    int error = DS_EPROTO;
    const char *name = json_string_value(json_object_get(object, "type"));
    if (!name)
        goto out;
    error = DS_OK;
    for (size_t t = 1; t < TYPE_COUNT; t++) {
        if (strcmp(name, types[t].name) != 0)
            continue;
        message.type = (enum ds_message_type)t;
        for (size_t f = 0; f < FIELDS_MAX && types[t].fields[f] && !error; f++)
            error = decode_field(object, types[t].fields[f], &message);
        break;
    }
    if (!error)
        *out = message;
out:
    ds_message_wipe(&message);
    json_decref(object);
    return error;
}

static int encode_field(json_t *object, const struct field *field, const struct ds_message *message)
{
    const char *at = (const char *)message + field->offset;
    json_t *value;
    if (is_number(field)) {
        json_int_t n = *(const unsigned *)(const void *)at;
        if (!is_in_range(field, n))
            return DS_EINVAL;
        if (n == 0 && is_optional(field))
            return DS_OK;
        value = json_integer(n);
    } else {
        if (*at == '\0' && is_optional(field))
            return DS_OK;
        if (!is_well_formed(field, at))
            return DS_EINVAL;
        value = json_string(at);
        if (!value)
            return DS_EINVAL;
    }
    return json_object_set_new(object, field->name, value) ? DS_ENOMEM : DS_OK;
}

int ds_message_encode(struct ds_buf *buf, const struct ds_message *message)
{
    if (message->type == DS_MESSAGE_UNKNOWN || (size_t)message->type >= TYPE_COUNT)
        return DS_EINVAL;
    json_t *object = json_object();
    char *text = NULL;
    int error = object ? DS_OK : DS_ENOMEM;
    if (!error && json_object_set_new(object, "type", json_string(types[message->type].name)))
        error = DS_ENOMEM;
    for (size_t f = 0; f < FIELDS_MAX && types[message->type].fields[f] && !error; f++)
        error = encode_field(object, types[message->type].fields[f], message);
    if (!error) {
        text = json_dumps(object, JSON_COMPACT);
        error = text ? ds_buf_append(buf, text, strlen(text)) : DS_ENOMEM;
    }
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
    json_decref(object);
    return error;
}
