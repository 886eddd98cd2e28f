#!/usr/bin/env bash
# The public API of each library crate with all its features, kept in `.ci/public-api/`: `public_api.sh check`, or `write` after
# a change that is meant. Needs a nightly toolchain, which writes rustdoc's JSON, and cargo-public-api.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/lib.sh
wanted=${1:?check or write}
kept=.ci/public-api
mkdir -p "$kept"
failed=0
for package in $(packages); do
  # What a derive or a blanket implementation brings is left out: it would be most of the text.
  now=$(cargo +nightly public-api -sss -p "$package" --all-features --target-dir target/public-api 2>/dev/null) ||
    die "no public API of $package: cargo +nightly public-api -p $package --all-features"
  if [ "$wanted" = write ]; then
    printf '%s\n' "$now" >"$kept/$package.txt"
  elif [ ! -e "$kept/$package.txt" ]; then
    echo "$package: nothing kept yet (public_api.sh write)"
    failed=1
  elif ! diff -u "$kept/$package.txt" <(printf '%s\n' "$now"); then
    echo "$package: its public API isn't the one that is kept"
    failed=1
  else
    echo "$package: $(printf '%s\n' "$now" | wc -l) items, as kept"
  fi
done
exit $failed
