/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/automation/command.h"

#include "common/base/error.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[DS_COMMAND_COUNT] = {
    [DS_COMMAND_SECURITY_NUMBER] = "security-number",
    [DS_COMMAND_CONTINUE] = "continue",
    [DS_COMMAND_GRANT] = "grant",
    [DS_COMMAND_REQUEST] = "request",
    [DS_COMMAND_REVOKE] = "revoke",
    [DS_COMMAND_PAUSE] = "pause",
    [DS_COMMAND_RESUME] = "resume",
    [DS_COMMAND_KEY] = "key",
    [DS_COMMAND_POINTER] = "pointer",
    [DS_COMMAND_SCALE] = "scale",
    [DS_COMMAND_SCROLL] = "scroll",
    [DS_COMMAND_MONITOR] = "monitor",
    [DS_COMMAND_NOTE] = "note",
    [DS_COMMAND_DRAW] = "draw",
    [DS_COMMAND_UNDO_NOTE] = "undo-note",
    [DS_COMMAND_ERASE_NOTES] = "erase-notes",
    [DS_COMMAND_RESTART_MACHINE] = "restart-machine",
    [DS_COMMAND_END] = "end",
    [DS_COMMAND_CHAT] = "chat",
    [DS_COMMAND_TYPING] = "typing",
    [DS_COMMAND_SEEN] = "seen",
    [DS_COMMAND_SEND_FILE] = "send-file",
    [DS_COMMAND_DIAGNOSTICS] = "save-diagnostics",
    [DS_COMMAND_ACCEPT_FILE] = "accept-file",
    [DS_COMMAND_REFUSE_FILE] = "refuse-file",
    [DS_COMMAND_CANCEL_FILE] = "cancel-file",
    [DS_COMMAND_CLIPBOARD] = "clipboard",
    [DS_COMMAND_SET] = "set",
    [DS_COMMAND_PREFERENCES] = "preferences",
    [DS_COMMAND_SEND_KEYS] = "send-keys",
    [DS_COMMAND_SCREENSHOT] = "screenshot",
    [DS_COMMAND_PAUSE_FILE] = "pause-file",
    [DS_COMMAND_RESUME_FILE] = "resume-file",
    [DS_COMMAND_NEW_SESSION] = "new-session",
    [DS_COMMAND_ARRANGE] = "arrange",
    [DS_COMMAND_RAISE] = "raise",
    [DS_COMMAND_RENAME] = "rename",
    [DS_COMMAND_SHARE] = "share",
};

#define TEXT_MAX 4096 /* bytes of a path (PATH_MAX) */
#define PATHS_MAX 256 /* DS_FILES_ROOTS */

static void destroy(struct ds_letter *letter)
{
    free(((struct ds_command *)letter)->text);
    free(letter);
}

static bool read_text(json_t *object, const char *name, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text || strlen(text) >= size)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool read_int(json_t *object, const char *name, int least, int most, int *out)
{
    json_t *value = json_object_get(object, name);
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value) || n < least || n > most)
        return false;
    *out = (int)n;
    return true;
}

static bool read_points(json_t *object, struct ds_note *note)
{
    json_t *points = json_object_get(object, "points"), *point;
    size_t i;
    if (!json_is_array(points) || json_array_size(points) > DS_NOTE_POINTS_MAX)
        return false;
    json_array_foreach(points, i, point)
    {
        json_int_t x = json_integer_value(json_array_get(point, 0));
        json_int_t y = json_integer_value(json_array_get(point, 1));
        if (json_array_size(point) != 2 || !json_is_integer(json_array_get(point, 0)) ||
            !json_is_integer(json_array_get(point, 1)) || x < 0 || y < 0 || x > UINT16_MAX ||
            y > UINT16_MAX)
            return false;
        note->points[i] = (struct ds_note_point){(uint16_t)x, (uint16_t)y};
    }
    note->count = (uint16_t)json_array_size(points);
    return true;
}

