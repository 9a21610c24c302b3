/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resume file: whatever is accepted is written back to the very same bytes. So that a mutation
 * gets past the hash, each input is also tried with its last 32 bytes made right. */
#include "agent/restart/saved.h"
#include "common/base/error.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try(const uint8_t *data, size_t size)
{
    struct agent_saved saved;
    struct ds_buf out;
    agent_saved_init(&saved);
    ds_buf_init(&out, AGENT_SAVED_MAX);
    if (agent_saved_decode(data, size, &saved) == DS_OK) {
        ds_check(agent_saved_encode(&saved, &out) == DS_OK);
        ds_check(out.len == size && memcmp(ds_buf_peek(&out), data, size) == 0);
    }
    ds_buf_destroy(&out);
    agent_saved_destroy(&saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try(data, size);
    if (size < SHA256_DIGEST_LENGTH)
        return 0;
    uint8_t *right = malloc(size);
    ds_check(right != NULL);
    memcpy(right, data, size);
    SHA256(right, size - SHA256_DIGEST_LENGTH, right + size - SHA256_DIGEST_LENGTH);
    try(right, size);
    free(right);
    return 0;
}
