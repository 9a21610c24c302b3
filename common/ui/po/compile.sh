#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles a .po file into a C table. msgfmt checks it (formats, syntax) and drops fuzzy and empty entries; msgunfmt and
# msgcat write what is left in one fixed form, which awk turns into C. With folders only the texts that are marked in
# them are kept. A table that would not change is left alone.
# Usage: compile.sh FILE.po LANGUAGE OUT.c [FOLDER...]
set -eu
po=$1 language=$2 out=$3
shift 3
export LC_ALL=C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ $# -gt 0 ]; then
    "$(dirname "$0")/extract.sh" "$@" >"$scratch/marked.pot"
    msgmerge --quiet --no-fuzzy-matching "$po" "$scratch/marked.pot" | msgattrib --no-obsolete - >"$scratch/kept.po"
    po=$scratch/kept.po
fi
msgfmt --check --output-file="$scratch/texts.mo" "$po"
msgunfmt "$scratch/texts.mo" | msgcat --no-wrap --to-code=UTF-8 - |
    awk '
    function text(line) { sub(/^[^"]*/, "", line); return line }
    function add(line) {
        line = text(line)
        if (kind == "id") id = id line
        else if (kind == "one") one = one line
        else if (kind == "many") many = many line
    }
    function flush() {
        if (id != "" && id != "\"\"") printf "%s\t%s\t%s\n", id, one, many
        id = one = many = kind = ""
    }
    /^msgid /       { flush(); kind = "id" }
    /^msgid_plural/ { kind = "none" }
    /^msgstr /      { kind = "one" }
    /^msgstr\[0\]/  { kind = "one" }
    /^msgstr\[1\]/  { kind = "many" }
    /^msgctxt/      { print "contexts are not supported" > "/dev/stderr"; exit 1 }
    /"/             { add($0) }
    END             { flush() }' >"$scratch/lines"
# A string alone: an empty first piece before those of several lines.
sed -i 's/^""\(".\)/\1/' "$scratch/lines"
[ "$(wc -l <"$scratch/lines")" -le 1024 ] || { echo "more texts than DS_PO_MAX" >&2; exit 1; }
# Sorted as strcmp sorts what the C strings mean, not how they are written; \001 stands for a NUL until the end.
awk -F '\t' '
    function plain(c) {
        gsub(/" "/, "", c)
        c = substr(c, 2, length(c) - 2)
        gsub(/\\n/, "\002", c); gsub(/\\"/, "\"", c); gsub(/\\\\/, "\\", c)
        return c
    }
    { print plain($1) "\t" plain($2) "\t" plain($3) }' "$scratch/lines" | sort -t "$(printf '\t')" -k1,1 |
    awk -F '\t' '{ printf "%s\001%s\001%s\001", $1, $2, $3 }' | tr '\001\002' '\000\n' >"$scratch/texts"
gzip -9n <"$scratch/texts" >"$scratch/packed"
{
    echo "/* Made from the .po file by compile.sh. */"
    echo '#include "common/ui/po/table.h"'
    echo "const unsigned char ds_po_${language}[] = {"
    od -An -v -tu1 "$scratch/packed" | sed 's/\([0-9]\)  *\([0-9]\)/\1, \2/g; s/\([0-9]\)  *\([0-9]\)/\1, \2/g; s/$/,/'
    echo "};"
    echo "const size_t ds_po_${language}_packed = sizeof(ds_po_${language});"
    echo "const size_t ds_po_${language}_size = $(wc -c <"$scratch/texts");"
    echo "const size_t ds_po_${language}_count = $(wc -l <"$scratch/lines");"
} >"$scratch/table.c"
cmp --silent "$scratch/table.c" "$out" || cp "$scratch/table.c" "$out"
