/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of the picture operations that encoder and decoder share; the bytes are described in
 * common/PROTOCOL.md, section 6. Private to common/screen and its tests. */
#ifndef DS_SCREEN_FORMAT_H
#define DS_SCREEN_FORMAT_H

#include "common/wire/limits.h"
#include "common/wire/sealed.h"

#include <assert.h>

/* Side of a tile in pixels; those at the right and bottom edge are smaller. */
#define DS_TILE 64
/* Tiles that the decoder remembers: 16 KiB each, 64 MiB in all. */
#define DS_CACHE_SLOTS 4096u
/* Colour tables of a connection. */
#define DS_PALETTES 32u
#define DS_PALETTE_COLOURS 256u
/* Bytes of all streams of one chunk before compression. Below DS_SCREEN_CHUNK_MAX by more than any
 * of the compressors can add to bytes that do not compress (zstd: 1/256; deflate: 5 in 16383), so a
 * chunk always fits its message. */
#define DS_CHUNK_RAW_MAX 245760u
/* Bytes of a chunk besides the packed streams: one byte and two lengths for each stream. */
#define DS_CHUNK_HEADER_MAX 64u
/* Pixels that one chunk may write, in multiples of the picture's area: copies can write a pixel a
 * few times before its last value arrives. Bounds the work that a small hostile chunk can cause,
 * and with it the time for which the picture is nobody else's: of more than 8 megapixels not all
 * the multiples, but twice at least. */
#define DS_CHUNK_WORK 8u
#define DS_CHUNK_WORK_MAX 67108864u
/* Of them, pixels that are decoded from JPEG, H.264 or DRAWN, which take up to 12 ns each: a small
 * hostile chunk of DRAWN took 3 s at 7680x4320. */
#define DS_CHUNK_CODED_MAX 4194304u
/* Pixels of one JPEG operation: wide enough that its header is small, small enough for a chunk. */
#define DS_JPEG_AREA_MAX 131072u
/* A video region: smaller ones are as well sent as photographs; above the area x264 takes
 * more than a picture's time on one core (CODEC.md 4.4: 8 ms for 0.92 megapixels). */
#define DS_VIDEO_WIDTH_MIN 128
#define DS_VIDEO_HEIGHT_MIN 96
#define DS_VIDEO_AREA_MAX (2560u * 1440u)
/* Bytes of one picture of it: far above what a line is given for one, and a chunk holds it. */
#define DS_VIDEO_BYTES_MAX 196608u
/* Matches reach back this far (bytes, power of two): two 1080p screens of indices. */
#define DS_WINDOW_LOG 22

static_assert(DS_CHUNK_RAW_MAX + DS_CHUNK_RAW_MAX / 256 + 4096 + DS_CHUNK_HEADER_MAX +
                      DS_SCREEN_HEADER <=
                  DS_SCREEN_CHUNK_MAX,
              "a chunk that does not compress must fit a message");

static inline uint64_t ds_chunk_work(uint64_t area)
{
    uint64_t all = area * DS_CHUNK_WORK,
             least = area * 2 > DS_CHUNK_WORK_MAX ? area * 2 : DS_CHUNK_WORK_MAX;
    return all < least ? all : least;
}

static_assert(DS_VIDEO_AREA_MAX <= DS_CHUNK_CODED_MAX, "one picture of a video fits a chunk");

/* In the order in which they stand in a chunk. */
enum ds_stream {
    DS_STREAM_OPS,    /* operations */
    DS_STREAM_INDEX,  /* palette indices */
    DS_STREAM_COLOUR, /* blue, green, red */
    DS_STREAM_GREEN,  /* residuals of photographs, one stream a plane */
    DS_STREAM_RED,
    DS_STREAM_BLUE,
    DS_STREAM_JPEG, /* JPEG, H.264 and DRAWN, not compressed again */
    DS_STREAM_COUNT,
};
#define DS_STREAMS_WITH_HISTORY 3 /* OPS, INDEX, COLOUR go on from chunk to chunk */
#define DS_CHUNK_ZLIB 0x80u       /* in the first byte of a chunk: deflate instead of zstd */

enum ds_op_code {
    DS_OP_COPY = 1,
    DS_OP_STORE = 2,
    DS_OP_LOAD = 3,
    DS_OP_FILL = 4,
    DS_OP_PALETTE = 5,
    DS_OP_INDEX = 6,
    DS_OP_COLOUR = 7,
    DS_OP_PHOTO = 8,
    DS_OP_JPEG_TABLES = 9,
    DS_OP_JPEG = 10,
    DS_OP_VIDEO = 11,
    DS_OP_SHOW = 12,
    DS_OP_RESTORE = 13,
    DS_OP_DRAWN = 14,
};

/* Functions worth compiling twice, the second time for AVX2; the loader chooses. Sanitizers and
 * loader-chosen functions do not go together. */
#if defined(__x86_64__) && !defined(DESKSIDE_SANITIZED) && defined(__GNUC__) && !defined(__clang__)
#define DS_HOT __attribute__((target_clones("avx2", "default")))
#define DS_HAS_WIDE 1
/* The two by hand, for the caller to choose, where the first would be large: vectors that SSE2 has
 * to make up took 8 KB of the agent. */
#define DS_WIDE __attribute__((target("avx2"), optimize("O3")))
#define DS_NARROW __attribute__((optimize("Os")))
#else
#define DS_HOT
#define DS_HAS_WIDE 0
#define DS_WIDE
#define DS_NARROW
#endif

#endif
