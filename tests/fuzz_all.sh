#!/usr/bin/env bash
# Runs every fuzz target over its corpus for SECONDS each. `tests/fuzz_all.sh SECONDS [TARGET…]`
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds per target}; shift
# libFuzzer needs nightly flags. Where no nightly toolchain is installed, the stable one is asked to take them.
toolchain=+nightly
cargo +nightly --version >/dev/null 2>&1 || { toolchain=""; export RUSTC_BOOTSTRAP=1; }
targets=${*:-$(cargo $toolchain fuzz list)}
[ -n "$targets" ] || { echo "no fuzz targets" >&2; exit 1; }
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT
for target in $targets; do
  echo "-- fuzz $target for $seconds s"
  # New inputs go to the scratch directory: the committed corpus stays as it is.
  mkdir -p "$scratch/$target" "fuzz/corpus/$target"
  # shellcheck disable=SC2086
  cargo $toolchain fuzz run --sanitizer none "$target" "$scratch/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 2>&1 | grep -vE '^\s*(Compiling|Finished|Running|warning)' | tail -n 8
done
