/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reference: what libvncserver's encoders make of the frames of a scene.
 *
 *     reference FILE.raw [--size 1920x1080] [--passes 3] [--encoder lvs-tight]
 *
 * Three encoders, one JSON line each: Tight without loss, Tight with JPEG as viewers ask for it by
 * default (quality 8: JPEG 92, 4:4:4), and ZRLE. Each gets only the changed parts of a frame:
 * blocks of 64 pixels, cropped to the rows and 8-pixel columns that differ, as TigerVNC's comparer
 * finds them. Finding them is timed apart (damage_ms) and not part of encode_ms.
 *
 * Times are CPU time of the encoding thread. The first frame is counted apart. With several passes
 * every frame counts with its fastest one.
 */
#define _GNU_SOURCE
#include <rfb/rfb.h>
#include <rfb/rfbregion.h>

#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PIXEL = 4, BLOCK = 64, STEP = 8, PASSES_MAX = 100 };

struct encoder {
    const char *name;
    int encoding;
    int compress_level;
    int quality; /* Tight's scale, -1: lossless */
    int jpeg_quality;
};

/* Compress level 2 and quality 8 are what TigerVNC's viewer asks for; its quality 8 is JPEG 92. */
static const struct encoder encoders[] = {
    {"lvs-tight", rfbEncodingTight, 2, -1, -1},
    {"lvs-tight-q8", rfbEncodingTight, 2, 8, 92},
    {"lvs-zrle", rfbEncodingZRLE, 2, -1, -1},
};

struct clip {
    const uint8_t *pixels; /* frames pictures of height rows of width pixels, BGRX */
    int width, height, frames;
    size_t frame_size; /* bytes */
};

struct result { /* per frame; arrays of clip.frames */
    size_t *bytes;
    double *encode_ms, *damage_ms;
};

static void die(const char *what)
{
    fprintf(stderr, "reference: %s\n", what);
    exit(1);
}

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p)
        die("no memory");
    return p;
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

/*
 * The client is a socket nobody reads: what the library writes to it is counted here and dropped,
 * so neither copying in the kernel nor a reader disturbs the times. Replaces write() for the
 * library.
 */
static int sink_fd = -1;
static size_t sink_bytes;

ssize_t write(int fd, const void *data, size_t size)
{
    if (fd == sink_fd) {
        sink_bytes += size;
        return (ssize_t)size;
    }
    return syscall(SYS_write, fd, data, size);
}

static void clip_open(struct clip *clip, const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat info;
    if (fd < 0 || fstat(fd, &info))
        die("cannot open the file");
    clip->frame_size = (size_t)clip->width * clip->height * PIXEL;
    clip->frames = (int)(info.st_size / (off_t)clip->frame_size);
    if (clip->frames < 2 || info.st_size % (off_t)clip->frame_size)
        die("not a whole number of frames, or less than two");
    clip->pixels = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (clip->pixels == MAP_FAILED)
        die("cannot map the file");
    close(fd);
}

struct box {
    int left, top, right, bottom; /* right and bottom are the first outside */
};

struct pair { /* two pictures to compare */
    const uint8_t *old, *new;
    int width; /* pixels in a row */
};

/* True when the pixels left..right-1 of row y differ. */
static bool run_differs(const struct pair *p, int y, int left, int right)
{
    size_t at = ((size_t)y * p->width + left) * PIXEL;
    return memcmp(p->old + at, p->new + at, (size_t)(right - left) * PIXEL) != 0;
}

static bool column_differs(const struct pair *p, const struct box *b, int left, int right)
{
    for (int y = b->top; y < b->bottom; y++)
        if (run_differs(p, y, left, right))
            return true;
    return false;
}

