/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saving the record of a session as a plain text file. */
#include "agent/show/page.h"

#include "common/ui/document.h"

#include <string.h>

int agent_record_save(const struct agent_view *view, const char *folder, char *path, size_t size)
{
    char text[4096];
    agent_show_record_text(view, text, sizeof text);
    return ds_document_save(folder, "Deskside", text, strlen(text), path, size);
}
