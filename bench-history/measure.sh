#!/usr/bin/env bash
# Counts the instructions of the hot paths under valgrind and prints them beside those of the last release. A count hardly
# depends on the machine's load, so a release can be compared with one of a year ago; it says nothing about waiting.
#
#   bench-history/measure.sh         prints
#   bench-history/measure.sh keep    writes the row of the version in Cargo.toml into history.tsv, before a release
#
# Counts differ with the compiler and the processor's vector instructions (valgrind shows AVX2 at most): a row says which.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "needs valgrind" >&2; exit 1; }
history=bench-history/history.tsv
names="verify issue card photo"

CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo build --quiet --release --locked -p realname-hot-paths
program=${CARGO_TARGET_DIR:-target}/release/hot-paths
rounds=$(sed -n 's/^const ROUNDS: usize = \([0-9]*\);$/\1/p' bench-history/hot-paths/src/main.rs)

# Instructions a round.
count() {
  local said
  said=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*hot_paths::measured::*' "$program" "$1" 2>&1) ||
    { echo "$said" >&2; return 1; }
  said=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' <<<"$said")
  [ "${said:-0}" -gt 0 ] || { echo "nothing was counted for $1" >&2; return 1; }
  echo $((said / rounds))
}

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
row="$version	$(date -u +%F)	$(rustc --version | cut -d' ' -f2)	$(uname -m)"
last=$(grep -v '^#' "$history" 2>/dev/null | grep -v "^$version	" | tail -1 || true)
column=5
printf '%-8s %14s %14s  %s\n' path instructions "last release" ratio
for name in $names; do
  now=$(count "$name")
  row+="	$now"
  before=$(cut -f$column <<<"$last")
  column=$((column + 1))
  printf '%-8s %14s %14s  %s\n' "$name" "$now" "${before:--}" \
    "$([ -z "$before" ] && echo - || awk "BEGIN { printf \"%.3f\", $now / $before }")"
done
if [ "${1:-}" = keep ]; then
  touch "$history"
  { grep -v "^$version	" "$history" || true; echo "$row"; } >"$history.new"
  mv "$history.new" "$history"
  echo "kept in $history"
fi
