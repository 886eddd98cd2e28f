#!/usr/bin/env bash
# Our tokens in strangers' libraries, and theirs here. Installs them by package into target/interop, makes a demo with the
# command-line program, and runs both directions. `REALNAME_VENV` may name a virtual environment that has PyJWT already.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=target/interop
mkdir -p "$work/made"
venv=${REALNAME_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r tests/interop/requirements.txt
# @sd-jwt/core 0.20.0 can't be installed: one of its dependencies was never published.
npm install --silent --no-audit --no-fund --prefix "$work" jose@6.2.17 @sd-jwt/core@0.19 >/dev/null
ln -sfn "$PWD/$work/node_modules" tests/interop/node_modules

rm -rf "$work/demo"
cargo run --quiet -p realname-cli -- demo --dir "$work/demo" >/dev/null
rm -rf "$work/p256"
tests/interop/p256.sh "$PWD/${CARGO_TARGET_DIR:-target}/debug/realname" "$work/p256"
"$venv/bin/python" fixtures/vectors/generate.py --check
"$venv/bin/python" tests/interop/foreign.py verify "$work/demo"
"$venv/bin/python" tests/interop/foreign.py verify "$work/p256"
"$venv/bin/python" tests/interop/verify_presentation.py "$work"/p256/{presentation,demand.jwt,trust.jwt,anchor.json} >/dev/null
node tests/interop/foreign.mjs verify "$work/demo"
"$venv/bin/python" tests/interop/openid4ida.py --may-skip "$work/demo/presentation" fixtures/vectors/001-onsite.txt
"$venv/bin/python" tests/interop/foreign.py make "$work/made"
node tests/interop/foreign.mjs make "$work/made"
REALNAME_FOREIGN="$PWD/$work/made" cargo test --quiet -p realname-relying-tests foreign
echo "interop: all of it passed"