/* Shrinks a block to what differs; false when nothing does. */
static bool crop(const struct pair *p, struct box *b)
{
    while (b->top < b->bottom && !run_differs(p, b->top, b->left, b->right))
        b->top++;
    if (b->top == b->bottom)
        return false;
    while (!run_differs(p, b->bottom - 1, b->left, b->right))
        b->bottom--;
    while (b->right - b->left > STEP && !column_differs(p, b, b->left, b->left + STEP))
        b->left += STEP;
    while (b->right - b->left > STEP && !column_differs(p, b, b->right - STEP, b->right))
        b->right -= STEP;
    return true;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* The region of new that differs from old; the caller destroys it. */
static sraRegionPtr damage(const struct clip *clip, const uint8_t *old, const uint8_t *new)
{
    struct pair pair = {old, new, clip->width};
    sraRegionPtr region = sraRgnCreate();
    for (int y = 0; y < clip->height; y += BLOCK) {
        for (int x = 0; x < clip->width; x += BLOCK) {
            struct box b = {x, y, min_int(x + BLOCK, clip->width),
                            min_int(y + BLOCK, clip->height)};
            if (!crop(&pair, &b))
                continue;
            sraRegionPtr part = sraRgnCreateRect(b.left, b.top, b.right, b.bottom);
            sraRgnOr(region, part);
            sraRgnDestroy(part);
        }
    }
    return region;
}

static rfbClientPtr client_new(rfbScreenInfoPtr screen, const struct encoder *e, int fd)
{
    rfbClientPtr client = rfbNewClient(screen, fd);
    if (!client)
        die("libvncserver refuses the client");
    client->state = RFB_NORMAL;
    client->format = screen->serverFormat;
    rfbSetTranslateFunction(client);
    client->preferredEncoding = e->encoding;
    client->tightCompressLevel = client->zlibCompressLevel = e->compress_level;
    client->tightQualityLevel = e->quality;
    client->turboQualityLevel = e->jpeg_quality;
    client->turboSubsampLevel = 0; /* 4:4:4 */
    client->enableLastRectEncoding = TRUE;
    client->enableCursorShapeUpdates = TRUE;
    client->useCopyRect = FALSE;
    return client;
}

/* One pass over the clip; keeps the smaller time of each frame. */
static void run(const struct clip *clip, const struct encoder *e, struct result *r, bool first_pass)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        die("no socket");
    sink_fd = pair[0];

    rfbScreenInfoPtr screen = rfbGetScreen(NULL, NULL, clip->width, clip->height, 8, 3, PIXEL);
    screen->frameBuffer = allocate(1, clip->frame_size);
    screen->port = screen->ipv6port = 0;
    screen->serverFormat.redShift = 16;
    screen->serverFormat.greenShift = 8;
    screen->serverFormat.blueShift = 0;
    screen->cursor = NULL;
    rfbClientPtr client = client_new(screen, e, pair[0]);

    uint8_t *black = allocate(1, clip->frame_size);
    const uint8_t *old = black;
    sraRegionPtr all = sraRgnCreateRect(0, 0, clip->width, clip->height);
    for (int i = 0; i < clip->frames; i++) {
        const uint8_t *new = clip->pixels + (size_t)i * clip->frame_size;
        memcpy(screen->frameBuffer, new, clip->frame_size);

        double start = cpu_ms();
        sraRegionPtr changed = damage(clip, old, new);
        double damage_ms = cpu_ms() - start;
        sraRgnOr(client->modifiedRegion, all);
        sraRgnOr(client->requestedRegion, all);

        size_t before = sink_bytes;
        start = cpu_ms();
        if (!rfbSendFramebufferUpdate(client, changed))
            die("the encoder failed");
        double encode_ms = cpu_ms() - start;
        if (sink_bytes == before && !sraRgnEmpty(changed))
            die("no bytes seen: does libvncserver use another call than write()?");

        r->bytes[i] = sink_bytes - before;
        if (first_pass || encode_ms < r->encode_ms[i])
            r->encode_ms[i] = encode_ms;
        if (first_pass || damage_ms < r->damage_ms[i])
            r->damage_ms[i] = damage_ms;
        sraRgnDestroy(changed);
        old = new;
    }
    sraRgnDestroy(all);
    free(black);
    free(screen->frameBuffer);
    screen->frameBuffer = NULL;
    rfbClientConnectionGone(client);
    rfbScreenCleanup(screen);
    close(pair[1]);
    sink_fd = -1;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts values; the smallest that at least 99 of 100 do not exceed. */
static double percentile_99(double *values, int count)
{
    qsort(values, (size_t)count, sizeof(*values), compare_doubles);
    return values[(count * 99 + 99) / 100 - 1];
}

static void print(const struct clip *clip, const struct encoder *e, struct result *r)
{
    int updates = clip->frames - 1;
    size_t bytes = 0, max_bytes = 0;
    double encode_ms = 0, damage_ms = 0, key_ms = r->encode_ms[0];
    for (int i = 1; i < clip->frames; i++) {
        bytes += r->bytes[i];
        encode_ms += r->encode_ms[i];
        damage_ms += r->damage_ms[i];
        if (r->bytes[i] > max_bytes)
            max_bytes = r->bytes[i];
    }
    printf("{\"encoder\":\"%s\",\"frames\":%d,\"key_bytes\":%zu,\"bytes_per_update\":%.0f,"
           "\"encode_ms\":%.3f,\"max_update_bytes\":%zu,\"p99_encode_ms\":%.3f,"
           "\"key_ms\":%.3f,\"damage_ms\":%.3f}\n",
           e->name, clip->frames, r->bytes[0], (double)bytes / updates, encode_ms / updates,
           max_bytes, percentile_99(r->encode_ms + 1, updates), key_ms, damage_ms / updates);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"size", required_argument, NULL, 's'},
        {"passes", required_argument, NULL, 'p'},
        {"encoder", required_argument, NULL, 'e'},
        {NULL, 0, NULL, 0},
    };
    struct clip clip = {.width = 1920, .height = 1080};
    const char *only = NULL;
    int passes = 1, option;
    bool usable = true;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 's':
            usable = sscanf(optarg, "%dx%d", &clip.width, &clip.height) == 2;
            break;
        case 'p':
            passes = atoi(optarg);
            break;
        case 'e':
            only = optarg;
            break;
        default:
            usable = false;
        }
    }
    if (!usable || optind != argc - 1 || passes < 1 || passes > PASSES_MAX || clip.width < 1 ||
        clip.width > 16384 || clip.height < 1 || clip.height > 16384) {
        fprintf(stderr, "usage: reference FILE.raw [--size WxH] [--passes N] [--encoder NAME]\n");
        return 2;
    }
    rfbLogEnable(0);
    clip_open(&clip, argv[optind]);

    bool found = false;
    struct result r = {
        allocate((size_t)clip.frames, sizeof(*r.bytes)),
        allocate((size_t)clip.frames, sizeof(*r.encode_ms)),
        allocate((size_t)clip.frames, sizeof(*r.damage_ms)),
    };
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++) {
        if (only && strcmp(only, encoders[i].name))
            continue;
        found = true;
        for (int pass = 0; pass < passes; pass++)
            run(&clip, &encoders[i], &r, pass == 0);
        print(&clip, &encoders[i], &r);
    }
    if (!found)
        die("no such encoder: lvs-tight, lvs-tight-q8, lvs-zrle");
    free(r.bytes);
    free(r.encode_ms);
    free(r.damage_ms);
    return 0;
}
