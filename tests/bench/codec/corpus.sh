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

# ---- further scenes: not among those that are compared by default

# A terminal at full speed: every frame is new text.
scene_term_flood() {
    play "${XTERM[@]}" -geometry 200x56+20+10 -e bash -c "cat $HEADERS/*.h $HEADERS/*.h; sleep 100"
    window xterm >/dev/null
    record term_flood --frames 80 --seconds 15
}

# Somebody writes in an editor: some letters a frame, lines wrap.
scene_typing() {
    editor /dev/null
    local editor
    editor=$(window mousepad)
    place "$editor" 200 80 1500 900
    raise "$editor"
    settle
    drive() { head -c 900 "$STAGE/prose" | xdotool type --delay 25 --file -; }
    play drive
    record typing --frames 120 --seconds 25
}

# Windows raised over each other, round after round.
scene_switch() {
    local code editor page k
    play "${XTERM[@]}" -geometry 210x60+20+10 -e "${VIM[@]}" "$HEADERS/videodev2.h"
    code=$(window xterm)
    editor "$HEADERS/input.h"
    editor=$(window mousepad)
    place "$editor" 200 80 1500 900
    "$CODEC_BENCH/mkpage.sh" "$STAGE/page.html"
    browser 60,20 1700,1000 "file://$STAGE/page.html"
    page=$(window chromium)
    drive() {
        for k in $(seq 8); do
            raise "$code"; sleep 0.35
            raise "$editor"; sleep 0.35
            raise "$page"; sleep 0.35
            xdotool key alt+Tab; sleep 0.3
        done
    }
    play drive
    record switch --frames 80 --seconds 14
}

# A video in a window on the desktop: photographs that pan, a third of the time with noise.
scene_video() {
    local photos
    photos=("$WALLPAPERS"/*.jpg)
    ffmpeg -v error -y -loop 1 -t 8 -i "${photos[0]}" -vf \
        "scale=2560:-2,crop=1280:720:x='n*4':y='n*2',noise=alls=12:allf=t:enable='gt(t,5)'" \
        -r 25 -c:v mpeg4 -q:v 2 "$STAGE/video.avi" || fail "ffmpeg made no video"
    play ffplay -v error -autoexit -left 300 -top 150 "$STAGE/video.avi"
    window ffplay >/dev/null
    record video --frames 110 --seconds 12
}

# The same fonts smoothed by the thirds of a pixel: many more colours in a line of text.
subpixel_fonts() {
    mkdir -p "$HOME/.config/fontconfig"
    cat >"$HOME/.config/fontconfig/fonts.conf" <<'XML'
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><match target="pattern">
<edit name="antialias" mode="assign"><bool>true</bool></edit>
<edit name="rgba" mode="assign"><const>rgb</const></edit>
<edit name="lcdfilter" mode="assign"><const>lcddefault</const></edit>
</match></fontconfig>
XML
}

scene_subpixel() {
    local editor
    subpixel_fonts
    play "${XTERM[@]}" -geometry 120x50+20+10 -e "${VIM[@]}" "$HEADERS/videodev2.h"
    cp "$STAGE/prose" "$STAGE/home/letter.txt"
    play mousepad --disable-server "$STAGE/home/letter.txt"
    editor=$(window mousepad)
    place "$editor" 700 60 1180 980
    settle
    drive() {
        local k
        for k in $(seq 10); do
            raise "$(window xterm)"
            xdotool key --delay 40 --repeat 6 ctrl+e
            raise "$editor"
            xdotool key --delay 60 --repeat 5 Page_Down
            xdotool type --delay 40 'Dear Sir or Madam, '
            xdotool key --delay 40 --repeat 3 Up
        done
    }
    play drive
    record subpixel --frames 110 --seconds 25
    rm -r "$HOME/.config/fontconfig"
}

# A spreadsheet: numbers between lines, coloured heads, scrolled both ways, cells filled in.
scene_office() {
    {
        echo '<!doctype html><meta charset="utf-8"><title>Budget</title><style>'
        echo 'body{margin:0;font:13px "DejaVu Sans",sans-serif}table{border-collapse:collapse}'
        echo 'td,th{border:1px solid #d0d4da;padding:2px 8px;min-width:74px;height:20px;white-space:nowrap}'
        echo 'th{background:#f1f3f5;color:#444;position:sticky;top:0}td{text-align:right}'
        echo 'tr:nth-child(9n) td{background:#e8f5e9;font-weight:bold}.n{color:#c62828}'
        echo 'td:first-child{text-align:left;background:#fafbfc}td:focus{outline:2px solid #1a73e8}'
        echo '</style><table><tr>'
        awk 'BEGIN { for (c = 0; c < 40; c++) printf "<th>%c%s</th>", 65 + c % 26, c < 26 ? "" : "2" ; print "</tr>"
             srand(1)
             for (r = 0; r < 300; r++) {
                 printf "<tr><td>Position %d</td>", r + 1
                 for (c = 1; c < 40; c++) {
                     v = int(rand() * 200000 - 60000) / 100
                     printf "<td contenteditable%s>%.2f</td>", v < 0 ? " class=n" : "", v
                 }
                 print "</tr>"
             } }'
        echo '</table>'
    } >"$STAGE/sheet.html"
    browser 20,10 1880,1040 "file://$STAGE/sheet.html"
    raise "$(window chromium)"
    drive() {
        local k
        xdotool mousemove 800 500 click 1
        for k in $(seq 16); do
            xdotool type --delay 60 '12.50'
            xdotool key Tab
            xdotool click --repeat 3 --delay 120 5
            [ $((k % 4)) != 0 ] || xdotool click --repeat 3 --delay 120 7
            [ $((k % 8)) != 0 ] || xdotool click --repeat 8 --delay 60 6
        done
    }
    play drive
    record office --frames 110 --seconds 20
}

corpus_main "${TMPDIR:-/tmp}/deskside-corpus" "term_log code web_scroll drag photo" \
    "term_flood typing switch video subpixel office" "$@"