/* "#e5484d" */
static bool read_color(json_t *object, uint32_t *out)
{
    char text[8];
    if (!read_text(object, "color", text, sizeof(text)) || text[0] != '#' || strlen(text) != 7 ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *out = (uint32_t)strtoul(text + 1, NULL, 16);
    return true;
}

static bool read_tool(json_t *object, struct ds_note *note)
{
    char tool[16];
    if (!read_text(object, "tool", tool, sizeof(tool)))
        return false;
    note->tool = (uint8_t)ds_note_tool_by_name(tool);
    return note->tool != 0;
}

static bool read_size(json_t *object, struct ds_note *note)
{
    char size[8];
    if (!json_object_get(object, "size"))
        return true;
    if (!read_text(object, "size", size, sizeof(size)))
        return false;
    note->size = (uint8_t)ds_note_size_by_name(size);
    return note->size < DS_NOTE_SIZES;
}

static const char *read_draw(json_t *object, struct ds_note *note)
{
    json_t *on = json_object_get(object, "on");
    if (!json_is_boolean(on))
        return "on must be true or false";
    note->tool = DS_NOTE_PEN;
    if (json_object_get(object, "tool") && (!read_tool(object, note) || note->tool > DS_NOTE_BOX))
        return "tool must be pen, arrow or box";
    if (!json_is_true(on))
        note->tool = 0;
    return NULL;
}

static const char *read_note(json_t *object, struct ds_note *note)
{
    if (!read_tool(object, note))
        return "tool must be pen, arrow, box, highlight, spotlight, text or laser";
    if (!read_size(object, note))
        return "size must be normal, thin or thick";
    if (!read_points(object, note))
        return "points must be a list of [x,y] in pixels of the picture";
    if (json_object_get(object, "color") && !read_color(object, &note->color))
        return "color must be like #e5484d";
    if (json_object_get(object, "text") &&
        !read_text(object, "text", note->text, sizeof(note->text)))
        return "text must be of at most 256 bytes";
    return NULL;
}

/* An owned text of 1..max bytes; json_loads has refused NUL and bad UTF-8. */
static bool read_long_text(json_t *object, const char *name, size_t max, char **out)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text || text[0] == '\0' || strlen(text) > max)
        return false;
    *out = strdup(text);
    return *out != NULL;
}

/* What to do when the name is taken, in the order of enum ds_file_exists. */
static bool read_exists(json_t *object, unsigned *out)
{
    static const char *const ways[] = {"ask", "keep-both", "replace", "skip"};
    json_t *value = json_object_get(object, "exists");
    const char *text = json_string_value(value);
    *out = 0;
    if (!value)
        return true;
    while (text && *out < 4 && strcmp(text, ways[*out]) != 0)
        ++*out;
    return text && *out < 4;
}

/* "path", or "paths": a list; one behind the other, and an empty one. */
static bool read_paths(json_t *object, struct ds_command *c)
{
    json_t *paths = json_object_get(object, "paths"), *path;
    size_t i, len = 1;
    if (!paths) {
        c->count = 1;
        const char *text = json_string_value(json_object_get(object, "path"));
        if (!text || *text == '\0' || strlen(text) > TEXT_MAX)
            return false;
        c->text = calloc(1, strlen(text) + 2);
        return c->text && memcpy(c->text, text, strlen(text));
    }
    c->count = json_array_size(paths);
    if (c->count == 0 || c->count > PATHS_MAX)
        return false;
    json_array_foreach(paths, i, path)
    {
        size_t n = json_string_length(path);
        if (n == 0 || n > TEXT_MAX)
            return false;
        len += n + 1;
    }
    char *at = c->text = calloc(1, len);
    json_array_foreach(paths, i, path)
    {
        if (!at)
            return false;
        memcpy(at, json_string_value(path), json_string_length(path));
        at += json_string_length(path) + 1;
    }
    return true;
}

static const char *read_file_fields(json_t *object, struct ds_command *c)
{
    int id = 0;
    if (c->type != DS_COMMAND_SEND_FILE && !read_int(object, "id", 1, INT32_MAX, &id))
        return "id must be the number of a file";
    c->id = (uint32_t)id;
    if (c->type == DS_COMMAND_SEND_FILE)
        return read_paths(object, c)
                   ? NULL
                   : "path must be a text of 1 to 4096 bytes, or paths 1 to 256 of them";
    if (c->type != DS_COMMAND_ACCEPT_FILE)
        return NULL;
    if (!read_long_text(object, "path", TEXT_MAX, &c->text))
        return "path must be a text of 1 to 4096 bytes";
    return read_exists(object, &c->exists) ? NULL
                                           : "exists must be ask, keep-both, replace or skip";
}

