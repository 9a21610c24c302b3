/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/number.h"

#include "common/base/error.h"
#include "common/tunnel/secret.h"
#include "common/tunnel/tunnel.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#define NUMBERS 1000000u

int ds_number_draw(char out[DS_TEXT_NUMBER])
{
    /* 2^32 is not a multiple of a million: draws above the last whole million are thrown away, so
     * that every number is equally likely. */
    const uint32_t above = UINT32_MAX - UINT32_MAX % NUMBERS;
    uint32_t drawn;
    do {
        if (RAND_bytes((unsigned char *)&drawn, sizeof(drawn)) != 1)
            return DS_EIO;
    } while (drawn >= above);
    drawn %= NUMBERS;
    for (int i = DS_TEXT_NUMBER - 2; i >= 0; i--) {
        out[i] = (char)('0' + drawn % 10);
        drawn /= 10;
    }
    out[DS_TEXT_NUMBER - 1] = '\0';
    OPENSSL_cleanse(&drawn, sizeof(drawn));
    return DS_OK;
}

bool ds_number_is_valid(const char *number)
{
    return number && strnlen(number, DS_TEXT_NUMBER) == DS_TEXT_NUMBER - 1 &&
           strspn(number, "0123456789") == DS_TEXT_NUMBER - 1;
}

int ds_number_scalar(const char *number, const uint8_t session[DS_SESSION_ID],
                     uint8_t out[DS_SPAKE2_SCALAR])
{
    static const char label[] = "deskside spake2 v1";
    uint8_t wide[DS_SPAKE2_SCALAR + 16];
    int error = ds_hkdf(number, DS_TEXT_NUMBER - 1, session, DS_SESSION_ID, label,
                        sizeof(label) - 1, wide, sizeof(wide));
    if (!error)
        error = ds_spake2_reduce(wide, sizeof(wide), out);
    OPENSSL_cleanse(wide, sizeof(wide));
    return error;
}
