/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/file_words.h"

#include "common/ui/text.h"

#include <stdio.h>

const char *ds_file_words(enum ds_file_fault fault, bool is_ours)
{
    switch (fault) {
    case DS_FILE_OK:
    case DS_FILE_FAULTS:
        return "";
    case DS_FILE_NOT_FOUND:
        return DS_TR("There is no such file.");
    case DS_FILE_NOT_A_FILE:
        return DS_TR("Only files and folders can be sent, not devices.");
    case DS_FILE_NO_READING:
        return is_ours ? DS_TR("The file cannot be read.")
                       : DS_TR("The file cannot be read on the other computer.");
    case DS_FILE_CHANGED:
        return DS_TR("The file changed while it was sent. Send it again.");
    case DS_FILE_NO_FOLDER:
        return DS_TR("There is no such folder.");
    case DS_FILE_EXISTING:
        return is_ours ? DS_TR("A file of that name exists on the other computer.")
                       : DS_TR("A file of that name exists already.");
    case DS_FILE_NO_SPACE:
        return is_ours ? DS_TR("The disk of the other computer is full.")
                       : DS_TR("The disk is full. Make room, then have the file sent again.");
    case DS_FILE_NO_WRITING:
        return is_ours ? DS_TR("The file cannot be saved on the other computer.")
                       : DS_TR("The file cannot be saved there.");
    case DS_FILE_DAMAGED:
        return DS_TR("The file was damaged on its way. Send it again.");
    case DS_FILE_NO_MEMORY:
        return DS_TR("This computer has too little memory.");
    case DS_FILE_REFUSED:
        return is_ours ? DS_TR("The other side did not take the file.")
                       : DS_TR("The file was not taken.");
    case DS_FILE_NO_RIGHT:
        return DS_TR("Files are not allowed in this session.");
    case DS_FILE_TOO_MANY:
        return DS_TR("Too many files wait already.");
    case DS_FILE_ENDED:
        return DS_TR("The session ended before the file was complete.");
    case DS_FILE_HOSTILE:
        return DS_TR("The folder has names in it that no honest program sends.");
    case DS_FILE_OLD_PEER:
        return DS_TR("The program on the other computer is too old for that.");
    case DS_FILE_STRANGE:
        break;
    }
    return DS_TR("The file could not be sent.");
}

/* As the windows show sizes, but with one digit more where it counts. */
static void put_bytes(char out[32], uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double value = (double)bytes / 1000;
    unsigned unit = 0;
    for (; value >= 999.95 && unit < 3; unit++)
        value /= 1000;
    if (bytes < 1000)
        snprintf(out, 32, "%u\u00a0B", (unsigned)bytes);
    else
        snprintf(out, 32, "%.1f\u00a0%s", value, units[unit]);
}

void ds_file_sentence(char out[DS_FILE_SENTENCE], const struct ds_file *file)
{
    const char *words = ds_file_words(file->fault, file->is_ours);
    char needed[32], room[32];
    if (file->fault != DS_FILE_NO_SPACE || file->needed == 0) {
        snprintf(out, DS_FILE_SENTENCE, "%s", words);
        return;
    }
    put_bytes(needed, file->needed);
    put_bytes(room, file->room);
    snprintf(
        out, DS_FILE_SENTENCE,
        file->is_ours
            ? DS_TR("The disk of the other computer is full: %s are still to come, %s are free. "
                    "What arrived is kept; send it again when there is room.")
            : DS_TR("The disk is full: %s are still to come, %s are free. What arrived is kept; "
                    "make room, then have it sent again."),
        needed, room);
}
