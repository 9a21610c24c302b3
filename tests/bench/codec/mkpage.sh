#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mkpage.sh OUT.html [FIRST]   a long page of prose, code blocks and photos under a fixed header and
# sidebar. Prose comes from the vim manual, starting at paragraph FIRST; code from kernel headers.
set -eu
. "$(dirname "$0")/lib.sh"

SECTIONS=40
out=$1 first=${2:-1}
mapfile -t paragraphs < <(prose | tail -n "+$first" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g')
mapfile -t photos < <(find "$WALLPAPERS" -name '*.jpg' | sort)
mapfile -t code < <(headers)
[ ${#paragraphs[@]} -gt 20 ] || fail "no vim manual found"
[ ${#photos[@]} -gt 0 ] || fail "no wallpapers found"

next=0
# paragraph   the next one, starting over at the end; in $TEXT
paragraph() {
    TEXT=${paragraphs[next % ${#paragraphs[@]}]}
    next=$((next + 1))
}

# code_block N   fourteen lines of header N, with keywords and comments coloured
code_block() {
    echo '<pre>'
    sed -n "$((60 + 20 * $1)),$((73 + 20 * $1))p" "${code[$1 % ${#code[@]}]}" |
        sed -E 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g
                s#(/\*.*)#<i>\1</i>#
                s/\b(struct|enum|union|define|ifdef|endif|__u(8|16|32|64)|int|char)\b/<b>\1<\/b>/g'
    echo '</pre>'
}

{
    cat <<'HTML'
<!doctype html><meta charset="utf-8"><title>Handbook</title>
<style>
body { font: 16px/1.5 "DejaVu Sans", sans-serif; margin: 0; background: #f7f7f9; color: #222 }
header { position: fixed; z-index: 9; top: 0; left: 0; right: 0; height: 56px; padding: 12px 30px;
         background: #24405f; color: #fff; font-size: 22px; box-shadow: 0 2px 8px #0006 }
nav { position: fixed; left: 0; top: 80px; bottom: 0; width: 260px; padding: 20px;
      background: #e9edf2; overflow: hidden; white-space: nowrap }
main { margin: 100px 60px 0 340px; max-width: 1200px }
img { width: 560px; height: 350px; object-fit: cover; float: right; margin: 12px; border-radius: 10px }
h2 { clear: both; color: #24405f; border-bottom: 2px solid #ccd }
pre { background: #1e1e1e; color: #ddd; padding: 14px; border-radius: 6px;
      font: 14px "DejaVu Sans Mono"; overflow: hidden }
pre b { color: #569cd6; font-weight: normal } pre i { color: #6a9955; font-style: normal }
.card { background: linear-gradient(#fff, #eef3fa); border: 1px solid #ccd; border-radius: 8px;
        padding: 16px; margin: 18px 0; box-shadow: 0 1px 5px #0003 }
</style>
<header>Handbook &nbsp; <small>Guide &middot; Reference &middot; Support</small></header>
<nav>
HTML
    for ((s = 0; s < SECTIONS; s++)); do
        echo "<div>$((s + 1)). ${paragraphs[(s * 4) % ${#paragraphs[@]}]:0:26}</div>"
    done
    echo '</nav><main>'
    for ((s = 0; s < SECTIONS; s++)); do
        paragraph
        echo "<h2>$((s + 1)). ${TEXT:0:42}</h2>"
        [ $((s % 2)) = 1 ] || echo "<img src=\"file://${photos[(s / 2) % ${#photos[@]}]}\">"
        echo "<p>$TEXT</p>"
        paragraph; echo "<p>$TEXT</p>"
        paragraph; echo "<p>$TEXT</p>"
        paragraph; echo "<div class=\"card\">$TEXT</div>"
        [ $((s % 3)) = 2 ] || code_block "$s"
    done
    echo '</main>'
} >"$out"
