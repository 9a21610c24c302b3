#!/bin/sh
# Prints the stripped size of the helper beside its bound. With --enforce it fails above the bound.
# Usage: size.sh [--enforce] PROGRAM STRIP
set -eu
bound=557056
enforce=no
[ "$1" != --enforce ] || { enforce=yes; shift; }
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
"$2" -s -o "$copy" "$1"
bytes=$(wc -c <"$copy")
echo "deskside-agent: $bytes bytes stripped; at most $bound ($((bound / 1024)) KiB)"
[ "$enforce" = no ] || [ "$bytes" -le "$bound" ]
