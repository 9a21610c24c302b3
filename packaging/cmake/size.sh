#!/bin/sh
# Prints the stripped size of the helper beside its bound. Usage: size.sh PROGRAM STRIP
set -eu
copy=$(mktemp)
trap 'rm -f "$copy"' EXIT
"$2" -s -o "$copy" "$1"
bytes=$(wc -c <"$copy")
echo "deskside-agent: $bytes bytes stripped; at most 557056 (544 KiB)"
