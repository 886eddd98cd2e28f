"""Verifies a presentation with PyJWT and the standard library alone, as a relying party in another language would.

    verify_presentation.py PRESENTATION DEMAND TRUST_LIST ANCHOR

PRESENTATION, DEMAND and TRUST_LIST are compact tokens; ANCHOR is the anchor file: one JWK, or an array while one anchor
takes over from another. Needs an anchor that signed the list and whose time it is. Prints the disclosed claims as JSON and
exits 0 when everything holds. It shows that the formats are standard; it isn't the profile's whole list of refusals.
"""
import base64, hashlib, json, sys, time
import jwt  # PyJWT

def digest(text): return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
def signed(token, jwk, typ):
    assert jwt.get_unverified_header(token)["typ"] == typ, f"typ isn't {typ}"
    key = jwt.PyJWK(jwk, algorithm=jwk.get("alg", "ES256" if jwk["kty"] == "EC" else "EdDSA"))
    checked = {"verify_aud": False}
    return jwt.decode(token, key, algorithms=[key.algorithm_name], options=checked)

presentation, demand, trust_list = (open(path).read().strip() for path in sys.argv[1:4])
anchors = json.load(open(sys.argv[4]))
signer = jwt.get_unverified_header(trust_list)["kid"]
anchors = [one for one in (anchors if isinstance(anchors, list) else [anchors]) if one["kid"] == signer]
anchor = next((one for one in anchors if one["nbf"] <= time.time() < one["exp"]), None)
assert anchor, "no anchor that is valid now signed the trust list"
keys = {key["kid"]: key for key in signed(trust_list, anchor, "jwk-set+jwt")["keys"]}
asked = signed(demand, keys[jwt.get_unverified_header(demand)["kid"]], "realname-demand+jwt")

issuer_jwt, *disclosures, kb_jwt = presentation.split("~")
header = jwt.get_unverified_header(issuer_jwt)
chain, key = header.get("delegation", []), None
for statement in chain:  # from a listed key down to the terminal's
    key = signed(statement, key or keys[jwt.get_unverified_header(statement)["kid"]], "realname-delegation+jwt")["jwk"]
facts = signed(issuer_jwt, key or keys[header["kid"]], "dc+sd-jwt")
binding = signed(kb_jwt, facts["cnf"]["jwk"], "kb+jwt")

assert binding["sd_hash"] == digest("~".join([issuer_jwt, *disclosures, ""])), "sd_hash"
assert binding["demand_hash"] == digest(demand), "demand_hash"
assert (binding["aud"], binding["nonce"]) == (asked["iss"], asked["nonce"]), "aud or nonce"
digests = facts["verified_claims"]["claims"]["_sd"]
claims = {}
for disclosure in disclosures:
    assert digest(disclosure) in digests, "a disclosure that no digest refers to"
    _salt, name, value = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    claims[name] = value
wanted = {claim["path"][-1] for claim in asked["dcql_query"]["credentials"][0]["claims"]}
assert set(claims) == wanted, "not exactly what was asked"
print(json.dumps(claims, ensure_ascii=False))
