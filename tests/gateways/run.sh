#!/usr/bin/env bash
# Gateways: the simulated ISMG before its judges, then our clients before it and before two SMPP centres of others'. Installs Python's and
# npm's packages into target/gateways.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$PWD/target/gateways
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r tests/gateways/requirements.txt
[ -d "$work/npm/node_modules/smpp" ] || npm install --silent --no-audit --no-fund --prefix "$work/npm" smpp@0.5.1 >/dev/null
export PYTHONDONTWRITEBYTECODE=1 REALNAME_GATEWAY_PYTHON="$work/venv/bin/python" REALNAME_GATEWAY_NPM="$work/npm/node_modules"
began=$SECONDS
"$work/venv/bin/python" tests/gateways/judges.py | grep -v '^\(Write\|Read\):'
"$work/venv/bin/python" tests/gateways/second_client.py "$work/npm/node_modules"
# Without -p, so that nothing is compiled anew: these are programs that `cargo test` builds.
cargo test --quiet --test lines -- --include-ignored
cargo test --quiet --test http -- --include-ignored line::
echo "gateways: all of it passed, $((SECONDS - began)) s"
