/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grab: writes the distinct pictures of the X display to a file.
 *
 *     grab FILE.raw [--fps 20] [--frames 120] [--seconds 25]
 *     grab --settle MS [--seconds 10]
 *
 * Every picture is the whole screen: height rows of width pixels, 4 bytes each (blue, green, red,
 * zero), top row first, no header. A picture equal to the one before is not written, so the number
 * of frames is the number of updates, not the time that passed. --settle writes nothing: it returns
 * when the screen has not changed for MS, or after --seconds.
 */
#define _GNU_SOURCE
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <time.h>

struct screen {
    Display *display;
    XShmSegmentInfo segment;
    XImage *image;
    size_t size;   /* bytes of one picture */
    uint8_t *last; /* the picture before; size bytes */
    bool has_last;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void sleep_until(double when)
{
    double left = when - now();
    if (left <= 0)
        return;
    struct timespec t = {(time_t)left, (long)((left - (time_t)left) * 1e9)};
    nanosleep(&t, NULL);
}

static void die(const char *what)
{
    fprintf(stderr, "grab: %s\n", what);
    exit(1);
}

static void screen_open(struct screen *s)
{
    s->display = XOpenDisplay(NULL);
    if (!s->display)
        die("no display");
    int n = DefaultScreen(s->display);
    s->image =
        XShmCreateImage(s->display, DefaultVisual(s->display, n), 24, ZPixmap, NULL, &s->segment,
                        DisplayWidth(s->display, n), DisplayHeight(s->display, n));
    if (!s->image || s->image->bits_per_pixel != 32 || s->image->byte_order != LSBFirst)
        die("needs a 24-bit little-endian display with shared memory");
    s->size = (size_t)s->image->bytes_per_line * s->image->height;
    s->segment.shmid = shmget(IPC_PRIVATE, s->size, IPC_CREAT | 0600);
    s->segment.shmaddr = s->image->data = shmat(s->segment.shmid, NULL, 0);
    if (s->segment.shmaddr == (void *)-1 || !XShmAttach(s->display, &s->segment))
        die("no shared memory");
    XSync(s->display, False);
    shmctl(s->segment.shmid, IPC_RMID, NULL);
    s->last = calloc(1, s->size);
    if (!s->last)
        die("no memory");
}

/* Reads the screen; true when it differs from the last time. The picture is then in s->last. */
static bool screen_changed(struct screen *s)
{
    XShmGetImage(s->display, DefaultRootWindow(s->display), s->image, 0, 0, AllPlanes);
    uint8_t *pixels = (uint8_t *)s->image->data;
    for (size_t i = 3; i < s->size; i += 4)
        pixels[i] = 0;
    if (s->has_last && memcmp(s->last, pixels, s->size) == 0)
        return false;
    memcpy(s->last, pixels, s->size);
    s->has_last = true;
    return true;
}

static void settle(struct screen *s, double quiet_s, double limit_s)
{
    double start = now(), changed = start;
    while (now() - changed < quiet_s && now() - start < limit_s) {
        if (screen_changed(s))
            changed = now();
        sleep_until(now() + 0.05);
    }
}

static void record(struct screen *s, const char *path, double fps, int limit, double limit_s)
{
    FILE *out = fopen(path, "wb");
    if (!out)
        die(path);
    double start = now(), next = start;
    int frames = 0;
    while (frames < limit && now() - start < limit_s) {
        if (screen_changed(s)) {
            if (fwrite(s->last, 1, s->size, out) != s->size)
                die("cannot write the file");
            frames++;
        }
        next += 1 / fps;
        if (next < now())
            next = now();
        sleep_until(next);
    }
    if (fclose(out))
        die("cannot write the file");
    printf("%s: %d frames of %dx%d in %.1f s\n", path, frames, s->image->width, s->image->height,
           now() - start);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"fps", required_argument, NULL, 'f'},
        {"frames", required_argument, NULL, 'n'},
        {"seconds", required_argument, NULL, 's'},
        {"settle", required_argument, NULL, 'q'},
        {NULL, 0, NULL, 0},
    };
    double fps = 20, seconds = 25, quiet_ms = 0;
    int frames = 120, option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            fps = atof(optarg);
            break;
        case 'n':
            frames = atoi(optarg);
            break;
        case 's':
            seconds = atof(optarg);
            break;
        case 'q':
            quiet_ms = atof(optarg);
            break;
        default:
            return 2;
        }
    }
    if (fps <= 0 || (quiet_ms <= 0) != (optind == argc - 1)) {
        fprintf(stderr, "usage: grab FILE.raw [--fps N] [--frames N] [--seconds S]\n"
                        "       grab --settle MS [--seconds S]\n");
        return 2;
    }
    struct screen screen = {0};
    screen_open(&screen);
    if (quiet_ms > 0)
        settle(&screen, quiet_ms / 1000, seconds);
    else
        record(&screen, argv[optind], fps, frames, seconds);
    return 0;
}
