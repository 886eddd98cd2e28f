#!/usr/bin/env bash
# Authlib writes one P-256 key in 128 with a short coordinate, and so under another thumbprint than every other library gives the same key.
#
# Expected  The coordinates of an elliptic-curve JWK have the curve's full width, 32 octets for P-256, zeros in front included (RFC 7518,
#           6.2.1.2): one key, one form, one thumbprint (RFC 7638). joserfc, by the same author, writes it so. What is short is refused.
# Happens   Authlib drops the zeros, in its `x` and `y` and in the `kid` that it adds, which is the thumbprint of the short form. PyJWT refuses
#           such a key. joserfc, jwcrypto, npm's jose, Node and WebCrypto take it without a word; asked for its thumbprint, the first three hash the
#           text as it came: one key has two names, by who wrote it down.
# Versions  Authlib 1.9.10, joserfc 1.8.0, jwcrypto 1.6.1, PyJWT 2.15.1 (PyPI), Python 3; jose 6.2.18 (npm), Node 20.
# Seen      2,000 keys that were counted up, and the first one of them with a short `x`, given to each library in both forms.
# Matters   A trust list that names terminals' keys by thumbprint, or a publisher of keys written with Authlib, works for months and then fails
#           for one terminal: its signatures are good, and its name is unknown. `realname` refuses short coordinates, as
#           the standard asks; ask whoever sends such a key for its full form.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check Authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 "PyJWT[crypto]==2.15.1"
npm install --silent --no-audit --no-fund --prefix . jose@6.2.18
cat >keys.py <<'PY'
import json
from importlib.metadata import version

import jwt
from authlib.jose import JsonWebKey
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK

print("#", *(f"{name} {version(name)}" for name in ("Authlib", "joserfc", "jwcrypto", "PyJWT")))
order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
keys = [ec.derive_private_key(pow(3, n, order), ec.SECP256R1()).public_key() for n in range(1, 2001)]


def pem(key):
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def short(member):
    return len(member) < 43


written = [JsonWebKey.import_key(pem(key), {"kty": "EC"}).as_dict() for key in keys]
print("of 2,000 keys Authlib writes short:", sum(short(one["x"]) or short(one["y"]) for one in written))
print("joserfc and jwcrypto:", sum(short(json.loads(text)["x"]) or short(json.loads(text)["y"])
                                  for key in keys for text in (json.dumps(ECKey.import_key(pem(key)).as_dict(private=False)),
                                                               JWK.from_pem(pem(key)).export_public())))
first = next(n for n, one in enumerate(written) if short(one["x"]) and not short(one["y"]))
brief = {name: written[first][name] for name in ("kty", "crv", "x", "y")}
full = {**brief, "x": ECKey.import_key(pem(keys[first])).as_dict(private=False)["x"]}
names = {ECKey.import_key(full).thumbprint(): "the full one's name", ECKey.import_key(brief).thumbprint(): "another name"}
print("Authlib's kid of the short one:", names[written[first]["kid"]])
WAYS = {
    "joserfc": lambda key: names[ECKey.import_key(key).thumbprint()],
    "jwcrypto": lambda key: names[JWK(**key).thumbprint()],
    "PyJWT": lambda key: jwt.PyJWK(key, algorithm="ES256") and "taken",
}
for what, way in WAYS.items():
    for form, key in (("full", full), ("short", brief)):
        try:
            print(f"{what}, {form}: {way(key)}")
        except Exception as error:
            print(f"{what}, {form}: {type(error).__name__}")
json.dump({"full": full, "short": brief, "names": names}, open("keys.json", "w"))
PY
cat >keys.mjs <<'JS'
import { createPublicKey, subtle } from "node:crypto";
import { readFileSync } from "node:fs";
import { calculateJwkThumbprint, importJWK } from "jose";

const { names, ...forms } = JSON.parse(readFileSync("keys.json"));
console.log("# jose", JSON.parse(readFileSync("node_modules/jose/package.json")).version);
const ways = {
  jose: async (jwk) => (await importJWK(jwk, "ES256")) && names[await calculateJwkThumbprint(jwk)],
  Node: async (jwk) => (createPublicKey({ key: jwk, format: "jwk" }).export({ format: "jwk" }).x === forms.full.x ? "the same key" : "another key"),
  WebCrypto: async (jwk) => (await subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"])) && "taken",
};
for (const [what, way] of Object.entries(ways))
  for (const [form, jwk] of Object.entries(forms)) console.log(`${what}, ${form}: ${await way(jwk).catch((error) => error.name)}`);
JS
{ venv/bin/python -W ignore keys.py; node keys.mjs; } | tee seen
diff <(grep -v '^#' seen) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
of 2,000 keys Authlib writes short: 12
joserfc and jwcrypto: 0
Authlib's kid of the short one: another name
joserfc, full: the full one's name
joserfc, short: another name
jwcrypto, full: the full one's name
jwcrypto, short: another name
PyJWT, full: taken
PyJWT, short: InvalidKeyError
jose, full: the full one's name
jose, short: another name
Node, full: the same key
Node, short: the same key
WebCrypto, full: taken
WebCrypto, short: taken
E2
