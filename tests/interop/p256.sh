#!/usr/bin/env bash
# An online sale with P-256 keys throughout, for libraries that know no Ed25519: `p256.sh REALNAME DIR`. All data is synthetic.
# Writes into DIR: anchor.json, trust.jwt, demand.jwt, presentation (signed through a delegation).
set -euo pipefail
realname=$1 fixtures=$PWD/fixtures
mkdir -p "$2" && cd "$2"
for who in anchor operator shop checkout; do
  "$realname" key new --alg ES256 --out $who.pem >/dev/null
  "$realname" key show $who.pem --valid-days 365 >$who.jwk
done
# The next anchor is there already, as the runbook wants it while one takes over from another.
"$realname" key new --out next.pem >/dev/null
echo "[$("$realname" key show next.pem --valid-days 365), $(cat anchor.jwk)]" >anchor.json
entry() { sed "s|}\$|, $2}|" "$1.jwk"; }
cat >list.json <<END
{"iss": "https://trust.example", "keys": [
  $(entry operator '"iss": "https://operator.example"'),
  $(entry shop '"iss": "https://shop.example", "role": "demand", "display_name": "Shop (TEST)", "purposes": ["sim.activate"], "claims": ["name", "id_number"]')]}
END
echo '{"purposes": ["sim.activate"], "terminal": "checkout-1", "env": "test"}' >constraints.json
echo '{"name": "测试甲", "id_number": "119999199001010004"}' >declared.json
cat >checkout.toml <<'END'
iss = "https://operator.example"
key = "checkout.pem"
delegation = "checkout.delegation"
terminal = "checkout-1"
env = "test"
consent_text = "TEST: I agree."
END
"$realname" trust sign --anchor anchor.pem --list list.json --out trust.jwt >/dev/null
"$realname" trust delegate --key operator.pem --to checkout.jwk --constraints constraints.json --days 7 --out checkout.delegation >/dev/null
"$realname" demand new --key shop.pem --iss https://shop.example --purpose sim.activate --number +8613900000001 --locality remote \
  --claim name --claim id_number --check triplet --check registry --env test --store store --out demand.jwt >/dev/null
"$realname" attest --demand demand.jwt --config checkout.toml --trust trust.jwt --anchor anchor.json --authority "dir:$fixtures/register.json" \
  --declared declared.json --portrait "$fixtures/sale/portrait-side.jpg" --emblem "$fixtures/sale/emblem-side.jpg" \
  --holder "$fixtures/sale/holder.jpg" --yes --json --out presentation >/dev/null
