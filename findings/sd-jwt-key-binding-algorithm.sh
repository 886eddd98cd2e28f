#!/usr/bin/env bash
# A verifier's public constructor takes an Ed25519 issuer, and refuses the Ed25519 key binding of the same presentation.
#
# Expected  SDJWTVerifier(presentation, key, expected_aud, expected_nonce) verifies a key binding in whatever algorithm the key in
#           `cnf` has, as it does with the issuer's signature.
# Happens   The key binding is verified as ES256 and nothing else: the algorithm is a parameter of a private method only. An
#           Ed25519 key binding ends in an error of the signature, which names no algorithm.
# Versions  sd-jwt 0.10.4 (PyPI), jwcrypto 1.6.1.
# Seen      By issuing and presenting with the library itself, once with each algorithm.
# Matters   Whoever relies on it needs presentations whose issuer and session are ES256. That is why a `realname` session's key has
#           the issuer's algorithm.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check sd-jwt==0.10.4 jwcrypto==1.6.1
"$dir/venv/bin/python" - <<'PY'
import sys

from jwcrypto import jwk
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def verifies(algorithm, **key):
    issuer, holder = jwk.JWK.generate(**key), jwk.JWK.generate(**key)
    issued = SDJWTIssuer({"iss": "https://issuer.example", SDObj("a"): 1}, issuer, holder, algorithm)
    presenting = SDJWTHolder(issued.sd_jwt_issuance)
    presenting.create_presentation({"a": True}, "nonce", "https://aud.example", holder, algorithm)
    public = lambda _iss, _header: issuer
    assert SDJWTVerifier(presenting.sd_jwt_presentation, public).get_verified_payload()["a"] == 1
    try:
        SDJWTVerifier(presenting.sd_jwt_presentation, public, "https://aud.example", "nonce")
    except Exception as error:  # noqa: BLE001 - which one isn't the point
        return f"no ({type(error).__name__})"
    return "yes"


found = {"ES256": verifies("ES256", kty="EC", crv="P-256"), "EdDSA": verifies("EdDSA", kty="OKP", crv="Ed25519")}
for algorithm, told in found.items():
    print(f"key binding {algorithm}: verified {told}")
same = found["ES256"] == "yes" and found["EdDSA"].startswith("no")
print("as stated above" if same else "CHANGED: not as stated above")
sys.exit(0 if same else 1)
PY
