/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/pack.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>

#define ZLIB_CONST /* next_in is not written through */
#include <zlib.h>
#include <zstd.h>

struct ds_unpacker {
    bool history;
    ZSTD_DCtx *zstd; /* owned; NULL: deflate */
    z_stream zlib;
};

struct ds_unpacker *ds_unpacker_new(bool zlib, int window_log)
{
    struct ds_unpacker *u = ds_alloc_array(1, sizeof(*u));
    if (!u)
        return NULL;
    u->history = window_log > 0;
    if (zlib) {
        if (inflateInit2(&u->zlib, -15) == Z_OK)
            return u;
        free(u);
        return NULL;
    }
    u->zstd = ZSTD_createDCtx();
    if (u->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax,
                                                        window_log > 0 ? window_log : 18)))
        return u;
    ZSTD_freeDCtx(u->zstd);
    free(u);
    return NULL;
}

void ds_unpacker_destroy(struct ds_unpacker *unpacker)
{
    if (!unpacker)
        return;
    if (unpacker->zstd)
        ZSTD_freeDCtx(unpacker->zstd);
    else
        inflateEnd(&unpacker->zlib);
    free(unpacker);
}

void ds_unpacker_reset(struct ds_unpacker *unpacker)
{
    if (unpacker->zstd)
        ZSTD_DCtx_reset(unpacker->zstd, ZSTD_reset_session_only);
    else
        inflateReset(&unpacker->zlib);
}

static int unpack_zstd(struct ds_unpacker *u, const uint8_t *packed, size_t len, uint8_t *out,
                       size_t n)
{
    ZSTD_inBuffer in = {packed, len, 0};
    ZSTD_outBuffer to = {out, n, 0};
    size_t left = 1;
    while (in.pos < in.size || (to.pos < to.size && left != 0)) {
        size_t before_in = in.pos, before_out = to.pos;
        left = ZSTD_decompressStream(u->zstd, &to, &in);
        if (ZSTD_isError(left))
            return DS_EPROTO;
        if (in.pos == before_in && to.pos == before_out)
            break;
    }
    if (in.pos < in.size || to.pos < n)
        return DS_EPROTO;
    if (!u->history)
        return left == 0 ? 0 : DS_EPROTO;
    /* More than was announced would turn up in the next chunk. */
    uint8_t spare;
    ZSTD_outBuffer more = {&spare, 1, 0};
    left = ZSTD_decompressStream(u->zstd, &more, &in);
    return ZSTD_isError(left) || more.pos > 0 ? DS_EPROTO : 0;
}

static int unpack_zlib(struct ds_unpacker *u, const uint8_t *packed, size_t len, uint8_t *out,
                       size_t n)
{
    if (!u->history)
        inflateReset(&u->zlib);
    u->zlib.next_in = packed;
    u->zlib.avail_in = (uInt)len;
    u->zlib.next_out = out;
    u->zlib.avail_out = (uInt)n;
    int result = inflate(&u->zlib, Z_SYNC_FLUSH);
    /* The marker of a flush may be left when the output is just full. */
    if (result == Z_OK && u->zlib.avail_in > 0) {
        uint8_t spare;
        u->zlib.next_out = &spare;
        u->zlib.avail_out = 1;
        result = inflate(&u->zlib, Z_SYNC_FLUSH);
        if (u->zlib.avail_out == 0)
            return DS_EPROTO;
        u->zlib.avail_out = 0;
    }
    if (result == Z_MEM_ERROR)
        return DS_ENOMEM;
    bool ended = u->history ? result == Z_OK || result == Z_BUF_ERROR : result == Z_STREAM_END;
    return ended && u->zlib.avail_in == 0 && u->zlib.avail_out == 0 ? 0 : DS_EPROTO;
}

int ds_unpacker_unpack(struct ds_unpacker *unpacker, const uint8_t *packed, size_t len,
                       uint8_t *out, size_t n)
{
    return unpacker->zstd ? unpack_zstd(unpacker, packed, len, out, n)
                          : unpack_zlib(unpacker, packed, len, out, n);
}
