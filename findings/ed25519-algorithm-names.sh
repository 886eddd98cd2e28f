#!/usr/bin/env bash
# A public key that says `"alg": "Ed25519"` (RFC 9864) fits a token that says `EdDSA` in one library and not in the next, the
# signature being the same; and PyJWT can't load such a key at all.
#
# Expected  RFC 9864 (October 2025) deprecates `EdDSA` in favour of `Ed25519`, so current libraries take either name for a key on
#           that curve where the caller allows both, or at least read a key that has the new one.
# Happens   jwcrypto takes every combination. joserfc and jose (npm, from a key set) compare the two names as text: token and key
#           must say the same one. PyJWT refuses the new name in tokens and in keys, with the whole key in the message. fast-jwt
#           refuses it in tokens. A token that says `EdDSA` with a key that says the same, or nothing, is what all of them take.
# Versions  PyJWT 2.15.1, joserfc 1.8.0, jwcrypto 1.6.1 (PyPI); jose 6.2.18, fast-jwt 6.3.6 (npm).
# Seen      One key, one signature a name, every combination, both names allowed by the caller where it has a list.
# Matters   Whoever verifies an attestation in another language reads its issuer's key from a list that somebody else writes. One
#           that "modernises" the keys' `alg` makes every terminal's attestation unverifiable for half of its readers, who see
#           "no matching key". Attestations and the keys of trust lists say `EdDSA` here; a key is read with either name.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check PyJWT==2.15.1 joserfc==1.8.0 jwcrypto==1.6.1 cryptography
npm install --silent --no-audit --no-fund --prefix . jose@6.2.18 fast-jwt@6.3.6
venv/bin/python - <<'PY'
import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

key = Ed25519PrivateKey.generate()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(alg):
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": alg, "typ": "JWT"}, {"sub": "test", "exp": int(time.time()) + 600}))
    return text + "." + b64(key.sign(text.encode()))


public = {"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key().public_bytes_raw())}
keys = {"none": public, "EdDSA": {**public, "alg": "EdDSA"}, "Ed25519": {**public, "alg": "Ed25519"}}
json.dump({"tokens": {alg: token(alg) for alg in ("EdDSA", "Ed25519")}, "keys": keys}, open("material.json", "w"))
PY
cat >python.py <<'PY'
import json
from importlib.metadata import version

import jwt
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OKPKey
from jwcrypto import jwk, jws

material = json.load(open("material.json"))
both = ["EdDSA", "Ed25519"]


def with_jwcrypto(token, key):
    signed = jws.JWS()
    signed.allowed_algs = both
    signed.deserialize(token)
    signed.verify(jwk.JWK(**key))


tries = {
    "PyJWT": lambda token, key: jwt.decode(token, jwt.PyJWK(key), algorithms=both),
    "joserfc": lambda token, key: joserfc_jwt.decode(token, OKPKey.import_key(key), algorithms=both),
    "jwcrypto": with_jwcrypto,
}
for name, check in tries.items():
    print("#", name, version(name))
    for alg, token in material["tokens"].items():
        for said, key in material["keys"].items():
            try:
                check(token, key)
                print(name, alg, said, "taken")
            except Exception as error:
                print(name, alg, said, "refused:", type(error).__name__)
PY
cat >node.mjs <<'JS'
import fs from "node:fs";
import { createPublicKey } from "node:crypto";
import * as jose from "jose";
import fast from "fast-jwt";

const { tokens, keys } = JSON.parse(fs.readFileSync("material.json"));
const tries = {
  jose: (token, key) => jose.jwtVerify(token, jose.createLocalJWKSet({ keys: [key] }), { algorithms: ["EdDSA", "Ed25519"] }),
  "fast-jwt": (token, key) => fast.createVerifier({ key: createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }) })(token),
};
for (const [name, check] of Object.entries(tries)) {
  console.log("#", name, JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`)).version);
  for (const [alg, token] of Object.entries(tokens))
    for (const [said, key] of Object.entries(keys))
      try {
        await check(token, key);
        console.log(name, alg, said, "taken");
      } catch (error) {
        console.log(name, alg, said, "refused:", error.code);
      }
}
JS
{ venv/bin/python python.py; node node.mjs; } | tee seen
cut -d: -f1 seen | grep -v '^#' >short
# library, the token's name, the key's
diff short - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
PyJWT EdDSA none taken
PyJWT EdDSA EdDSA taken
PyJWT EdDSA Ed25519 refused
PyJWT Ed25519 none refused
PyJWT Ed25519 EdDSA refused
PyJWT Ed25519 Ed25519 refused
joserfc EdDSA none taken
joserfc EdDSA EdDSA taken
joserfc EdDSA Ed25519 refused
joserfc Ed25519 none taken
joserfc Ed25519 EdDSA refused
joserfc Ed25519 Ed25519 taken
jwcrypto EdDSA none taken
jwcrypto EdDSA EdDSA taken
jwcrypto EdDSA Ed25519 taken
jwcrypto Ed25519 none taken
jwcrypto Ed25519 EdDSA taken
jwcrypto Ed25519 Ed25519 taken
jose EdDSA none taken
jose EdDSA EdDSA taken
jose EdDSA Ed25519 refused
jose Ed25519 none taken
jose Ed25519 EdDSA refused
jose Ed25519 Ed25519 taken
fast-jwt EdDSA none taken
fast-jwt EdDSA EdDSA taken
fast-jwt EdDSA Ed25519 taken
fast-jwt Ed25519 none refused
fast-jwt Ed25519 EdDSA refused
fast-jwt Ed25519 Ed25519 refused
E2
