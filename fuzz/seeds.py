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

# Maps of registers, each with the reply that is a match, one that isn't, and one with half of it missing.
MAPS = HERE.parent / "fixtures/codemaps"
REPLIES = {
    "tencent": ({"Response": {"Result": "0", "RequestId": "R-1"}}, ["Response", "Result"], "-4"),
    "alibaba-face": (
        {"Code": "200", "ResultObject": {"Passed": "T", "SubCode": "200", "MaterialInfo": '{"faceAttack":"F"}'}},
        ["ResultObject", "Passed"], "F",
    ),
    "alibaba": ({"Code": "200", "RequestId": "R", "ResultObject": {"BizCode": "1", "SubCode": "101"}}, ["ResultObject", "BizCode"], "2"),
    "huawei": (
        {"meta": {"uuid": "q1"}, "result": {"service_name": "ivs-standard", "count": 1, "resp_data": [
            {"verification_result": "valid", "verification_code": 1000}]}},
        ["result", "count"], 0,
    ),
}
for path in sorted(MAPS.glob("*.toml")):
    # Without comments, so that a mutation more often hits what counts.
    text = "\n".join(line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    name = next(name for name in sorted(REPLIES, key=len, reverse=True) if path.stem.startswith(name))
    reply, place, other = REPLIES[name]
    seed("authority_code_map", text)
    seed("register_map", text + "\0" + json.dumps(reply))
    changed = json.loads(json.dumps(reply))
    parent = changed
    for member in place[:-1]:
        parent = parent[member]
    parent[place[-1]] = other
    seed("register_map", text + "\0" + json.dumps(changed))
    del parent[place[-1]]
    seed("register_map", text + "\0" + json.dumps(changed))
SMALL = """interface="x"
[request]
source="own: x"
path="/c"
body={n="{name}",i="{id_number}",p="{phone_number?}",f="{probe.base64?}"}
[[outer]]
at="/o"
type="string"
source="own: x"
codes={ok={proceed=true},"e.*"={error="denied",fault="setup"}}
[answer]
source="own: x"
verdict={at="/v",type="string",pass=["T"]}
reason={at=["/m","/r"],type="integer_or_string",pass=[1],beside=["T"]}
[[answer.row]]
verdict="T"
reason=1
means={subject="found",name="match",id_number="match"}
[[answer.row]]
verdict="F"
means={subject="not_found"}
[[part]]
at="/f"
type="integer"
optional=true
source="own: x"
codes={1={face="same"},2={face="different"}}
"""
seed("register_map", SMALL + "\0" + json.dumps({"o": "ok", "v": "T", "m": '{"r":1}', "f": 1}))

# What a gateway sends: replies, parts, reports and answers, of CMPP 2.0 and 3.0 and of SMPP.
for wide in (False, True):
    terminal, tail = (32, 20) if wide else (21, 8)

    def cmpp(command, body):
        return (12 + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + (7).to_bytes(4, "big") + body

    def delivery(header, form, report, content):
        body = b"\1" * 8 + b"10086001".ljust(21, b"\0") + b"CONFIRM".ljust(10, b"\0") + bytes([0, header, form])
        body += b"8613800000000".ljust(terminal, b"\0") + (b"\0" if wide else b"") + bytes([report, len(content)]) + content + bytes(tail)
        return cmpp(5, body)

    report = b"\1" * 8 + b"DELIVRD" + b"2611301400" * 2 + bytes(terminal + 4)
    pdus = [
        delivery(0, 8, 0, "是".encode("utf-16-be")),
        delivery(0, 15, 0, "不同意".encode("gb18030")),
        delivery(1, 8, 0, bytes([5, 0, 3, 9, 2, 1]) + "是".encode("utf-16-be")),
        delivery(1, 8, 0, bytes([6, 8, 4, 9, 9, 2, 1]) + "是".encode("utf-16-be")),
        delivery(0, 0, 1, report),
        cmpp(8, b""),
        cmpp(0x80000004, b"\1" * 8 + bytes(4 if wide else 1)),
        cmpp(2, b""),
    ]
    for pdu in pdus:
        seed("gateway", b"\x40" + pdu)
    seed("gateway", b"\x05" + b"".join(pdus))


def smpp(command, body, status=0):
    return b"".join(number.to_bytes(4, "big") for number in (16 + len(body), command, status, 7)) + body


def deliver_sm(esm, coding, text, tlvs=b""):
    head = b"\0\1\1" + b"8613800000000\0" + b"\0\0" + b"10086001\0"
    return smpp(5, head + bytes([esm, 0, 0, 0, 0, 0, 0, coding, 0, len(text)]) + text + tlvs)


for pdu in (
    deliver_sm(0, 8, "是".encode("utf-16-be")),
    deliver_sm(0x40, 8, bytes([5, 0, 3, 9, 2, 1]) + "是".encode("utf-16-be")),
    deliver_sm(4, 0, b"id:1 sub:001 dlvrd:001 submit date:2611301400 done date:2611301401 stat:DELIVRD err:000 text:"),
    deliver_sm(0, 0, b"", bytes([4, 0x24, 0, 5]) + b"Y1234"),
    smpp(0x80000004, b"id-1\0"),
    smpp(0x80000000, b"", 3),
    smpp(0x15, b""),
    smpp(6, b""),
):
    seed("gateway", b"\x40" + pdu)
