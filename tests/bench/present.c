/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What drawing the customer's picture into the window costs: a full change, a page that scrolls and
 * a key press, at usual sizes. Usage: present [SECONDS a case]. CPU time of this thread, best of
 * the runs. */
#include "viewer/present/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double best_of(const struct viewer_view *view, const struct ds_image *image,
                      struct ds_rect changed, uint8_t *window, double seconds)
{
    struct ds_rect part = viewer_view_cover(view, changed);
    size_t stride = (size_t)view->window_width * 4;
    double best = 1e9, until = cpu_ms() + seconds * 1e3;
    do {
        double before = cpu_ms();
        int times = part.width * part.height > 100000 ? 1 : 50;
        for (int i = 0; i < times; i++)
            if (viewer_scale_draw(view, image, part, window, stride) != 0)
                return -1;
        double took = (cpu_ms() - before) / times;
        best = took < best ? took : best;
    } while (cpu_ms() < until);
    return best;
}

int main(int argc, char **argv)
{
    static const struct {
        int picture_width, picture_height, window_width, window_height;
        enum viewer_scale scale;
    } cases[] = {
        {3840, 2160, 3840, 2160, VIEWER_SCALE_ONE}, {3840, 2160, 1920, 1080, VIEWER_SCALE_ONE},
        {3840, 2160, 1920, 1080, VIEWER_SCALE_FIT}, {3840, 2160, 1880, 980, VIEWER_SCALE_FIT},
        {3840, 2160, 2560, 1440, VIEWER_SCALE_FIT}, {3840, 2160, 1200, 675, VIEWER_SCALE_FIT},
        {1920, 1080, 1600, 900, VIEWER_SCALE_FIT},  {1920, 1080, 1280, 720, VIEWER_SCALE_FIT},
        {1920, 1080, 2560, 1440, VIEWER_SCALE_FIT}, {1920, 1080, 3840, 2160, VIEWER_SCALE_FIT},
    };
    double seconds = argc > 1 ? atof(argv[1]) : 0.3;
    printf("%-30s %10s %10s %10s\n", "picture, window", "full ms", "scroll ms", "key ms");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int pw = cases[i].picture_width, ph = cases[i].picture_height;
        struct viewer_view view = {.scale = cases[i].scale};
        struct ds_image image;
        viewer_view_set_window(&view, cases[i].window_width, cases[i].window_height);
        viewer_view_set_picture(&view, pw, ph);
        uint8_t *window = calloc((size_t)cases[i].window_width * (size_t)cases[i].window_height, 4);
        if (!window || ds_image_init(&image, (uint32_t)pw, (uint32_t)ph) != 0)
            return 1;
        uint32_t seed = 1;
        for (uint32_t y = 0; y < image.height; y++)
            for (uint32_t x = 0; x < image.width; x++) {
                seed = seed * 1664525u + 1013904223u;
                ds_image_row(&image, y)[x] = seed >> 8;
            }
        struct ds_rect full = {0, 0, pw, ph}, scroll = {pw / 4, ph / 8, pw / 2, ph * 3 / 4};
        struct ds_rect key = {pw / 2, ph / 2, 12, 22};
        char name[64];
        snprintf(name, sizeof(name), "%dx%d in %dx%d %s", pw, ph, cases[i].window_width,
                 cases[i].window_height, cases[i].scale == VIEWER_SCALE_ONE ? "1:1" : "fit");
        printf("%-30s %10.2f %10.2f %10.4f\n", name, best_of(&view, &image, full, window, seconds),
               best_of(&view, &image, scroll, window, seconds),
               best_of(&view, &image, key, window, seconds));
        ds_image_destroy(&image);
        free(window);
    }
    return 0;
}
