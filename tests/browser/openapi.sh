#!/usr/bin/env bash
# schemathesis over the document of a running service: no 5xx, nothing that the document doesn't say.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=$(realpath "${REALNAME_VENV:-target/ci-venv}")
[ -x "$venv/bin/schemathesis" ] || "$venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
program=${REALNAME:-}
if [ -z "$program" ]; then
  cargo build --quiet -p realname-cli
  program=target/debug/realname
fi
place=$(mktemp -d)
out=$place/out
"$program" serve --demo --log error >"$out" &
service=$!
trap 'kill $service; rm -rf "$place"' EXIT
for _ in $(seq 50); do [ "$(wc -l <"$out")" -ge 2 ] && break; sleep 0.2; done
url=$(sed -n 's/^listening on //p' "$out")
token=$(sed -n 's/^demo token //p' "$out")
# It keeps what it learned in the directory where it runs.
cd "$place"
"$venv/bin/schemathesis" run "$url/openapi.json" -H "Authorization: Bearer $token" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
  --max-examples "${EXAMPLES:-10}" --generation-database none --request-timeout 35
kill -0 $service
