#!/usr/bin/env bash
# `realname serve` under load against a peer in Node 20, and against the library in process: rows for docs/performance.md on
# standard output. Builds both sides in release, installs the peer's packages into the target directory (better-sqlite3 is compiled
# for it), then measures. Server and load share this machine's cores.
#   benches/serve/run.sh            the figures: about three minutes after building, on a machine that does nothing else
#   benches/serve/run.sh --photo    the photo alone; PHOTOS (25) of them
#   benches/serve/run.sh --smoke    in a debug build: that both sides accept the same presentations, some of each
# ROUNDS (7) and COUNT (4000 presentations) make it shorter; those are no figures then.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/lib.sh
apt_need npm nodejs npm
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
peer=$target/peers/serve
mkdir -p "$peer"
cp benches/peers/serve/*.mjs benches/peers/serve/*.json "$peer/"
if [ ! -e "$peer/node_modules/better-sqlite3/build/Release/better_sqlite3.node" ] ||
  ! cmp -s "$peer/package-lock.json" "$peer/node_modules/.installed"; then
  apt_need g++ g++
  # Node's own headers, where the distribution has them; else node-gyp fetches them.
  headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  [ -e "$headers/include/node/node.h" ] && export npm_config_nodedir=$headers
  (cd "$peer" && npm ci --silent --no-audit --no-fund --ignore-scripts &&
    npm rebuild --silent --build-from-source better-sqlite3 >/dev/null && cp package-lock.json node_modules/.installed)
fi
profile=(--release) place=release
[ "${1:-}" != --smoke ] || profile=() place=debug
# One choice of packages for both: so the libraries below them are compiled once.
cargo build --quiet "${profile[@]}" -p realname-cli -p realname-serve-bench --bin realname --bin serve-bench
"$target/$place/serve-bench" "$target/$place/realname" "$peer" "$@"
