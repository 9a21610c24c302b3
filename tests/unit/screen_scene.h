/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that behave like desktops, from a seed, and an encoder and a decoder joined in memory.
 */
#ifndef TESTS_SCREEN_SCENE_H
#define TESTS_SCREEN_SCENE_H

#include "common/screen/decoder.h"
#include "common/screen/encoder.h"

struct scene {
    struct ds_image image;
    struct ds_region damage; /* since it was last cleared */
    uint64_t seed;
    struct ds_image
        kept; /* the whole picture from before the menu opened; no pixels: none is open */
};

enum scene_step {
    SCENE_TEXT,   /* a line of letters somewhere */
    SCENE_SCROLL, /* a window's content up or down, new text at its end */
    SCENE_DRAG,   /* a piece moved somewhere else */
    SCENE_PHOTO,  /* a smooth picture with a little noise */
    SCENE_NOISE,  /* random pixels */
    SCENE_FILL,   /* one colour */
    SCENE_COVER,  /* a menu opens, or closes and shows what was beneath */
    SCENE_STEPS,
};

uint32_t scene_draw(struct scene *scene, uint32_t below);
/* extra: bytes added to each row, which then hold rubbish; a multiple of 4. */
void scene_init(struct scene *scene, uint32_t width, uint32_t height, size_t extra, uint64_t seed);
void scene_destroy(struct scene *scene);
/* Changes a part of the picture and adds it to the damage. */
void scene_step(struct scene *scene, enum scene_step step);
/* One that has rest as well as change: a step of a random kind. */
void scene_any_step(struct scene *scene);

/* Encoder, decoder, and the decoder's picture between rows that must never change. */
struct joined {
    struct ds_encoder *encoder;
    struct ds_decoder *decoder;
    uint8_t *memory;
    size_t memory_len;
    struct ds_image picture;
    bool key;
    bool saw_last;
    size_t chunks;
};

void joined_init(struct joined *joined, uint32_t width, uint32_t height, uint32_t features);
void joined_destroy(struct joined *joined);
/* Encodes and decodes one update; fails the test when anything is refused. damage may be NULL. */
struct ds_encode_result joined_update(struct joined *joined, const struct scene *scene,
                                      const struct ds_region *damage,
                                      enum ds_encoder_quality quality, size_t refine_bytes,
                                      ds_tick now);
struct ds_encode_result joined_request(struct joined *joined,
                                       const struct ds_encode_request *request);
/* Fails the test unless the decoder's picture equals the scene and nothing around it was written.
 */
void joined_assert_equal(const struct joined *joined, const struct scene *scene);
void joined_assert_canary(const struct joined *joined);

#endif
