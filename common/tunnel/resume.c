/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/resume.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <openssl/crypto.h>
#include <string.h>

size_t ds_resume_encode(const struct ds_resume *resume, uint32_t round, uint8_t *out)
{
    uint8_t *at = out;
    *at++ = DS_KIND_RESUME;
    ds_put_u32(at, round);
    ds_put_u32(at + 4, resume->last);
    at += 8;
    *at++ = (uint8_t)resume->count;
    for (unsigned i = 0; i < resume->count; i++, at += 4)
        ds_put_u32(at, resume->secrets[i].number);
    return (size_t)(at - out);
}

bool ds_resume_round(const uint8_t *body, size_t len, uint32_t *round)
{
    if (len < 4)
        return false;
    *round = ds_get_u32(body);
    return true;
}

static const struct ds_resume_secret *find(const struct ds_resume *resume, uint32_t number)
{
    for (unsigned i = 0; i < resume->count; i++)
        if (resume->secrets[i].number == number)
            return &resume->secrets[i];
    return NULL;
}

int ds_resume_choose(const struct ds_resume *resume, const uint8_t *body, size_t len,
                     struct ds_resume_choice *out)
{
    struct ds_cursor c = ds_cursor_of(body, len);
    ds_cursor_u32(&c); /* round */
    uint32_t last = ds_cursor_u32(&c);
    unsigned count = ds_cursor_u8(&c);
    const struct ds_resume_secret *common = NULL;
    if (count > DS_RESUME_SECRETS)
        return DS_EPROTO;
    for (unsigned i = 0; i < count; i++) {
        const struct ds_resume_secret *same = find(resume, ds_cursor_u32(&c));
        if (same && (!common || same->number > common->number))
            common = same;
    }
    if (c.error || (last > resume->last && last - resume->last > DS_RESUME_AHEAD))
        return DS_EPROTO;
    uint32_t higher = last > resume->last ? last : resume->last;
    if (higher == UINT32_MAX)
        return DS_EPROTO;
    if (!common && resume->is_verified)
        return DS_EAUTH;
    *out = (struct ds_resume_choice){.epoch = higher + 1, .secret = common};
    return DS_OK;
}

void ds_resume_opened(struct ds_resume *resume, uint32_t epoch, uint32_t base,
                      const uint8_t secret[DS_SEAL_SECRET])
{
    const struct ds_resume_secret *from = base ? find(resume, base) : NULL;
    struct ds_resume_secret *kept = &resume->secrets[1];
    if (from)
        memmove(kept, from, sizeof(*kept));
    else
        OPENSSL_cleanse(kept, sizeof(*kept));
    resume->count = from ? 2 : 1;
    resume->secrets[0].number = epoch;
    memcpy(resume->secrets[0].bytes, secret, DS_SEAL_SECRET);
    resume->last = epoch;
}

void ds_resume_verified(struct ds_resume *resume)
{
    OPENSSL_cleanse(&resume->secrets[1], sizeof(resume->secrets[1]));
    OPENSSL_cleanse(resume->number, sizeof(resume->number));
    resume->count = 1;
    resume->is_verified = true;
}
