/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "packing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_MAX (DS_SCREEN_CHUNK_MAX + 4096)
#define BLOCK_MAX 131072u

static void fail(const char *what)
{
    fprintf(stderr, "packing: %s\n", what);
    exit(1);
}

void soak_packing_init(struct soak_packing *p)
{
    memset(p, 0, sizeof(*p));
    p->out = malloc(2 * OUT_MAX);
    if (!p->out)
        fail("no memory");
}

void soak_packing_destroy(struct soak_packing *p)
{
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        ds_packer_destroy(p->packers[0][s]);
        ds_packer_destroy(p->packers[1][s]);
    }
    free(p->out);
}

void soak_packing_start(struct soak_packing *p, enum soak_manner manner)
{
    p->manner = manner;
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        p->fresh[s] = true;
        if (manner != SOAK_STORED && p->packers[manner == SOAK_ZLIB][s])
            ds_packer_reset(p->packers[manner == SOAK_ZLIB][s]);
    }
}

/* A zstd frame that goes on: magic, a head of window size only, blocks of type 0 (stored). */
static size_t store(struct soak_packing *p, int s, const uint8_t *bytes, size_t n, uint8_t *out)
{
    bool history = s < DS_STREAMS_WITH_HISTORY;
    size_t at = 0;
    if (p->fresh[s] || !history) {
        static const uint8_t head[5] = {0x28, 0xb5, 0x2f, 0xfd, 0};
        memcpy(out, head, sizeof(head));
        out[5] = (uint8_t)(((history ? DS_WINDOW_LOG : 18) - 10) << 3);
        at = 6;
        p->fresh[s] = false;
    }
    while (n > 0) {
        size_t block = n < BLOCK_MAX ? n : BLOCK_MAX;
        n -= block;
        uint32_t head = (uint32_t)block << 3 | (!history && n == 0);
        out[at++] = (uint8_t)head;
        out[at++] = (uint8_t)(head >> 8);
        out[at++] = (uint8_t)(head >> 16);
        memcpy(out + at, bytes, block);
        at += block;
        bytes += block;
    }
    return at;
}

static size_t pack(struct soak_packing *p, int s, const uint8_t *bytes, size_t n, uint8_t *out,
                   size_t size)
{
    if (s == DS_STREAM_JPEG) {
        memcpy(out, bytes, n);
        return n;
    }
    if (p->manner == SOAK_STORED)
        return store(p, s, bytes, n, out);
    bool zlib = p->manner == SOAK_ZLIB;
    struct ds_packer **packer = &p->packers[zlib][s];
    if (!*packer)
        *packer = ds_packer_new(zlib, s < DS_STREAMS_WITH_HISTORY ? DS_WINDOW_LOG : 0);
    if (!*packer)
        fail("no memory");
    int64_t len = ds_packer_pack(*packer, bytes, n, out, size);
    if (len < 0)
        fail("a stream does not pack");
    return (size_t)len;
}

static size_t put_number(uint8_t *out, size_t n)
{
    size_t len = 0;
    for (; n >= 0x80; n >>= 7)
        out[len++] = (uint8_t)(n | 0x80);
    out[len++] = (uint8_t)n;
    return len;
}

size_t soak_pack(struct soak_packing *p, const struct soak_model *m, struct soak_dice *dice)
{
    uint8_t head[DS_CHUNK_HEADER_MAX] = {p->manner == SOAK_ZLIB ? DS_CHUNK_ZLIB : 0};
    uint8_t *body = p->out + OUT_MAX;
    size_t head_len = 1, body_len = 0, total = 0;
    bool lie = dice && soak_draw(dice, 64) == 0;
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        size_t n = m->len[s];
        if (n == 0 || total + n > DS_CHUNK_RAW_MAX)
            continue;
        total += n;
        head[0] |= (uint8_t)(1u << s);
        size_t len = pack(p, s, m->streams[s], n, body + body_len, OUT_MAX - body_len);
        if (lie && soak_draw(dice, 3) == 0)
            n += soak_draw(dice, 5) - 2u;
        head_len += put_number(head + head_len, n & 0xffffffffu);
        if (s != DS_STREAM_JPEG)
            head_len += put_number(head + head_len, lie && soak_draw(dice, 3) == 0 ? len + 1 : len);
        body_len += len;
    }
    if (dice && soak_draw(dice, 64) == 0)
        head[0] ^= (uint8_t)(1u << soak_draw(dice, 8));
    memcpy(p->out, head, head_len);
    memmove(p->out + head_len, body, body_len);
    if (dice && body_len > 0 && soak_draw(dice, 32) == 0)
        p->out[head_len + soak_draw(dice, (uint32_t)body_len)] ^=
            (uint8_t)(1u << soak_draw(dice, 8));
    size_t len = head_len + body_len;
    return dice && soak_draw(dice, 128) == 0 ? soak_draw(dice, (uint32_t)len) : len;
}
