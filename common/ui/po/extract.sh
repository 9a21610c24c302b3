#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the template of the marked texts of these folders (else of the whole tree) to standard output; with --update
# merges that of the whole tree into every .po file beside this script instead. Usage: extract.sh [--update | FOLDER...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
export LC_ALL=C.UTF-8
template=$(mktemp)
trap 'rm -f "$template"' EXIT
cd "$root"
update=no
[ "${1:-}" != --update ] || { update=yes; shift; }
[ $# -gt 0 ] || set -- agent viewer common relay
find "$@" -name '*.[ch]' | sort |
    xgettext --files-from=- --language=C --from-code=UTF-8 --keyword=DS_TR:1 --keyword=DS_TR_LATER:1 \
        --keyword=DS_TRN:1,2 --flag=DS_TR:1:pass-c-format --flag=DS_TRN:1:pass-c-format --flag=DS_TRN:2:pass-c-format \
        --no-location --sort-output --package-name=deskside --output="$template"
sed -i '/^"POT-Creation-Date/d' "$template"
if [ "$update" = no ]; then
    cat "$template"
else
    for po in "$here"/*.po; do
        msgmerge --quiet --update --backup=none --no-fuzzy-matching --no-location --sort-output "$po" "$template"
    done
fi
