#!/usr/bin/env bash
# The buyer's page, the desk's, and a till's page before the bridge, in Debian's Chromium. Builds the program unless REALNAME names one.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/lib.sh
apt_need npm nodejs npm
apt_need chromium chromium
program=${REALNAME:-}
if [ -z "$program" ]; then
  cargo build --quiet -p realname-cli
  program=$PWD/target/debug/realname
fi
place=target/browser
mkdir -p $place
cp tests/browser/*.json tests/browser/*.mjs tests/browser/*.ts docs/openapi.json $place/
(cd $place && npm install --silent --no-audit --no-fund && npx openapi-typescript openapi.json -o realname.ts >/dev/null && npx tsc)
(cd $place && node sale.mjs "$program" "$(command -v chromium)" "${1:-}")
(cd $place && node desk.mjs "$program" "$(command -v chromium)" "$OLDPWD"/fixtures/cards/resident.json "$OLDPWD"/fixtures/portraits/jia-live-1.jpg "${1:-}")
(cd $place && node bridge.mjs "$program" "$(command -v chromium)" "$OLDPWD"/fixtures/cards/resident{,-2}.json)
