#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# compare.sh [--passes N] [--mode MODE] [--dir DIR] [--size WxH] [PROGRAM] [scene...]
# runs the reference encoders and PROGRAM (deskside-bench-codec) on each scene of DIR, one after the
# other, and prints a table. Without PROGRAM (or with -) only the reference. All *.raw when no scene
# is named. JSON lines go to DIR/results.jsonl as well.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=${TMPDIR:-/tmp}/deskside-corpus passes=3 mode=lossless size=1920x1080

usage() { sed -n '3,6s/^# //p' "$0" >&2; exit 2; }

while [ $# -gt 0 ]; do
    case $1 in
    --passes | --mode | --dir | --size)
        [ $# -ge 2 ] || usage
        declare "${1#--}=$2"
        shift 2
        ;;
    -?*) usage ;;
    *) break ;;
    esac
done
program=${1:--}
[ $# -eq 0 ] || shift
[ "$program" = - ] || [ -x "$program" ] || { echo "compare.sh: cannot run $program" >&2; exit 1; }
if [ $# -eq 0 ]; then
    for file in "$dir"/*.raw; do set -- "$@" "$(basename "$file" .raw)"; done
fi
[ -f "$dir/$1.raw" ] || { echo "compare.sh: no frames in $dir; run corpus.sh" >&2; exit 1; }
make -s -C "$here" bin/reference

results=$dir/results.jsonl
: >"$results"

# field JSON KEY   the value of KEY, or - when it is absent
field() {
    local value
    value=$(sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1")
    echo "${value:--}"
}

# tag PAIRS   put PAIRS in front of each JSON line
tag() { sed "s|^{|{$1,|"; }

# ratio A B   A/B with three digits, - when either is missing
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a == "-" || b == "-" || b == 0) print "-"; else printf "%.3f\n", a / b }'; }

reference_row() {
    printf '| %s | %s |' "$1" "$(field "$tight" frames)"
    local line
    for line in "$tight" "$jpeg" "$zrle"; do
        printf ' %s | %s | %s |' "$(field "$line" key_bytes)" "$(field "$line" bytes_per_update)" \
            "$(field "$line" encode_ms)"
    done
    echo
}

program_row() {
    local key line
    printf '| %s |' "$1"
    for key in bytes_per_update encode_ms key_bytes; do
        printf ' %s |' "$(field "$ours" $key)"
        for line in "$tight" "$jpeg" "$zrle"; do
            printf ' %s |' "$(ratio "$(field "$ours" $key)" "$(field "$line" $key)")"
        done
    done
    for key in max_update_bytes p99_encode_ms decode_ms psnr_db exact; do
        printf ' %s |' "$(field "$ours" $key)"
    done
    echo
}

if [ "$program" = - ]; then
    echo '| scene | frames | tight: key bytes | bytes/update | encode ms | tight q8: key bytes | bytes/update | encode ms | zrle: key bytes | bytes/update | encode ms |'
    echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
else
    echo '| scene | bytes/update | / tight | / q8 | / zrle | encode ms | / tight | / q8 | / zrle | key bytes | / tight | / q8 | / zrle | max update | p99 encode ms | decode ms | psnr dB | exact |'
    echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|'
fi

status=0
for scene; do
    file=$dir/$scene.raw
    reference=$("$here/bin/reference" "$file" --size "$size" --passes "$passes")
    tight=$(grep '"lvs-tight"' <<<"$reference")
    jpeg=$(grep '"lvs-tight-q8"' <<<"$reference")
    zrle=$(grep '"lvs-zrle"' <<<"$reference")
    tag "\"scene\":\"$scene\"" <<<"$reference" >>"$results"
    if [ "$program" = - ]; then
        reference_row "$scene"
        continue
    fi
    if ! ours=$("$program" "$file" --size "$size" --mode "$mode" --passes "$passes"); then
        echo "compare.sh: $program fails on $scene" >&2
        status=1
    fi
    tag "\"scene\":\"$scene\",\"mode\":\"$mode\"" <<<"$ours" >>"$results"
    program_row "$scene"
    [ "$mode" != lossless ] || [ "$(field "$ours" exact)" = true ] || status=1
done
exit $status
