#!/usr/bin/env python3
"""Makes the seed corpora of the token targets from fixtures/vectors: one vector per code, small ones. Synthetic."""
import base64
import hashlib
import json
import pathlib

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / "fixtures/vectors"
unb64 = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def seed(target, content):
    content = content.encode() if isinstance(content, str) else content
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    if 0 < len(content) < 8000:
        (folder / f"seed-{hashlib.sha256(content).hexdigest()[:12]}").write_bytes(content)


done = set()
for vector in json.loads((VECTORS / "index.json").read_text())["vectors"]:
    kind, text = vector["kind"], (VECTORS / vector["file"]).read_text()
    if vector["expect"] != "accepted":
        if (kind, vector["expect"]) in done:
            continue
        done.add((kind, vector["expect"]))
    try:
        payload = unb64(text.split(".")[1])
        header = json.loads(unb64(text.split(".")[0]))
    except Exception:
        payload, header = b"", {}
    if kind == "presentation":
        # The target knows one honest presentation; its other accepted twins would be findings.
        if vector["expect"] != "accepted" or vector["file"].startswith("001"):
            seed("token", text)
        disclosures = [part for part in text.split("~")[1:-1]]
        try:
            seed("presentation", b"\n".join([payload, *map(unb64, disclosures)]))
        except Exception:
            pass
        for statement in header.get("delegation") or []:
            if isinstance(statement, str) and statement.count(".") == 2:
                seed("delegation", unb64(statement.split(".")[1]))
    elif kind == "demand":
        seed("demand", payload)
    else:
        seed("trust_list", payload)
for n in range(24):
    seed("reveal_differential", hashlib.shake_256(bytes([n])).digest(120))
