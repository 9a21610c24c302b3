# SPDX-License-Identifier: GPL-3.0-or-later
# Deskside: relay, agent and viewer with all encryption on. The agent joins with the code of the viewer, so it starts
# in start_viewer; SERVER_PIDS then holds relay and agent. Programs come from DESKSIDE_BIN (build/bin unless given).
PEER_HOPS=2
DESKSIDE_BIN=${DESKSIDE_BIN:-$(cd "$BENCH/../../.." && pwd)/build/bin}

# event PATTERN FILE: waits for a line and prints the last one that matches
event() {
    wait_for 20 grep -q -- "$1" "$2" || { echo "no $1 in $2" >&2; return 1; }
    grep -- "$1" "$2" | tail -n 1
}
# Puts the time of arrival before every line.
stamp() { while IFS= read -r line; do printf "%s %s\n" "$EPOCHREALTIME" "$line"; done; }
value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

start_server() {
    "$DESKSIDE_BIN/deskside-relay" init --data "$OUT/relay" --host localhost --ports "$SERVER_PORT" >"$OUT/init.log" 2>&1 || return 1
    printf 'correct horse battery\n' >"$OUT/password"
    "$DESKSIDE_BIN/deskside-relay" rep add dana@acme.example --data "$OUT/relay" --name Dana \
        --password-file "$OUT/password" >>"$OUT/init.log" 2>&1 || return 1
    spawn relay "$DESKSIDE_BIN/deskside-relay" serve --data "$OUT/relay"
    RELAY_PID=$SPAWNED SERVER_PIDS=$SPAWNED
    wait_for 10 port_up "$SERVER_PORT"
}

start_viewer() {
    mkfifo "$OUT/viewer.commands" "$OUT/agent.commands"
    exec 7<>"$OUT/viewer.commands" 8<>"$OUT/agent.commands"
    DISPLAY=$V_DISP spawn viewer "$DESKSIDE_BIN/deskside-viewer" --relay "localhost:$1" --ca "$OUT/relay/cert.pem" \
        --email dana@acme.example --password-file "$OUT/password" --new-session --geometry "${GEOM}+0+0" \
        --borderless --scale 1:1 --no-toolbar --events 9 --commands 7 9> >(stamp >"$OUT/viewer.events") ${VIEWER_OPTS:-}
    VIEWER_PIDS=$SPAWNED
    local code number
    code=$(event '"event":"code"' "$OUT/viewer.events" | value code) || return 1
    DISPLAY=$A_DISP spawn agent "$DESKSIDE_BIN/deskside-agent" --relay "localhost:$AGENT_PORT" --ca "$OUT/relay/cert.pem" \
        --code "$code" --accept look,control,files --events 9 --commands 8 9>"$OUT/agent.events" ${SERVER_OPTS:-}
    AGENT_PID=$SPAWNED SERVER_PIDS=$RELAY_PID,$SPAWNED
    number=$(event '"event":"security-number"' "$OUT/agent.events" | value number) || return 1
    echo "{\"cmd\":\"security-number\",\"number\":\"$number\"}" >&7
    event '"event":"picture"' "$OUT/viewer.events" >/dev/null || return 1
    DISPLAY=$V_DISP xdotool mousemove $((W - 4)) $((H / 2))
    case ${TRANSFER:-} in
    to-customer) transfer 7 8 "$OUT/agent.events" ;;
    to-rep) transfer 8 7 "$OUT/viewer.events" ;;
    esac
}

# TRANSFER=to-customer or to-rep: a file of 20 GB without content is on its way while the bench measures.
transfer() { # FD-OF-SENDER FD-OF-RECEIVER EVENTS-OF-RECEIVER
    truncate -s 20G "$OUT/large"
    mkdir "$OUT/inbox"
    echo "{\"cmd\":\"send-file\",\"path\":\"$OUT/large\"}" >&"$1"
    id=$(event '"state":"offered"' "$3" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
    echo "{\"cmd\":\"accept-file\",\"id\":$id,\"path\":\"$OUT/inbox\"}" >&"$2"
    event '"state":"progress"' "$3" >/dev/null
}

stop_peer() {
    [ -z "${VIEWER_PIDS:-}" ] || echo '{"cmd":"end"}' >&7
    sleep 0.5
}

peer_version() { "$DESKSIDE_BIN/deskside-agent" --version; }
