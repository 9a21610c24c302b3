/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A binary arithmetic coder and its adaptive probabilities: each bit costs what it surprises. The
 * interval of 32 bits is cut in two by the probability; leading bytes that both ends share go out
 * (Witten, Neal and Cleary, CACM 30, 1987, without carries). Inline: it is called for every pixel.
 */
#ifndef DS_SCREEN_CODER_H
#define DS_SCREEN_CODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How likely a bit is set, of 65536; moves towards what was seen by a 32nd of the way and stays off
 * the ends, so that every bit can be coded: 11 bits at most. */
typedef uint16_t ds_chance;
#define DS_CHANCE_EVEN 32768u
#define DS_CHANCE_SHIFT 5
#define DS_CHANCE_MARGIN 32u
#define DS_CODER_BITS_MAX 11

struct ds_coder {
    uint32_t low, high;
    uint32_t value; /* decoding: the next bytes */
    uint8_t *out;   /* encoding: borrowed; the caller knows that it fits */
    size_t len;     /* bytes written, or taken */
    const uint8_t *in;
    size_t size; /* of in; beyond it zeros are read */
};

static inline void ds_coder_start(struct ds_coder *c, uint8_t *out)
{
    *c = (struct ds_coder){.high = UINT32_MAX, .out = out};
}

static inline uint8_t ds_coder_take(struct ds_coder *c)
{
    uint8_t byte = c->len < c->size ? c->in[c->len] : 0;
    c->len++;
    return byte;
}

static inline void ds_coder_open(struct ds_coder *c, const uint8_t *in, size_t size)
{
    *c = (struct ds_coder){.high = UINT32_MAX, .in = in, .size = size};
    for (int i = 0; i < 4; i++)
        c->value = c->value << 8 | ds_coder_take(c);
}

/* Codes set, or decodes and returns it. encode is a constant where this is called. */
static inline __attribute__((always_inline)) bool ds_coder_bit(struct ds_coder *c, ds_chance *p,
                                                               bool encode, bool set)
{
    uint32_t middle = c->low + (uint32_t)(((uint64_t)(c->high - c->low) * *p) >> 16);
    if (!encode)
        set = c->value <= middle;
    if (set) {
        c->high = middle;
        *p = (ds_chance)(*p + ((65536u - DS_CHANCE_MARGIN - *p) >> DS_CHANCE_SHIFT));
    } else {
        c->low = middle + 1;
        *p = (ds_chance)(*p - ((*p - DS_CHANCE_MARGIN) >> DS_CHANCE_SHIFT));
    }
    while ((c->low ^ c->high) >> 24 == 0) {
        if (encode)
            c->out[c->len++] = (uint8_t)(c->high >> 24);
        else
            c->value = c->value << 8 | ds_coder_take(c);
        c->low <<= 8;
        c->high = c->high << 8 | 0xff;
    }
    return set;
}

/* The fewest bytes that, followed by zeros, lie in the interval. Returns all that were written. */
static inline size_t ds_coder_finish(struct ds_coder *c)
{
    uint32_t value = 0;
    for (int bytes = 0; bytes <= 4; bytes++) {
        uint32_t rest = bytes == 0 ? UINT32_MAX : bytes == 4 ? 0 : UINT32_MAX >> (8 * bytes);
        /* the smallest value with so many bytes that is not below low */
        uint64_t up = ((uint64_t)c->low + rest) & ~(uint64_t)rest;
        if (up > c->high)
            continue;
        value = (uint32_t)up;
        for (int i = 0; i < bytes; i++)
            c->out[c->len++] = (uint8_t)(value >> (24 - 8 * i));
        break;
    }
    return c->len;
}

/* Whether decoding took exactly the bytes there were, as the encoder's end has it. */
static inline bool ds_coder_is_done(const struct ds_coder *c)
{
    return c->len >= c->size && c->len <= c->size + 4;
}

#endif
