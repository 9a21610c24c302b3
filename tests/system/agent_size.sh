#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a customer downloads is small, and starts on a desktop that has a browser: beside what every such system has it
# needs nothing (everything else is linked in).
# Usage: agent_size.sh PROGRAM STRIP READELF   (PROGRAM: a release build of deskside-agent)
set -eu
program=$1 strip=$2 readelf=$3
export LC_ALL=C
failed=0
"$(dirname "$0")/../../packaging/cmake/size.sh" --enforce "$program" "$strip" || { echo "too large"; failed=1; }

dynamic=$("$readelf" --dynamic --wide "$program")
needed=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic")
[ -n "$needed" ] || { echo "no dynamic libraries found: not a release build?"; failed=1; }
for library in $needed; do
    case $library in
    libc.so.6 | libm.so.6 | ld-linux*.so.*) ;;
    libX11.so.6 | libX11-xcb.so.1 | libxcb.so.1 | libxcb-shm.so.0) ;;
    libcairo.so.2 | libpango-1.0.so.0 | libpangocairo-1.0.so.0 | libgobject-2.0.so.0 | libglib-2.0.so.0) ;;
    libssl.so.3 | libcrypto.so.3) ;;
    libz.so.1 | libzstd.so.1 | libjpeg.so.62) ;;
    *) echo "$library may be missing on a customer's desktop"; failed=1 ;;
    esac
done
if grep -E '\((RPATH|RUNPATH)\)' <<<"$dynamic"; then
    echo "libraries are looked for where only this machine has them"
    failed=1
fi
exit $failed
