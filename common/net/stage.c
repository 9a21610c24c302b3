/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/stage.h"

static const struct {
    const char *name;
    unsigned percent;
} stages[DS_STAGE_COUNT] = {
    [DS_STAGE_NONE] = {"none", 0},      [DS_STAGE_DNS] = {"dns", 5},
    [DS_STAGE_TCP] = {"tcp", 20},       [DS_STAGE_TLS] = {"tls", 40},
    [DS_STAGE_HELLO] = {"hello", 60},   [DS_STAGE_WELCOME] = {"welcome", 70},
    [DS_STAGE_PAIRED] = {"paired", 80}, [DS_STAGE_VERIFIED] = {"verified", 100},
};

unsigned ds_stage_percent(enum ds_stage stage)
{
    return (unsigned)stage < DS_STAGE_COUNT ? stages[stage].percent : 0;
}

const char *ds_stage_name(enum ds_stage stage)
{
    return (unsigned)stage < DS_STAGE_COUNT ? stages[stage].name : "none";
}

enum ds_stage ds_stage_of(unsigned percent)
{
    enum ds_stage stage = DS_STAGE_VERIFIED;
    while (stage > DS_STAGE_NONE && stages[stage].percent > percent)
        stage--;
    return stage;
}
