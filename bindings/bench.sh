#!/usr/bin/env bash
# The figures of the bindings and the bridge, each a ratio made in one run, in a release build; rows for docs/performance.md on standard
# output. Needs gcc, python3; takes the package `sd-jwt` into an environment of its own.
#   bindings/bench.sh             all of it
#   bindings/bench.sh PART…       build, pace (a card through libsdtapi), answer (C and Python beside Rust), bridge; `build` first, so that
#                                 nothing is compiled while something is measured
# ROUNDS and CALLS make it shorter (ROUNDS=3 CALLS=30: to see that it runs; those are no figures).
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
release=$target/release
place=$(mktemp -d)
readers=()
trap 'kill "${readers[@]}" 2>/dev/null || true; rm -rf "$place"' EXIT
calls=${CALLS:-300} rounds=${ROUNDS:-9} times=${TIMES:-5}
program=$release/realname
# One choice of packages for all: so the libraries below them are compiled once.
choice=(-p realname-c -p realname-python -p sdtapi -p realname-cli -p realname-bindings -p realname-bridge)

build() {
  cargo build --quiet --release "${choice[@]}" --lib --bin realname --example answer
  cargo bench --quiet "${choice[@]}" --bench told --no-run
  [ -x "$target/bench-venv/bin/python" ] || python3 -m venv "$target/bench-venv"
  "$target/bench-venv/bin/pip" install --quiet --disable-pip-version-check 'sd-jwt>=0.10,<1'
}

pace() {
  echo "-- a card through libsdtapi" >&2
  "$program" emulator --card fixtures/cards/resident.json --again --pace --link "$place/paced" >/dev/null &
  readers+=($!)
  for _ in $(seq 100); do [ -e "$place/paced" ] && break; sleep 0.05; done
  gcc -std=c99 -O2 -I bindings/sdtapi/tests bindings/sdtapi/tests/pace.c -o "$place/pace" -ldl
  REALNAME_PORTS="1=$place/paced" "$place/pace" "$release/libsdtapi.so" "$rounds"
}

answer() {
  echo "-- an answer" >&2
  "$program" sandbox new "$place/sandbox" >/dev/null
  cd "$place/sandbox"
  "$program" demand new --key shop.pem --iss https://shop.example --purpose sim.cancel --number +8613900000001 \
    --expect expect.json --check chip --env test --store store --out cancel.jwt >/dev/null 2>&1
  "$program" emulator --card card.json --link reader >/dev/null &
  readers+=($!)
  for _ in $(seq 100); do [ -e reader ] && break; sleep 0.05; done
  "$program" attest --demand cancel.jwt --config terminal.toml --trust trust.jwt --anchor anchor.json --authority dir:register.json \
    --port "$PWD/reader" --live live.jpg --yes --out presentation >/dev/null
  "$program" verify --demand cancel.jwt --trust trust.jwt --anchor anchor.json --store store presentation >/dev/null
  cd - >/dev/null
  given=("$place/sandbox/store" "$place/sandbox/trust.jwt" "$place/sandbox/anchor.json" "$place/sandbox/presentation" "$calls")
  gcc -std=c99 -D_DEFAULT_SOURCE -O2 -I bindings/c/include bindings/bench/answer.c -o "$place/answer" -L "$release" -lrealname
  # The wheel's package over the library that was built above: the same code as in the wheel.
  cp -r bindings/python/python/realname "$place/realname"
  cp "$release/lib_realname.so" "$place/realname/_realname.abi3.so"
  export LD_LIBRARY_PATH=$release PYTHONPATH=$place
  : >"$place/rust" && : >"$place/c" && : >"$place/python.json"
  for _ in $(seq "$times"); do
    "$release/examples/answer" "${given[@]}" >>"$place/rust"
    "$place/answer" "${given[@]}" >>"$place/c"
    "$target/bench-venv/bin/python" bindings/bench/bench.py "${given[@]}" >>"$place/python.json"
  done
  "$target/bench-venv/bin/python" - "$place" <<'PY'
import json, statistics, sys, pathlib
place = pathlib.Path(sys.argv[1])
numbers = lambda name: [float(line) for line in (place / name).read_text().split()]
python = [json.loads(line) for line in (place / "python.json").read_text().splitlines()]
rust, c = numbers("rust"), numbers("c")
def row(what, limit, aim, ratios):
    print(f"| {what} | {limit} | {aim} | **{statistics.median(ratios):.2f} ×** ({min(ratios):.2f}–{max(ratios):.2f}, n = {len(ratios)}) |")
row("`rn_answer`, answered before", "`rely::answer`", "≤ 1.03 ×", [a / b for a, b in zip(c, rust)])
row("`realname.answer`, answered before", "`rely::answer`", "≤ 1.1 ×", [p["answer"] / b for p, b in zip(python, rust)])
row("16 Python threads verifying, 2 cores", "one thread", "≥ 1.8 ×", [p["threads"][0] for p in python])
row("verifying in Python", "`sd-jwt` (PyPI): two of the three signatures, the disclosures", "≤ 0.2 ×", [p["sd_jwt"][0] for p in python])
PY
}

bridge() {
  echo "-- the bridge" >&2
  cargo bench --quiet "${choice[@]}" --bench told
}

for part in "${@:-build}"; do
  case $part in
    build | pace | answer | bridge) "$part" ;;
    *) echo "no part is called $part" >&2; exit 2 ;;
  esac
done
[ $# -gt 0 ] || { pace; answer; bridge; }
