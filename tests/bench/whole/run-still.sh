#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-still.sh [--out DIR]
#
# Deskside alone: time from the viewer's "verified" to the first picture of a 1920x1080 desktop, and what a still screen
# costs in 10 s: CPU of agent and viewer together, bytes on the wire (both directions, viewer's and agent's side).
set -u
. "$(dirname "$0")/lib.sh"
OUT=
parse_link "$@"
OUT=${OUT:-$BENCH/out/deskside-still}
rm -rf "$OUT"; mkdir -p "$OUT"
[ -x "$BIN/countproxy" ] || make -s -C "$BENCH" || exit 2
load_peer deskside
trap stop_all EXIT
trap 'exit 1' INT TERM
setup_displays
# A desktop: a photograph and a page of text, both at rest.
convert -size "$GEOM" plasma:steelblue-darkgreen "$OUT/wallpaper.png"
DISPLAY=$A_DISP spawn wallpaper display -window root "$OUT/wallpaper.png"
DISPLAY=$A_DISP spawn terminal xterm -geometry 120x40+200+150 -e sh -c 'ls -l /usr/include; exec sleep 600'
sleep 2
setup_proxies
start_server || fail "server did not start"
start_viewer "$VIEW_PORT" || fail "viewer did not start"
# Until the picture is exact: nothing more is sent.
sleep 4

cpu_ms() { # PID: CPU time of all its threads in ms
    awk '{ s += $1 } END { printf "%.1f\n", s / 1e6 }' /proc/"$1"/task/*/schedstat
}
wire() { cat "$OUT/wire.log" "$OUT/wire2.log" | awk '{ s += $2 + $3 } END { print s + 0 }'; }
a0=$(cpu_ms "$AGENT_PID") v0=$(cpu_ms "$VIEWER_PIDS") w0=$(wire)
sleep 10
a1=$(cpu_ms "$AGENT_PID") v1=$(cpu_ms "$VIEWER_PIDS") w1=$(wire)
{
    awk -v f="$OUT/viewer.events" 'BEGIN {
        while ((getline line < f) > 0) {
            split(line, part, " ")
            if (line ~ /"state":"active"/ && !a) a = part[1]
            if (line ~ /"event":"picture"/ && !p) p = part[1]
        }
        printf "verified_to_picture_ms=%.0f\n", (p - a) * 1000 }'
    awk -v a="$a0" -v b="$a1" -v c="$v0" -v d="$v1" 'BEGIN {
        printf "still_cpu_agent_ms=%.1f\nstill_cpu_viewer_ms=%.1f\nstill_cpu_ms=%.1f\n", b - a, d - c, b - a + d - c }'
    echo "still_wire_bytes=$((w1 - w0))"
} | tee "$OUT/result.txt"
