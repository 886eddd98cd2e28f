#!/usr/bin/env bash
# The public API of each library crate with all its features, kept in `.ci/public-api/`: `public_api.sh check`, or `write` (or
# `update`) after a change that is meant. Rustdoc's JSON comes from the compiler in use, and what is type-checked for it is what
# the step `docs` type-checks; `.ci/api` makes lines of it.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/lib.sh
wanted=${1:-}
case "$wanted" in check | write) ;; update) wanted=write ;; *) die "public_api.sh check, or public_api.sh write" ;; esac
kept=.ci/public-api
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$kept"
packages=$(packages)
# A listing of a crate that isn't there any more is a change, too.
for listing in "$kept"/*.txt; do
  name=$(basename "$listing" .txt)
  case " $packages * " in
    *" $name "*) ;;
    *) [ "$wanted" = write ] && rm "$listing" || die "$listing: no such crate is published" ;;
  esac
done

cargo build --quiet --locked --manifest-path .ci/api/Cargo.toml --target-dir "$target/api"
# shellcheck disable=SC2046
RUSTDOC=$PWD/.ci/api/rustdoc RUSTDOCFLAGS="-Z unstable-options --output-format json --cap-lints allow" \
  cargo doc --quiet --no-deps --lib --all-features $(packages -p)

failed=0
for package in $packages; do
  now=$("$target/api/debug/realname-public-api" "$target/doc/${package//-/_}.json") || die "no public API of $package"
  [ -n "$now" ] || die "the public API of $package is empty"
  if [ "$wanted" = write ]; then
    printf '%s\n' "$now" >"$kept/$package.txt"
  elif [ ! -e "$kept/$package.txt" ]; then
    echo "$package: nothing is kept yet"
    failed=1
  elif ! diff -u --label "$package, as kept" --label "$package, now" "$kept/$package.txt" <(printf '%s\n' "$now"); then
    failed=1
  fi
  echo "$package: $(printf '%s\n' "$now" | wc -l) items"
done
[ $failed = 0 ] || die "the public API isn't the one that is kept: .ci/public_api.sh write, and commit it, if that is meant"
