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

# try PROGRAM LIBRARY: fresh readers, then the program in a directory of its own.
try() {
  local program=$1 library=$2 n
  n=${#readers[@]}
  reader "again$n" --again; reader "lying$n"; reader "refind$n" --fault refind
  gcc -std=c99 -Wall -Wextra -Werror -g -I bindings/sdtapi/tests "bindings/sdtapi/tests/$program.c" -o "$place/$program" -ldl
  mkdir -p "$place/work$n"
  echo "-- $library: $program"
  (
    cd "$place/work$n"
    python3 "$root/bindings/sdtapi/tests/silent_line.py" "$place/silent$n" &
    silent=$!
    trap 'kill $silent' EXIT
    for _ in $(seq 100); do [ -e "$place/silent$n" ] && break; sleep 0.05; done
    REALNAME_PORTS="1=$place/again$n;2=$place/lying$n;3=$place/refind$n;4=$place/silent$n;1001=$place/lying$n" \
      "$place/$program" "$target/lib$library.so"
  )
}

try habits sdtapi
try termb termb
try synjones SynIDCardAPI
try wltrs WltRS
