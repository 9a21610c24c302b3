/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mutate.h"

#include <string.h>

uint32_t soak_draw(struct soak_dice *d, uint32_t n)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(d->state >> 33) % n;
}

/* Numbers at which something changes in the decoder. */
static uint32_t edge(struct soak_dice *d)
{
    static const uint32_t edges[] = {
        0,           1,           2,           3,           31,     32,      63,      64,
        65,          127,         128,         255,         256,    511,     512,     2047,
        2048,        2049,        4095,        4096,        4097,   65535,   65536,   131072,
        131073,      196608,      196609,      245760,      245761, 3686400, 3686401, 0x7fffffffu,
        0x80000000u, 0x80000001u, 0xfffffffeu, 0xffffffffu,
    };
    return edges[soak_draw(d, sizeof(edges) / sizeof(edges[0]))];
}

static void change_field(struct soak_op *op, struct soak_dice *d)
{
    if (op->count == 0)
        return;
    uint32_t *f = &op->fields[soak_draw(d, op->count)];
    switch (soak_draw(d, 6)) {
    case 0:
        *f = edge(d);
        break;
    case 1:
        *f += 1 + soak_draw(d, 4);
        break;
    case 2:
        *f -= 1 + soak_draw(d, 4);
        break;
    case 3:
        *f = soak_draw(d, 200);
        break;
    case 4:
        *f ^= 1u << soak_draw(d, 32);
        break;
    default:
        *f = op->fields[soak_draw(d, op->count)];
        break;
    }
}

static void change_order(struct soak_model *m, struct soak_dice *d)
{
    uint32_t n = (uint32_t)m->op_count;
    struct soak_op *a = &m->ops[soak_draw(d, n)], *b = &m->ops[soak_draw(d, n)];
    static struct soak_op swap;
    swap = *a;
    *a = *b;
    *b = swap;
}

static void remove_ops(struct soak_model *m, struct soak_dice *d)
{
    size_t at = soak_draw(d, (uint32_t)m->op_count);
    size_t n = 1 + soak_draw(d, (uint32_t)(m->op_count - at));
    n = n > 8 ? 1 : n;
    memmove(&m->ops[at], &m->ops[at + n], (m->op_count - at - n) * sizeof(*m->ops));
    m->op_count -= n;
}

static void repeat_op(struct soak_model *m, struct soak_dice *d)
{
    size_t times = 1 + soak_draw(d, soak_draw(d, 50) ? 3 : 300);
    const struct soak_op *op = &m->ops[soak_draw(d, (uint32_t)m->op_count)];
    for (; times > 0 && m->op_count < SOAK_OPS; times--)
        m->ops[m->op_count++] = *op;
}

/* An operation that the encoder may never have written just so. */
static void invent_op(struct soak_model *m, struct soak_dice *d)
{
    uint8_t code = (uint8_t)(1 + soak_draw(d, DS_OP_DRAWN));
    uint32_t fields[SOAK_FIELDS];
    for (int i = 0; i < SOAK_FIELDS; i++)
        fields[i] = soak_draw(d, 8) ? soak_draw(d, 100) : edge(d);
    struct soak_op *op = soak_model_add(m, code, fields);
    if (op && code == DS_OP_PALETTE) {
        op->fields[1] &= 0xff;
        op->colours = (uint16_t)(op->fields[1] + (soak_draw(d, 16) ? 1 : 0));
    }
}

static void change_code(struct soak_op *op, struct soak_dice *d)
{
    uint8_t code = (uint8_t)soak_draw(d, soak_draw(d, 8) ? DS_OP_DRAWN + 1 : 256);
    const char *layout = soak_op_layout(code);
    op->code = code;
    op->count = layout ? (uint8_t)strlen(layout) : 0;
    op->colours = 0;
}

static void change_bytes(struct soak_model *m, struct soak_dice *d)
{
    int s = 1 + (int)soak_draw(d, DS_STREAM_COUNT - 1);
    if (m->len[s] == 0)
        return;
    uint8_t *bytes = m->streams[s];
    uint32_t n = (uint32_t)m->len[s], at = soak_draw(d, n), run = 1 + soak_draw(d, 16);
    switch (soak_draw(d, 5)) {
    case 0:
        bytes[at] ^= (uint8_t)(1u << soak_draw(d, 8));
        break;
    case 1:
        for (uint32_t i = at; i < n && i < at + run; i++)
            bytes[i] = (uint8_t)soak_draw(d, 256);
        break;
    case 2:
        memset(bytes + at, soak_draw(d, 2) ? 0xff : 0, n - at < run ? n - at : run);
        break;
    case 3:
        m->len[s] = at;
        break;
    default:
        memmove(bytes + at, bytes + soak_draw(d, at + 1), n - at);
        break;
    }
}

static void change_colours(struct soak_op *op, struct soak_dice *d)
{
    if (op->code != DS_OP_PALETTE)
        return;
    op->colours = (uint16_t)soak_draw(d, DS_PALETTE_COLOURS + 1);
    if (soak_draw(d, 4))
        op->fields[1] = (uint32_t)op->colours - 1;
}

void soak_mutate(struct soak_model *m, struct soak_dice *d)
{
    for (uint32_t left = soak_draw(d, 2) ? 1 : soak_draw(d, 6); left > 0; left--) {
        uint32_t what = m->op_count > 0 ? soak_draw(d, 16) : 15;
        struct soak_op *op = what < 15 ? &m->ops[soak_draw(d, (uint32_t)m->op_count)] : NULL;
        if (what < 7)
            change_field(op, d);
        else if (what == 7)
            change_order(m, d);
        else if (what == 8)
            remove_ops(m, d);
        else if (what == 9)
            repeat_op(m, d);
        else if (what == 10)
            change_code(op, d);
        else if (what == 11)
            change_colours(op, d);
        else if (what < 15)
            change_bytes(m, d);
        else
            invent_op(m, d);
    }
    if (soak_draw(d, 8))
        soak_model_repair(m);
    soak_model_write(m);
}
