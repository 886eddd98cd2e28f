#!/usr/bin/env bash
# Writes include/realname.h from the sources; `header.sh check` only compares.
set -euo pipefail
cd "$(dirname "$0")"
new=$(mktemp)
trap 'rm -f "$new"' EXIT
cbindgen --quiet --config cbindgen.toml --output "$new" .
if [ "${1:-}" = check ]; then
  diff -u include/realname.h "$new" || { echo "realname.h is behind the sources: bindings/c/header.sh" >&2; exit 1; }
else
  cp "$new" include/realname.h
fi
