/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/selection_atoms.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    "CLIPBOARD",      "TARGETS",        "MULTIPLE",          "TIMESTAMP",
    "INCR",           "ATOM_PAIR",      "UTF8_STRING",       "text/plain;charset=utf-8",
    "TEXT",           "text/html",      "image/png",         "x-kde-passwordManagerHint",
    "DESKSIDE_OFFER", "DESKSIDE_PLACE", "DESKSIDE_CLIPBOARD"};

#define COUNT (sizeof(names) / sizeof(names[0]))

bool ds_selection_atoms_get(struct ds_selection_atoms *atoms, xcb_connection_t *conn)
{
    xcb_atom_t *const places[COUNT] = {
        &atoms->clipboard, &atoms->targets, &atoms->multiple,   &atoms->timestamp, &atoms->incr,
        &atoms->pair,      &atoms->utf8,    &atoms->plain_utf8, &atoms->text,      &atoms->html,
        &atoms->png,       &atoms->hint,    &atoms->marker,     &atoms->place,     &atoms->read};
    xcb_intern_atom_cookie_t asked[COUNT];
    bool has_all = true;
    for (size_t i = 0; i < COUNT; i++)
        asked[i] = xcb_intern_atom(conn, 0, (uint16_t)strlen(names[i]), names[i]);
    for (size_t i = 0; i < COUNT; i++) {
        xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(conn, asked[i], NULL);
        *places[i] = reply ? reply->atom : XCB_ATOM_NONE;
        has_all = has_all && *places[i] != XCB_ATOM_NONE;
        free(reply);
    }
    return has_all;
}
