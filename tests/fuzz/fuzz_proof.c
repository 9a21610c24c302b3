/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPAKE2 messages from a stranger. Input: steps of a kind, a length and that many bytes. Kind 0
 * carries what the ends themselves have to say, kind 100 types a number; any other is fed to the
 * end chosen by the top bit of the length. Only what an end itself said may prove anything. */
#include "common/base/error.h"
#include "common/tunnel/proof.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ds_proof *ends[2];

static void carry(void)
{
    for (int i = 0; i < 2; i++) {
        uint8_t out[1 + DS_PROOF_BODY_MAX];
        enum ds_proof_event event;
        size_t n = ds_proof_drain(ends[i], out);
        ds_check(n <= sizeof(out));
        if (n > 0)
            ds_proof_feed(ends[1 - i], out[0], out + 1, n - 1, &event);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t session[DS_SESSION_ID] = {1};
    enum ds_proof_event event;
    ends[0] = ds_proof_new(DS_TUNNEL_VIEWER, session, "h", 0);
    ends[1] = ds_proof_new(DS_TUNNEL_AGENT, session, "h", 0);
    ds_check(ends[0] && ends[1]);
    ds_proof_set_number(ends[1], "481926", &event);
    unsigned steps = 0;
    while (size >= 2 && steps++ < 16) {
        uint8_t kind = data[0];
        struct ds_proof *to = ends[data[1] >> 7];
        size_t len = data[1] & 0x7f;
        data += 2;
        size -= 2;
        len = len < size ? len : size;
        if (kind == 0) {
            carry();
        } else if (kind == 100) {
            ds_proof_set_number(ends[0], len > 0 && data[0] ? "000000" : "481926", &event);
        } else {
            ds_proof_feed(to, kind, data, len, &event);
            ds_check(event != DS_PROOF_PROVED);
        }
        data += len;
        size -= len;
        ds_check(ds_proof_tries(ends[0]) <= DS_NUMBER_TRIES);
        ds_check(ds_proof_tries(ends[1]) <= DS_NUMBER_TRIES);
    }
    ds_proof_free(ends[0]);
    ds_proof_free(ends[1]);
    return 0;
}
