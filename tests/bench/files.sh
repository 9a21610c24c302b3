#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# files.sh [--mb N] [--small N] [--many N] [--sparse GIB] [--passes N] [--only REGEX]
#
# Files through the relay, sealed, by automation of the real programs, beside scp in the same run: loopback, from and to a
# folder in memory, so that only the programs count. A line of JSON each:
#   one       a file of N MB (1000)
#   small     a folder of N files of 1 to 4 KB (10000), beside scp -r
#   many      the same with N files (100000); rss_mb: the most that viewer and agent had beside what they had before
#   sparse    a file of N GiB (5) with a few bytes in it; blocks_mb: what it takes on the disk there
# cpu_s: of both ends (viewer and agent; scp's client and server), relay_cpu_s: of the relay between ours.
# Programs come from DESKSIDE_BIN (build/bin unless given). Needs openssh-server, openssh-client, jq, xvfb.
set -u
here=$(cd "$(dirname "$0")" && pwd)
bin=${DESKSIDE_BIN:-$here/../../build/bin}
mb=1000 small=10000 many=100000 sparse=5 passes=1 only=.
while [ $# -gt 0 ]; do
    case $1 in
    --mb | --small | --many | --sparse | --passes | --only) declare "${1#--}=$2"; shift 2 ;;
    *) sed -n 3,12p "$0"; exit 2 ;;
    esac
