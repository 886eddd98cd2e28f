#!/usr/bin/env python3
"""Our tokens in strangers' libraries, and theirs here (Python: PyJWT, jwcrypto, sd-jwt).

    foreign.py verify DIR    verifies what `realname demo --dir DIR` made
    foreign.py make OUT      writes a presentation by each library into OUT, for `tests/relying/foreign.rs`

Keys, demand and clock of what is made are those of `fixtures/vectors`: synthetic.
"""
import base64
import hashlib
import json
import pathlib
import runpy
import sys

import jwt
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


def by_pyjwt(token, key):
    return jwt.decode(token, jwt.PyJWK({**key, "alg": key.get("alg", "EdDSA")}), algorithms=["EdDSA", "ES256"], options={"verify_aud": False})


def verify(directory):
    read = lambda name: (pathlib.Path(directory) / name).read_text().strip()
    anchor, trust, demand = json.loads(read("anchor.json")), read("trust.jwt"), read("demand.jwt")
    # The demo asks several times; the demand that it leaves has one of these answers.
    answers = [read(name) for name in ("presentation", "presentation-2")]
    presentation = next(one for one in answers if part(one.rsplit("~", 1)[1], 1)["demand_hash"] == digest(demand))
    for library, check in [("jwcrypto", by_jwcrypto), ("PyJWT", by_pyjwt)]:
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
    sd = SDJWTVerifier(presentation, lambda _iss, _header: jwk.JWK(**{k: key[k] for k in ("kty", "crv", "x", "y") if k in key}))
    sd._verify_key_binding_jwt(kb["aud"], kb["nonce"], sign_alg="EdDSA")
    claims = sd.get_verified_payload()["verified_claims"]["claims"]
    assert set(claims) == {path["path"][2] for path in part(demand, 1)["dcql_query"]["credentials"][0]["claims"]}
    print(f"sd-jwt: {sorted(claims)} disclosed, key binding verifies")


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
