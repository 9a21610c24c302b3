#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the stripped size of the helper beside what it should have. The tools of a session took it above that; until it is
# below again it may not grow: with --enforce this fails above the limit.
# Usage: size.sh [--enforce] PROGRAM STRIP
set -eu
goal=557056
limit=606208
enforce=no
[ "$1" != --enforce ] || { enforce=yes; shift; }
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
"$2" -s -o "$copy" "$1"
bytes=$(wc -c <"$copy")
echo "deskside-agent: $bytes bytes stripped; should be $goal ($((goal / 1024)) KiB), at most $limit"
[ "$enforce" = no ] || [ "$bytes" -le "$limit" ]