done
room=$(mktemp -d -p /dev/shm)
pids=()
cleanup() {
    local i
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill "${pids[i]}" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$room"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
start() { "$@" & pid=$!; pids+=("$pid"); }
fail() { echo "files.sh: $*" >&2; exit 1; }
wait_for() { local end=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.05; done; }
# The first event of a program, from line `from` on, that fits a jq condition.
event() { # FILE FROM CONDITION SECONDS
    local line end=$((SECONDS + $4))
    while [ $SECONDS -lt $end ]; do
        line=$(tail -n "+$2" "$1" | jq -c "select($3)" 2>/dev/null | head -n 1)
        [ -z "$line" ] || { echo "$line"; return 0; }
        sleep 0.05
    done
    fail "no event $3"
}
cpu_of() { local p; for p; do cat "/proc/$p/stat" 2>/dev/null; done | awk '{ sub(/.*\) /, ""); s += $12 + $13 + $14 + $15 } END { print s / 100 }'; }
rss_of() { awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$1/status"; }
rss_now() { awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$1/status"; }
wants() { [[ $1 =~ $only ]]; }

# ---- our programs
setup() {
    local fd code number port
    for fd in customer rep; do
        exec 6> >(read -r n; echo "$n" >"$room/$fd.display")
        start Xvfb -displayfd 6 -screen 0 640x480x24 -nolisten tcp 6>&6 2>/dev/null
        exec 6>&-
        wait_for 10 test -s "$room/$fd.display" || fail "no display"
    done
    "$bin/deskside-relay" init --data "$room/relay" --host localhost --ports 0 >/dev/null 2>&1 || fail "no relay"
    echo "correct horse battery" >"$room/password"
    "$bin/deskside-relay" rep add dana@acme.example --data "$room/relay" --name Dana --password-file "$room/password" >/dev/null 2>&1
    start "$bin/deskside-relay" serve --data "$room/relay" >"$room/relay.log" 2>&1
    relay=$pid
    wait_for 10 grep -q "listening port=" "$room/relay.log" || fail "the relay does not listen"
    port=$(sed -n 's/.*listening port=\([0-9]*\).*/\1/p' "$room/relay.log" | head -n 1)
    mkfifo "$room/viewer.in" "$room/agent.in"
    exec 7<>"$room/viewer.in" 8<>"$room/agent.in"
    DISPLAY=:$(cat "$room/rep.display") start "$bin/deskside-viewer" --relay "localhost:$port" --ca "$room/relay/cert.pem" \
        --email dana@acme.example --password-file "$room/password" --new-session --events 9 --commands 7 9>"$room/viewer.out" 2>/dev/null
    viewer=$pid
    code=$(event "$room/viewer.out" 1 '.event=="code"' 20 | jq -r .code)
    DISPLAY=:$(cat "$room/customer.display") start "$bin/deskside-agent" --relay "localhost:$port" --ca "$room/relay/cert.pem" \
        --code "$code" --accept look,files --events 9 --commands 8 9>"$room/agent.out" 2>/dev/null
    agent=$pid
    number=$(event "$room/agent.out" 1 '.event=="security-number"' 20 | jq -r .number)
    echo "{\"cmd\":\"security-number\",\"number\":\"$number\"}" >&7
    event "$room/viewer.out" 1 '.event=="picture"' 20 >/dev/null
}

# The rep sends; the customer takes it. Seconds and CPU of all three.
ours() { # PATH
    local from_agent from_viewer id before relay_before t0 t1
    rm -rf "$room/to"
    mkdir "$room/to"
    from_agent=$(($(wc -l <"$room/agent.out") + 1)) from_viewer=$(($(wc -l <"$room/viewer.out") + 1))
    before=$(cpu_of "$viewer" "$agent") relay_before=$(cpu_of "$relay")
    t0=$EPOCHREALTIME
    echo "{\"cmd\":\"send-file\",\"path\":\"$1\"}" >&7
    id=$(event "$room/agent.out" "$from_agent" '.event=="file" and .state=="offered"' 60 | jq .id) || exit 1
    echo "{\"cmd\":\"accept-file\",\"id\":$id,\"path\":\"$room/to\"}" >&8
    last=$(event "$room/viewer.out" "$from_viewer" ".event==\"file\" and .id==$id and (.state==\"done\" or .state==\"failed\")" 600) || exit 1
    t1=$EPOCHREALTIME
    [ "$(jq -r .state <<<"$last")" = done ] || fail "$last"
    seconds=$(awk "BEGIN { print $t1 - $t0 }")
    cpu_s=$(awk "BEGIN { print $(cpu_of "$viewer" "$agent") - $before }")
    relay_cpu_s=$(awk "BEGIN { print $(cpu_of "$relay") - $relay_before }")
}

# ---- scp
setup_scp() {
    ssh-keygen -q -t ed25519 -N '' -f "$room/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$room/key"
    cp "$room/key.pub" "$room/keys"
    ssh_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    mkdir -p /run/sshd
    cat >"$room/sshd_config" <<EOF
Port $ssh_port
ListenAddress 127.0.0.1
HostKey $room/host_key
AuthorizedKeysFile $room/keys
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
EOF
    start /usr/sbin/sshd -D -f "$room/sshd_config" -E "$room/sshd.log"
    sshd=$pid
    wait_for 5 grep -q listening "$room/sshd.log" || fail "no sshd"
}
scp_it() { # OPTIONS... PATH
    local before t0 t1
    rm -rf "$room/to"
    mkdir "$room/to"
    before=$(cpu_of $$ "$sshd")
    t0=$EPOCHREALTIME
    scp -q -F none -i "$room/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
        -c aes128-gcm@openssh.com -P "$ssh_port" "${@:1:$#-1}" "$(id -un)@127.0.0.1:${*: -1}" "$room/to/" || fail "scp"
    t1=$EPOCHREALTIME
    relay_cpu_s=0
    sleep 0.2 # the server's process is reaped
    seconds=$(awk "BEGIN { print $t1 - $t0 }")
    cpu_s=$(awk "BEGIN { print $(cpu_of $$ "$sshd") - $before }")
}

same() { diff -rq "$1" "$room/to/${1##*/}" >/dev/null || fail "what came is not what was sent: $1"; }
say() { # LABEL BYTES FILES [MORE]
    awk -v l="$1" -v b="$2" -v f="$3" -v s="$seconds" -v c="$cpu_s" -v m="${4:-}" -v r="$relay_cpu_s" \
        'BEGIN { printf "{\"label\":\"%s\",\"seconds\":%.2f,\"mb_s\":%.1f,\"files_s\":%.0f,\"cpu_s\":%.2f,\"cpu_s_per_gb\":%.2f,\"relay_cpu_s\":%.2f%s}\n", l, s, b / 1e6 / s, f / s, c, c / b * 1e9, r, m }'
}
make_small() { # FOLDER COUNT
    python3 - "$1" "$2" <<'EOF'
import os, sys
root, count = sys.argv[1], int(sys.argv[2])
for i in range(count):
    d = f"{root}/d{i // 500}"
    if i % 500 == 0:
        os.makedirs(d)
    with open(f"{d}/file{i}.txt", "wb") as f:
        f.write(os.urandom(1000 + i * 7919 % 3000))
EOF
}

setup
setup_scp
mkdir "$room/from"
for ((pass = 1; pass <= passes; pass++)); do
    if wants one; then
        [ -f "$room/from/one" ] || head -c "${mb}000000" /dev/urandom >"$room/from/one"
        ours "$room/from/one"; same "$room/from/one"; say one "${mb}000000" 1
        scp_it "$room/from/one"; same "$room/from/one"; say one-scp "${mb}000000" 1
    fi
    if wants small; then
        [ -d "$room/from/small" ] || make_small "$room/from/small" "$small"
        bytes=$(du -sb --apparent-size "$room/from/small" | cut -f 1)
        ours "$room/from/small"; same "$room/from/small"; say small "$bytes" "$small"
        scp_it -r "$room/from/small"; same "$room/from/small"; say small-scp "$bytes" "$small"
    fi
    if wants many; then
        [ -d "$room/from/many" ] || make_small "$room/from/many" "$many"
        bytes=$(du -sb --apparent-size "$room/from/many" | cut -f 1)
        v=$(rss_now "$viewer") a=$(rss_now "$agent")
        echo 5 >"/proc/$viewer/clear_refs" && echo 5 >"/proc/$agent/clear_refs" # begins the most anew
        ours "$room/from/many"; same "$room/from/many"
        say many "$bytes" "$many" "$(awk "BEGIN { printf \",\\\"viewer_rss_mb\\\":%.1f,\\\"agent_rss_mb\\\":%.1f\", $(rss_of "$viewer") - $v, $(rss_of "$agent") - $a }")"
    fi
    if wants sparse; then
        truncate -s "${sparse}G" "$room/from/sparse"
        printf end | dd of="$room/from/sparse" bs=1 seek=$((sparse * 1073741824 - 3)) conv=notrunc status=none
        v=$(rss_now "$viewer") a=$(rss_now "$agent")
        echo 5 >"/proc/$viewer/clear_refs" && echo 5 >"/proc/$agent/clear_refs"
        ours "$room/from/sparse"
        cmp "$room/from/sparse" "$room/to/sparse" || fail "sparse differs"
        say sparse "$((sparse * 1073741824))" 1 "$(awk "BEGIN { printf \",\\\"blocks_mb\\\":%.1f,\\\"viewer_rss_mb\\\":%.1f,\\\"agent_rss_mb\\\":%.1f\", $(stat -c %b "$room/to/sparse") * 512 / 1e6, $(rss_of "$viewer") - $v, $(rss_of "$agent") - $a }")"
    fi
done