static const char *read_preference(json_t *object, struct ds_command *c)
{
    json_t *on = json_object_get(object, "on");
    if (!read_text(object, "name", c->name, sizeof(c->name)))
        return "name must be that of a preference";
    if (json_is_boolean(on))
        memcpy(c->value, json_is_true(on) ? "on" : "off", json_is_true(on) ? 3 : 4);
    else if (!read_text(object, "value", c->value, sizeof(c->value)))
        return "on must be true or false, or value a text";
    return NULL;
}

static const char *read_share(json_t *object, struct ds_command *c)
{
    static const char *const whats[] = {"my-screen", "customer-screen", "nothing", "close",
                                        "full-screen"};
    char what[24], window[16];
    size_t i = 0;
    bool is_text = read_text(object, "what", what, sizeof(what));
    while (is_text && i < sizeof(whats) / sizeof(whats[0]) && strcmp(what, whats[i]) != 0)
        i++;
    if (!is_text || i == sizeof(whats) / sizeof(whats[0]))
        return "what must be my-screen, customer-screen, nothing, close or full-screen";
    c->share = (enum ds_command_share)i;
    c->monitor = -1;
    if (json_object_get(object, "monitor") &&
        !read_int(object, "monitor", -1, DS_SCREEN_MONITORS_MAX - 1, &c->monitor))
        return "monitor must be a monitor's number, or -1 for all";
    if (!json_object_get(object, "window"))
        return NULL;
    char *end = window;
    if (read_text(object, "window", window, sizeof(window)))
        c->window = (uint32_t)strtoul(window, &end, 0);
    return end == window || *end || c->window == 0
               ? "window must be a window's number, like 0x1a00007"
               : NULL;
}

static const char *read_clipboard(json_t *object, struct ds_command *c)
{
    static const char *const directions[] = {
        [DS_COMMAND_CLIPBOARD_TO_CUSTOMER] = "to-customer",
        [DS_COMMAND_CLIPBOARD_TO_REP] = "to-rep",
        [DS_COMMAND_CLIPBOARD_PRIMARY] = "primary",
    };
    const char *direction = json_string_value(json_object_get(object, "direction"));
    unsigned i = 0;
    while (direction && i < 3 && strcmp(direction, directions[i]) != 0)
        i++;
    if (!direction || i == 3)
        return "direction must be to-customer, to-rep or primary";
    if (!json_is_boolean(json_object_get(object, "on")))
        return "on must be true or false";
    c->clipboard = (enum ds_command_clipboard)i;
    c->on = json_is_true(json_object_get(object, "on"));
    return NULL;
}

