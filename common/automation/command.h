/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command line of --commands, checked. */
#ifndef DS_AUTOMATION_COMMAND_H
#define DS_AUTOMATION_COMMAND_H

#include "common/base/mailbox.h"
#include "common/wire/note.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ds_command_type {
    DS_COMMAND_SECURITY_NUMBER, /* viewer: number */
    DS_COMMAND_CONTINUE,        /* agent: past the warning of who wants in */
    DS_COMMAND_GRANT,           /* agent: right comes_back */
    DS_COMMAND_REQUEST,         /* viewer: right */
    DS_COMMAND_REVOKE,          /* right */
    DS_COMMAND_PAUSE,
    DS_COMMAND_RESUME,          /* viewer */
    DS_COMMAND_KEY,             /* viewer: keysym down */
    DS_COMMAND_POINTER,         /* viewer: x y buttons, in pixels of the picture */
    DS_COMMAND_SCALE,           /* viewer: scale = "fit" or "1:1" */
    DS_COMMAND_SCROLL,          /* viewer: x y, the picture's pixel at the window's left and top */
    DS_COMMAND_MONITOR,         /* viewer: index, -1 for all */
    DS_COMMAND_RESTART_MACHINE, /* viewer: the customer's computer */
    DS_COMMAND_NOTE,            /* note */
    DS_COMMAND_DRAW,            /* agent: note.tool, 0: no longer */
    DS_COMMAND_UNDO_NOTE,       /* viewer */
    DS_COMMAND_ERASE_NOTES,
    DS_COMMAND_END,
    DS_COMMAND_CHAT,        /* text */
    DS_COMMAND_TYPING,      /* the person writes a chat message */
    DS_COMMAND_SEEN,        /* the person has seen all of the chat */
    DS_COMMAND_SEND_FILE,   /* text: count paths, each with its NUL, then an empty one */
    DS_COMMAND_DIAGNOSTICS, /* text: path of the new file */
    DS_COMMAND_ACCEPT_FILE, /* id exists; text: path of a folder or of the new file */
    DS_COMMAND_REFUSE_FILE, /* id */
    DS_COMMAND_CANCEL_FILE, /* id */
    DS_COMMAND_SET,         /* viewer: name value, of a preference */
    DS_COMMAND_PREFERENCES, /* viewer: on */
    DS_COMMAND_SEND_KEYS,   /* viewer: keys, "Ctrl+Alt+Del" */
    DS_COMMAND_SCREENSHOT,  /* viewer: text: path of the new file, NULL: where such pictures go */
    DS_COMMAND_PAUSE_FILE,  /* id */
    DS_COMMAND_RESUME_FILE, /* id */
    DS_COMMAND_NEW_SESSION, /* viewer: another one, in a window of its own */
    DS_COMMAND_ARRANGE,     /* viewer: text = "tile", "cascade" or "last" */
    DS_COMMAND_RAISE,       /* viewer: the session's window comes to the front */
    DS_COMMAND_RENAME,      /* viewer: text, what the session is called here */
    DS_COMMAND_SHARE,       /* share; viewer: monitor or window */
    DS_COMMAND_CLIPBOARD,   /* clipboard, on */
    DS_COMMAND_COUNT,
};

/* What DS_COMMAND_CLIPBOARD switches. */
enum ds_command_clipboard {
    DS_COMMAND_CLIPBOARD_TO_CUSTOMER,
    DS_COMMAND_CLIPBOARD_TO_REP,
    DS_COMMAND_CLIPBOARD_PRIMARY, /* what is marked, too */
};

enum ds_command_share {
    DS_COMMAND_SHARE_MINE,  /* viewer: the rep's own screen is shown */
    DS_COMMAND_SHARE_OTHER, /* viewer: the customer's, again */
    DS_COMMAND_SHARE_STOP,  /* viewer: neither */
    DS_COMMAND_SHARE_CLOSE, /* agent: the window with the rep's screen */
    DS_COMMAND_SHARE_FULL,  /* agent: that window over the whole screen, or no longer */
};

struct ds_command {
    struct ds_letter letter; /* destroy it by letter.destroy */
    enum ds_command_type type;
    unsigned session; /* which of the program's sessions is meant, from 1: the first */
    char tag[65];     /* "" when there is none */
    char number[DS_TEXT_NUMBER];
    enum ds_right right;
    char keysym[33]; /* name as in keysymdef.h without XK_, or U+20AC */
    bool down;
    int x, y, buttons;
    int monitor;
    bool fit;
    char name[33], value[33]; /* of a preference; "on":true is the value "on" */
    char keys[129];
    bool on;
    struct ds_note note; /* tool, colour, points and text; of the picture that is shown */
    uint32_t id;         /* of a file */
    unsigned exists;     /* enum ds_file_exists */
    size_t count;        /* of paths in text */
    char *text;          /* owned by the command, or NULL: 1..4096 bytes, without NUL */
    enum ds_command_clipboard clipboard;
    enum ds_command_share share;
    uint32_t window; /* SHARE: of the display; 0: none is named */
    bool comes_back; /* GRANT of restart: the picture comes back without a question */
};

/* Parses one line (without its newline). On failure returns DS_EPROTO (not a command object, a
 * field missing or out of range: *why says which, static), DS_EUNSUPPORTED (no such command) or
 * DS_ENOMEM; tag is filled when one could be read. */
int ds_command_parse(const char *line, size_t n, struct ds_command **out, char tag[65],
                     const char **why);

#endif
