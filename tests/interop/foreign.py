#!/usr/bin/env python3
"""Our tokens in strangers' libraries, and theirs here (Python: PyJWT, jwcrypto, joserfc, sd-jwt).

    foreign.py verify DIR    verifies what `realname demo --dir DIR` or `p256.sh` made
    foreign.py make OUT      writes a presentation by each library into OUT, for `tests/relying/foreign.rs`

Keys, demand and clock of what is made are those of `fixtures/vectors`: synthetic.
"""
import base64
import hashlib
import json
import pathlib
import runpy
import sys

import joserfc.jwk
import joserfc.jws
import jwt
from joserfc.errors import JoseError
from joserfc.registry import HeaderParameter, is_list_str
from jwcrypto import jwk, jws
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
b64 = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
unb64 = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
digest = lambda text: b64(hashlib.sha256(text.encode()).digest())
part = lambda token, at: json.loads(unb64(token.split(".")[at]))


def by_jwcrypto(token, key):
    found = jws.JWS()
    found.deserialize(token)
    found.verify(jwk.JWK(**{k: key[k] for k in ("kty", "crv", "x", "y") if k in key}))
    return json.loads(found.payload)


def algorithm(key):
    return key.get("alg", "ES256" if key["kty"] == "EC" else "EdDSA")


def by_pyjwt(token, key):
    return jwt.decode(token, jwt.PyJWK({**key, "alg": algorithm(key)}), algorithms=["EdDSA", "ES256"], options={"verify_aud": False})


def by_joserfc(token, key, as_it_comes=False):
    """joserfc takes headers of 512 bytes and parameters that it knows, unless its registry is told of more: a delegated
    attestation needs both."""
    more = None if as_it_comes else {"delegation": HeaderParameter("statements from the listed key to this one", is_list_str)}
    registry = joserfc.jws.JWSRegistry(header_registry=more, algorithms=["EdDSA", "ES256"])
    if not as_it_comes:
        registry.max_header_length = 16 * 1024
    public = joserfc.jwk.import_key({k: key[k] for k in ("kty", "crv", "x", "y") if k in key})
    return json.loads(joserfc.jws.deserialize_compact(token, public, registry=registry).payload)


def refuses(check, *arguments):
    try:
        check(*arguments)
    except (JoseError, ValueError):
        return True
    return False


def verify(directory):
    read = lambda name: (pathlib.Path(directory) / name).read_text().strip()
    anchor, trust, demand = json.loads(read("anchor.json")), read("trust.jwt"), read("demand.jwt")
    # While one anchor takes over from another, the file has both.
    anchor = next(one for one in (anchor if isinstance(anchor, list) else [anchor]) if one["kid"] == jwt.get_unverified_header(trust)["kid"])
    # The demo asks several times; the demand that it leaves has one of these answers.
    answers = [read(name) for name in ("presentation", "presentation-2") if (pathlib.Path(directory) / name).exists()]
    presentation = next(one for one in answers if part(one.rsplit("~", 1)[1], 1)["demand_hash"] == digest(demand))
    for library, check in [("jwcrypto", by_jwcrypto), ("PyJWT", by_pyjwt), ("joserfc", by_joserfc)]:
        keys = {key["kid"]: key for key in check(trust, anchor)["keys"]}
        assert check(demand, keys[part(demand, 0)["kid"]])["nonce"]
        *bound, kb_jwt = presentation.split("~")
        header = part(bound[0], 0)
        key = keys.get(header["kid"])
        for statement in header.get("delegation", []):
            key = check(statement, key or keys[part(statement, 0)["kid"]])["jwk"]
        payload = check(bound[0], key)
        kb = check(kb_jwt, payload["cnf"]["jwk"])
        assert kb["sd_hash"] == digest("~".join(bound) + "~") and kb["demand_hash"] == digest(demand)
        print(f"{library}: list, demand, {len(header.get('delegation', []))} delegation(s), issuer and key-binding JWT verify")
    if header.get("delegation"):
        assert refuses(by_joserfc, bound[0], key, True), "joserfc takes a delegated attestation as it comes: say so in the guide"
    # The session's key has the issuer's algorithm: whoever can verify the one can verify the other.
    assert part(kb_jwt, 0)["alg"] == header["alg"] == algorithm(payload["cnf"]["jwk"])
    # The public constructor verifies the key binding as ES256 and nothing else, so with Ed25519 it is given none to verify.
    bound_to = (kb["aud"], kb["nonce"]) if header["alg"] == "ES256" else (None, None)
    sd = SDJWTVerifier(presentation, lambda _iss, _header: jwk.JWK(**{k: key[k] for k in ("kty", "crv", "x", "y") if k in key}), *bound_to)
    claims = sd.get_verified_payload()["verified_claims"]["claims"]
    assert set(claims) == {path["path"][2] for path in part(demand, 1)["dcql_query"]["credentials"][0]["claims"]}
    print(f"sd-jwt: {sorted(claims)} disclosed, {'key binding verifies' if bound_to[0] else 'key binding left to another library (ES256 only)'}")


