#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# corpus.sh [DIR] [scene...]   plays the scenes and writes DIR/SCENE.raw; see README.md.
# shellcheck disable=SC2317  # scenes and drivers are called by name
set -u
. "$(dirname "$0")/lib.sh"

# A build log: one or two new lines a frame scroll inside a window.
scene_term_log() {
    cat >"$STAGE/log.sh" <<'SH'
i=0
cat $(find /usr/include/linux -maxdepth 1 -name '*.h' -size +20k | sort) | grep -v '^$' |
while IFS= read -r line; do
    i=$((i + 1))
    echo "[$i] 12:$((i % 60)) cc -c $line"
    sleep 0.03
done
SH
    play "${XTERM[@]}" -geometry 160x50+100+40 -e bash "$STAGE/log.sh"
    window xterm >/dev/null
    sleep 4
    record term_log --frames 120 --seconds 25
}

# vim with syntax colours: line scroll, half-page jumps, a little typing.
scene_code() {
    play "${XTERM[@]}" -geometry 210x60+20+10 -e "${VIM[@]}" "$HEADERS/videodev2.h"
    raise "$(window xterm)"
    settle
    drive() {
        local k
        for k in $(seq 14); do
            xdotool key --delay 40 --repeat 6 ctrl+e
            sleep 0.2
            xdotool key ctrl+d
            sleep 0.25
            xdotool key --delay 30 --repeat 3 j
            [ $((k % 5)) = 0 ] || continue
            xdotool type --delay 60 'ovalue = compute(rect, 42);'
            xdotool key Escape
        done
    }
    play drive
    record code --frames 110 --seconds 30
}

# A page with photos, cards and code blocks under the wheel; header and sidebar stand still.
scene_web_scroll() {
    "$CODEC_BENCH/mkpage.sh" "$STAGE/page.html"
    browser 20,10 1880,1040 "file://$STAGE/page.html"
    raise "$(window chromium)"
    drive() {
        local k
        xdotool mousemove 1000 600
        for k in $(seq 60); do
            xdotool click 5
            sleep 0.12
            [ $((k % 12)) != 0 ] || { xdotool click --repeat 4 5; sleep 0.6; }
            [ "$k" != 40 ] || xdotool click --repeat 8 --delay 60 4
        done
    }
    play drive
    record web_scroll --frames 120 --seconds 30
}

# Two windows of text dragged over the photo.
scene_drag() {
    local terminal editor
    play "${XTERM[@]}" -geometry 100x30+100+100 -e bash -c "head -n 400 $HEADERS/bpf.h; sleep 100"
    terminal=$(window xterm)
    editor "$HEADERS/input.h"
    editor=$(window mousepad)
    place "$editor" 900 400 700 500
    settle
    raise "$terminal"
    drive() {
        local k
        for k in $(seq 100); do
            place "$terminal" $((100 + k * 8)) $((100 + (k * k * 7 / 100) % 300))
            sleep 0.035
        done
        raise "$editor"
        for k in $(seq 60); do
            place "$editor" $((900 - k * 11)) $((400 - k * 3))
            sleep 0.035
        done
    }
    play drive
    record drag --frames 110 --seconds 25
}

# Full-screen slide show: every frame is another photo.
scene_photo() {
    play feh -F --zoom fill -D 0.8 "$WALLPAPERS"
    sleep 2
    record photo --fps 10 --frames 12 --seconds 16
}

corpus_main "${TMPDIR:-/tmp}/deskside-corpus" "term_log code web_scroll drag photo" "$@"
