# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# Deskside codec bench: the stage on which the scenes play. Source it.
#
# A scene is a function scene_NAME that starts programs, and last the function that drives them, with
# `play`, and then calls `record NAME`. What it started is ended, by its pid, when the scene ends.

CODEC_BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SIZE=${SIZE:-1920x1080}
WALLPAPERS=/usr/share/backgrounds/mate/nature
WALLPAPER=$WALLPAPERS/GreenMeadow.jpg
VIM_MANUAL=(/usr/share/vim/vim*/doc/usr_[0-4]*.txt)
HEADERS=/usr/include/linux
XTERM=(xterm -fa DejaVuSansMono -fs 11 -bg '#1e1e1e' -fg '#d4d4d4' +sb)
VIM=(vim -u NONE -N -n -c 'syntax on' -c 'set number background=dark')
PIDS=()

fail() { echo "FAIL: $*" >&2; exit 1; }

# play COMMAND...   start a program of the scene; its pid is in $PLAYED
play() {
    "$@" >>"$STAGE/log" 2>&1 &
    PLAYED=$!
    PIDS+=("$PLAYED")
}

# stop_pid PID   end a process and what it started, and wait for it
stop_pid() {
    local children child
    mapfile -t children < <(pgrep -P "$1")
    kill "$1" 2>/dev/null
    for child in "${children[@]}"; do kill "$child" 2>/dev/null; done
    for _ in $(seq 60); do kill -0 "$1" 2>/dev/null || break; sleep 0.05; done
    kill -9 "$1" 2>/dev/null
    wait "$1" 2>/dev/null
    return 0
}

# stop_down_to COUNT   end the newest processes until COUNT are left
stop_down_to() {
    while [ ${#PIDS[@]} -gt "$1" ]; do
        stop_pid "${PIDS[-1]}"
        unset 'PIDS[-1]'
    done
}

# window CLASS   id of the newest visible window of that class, waiting for one
window() {
    local id
    for _ in $(seq 200); do
        id=$(xdotool search --onlyvisible --class "$1" 2>/dev/null | tail -1)
        [ -z "$id" ] || break
        sleep 0.2
    done
    echo "$id"
}

# place WINDOW X Y [WIDTH HEIGHT]
place() {
    [ $# -lt 5 ] || xdotool windowsize "$1" "$4" "$5"
    xdotool windowmove "$1" "$2" "$3"
}

raise() { xdotool windowactivate --sync "$1"; }

# release_keys   a driver ended between press and release leaves keys down. From 10 on, numbers are
# key codes to xdotool, not digits.
release_keys() { xdotool keyup {10..254} mouseup 1; }

# settle [QUIET_MS]   wait until nothing moves on the screen, at most 12 s
settle() { "$CODEC_BENCH/bin/grab" --settle "${1:-700}" --seconds 12; }

# record NAME [grab options]   into DIR/NAME.raw
record() {
    local name=$1; shift
    "$CODEC_BENCH/bin/grab" "$DIR/$name.raw" "$@"
}

# prose   paragraphs of the vim manual, one a line, plain text
prose() {
    awk 'BEGIN { RS = "" }
         /^[A-Z]/ && !/[\t>|*~]/ { gsub(/[ \n]+/, " "); if (length > 120 && length < 900) print }' \
        "${VIM_MANUAL[@]}"
}

# headers   the larger kernel headers, one path a line, largest first
headers() { find "$HEADERS" -maxdepth 1 -name '*.h' -size +20k -printf '%s %p\n' | sort -k1,1nr -k2 | cut -d' ' -f2; }

# browser X,Y W,H URL...   chromium with a fresh profile; returns when the page stands still
browser() {
    local at=$1 size=$2; shift 2
    local options=(--no-first-run --no-default-browser-check --disable-gpu --disable-sync
                   --disable-background-networking --disable-component-update --test-type
                   --password-store=basic --force-device-scale-factor=1
                   --user-data-dir="$STAGE/chromium" --window-position="$at" --window-size="$size")
    [ "$(id -u)" != 0 ] || options+=(--no-sandbox)
    rm -rf "$STAGE/chromium"
    play chromium "${options[@]}" "$@"
    window chromium >/dev/null
    sleep 4
    settle 1500
}

# editor FILE   mousepad on a copy of FILE, so that nothing outside the stage is written
editor() {
    cp "$1" "$STAGE/home/${1##*/}"
    play mousepad --disable-server "$STAGE/home/${1##*/}"
}

stage_clean() {
    stop_down_to 0
    [ -z "${STAGE:-}" ] || rm -rf "$STAGE"
}

# stage_open   an X display of its own with a window manager and a wallpaper, and an empty home
stage_open() {
    STAGE=$(mktemp -d "${TMPDIR:-/tmp}/deskside-codec-stage.XXXXXX")
    trap stage_clean EXIT
    trap 'exit 130' INT TERM
    mkdir -p "$STAGE/home" "$STAGE/run"
    chmod 700 "$STAGE/run"
    export HOME=$STAGE/home XDG_RUNTIME_DIR=$STAGE/run GSETTINGS_BACKEND=memory NO_AT_BRIDGE=1
    export LANG=C.UTF-8 TZ=UTC
    unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

    Xvfb -displayfd 4 -screen 0 "${SIZE}x24" -nolisten tcp 4>"$STAGE/display" >>"$STAGE/log" 2>&1 &
    PIDS+=($!)
    for _ in $(seq 100); do [ -s "$STAGE/display" ] && break; sleep 0.1; done
    [ -s "$STAGE/display" ] || fail "Xvfb did not start"
    DISPLAY=:$(<"$STAGE/display")
    export DISPLAY
    play openbox
    for _ in $(seq 100); do xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q '#' && break; sleep 0.1; done
    feh --no-fehbg --bg-fill "$WALLPAPER" >>"$STAGE/log" 2>&1
    prose >"$STAGE/prose"
    [ -s "$STAGE/prose" ] || fail "no vim manual found"
}

# corpus_main DEFAULT_DIR "SCENES" "FURTHER" [DIR] [scene...]   the body of corpus.sh. SCENES are played
# when none is named; `further` names the others.
corpus_main() {
    local usual=$2 further=$3 all="$2 $3 further" scene base first=${4:-}
    DIR=$1
    shift 3
    if [ -n "$first" ] && ! [[ " $all " == *" $first "* ]]; then DIR=$first; shift; fi
    [ $# -gt 0 ] || read -ra SCENES <<<"$usual"
    [ $# -eq 0 ] || SCENES=("$@")
    [ "${SCENES[0]}" != further ] || read -ra SCENES <<<"$further"
    for scene in "${SCENES[@]}"; do
        [[ " $all " == *" $scene "* ]] || fail "no scene $scene; there are: $all"
    done
    mkdir -p "$DIR" || exit 1
    DIR=$(cd "$DIR" && pwd)
    make -s -C "$CODEC_BENCH" bin/grab || fail "cannot build grab; run packaging/install bench"

    stage_open
    for scene in "${SCENES[@]}"; do
        base=${#PIDS[@]}
        xdotool mousemove 1900 1070
        "scene_$scene"
        stop_down_to "$base"
        release_keys
        settle 500
    done
}