def make(out):
    corpus = runpy.run_path(str(FIXTURES / "vectors/generate.py"), run_name="corpus")
    operator, session, now = corpus["operator"], corpus["session"], corpus["NOW"]
    demand = (FIXTURES / "vectors/context/demand-1.txt").read_text()
    secret = lambda key, name: {**key.jwk, "d": b64(corpus["sha"]("realname TEST key " + name))}
    facts = {name: corpus["FACTS"][name] for name in ("name", "id_number", "birthdate")}
    open_payload = corpus["issuer_payload"]("sim.cancel", [])
    del open_payload["verified_claims"]["claims"]["_sd"]
    out = pathlib.Path(out)

    def bind(bound_part, sign):
        asked = part(demand, 1)
        payload = {"iat": now + 21, "aud": asked["iss"], "nonce": asked["nonce"], "sd_hash": digest(bound_part), "demand_hash": digest(demand)}
        return bound_part + sign(payload, {"alg": "EdDSA", "typ": "kb+jwt"}, secret(session, "session"))

    def jwcrypto_sign(payload, header, key):
        token = jws.JWS(json.dumps(payload))
        token.add_signature(jwk.JWK(**key), protected=json.dumps(header))
        return token.serialize(compact=True)

    def pyjwt_sign(payload, header, key):
        return jwt.encode(payload, jwt.PyJWK({**key, "alg": "EdDSA"}).key, "EdDSA", headers=header)

    def sd_jwt_bound():
        claims = json.loads(json.dumps(open_payload))
        del claims["_sd_alg"], claims["cnf"]
        claims["verified_claims"]["claims"] = {SDObj(name): value for name, value in facts.items()}
        issuer = SDJWTIssuer(claims, jwk.JWK(**secret(operator, "operator")), jwk.JWK(**session.jwk), "EdDSA", True,
                             extra_header_parameters={"typ": "dc+sd-jwt", "kid": operator.kid})
        jwt_part, *disclosures = issuer.sd_jwt_issuance.rstrip("~").split("~")
        wanted = [one for one in disclosures if json.loads(unb64(one))[1] in ("name", "id_number")]
        return "~".join([jwt_part, *wanted]) + "~"

    def plain_bound(sign):
        disclosures = {name: b64(json.dumps([b64(name.encode() * 4), name, value]).encode()) for name, value in facts.items()}
        payload = json.loads(json.dumps(open_payload))
        payload["verified_claims"]["claims"]["_sd"] = sorted(map(digest, disclosures.values()))
        token = sign(payload, {"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": operator.kid}, secret(operator, "operator"))
        return "~".join([token, disclosures["name"], disclosures["id_number"]]) + "~"

    (out / "pyjwt.txt").write_text(bind(plain_bound(pyjwt_sign), pyjwt_sign))
    (out / "jwcrypto.txt").write_text(bind(plain_bound(jwcrypto_sign), jwcrypto_sign))
    (out / "sd-jwt-python.txt").write_text(bind(sd_jwt_bound(), jwcrypto_sign))
    print("made by PyJWT, jwcrypto, sd-jwt")


{"verify": verify, "make": make}[sys.argv[1]](sys.argv[2])
