#!/usr/bin/env bash
# The libraries that stand in for the vendors', called as programs call them, on readers in software. Needs gcc, python3.
set -euo pipefail
cd "$(dirname "$0")/../../.."
root=$PWD
cargo build --quiet -p sdtapi -p termb -p synjones -p wltrs -p realname-cli
target=$(realpath "${CARGO_TARGET_DIR:-target}/debug")
place=$(mktemp -d)
readers=()
trap 'kill "${readers[@]}" 2>/dev/null || true; rm -rf "$place"' EXIT

reader() {
  local name=$1; shift
  "$target/realname" emulator --card fixtures/cards/resident.json --link "$place/$name" "$@" >"$place/$name.log" &
  readers+=($!)
  for _ in $(seq 100); do [ -e "$place/$name" ] && return; sleep 0.05; done
  echo "no reader $name" >&2; exit 1
}

# bridge NAME: a bridge that has that reader; its port's entry is in PORT.
bridge() {
  local name=$1
  XDG_STATE_HOME=$place "$target/realname" bridge --port "$place/$name" --listen 127.0.0.1:0 --token "$place/token" \
    >"$place/$name.bridge" 2>/dev/null &
  readers+=($!)
  for _ in $(seq 100); do [ -s "$place/$name.bridge" ] && break; sleep 0.05; done
  PORT=$(sed -n 's#^listening on http://#bridge:#p' "$place/$name.bridge")
  [ -n "$PORT" ] || { echo "no bridge for $name" >&2; exit 1; }
}
echo a-token-for-the-programs-of-this-till >"$place/token"
export REALNAME_BRIDGE_TOKEN=$place/token
# A card that is back at once was only touched, says a bridge: two of one person take turns.
sed 's/测试路1号/测试路2号/' fixtures/cards/resident.json >"$place/second.json"

# try PROGRAM LIBRARY [through]: fresh readers, then the program in a directory of its own; through bridges or not.
try() {
  local program=$1 library=$2 way=${3:-} n name PORT
  n=${#readers[@]}
  reader "again$n" --again --card "$place/second.json"; reader "lying$n"; reader "refind$n" --fault refind
  declare -A at
  for name in again lying refind; do
    at[$name]=$place/$name$n
    if [ -n "$way" ]; then bridge "$name$n"; at[$name]=$PORT; fi
  done
  gcc -std=c99 -Wall -Wextra -Werror -g -I bindings/sdtapi/tests "bindings/sdtapi/tests/$program.c" -o "$place/$program" -ldl
  mkdir -p "$place/work$n"
  echo "-- $library: $program $way"
  (
    cd "$place/work$n"
    python3 "$root/bindings/sdtapi/tests/silent_line.py" "$place/silent$n" &
    silent=$!
    trap 'kill $silent' EXIT
    for _ in $(seq 100); do [ -e "$place/silent$n" ] && break; sleep 0.05; done
    REALNAME_PORTS="1=${at[again]};2=${at[lying]};3=${at[refind]};4=$place/silent$n;1001=${at[lying]}" \
      "$place/$program" "$target/lib$library.so"
  )
}

try habits sdtapi
try termb termb
try synjones SynIDCardAPI
try wltrs WltRS
try habits sdtapi through
try termb termb through
try synjones SynIDCardAPI through
echo "-- an old program and a page on one reader"
python3 bindings/sdtapi/tests/beside.py "$target/libsdtapi.so" "$target/realname" "$place/beside"
