#!/usr/bin/env python3
"""Checks processed payloads against the schema of OpenID Connect for Identity Assurance, made strict.

    openid4ida.py PRESENTATION…      the schemas are read from $REALNAME_VECTORS/openid4ida

Strict: every object whose members the schema names may have no others. Left open are `verification` and `claims`, which
the schema leaves open by intent and where the profile has members of its own.
"""
import base64
import hashlib
import json
import os
import pathlib
import sys

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = pathlib.Path(os.environ.get("REALNAME_VECTORS", HERE.parents[1] / "../shared/vectors")) / "openid4ida"
unb64 = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def strict(schema, in_place=False):
    """`in_place`: this schema applies to the same object as the one around it, which then says what is left over."""
    if isinstance(schema, list):
        return [strict(one, in_place) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for name, value in schema.items():
        if name in ("properties", "$defs"):
            made[name] = {key: strict(inner) for key, inner in value.items()}
        elif name in ("allOf", "anyOf", "oneOf", "if", "then", "else"):
            made[name] = strict(value, True)
        elif name in ("items", "additionalProperties", "not"):
            made[name] = strict(value)
        else:
            made[name] = value
    if "properties" in made and not in_place and "additionalProperties" not in made:
        made["unevaluatedProperties"] = False
    return made


def processed(presentation):
    jwt, *disclosures, _kb = presentation.split("~")
    shown = {digest(one): json.loads(unb64(one)) for one in disclosures}

    def walk(value):
        if isinstance(value, list):
            return [walk(one) for one in value]
        if not isinstance(value, dict):
            return value
        members = {name: walk(inner) for name, inner in value.items() if name != "_sd"}
        members.update({shown[one][1]: walk(shown[one][2]) for one in value.get("_sd", []) if one in shown})
        return members
    return walk(json.loads(unb64(jwt.split(".")[1])))


if not VECTORS.is_dir():
    sys.exit(f"skipped: {VECTORS} isn't there (set REALNAME_VECTORS)" if "--may-skip" not in sys.argv else 0)
schema, claims = (json.loads((VECTORS / name).read_text()) for name in ("verified_claims.json", "claims_schema.json"))
tight = strict(schema)
validator = Draft202012Validator(tight, registry=Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in (tight, claims)]),
                                 format_checker=FormatChecker())
for name in sys.argv[1:]:
    if name.startswith("--"):
        continue
    payload = processed(pathlib.Path(name).read_text().strip())
    validator.validate({"verified_claims": payload["verified_claims"]})
    # The schema must be able to say no.
    for where in (lambda v: v["evidence"][0]["check_details"][0], lambda v: v["evidence"][0], lambda v: v["evidence"][0]["document_details"]):
        wrong = json.loads(json.dumps(payload["verified_claims"]))
        where(wrong["verification"])["outcome"] = "pass"
        assert list(validator.iter_errors({"verified_claims": wrong})), "an unknown member passed"
    print(f"{name}: {len(payload['verified_claims']['verification']['evidence'])} pieces of evidence fit the strict schema")
