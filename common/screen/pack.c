/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/pack.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>

#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_c_literalCompressionMode */
#define ZLIB_CONST               /* next_in is not written through */
#include <zlib.h>
#include <zstd.h>

struct ds_packer {
    bool history;
    ZSTD_CCtx *zstd; /* owned; NULL: deflate */
    z_stream zlib;
};

/* What is left after copies and remembered tiles is little, so it may cost more a byte than zstd's
 * level 1: short matches, the best of the last 32 that begin alike (zstd looks at 16 of those at
 * once, which is why it costs little). On the bench corpus against the last four: 16 % fewer bytes
 * in term_log, 6 % in code, at the same time within what can be measured; the last 64 would take
 * another 3 % of term_log and cost 12 % more time of an update. The tables take 1.5 MiB. */
static bool set_history(ZSTD_CCtx *zstd, int window_log)
{
    const struct {
        ZSTD_cParameter parameter;
        int value;
    } settings[] = {
        {ZSTD_c_compressionLevel, 1},   {ZSTD_c_windowLog, window_log},
        {ZSTD_c_strategy, ZSTD_greedy}, {ZSTD_c_minMatch, 5},
        {ZSTD_c_hashLog, 18},           {ZSTD_c_chainLog, 16},
        {ZSTD_c_searchLog, 5},
    };
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (ZSTD_isError(ZSTD_CCtx_setParameter(zstd, settings[i].parameter, settings[i].value)))
            return false;
    return true;
}

/* A level so far below zero that looking for matches is given up at once. Literals are then left
 * as they are unless told otherwise; a zstd that no longer knows this setting still packs, only
 * larger. */
static bool set_huffman(ZSTD_CCtx *zstd)
{
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_literalCompressionMode, ZSTD_ps_enable);
    return !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, ZSTD_minCLevel())) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_windowLog, 18)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0));
}

struct ds_packer *ds_packer_new(bool zlib, int window_log)
{
    struct ds_packer *p = ds_alloc_array(1, sizeof(*p));
    if (!p)
        return NULL;
    p->history = window_log > 0;
    if (zlib) {
        if (deflateInit2(&p->zlib, 1, Z_DEFLATED, -15, 9,
                         p->history ? Z_DEFAULT_STRATEGY : Z_HUFFMAN_ONLY) == Z_OK)
            return p;
        free(p);
        return NULL;
    }
    p->zstd = ZSTD_createCCtx();
    if (p->zstd && (p->history ? set_history(p->zstd, window_log) : set_huffman(p->zstd)))
        return p;
    ZSTD_freeCCtx(p->zstd);
    free(p);
    return NULL;
}

void ds_packer_destroy(struct ds_packer *packer)
{
    if (!packer)
        return;
    if (packer->zstd)
        ZSTD_freeCCtx(packer->zstd);
    else
        deflateEnd(&packer->zlib);
    free(packer);
}

void ds_packer_reset(struct ds_packer *packer)
{
    if (packer->zstd)
        ZSTD_CCtx_reset(packer->zstd, ZSTD_reset_session_only);
    else
        deflateReset(&packer->zlib);
}

size_t ds_packer_bound(size_t n)
{
    return n + n / 256 + 512;
}

static int64_t pack_zstd(struct ds_packer *p, const uint8_t *raw, size_t n, uint8_t *out,
                         size_t size)
{
    ZSTD_inBuffer in = {raw, n, 0};
    ZSTD_outBuffer to = {out, size, 0};
    size_t left;
    do {
        left = ZSTD_compressStream2(p->zstd, &to, &in, p->history ? ZSTD_e_flush : ZSTD_e_end);
        if (ZSTD_isError(left))
            return DS_ENOMEM;
    } while (left > 0 && to.pos < to.size);
    return left == 0 && in.pos == in.size ? (int64_t)to.pos : DS_ELIMIT;
}

static int64_t pack_zlib(struct ds_packer *p, const uint8_t *raw, size_t n, uint8_t *out,
                         size_t size)
{
    if (!p->history)
        deflateReset(&p->zlib);
    p->zlib.next_in = raw;
    p->zlib.avail_in = (uInt)n;
    p->zlib.next_out = out;
    p->zlib.avail_out = (uInt)size;
    int result = deflate(&p->zlib, p->history ? Z_SYNC_FLUSH : Z_FINISH);
    if ((result != Z_OK && result != Z_STREAM_END) || p->zlib.avail_in > 0 ||
        p->zlib.avail_out == 0)
        return DS_ELIMIT;
    return (int64_t)(size - p->zlib.avail_out);
}

int64_t ds_packer_pack(struct ds_packer *packer, const uint8_t *raw, size_t n, uint8_t *out,
                       size_t size)
{
    return packer->zstd ? pack_zstd(packer, raw, n, out, size)
                        : pack_zlib(packer, raw, n, out, size);
}
