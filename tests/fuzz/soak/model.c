/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model.h"

#include "common/base/cursor.h"
#include "common/screen/decoder_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void soak_model_init(struct soak_model *m)
{
    memset(m, 0, sizeof(*m));
    for (int s = 0; s < DS_STREAM_COUNT; s++)
        if (!(m->streams[s] = calloc(1, SOAK_STREAM))) {
            perror("model");
            exit(1);
        }
}

void soak_model_destroy(struct soak_model *m)
{
    for (int s = 0; s < DS_STREAM_COUNT; s++)
        free(m->streams[s]);
}

void soak_model_clear(struct soak_model *m)
{
    m->op_count = 0;
    memset(m->len, 0, sizeof(m->len));
}

const char *soak_op_layout(uint8_t code)
{
    static const char *const layouts[] = {
        [DS_OP_COPY] = "nnnnnn",   [DS_OP_STORE] = "nnn",    [DS_OP_LOAD] = "nnn",
        [DS_OP_FILL] = "nnnnbbb",  [DS_OP_PALETTE] = "bb",   [DS_OP_INDEX] = "nnnnb",
        [DS_OP_COLOUR] = "nnnn",   [DS_OP_PHOTO] = "nnnn",   [DS_OP_JPEG_TABLES] = "n",
        [DS_OP_JPEG] = "nnnnn",    [DS_OP_VIDEO] = "nnnnbn", [DS_OP_SHOW] = "nnnn",
        [DS_OP_RESTORE] = "nnnnn", [DS_OP_DRAWN] = "nnnnn",
    };
    return code < sizeof(layouts) / sizeof(layouts[0]) ? layouts[code] : NULL;
}

static void read_op(struct ds_cursor *c, struct soak_op *op)
{
    op->code = ds_cursor_u8(c);
    op->count = 0;
    op->colours = 0;
    const char *layout = soak_op_layout(op->code);
    if (!layout) {
        c->error = -1;
        return;
    }
    for (; *layout; layout++)
        op->fields[op->count++] = *layout == 'n' ? ds_read_number(c) : ds_cursor_u8(c);
    if (op->code != DS_OP_PALETTE)
        return;
    op->colours = (uint16_t)(op->fields[1] + 1);
    const uint8_t *colours = ds_cursor_bytes(c, (size_t)op->colours * 3);
    if (colours)
        memcpy(op->colour, colours, (size_t)op->colours * 3);
}

bool soak_model_read(struct soak_model *m, const struct soak_chunk *chunk)
{
    struct ds_cursor c = ds_cursor_of(chunk->streams[DS_STREAM_OPS], chunk->len[DS_STREAM_OPS]);
    soak_model_clear(m);
    while (ds_cursor_left(&c) > 0 && m->op_count < SOAK_OPS && !c.error)
        read_op(&c, &m->ops[m->op_count++]);
    for (int s = DS_STREAM_INDEX; s < DS_STREAM_COUNT; s++) {
        m->len[s] = chunk->len[s];
        if (m->len[s] > 0)
            memcpy(m->streams[s], chunk->streams[s], m->len[s]);
    }
    return !c.error && ds_cursor_left(&c) == 0;
}

struct soak_op *soak_model_add(struct soak_model *m, uint8_t code, const uint32_t *fields)
{
    if (m->op_count == SOAK_OPS)
        return NULL;
    struct soak_op *op = &m->ops[m->op_count++];
    op->code = code;
    op->count = (uint8_t)strlen(soak_op_layout(code));
    op->colours = 0;
    memcpy(op->fields, fields, op->count * sizeof(*fields));
    return op;
}

static size_t put_number(uint8_t *out, uint32_t v)
{
    size_t len = 0;
    for (; v >= 0x80; v >>= 7)
        out[len++] = (uint8_t)(v | 0x80);
    out[len++] = (uint8_t)v;
    return len;
}

void soak_model_write(struct soak_model *m)
{
    uint8_t *out = m->streams[DS_STREAM_OPS];
    size_t at = 0;
    for (size_t i = 0; i < m->op_count; i++) {
        const struct soak_op *op = &m->ops[i];
        size_t most = 1 + SOAK_FIELDS * 5 + (size_t)op->colours * 3;
        if (SOAK_STREAM - at < most)
            break;
        const char *layout = soak_op_layout(op->code);
        out[at++] = op->code;
        for (uint8_t f = 0; f < op->count; f++) {
            if (!layout || layout[f] == 'b')
                out[at++] = (uint8_t)op->fields[f];
            else
                at += put_number(out + at, op->fields[f]);
        }
        memcpy(out + at, op->colour, (size_t)op->colours * 3);
        at += (size_t)op->colours * 3;
    }
    m->len[DS_STREAM_OPS] = at;
}

static void want(uint64_t *wants, enum ds_stream s, uint64_t n)
{
    if (wants[s] + n <= SOAK_STREAM)
        wants[s] += n;
}

void soak_model_repair(struct soak_model *m)
{
    uint64_t wants[DS_STREAM_COUNT] = {0};
    for (size_t i = 0; i < m->op_count; i++) {
        const uint32_t *f = m->ops[i].fields;
        uint64_t area = (uint64_t)f[2] * f[3];
        if (m->ops[i].code == DS_OP_INDEX) {
            want(wants, DS_STREAM_INDEX, area);
        } else if (m->ops[i].code == DS_OP_COLOUR) {
            want(wants, DS_STREAM_COLOUR, area > SOAK_STREAM ? SOAK_STREAM : area * 3);
        } else if (m->ops[i].code == DS_OP_PHOTO) {
            for (int s = DS_STREAM_GREEN; s <= DS_STREAM_BLUE; s++)
                want(wants, (enum ds_stream)s, area);
        } else if (m->ops[i].code == DS_OP_JPEG_TABLES) {
            want(wants, DS_STREAM_JPEG, f[0]);
        } else if (m->ops[i].code == DS_OP_JPEG || m->ops[i].code == DS_OP_DRAWN) {
            want(wants, DS_STREAM_JPEG, f[4]);
        } else if (m->ops[i].code == DS_OP_VIDEO) {
            want(wants, DS_STREAM_JPEG, f[5]);
        }
    }
    for (int s = DS_STREAM_INDEX; s < DS_STREAM_COUNT; s++) {
        size_t have = m->len[s];
        for (size_t i = have; i < wants[s]; i++)
            m->streams[s][i] = have > 0 ? m->streams[s][i - have] : (uint8_t)i;
        m->len[s] = (size_t)wants[s];
    }
}
