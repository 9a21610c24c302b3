/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compressors under the streams of a chunk, zstd or deflate. A stream with history goes on from
 * chunk to chunk: what it packs refers to what it packed before. A stream without packs each call
 * by itself and only counts bytes (Huffman), for residuals in which nothing repeats. */
#ifndef DS_SCREEN_PACK_H
#define DS_SCREEN_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_packer;
struct ds_unpacker;

/* history: matches reach back 2^window_log bytes (deflate: 32 KiB); 0: none. NULL: memory is
 * short. */
struct ds_packer *ds_packer_new(bool zlib, int window_log);
void ds_packer_destroy(struct ds_packer *packer); /* accepts NULL */
/* Forgets the history: the next pack is the first of a new stream. */
void ds_packer_reset(struct ds_packer *packer);
/* All of raw, flushed, so that the other side gets every byte. size: at least ds_packer_bound(n).
 * Returns the length written, or a negative DS_E...; the stream is then broken. */
int64_t ds_packer_pack(struct ds_packer *packer, const uint8_t *raw, size_t n, uint8_t *out,
                       size_t size);
size_t ds_packer_bound(size_t n);

struct ds_unpacker *ds_unpacker_new(bool zlib, int window_log);
void ds_unpacker_destroy(struct ds_unpacker *unpacker); /* accepts NULL */
void ds_unpacker_reset(struct ds_unpacker *unpacker);
/* Exactly n bytes out of exactly len. DS_EPROTO: too few, too many, damaged, or wanting a larger
 * window; DS_ENOMEM. */
int ds_unpacker_unpack(struct ds_unpacker *unpacker, const uint8_t *packed, size_t len,
                       uint8_t *out, size_t n);

#endif
