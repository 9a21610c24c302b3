/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $XDG_CONFIG_HOME/deskside/layout.conf (else ~/.config): for each count of windows a line
 * "2=x,y,width,height;x,y,width,height". */
#include "viewer/windows.h"

#include "common/base/log.h"
#include "viewer/settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SIDE_MAX 32767

struct layouts {
    bool is_known[VIEWER_TABS_MAX + 1];
    struct ds_rect of[VIEWER_TABS_MAX + 1][VIEWER_TABS_MAX];
};

static bool read_places(const char *text, unsigned count, struct ds_rect *out)
{
    for (unsigned i = 0; i < count; i++) {
        struct ds_rect *r = &out[i];
        int used = 0;
        if (sscanf(text, "%d,%d,%d,%d%n", &r->x, &r->y, &r->width, &r->height, &used) != 4 ||
            r->x < -SIDE_MAX || r->y < -SIDE_MAX || r->x > SIDE_MAX || r->y > SIDE_MAX ||
            r->width < 1 || r->height < 1 || r->width > SIDE_MAX || r->height > SIDE_MAX)
            return false;
        text += used;
        text += *text == ';';
    }
    return true;
}

static void load(struct layouts *layouts)
{
    char path[600], line[600];
    *layouts = (struct layouts){0};
    FILE *file = viewer_settings_path("layout.conf", path, sizeof(path)) ? fopen(path, "re") : NULL;
    if (!file)
        return;
    while (fgets(line, sizeof(line), file)) {
        unsigned count = (unsigned)(line[0] - '0');
        if (count >= 1 && count <= VIEWER_TABS_MAX && line[1] == '=')
            layouts->is_known[count] = read_places(line + 2, count, layouts->of[count]);
    }
    fclose(file);
}

bool viewer_layout_load(unsigned count, struct ds_rect out[VIEWER_TABS_MAX])
{
    struct layouts layouts;
    load(&layouts);
    if (count > VIEWER_TABS_MAX || !layouts.is_known[count])
        return false;
    memcpy(out, layouts.of[count], sizeof(layouts.of[count]));
    return true;
}

static bool write_all(const char *path, const struct layouts *layouts)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    for (unsigned count = 1; count <= VIEWER_TABS_MAX; count++) {
        if (!layouts->is_known[count])
            continue;
        fprintf(file, "%u=", count);
        for (unsigned i = 0; i < count; i++) {
            const struct ds_rect *r = &layouts->of[count][i];
            fprintf(file, "%s%d,%d,%d,%d", i ? ";" : "", r->x, r->y, r->width, r->height);
        }
        fprintf(file, "\n");
    }
    bool fine = !ferror(file);
    return fclose(file) == 0 && fine;
}

void viewer_layout_save(unsigned count, const struct ds_rect places[VIEWER_TABS_MAX])
{
    struct layouts layouts;
    char path[600], part[616];
    if (count < 1 || count > VIEWER_TABS_MAX ||
        !viewer_settings_path("layout.conf", path, sizeof(path)))
        return;
    load(&layouts);
    layouts.is_known[count] = true;
    memcpy(layouts.of[count], places, count * sizeof(places[0]));
    snprintf(part, sizeof(part), "%s.part", path);
    if (!write_all(part, &layouts) || rename(part, path) != 0) {
        ds_log_info("the places of the windows could not be kept: %s", strerror(errno));
        unlink(part);
    }
}
