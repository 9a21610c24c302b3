/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/courier.h"

#include "common/ui/place.h"

bool ds_courier_downloads(char *out, size_t size)
{
    return ds_place_get(DS_PLACE_DOWNLOADS, out, size) || ds_place_get(DS_PLACE_HOME, out, size);
}
