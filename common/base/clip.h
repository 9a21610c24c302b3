/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a clipboard can hold here and which of a display's selections it is: the same numbers on the
 * wire, in the rules and at the display. */
#ifndef DS_BASE_CLIP_H
#define DS_BASE_CLIP_H

#include <stddef.h>

enum ds_clip_format {
    DS_CLIP_TEXT, /* UTF-8 without NUL */
    DS_CLIP_HTML, /* a piece of HTML, UTF-8 without NUL */
    DS_CLIP_PNG,  /* a picture as a whole file */
    DS_CLIP_FORMATS,
};

/* Formats together: bit 1 << format. */
#define DS_CLIP_ALL_FORMATS ((1u << DS_CLIP_FORMATS) - 1)

enum ds_clip_selection {
    DS_CLIP_CLIPBOARD, /* what was copied */
    DS_CLIP_PRIMARY,   /* what is marked, for the middle button */
    DS_CLIP_SELECTIONS,
};

/* Bytes of one content at most, whatever its format: a screen of 8 million pixels as PNG, or a text
 * of ten thousand pages, fits. */
#define DS_CLIP_MAX (64u << 20)

/* "text", "html", "png": for events and logs. */
static inline const char *ds_clip_format_name(unsigned format)
{
    static const char *const names[DS_CLIP_FORMATS] = {"text", "html", "png"};
    return format < DS_CLIP_FORMATS ? names[format] : "";
}

#endif
