#!/usr/bin/env bash
# Runs every fuzz target over its corpus for SECONDS each. `tests/fuzz_all.sh SECONDS [TARGET…]`
#
# The seed is the number of what is checked in (FUZZ_SEED overrides): each change tries other inputs, and what one run found the
# same run finds again.
#
# All targets are compiled at once with the flags that `cargo fuzz` gives without a sanitizer, so nothing but a toolchain is
# installed. To look into something found, `cargo +nightly fuzz run --sanitizer none TARGET INPUT` says the same.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds per target}; shift
tree=$(git rev-parse --short=7 'HEAD^{tree}')
seed=${FUZZ_SEED:-$((16#${tree:0:7} + 1))}
# The coverage passes are for nightly. Where no nightly toolchain is installed, the stable one is asked to take them.
toolchain=+nightly
cargo +nightly --version >/dev/null 2>&1 || { toolchain=""; export RUSTC_BOOTSTRAP=1; }
flags="--cfg fuzzing -Cdebug-assertions -Cpasses=sancov-module"
for option in level=4 inline-8bit-counters pc-table trace-compares stack-depth; do
  flags+=" -Cllvm-args=-sanitizer-coverage-$option"
done
# With a target named, the flags don't reach build scripts and macros.
host=$(rustc -vV | sed -n 's/^host: //p')
# shellcheck disable=SC2086
RUSTFLAGS=$flags CARGO_INCREMENTAL=0 cargo $toolchain build --quiet --release --locked --manifest-path fuzz/Cargo.toml \
  --target "$host" --target-dir target/fuzz --bins
programs=target/fuzz/$host/release
targets=${*:-$(sed -n 's/^name = "\(.*\)"$/\1/p' fuzz/Cargo.toml | grep -v '^realname-fuzz$')}
[ -n "$targets" ] || { echo "no fuzz targets" >&2; exit 1; }
scratch=$(mktemp -d); trap 'rm -rf "$scratch"' EXIT

# New inputs go to the scratch directory: the committed corpus stays as it is.
fuzz() {
  local target=$1
  mkdir -p "$scratch/$target" "fuzz/corpus/$target" "fuzz/artifacts/$target"
  "$programs/$target" "$scratch/$target" "fuzz/corpus/$target" -artifact_prefix="fuzz/artifacts/$target/" \
    -seed="$seed" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 >"$scratch/$target.log" 2>&1 ||
    { cat "$scratch/$target.log"; echo "fuzz: $target found something, see fuzz/artifacts/$target (seed $seed)" >&2; return 1; }
  echo "-- fuzz $target for $seconds s: $(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$target.log") runs," \
    "$(sed -n 's/^stat::peak_rss_mb: *//p' "$scratch/$target.log") MiB at most"
}

# As many at a time as there are cores: each uses one.
waiting=()
failed=0
for target in $targets; do
  if [ ${#waiting[@]} -ge "$(nproc)" ]; then
    wait "${waiting[0]}" || failed=1
    waiting=("${waiting[@]:1}")
  fi
  fuzz "$target" &
  waiting+=($!)
done
for one in ${waiting[@]+"${waiting[@]}"}; do wait "$one" || failed=1; done
exit $failed