/* Fills the fields of the command's type; NULL or what is wrong. */
static const char *read_fields(json_t *object, struct ds_command *c)
{
    char right[16];
    char scale[8];
    switch (c->type) {
    case DS_COMMAND_SECURITY_NUMBER:
        if (!read_text(object, "number", c->number, sizeof(c->number)) ||
            strspn(c->number, "0123456789") != DS_TEXT_NUMBER - 1)
            return "number must be a text of six digits";
        return NULL;
    case DS_COMMAND_GRANT:
    case DS_COMMAND_REQUEST:
    case DS_COMMAND_REVOKE:
        if (!read_text(object, "right", right, sizeof(right)) ||
            (c->right = ds_right_by_name(right)) == DS_RIGHT_COUNT)
            return "right must be look, point, control, clipboard, files or restart";
        c->comes_back = json_is_true(json_object_get(object, "comes-back"));
        return NULL;
    case DS_COMMAND_KEY:
        if (!read_text(object, "keysym", c->keysym, sizeof(c->keysym)) || c->keysym[0] == '\0')
            return "keysym must be the name of a key";
        if (!json_is_boolean(json_object_get(object, "down")))
            return "down must be true or false";
        c->down = json_is_true(json_object_get(object, "down"));
        return NULL;
    case DS_COMMAND_POINTER:
        if (!read_int(object, "x", 0, UINT16_MAX, &c->x) ||
            !read_int(object, "y", 0, UINT16_MAX, &c->y))
            return "x and y must be whole numbers from 0";
        if (!read_int(object, "buttons", 0, 127, &c->buttons))
            return "buttons must be a whole number from 0 to 127";
        return NULL;
    case DS_COMMAND_SCROLL:
        return read_int(object, "x", 0, UINT16_MAX, &c->x) &&
                       read_int(object, "y", 0, UINT16_MAX, &c->y)
                   ? NULL
                   : "x and y must be whole numbers from 0";
    case DS_COMMAND_SCALE:
        if (!read_text(object, "scale", scale, sizeof(scale)) ||
            (strcmp(scale, "fit") != 0 && strcmp(scale, "1:1") != 0))
            return "scale must be fit or 1:1";
        c->fit = strcmp(scale, "fit") == 0;
        return NULL;
    case DS_COMMAND_NOTE:
        c->note.color = DS_NOTE_COLOR;
        return read_note(object, &c->note);
    case DS_COMMAND_DRAW:
        return read_draw(object, &c->note);
    case DS_COMMAND_MONITOR:
        return read_int(object, "index", -1, DS_SCREEN_MONITORS_MAX - 1, &c->monitor)
                   ? NULL
                   : "index must be a monitor's number, or -1 for all";
    case DS_COMMAND_SHARE:
        return read_share(object, c);
    case DS_COMMAND_CHAT:
        return read_long_text(object, "text", DS_TEXT_CHAT - 1, &c->text)
                   ? NULL
                   : "text must have 1 to 4000 bytes";
    case DS_COMMAND_ARRANGE:
        return read_long_text(object, "how", 8, &c->text) &&
                       (strcmp(c->text, "tile") == 0 || strcmp(c->text, "cascade") == 0 ||
                        strcmp(c->text, "last") == 0)
                   ? NULL
                   : "how must be tile, cascade or last";
    case DS_COMMAND_RENAME:
        return read_long_text(object, "name", DS_TEXT_REASON - 1, &c->text)
                   ? NULL
                   : "name must have 1 to 63 bytes";
    case DS_COMMAND_DIAGNOSTICS:
        return read_long_text(object, "path", TEXT_MAX, &c->text)
                   ? NULL
                   : "path must be a text of 1 to 4096 bytes";
    case DS_COMMAND_CLIPBOARD:
        return read_clipboard(object, c);
    case DS_COMMAND_SEND_FILE:
    case DS_COMMAND_ACCEPT_FILE:
    case DS_COMMAND_REFUSE_FILE:
    case DS_COMMAND_CANCEL_FILE:
    case DS_COMMAND_PAUSE_FILE:
    case DS_COMMAND_RESUME_FILE:
        return read_file_fields(object, c);
    case DS_COMMAND_SET:
        return read_preference(object, c);
    case DS_COMMAND_PREFERENCES:
        c->on = !json_is_false(json_object_get(object, "on"));
        return NULL;
    case DS_COMMAND_SEND_KEYS:
        return read_text(object, "keys", c->keys, sizeof(c->keys)) && c->keys[0]
                   ? NULL
                   : "keys must be names of keys joined by +";
    case DS_COMMAND_SCREENSHOT:
        return !json_object_get(object, "path") ||
                       read_long_text(object, "path", TEXT_MAX, &c->text)
                   ? NULL
                   : "path must be a text of 1 to 4096 bytes";
    default:
        return NULL;
    }
}

int ds_command_parse(const char *line, size_t n, struct ds_command **out, char tag[65],
                     const char **why)
{
    tag[0] = '\0';
    *why = "not a JSON object";
    json_t *object = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    struct ds_command *c = NULL;
    int error = DS_EPROTO;
    if (!json_is_object(object))
        goto out;
    if (json_object_get(object, "tag") && !read_text(object, "tag", tag, 65)) {
        *why = "tag must be a text of at most 64 bytes";
        goto out;
    }
    const char *name = json_string_value(json_object_get(object, "cmd"));
    *why = "session must be a number from 1";
    int session = 1;
    if (json_object_get(object, "session") && !read_int(object, "session", 1, INT32_MAX, &session))
        goto out;
    *why = "cmd is missing";
    if (!name)
        goto out;
    int type = 0;
    while (type < DS_COMMAND_COUNT && strcmp(names[type], name) != 0)
        type++;
    *why = "no such command";
    error = DS_EUNSUPPORTED;
    if (type == DS_COMMAND_COUNT)
        goto out;
    c = calloc(1, sizeof(*c));
    error = DS_ENOMEM;
    if (!c)
        goto out;
    c->letter.destroy = destroy;
    c->type = (enum ds_command_type)type;
    c->session = (unsigned)session;
    memcpy(c->tag, tag, sizeof(c->tag));
    *why = read_fields(object, c);
    error = *why ? DS_EPROTO : DS_OK;
    if (!error) {
        *out = c;
        c = NULL;
    }
out:
    if (c)
        destroy(&c->letter);
    json_decref(object);
    return error;
}
