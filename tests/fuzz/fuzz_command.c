/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command lines of --commands: whatever stands in a line, what comes out is within its bounds. */
#include "common/automation/command.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_command *command = NULL;
    char tag[65] = "";
    const char *why = NULL;
    int error = ds_command_parse((const char *)data, size, &command, tag, &why);
    if (!memchr(tag, '\0', sizeof(tag)))
        abort();
    if (error)
        return command ? abort(), 0 : 0;
    if (command->type >= DS_COMMAND_COUNT || command->right > DS_RIGHT_COUNT ||
        !memchr(command->keysym, '\0', sizeof(command->keysym)) ||
        !memchr(command->number, '\0', sizeof(command->number)) || strcmp(command->tag, tag) != 0)
        abort();
    command->letter.destroy(&command->letter);
    return 0;
}
