#!/usr/bin/env bash
# The first letter of a long text's part is lost by two readers of a modem's SMS: by one whenever the reference has 16 bits, by the other for one
# such reference in 128.
#
# Expected  A part in the 7-bit alphabet begins behind the header, at the next multiple of seven bits (3GPP TS 23.040, 9.2.3.24). What number the
#           sender's phone gave the text has no part in it.
# Happens   After a header of 7 octets, which a 16-bit reference makes, nothing has to be filled up; python-gsmmodem-new skips one letter there, in
#           each such part. smspdudecoder reads header and text as letters and cuts off as many as the header has. Where the reference's octets
#           make the letter "escape", 512 of 65,536, that and the next one are a single letter, so one too many is cut off, and behind the
#           text the filling is read as an @. With 8 bits both are right, as is npm's node-pdu always. In Chinese texts (UCS-2) nothing is lost.
# Versions  smspdudecoder 2.2.0 with bitstring 4.3.1 and pytz 2025.2 (with bitstring 5 it can't be imported), python-gsmmodem-new 0.13.0 (PyPI),
#           Python 3; node-pdu 2.1.1 (npm), Node 20.
# Seen      The second part of a text of two, 256 references of 8 bits and all of 16.
# Matters   What a customer answers from a modem's number is a yes or no and a code. A part that begins with the code, or with the N of "No", reads as
#           another one. Phones in a row of trials count their references up from a number of their own, and 127 of 128 tries are right.
#           `realname` reads what gateways hand over in octets, and joins parts by header elements alone.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check smspdudecoder==2.2.0 bitstring==4.3.1 pytz==2025.2 python-gsmmodem-new==0.13.0
npm install --silent --no-audit --no-fund --prefix . node-pdu@2.1.1
cat >parts.py <<'PY'
import json
import subprocess
from collections import Counter
from importlib.metadata import version
from io import StringIO

from gsmmodem.pdu import decodeSmsPdu
from smspdudecoder.fields import SMSDeliver

print("#", *(f"{name} {version(name)}" for name in ("smspdudecoder", "bitstring", "python-gsmmodem-new")))
TEXT = "No 4711"


def little_endian(octets):
    return "".join(f"{octet:08b}"[::-1] for octet in octets)


def part(reference, wide):
    header = bytes([6, 8, 4, reference >> 8, reference & 255, 2, 2] if wide else [5, 0, 3, reference, 2, 2])
    bits = little_endian(header)
    bits += "0" * (-len(bits) % 7) + "".join(f"{ord(letter):07b}"[::-1] for letter in TEXT)
    length = len(bits) // 7
    bits += "0" * (-len(bits) % 8)
    data = bytes(int(bits[at:at + 8][::-1], 2) for at in range(0, len(bits), 8))
    return (bytes.fromhex("00400D91689109000000F1000062210121436523") + bytes([length]) + data).hex().upper()


for wide, count in ((False, 256), (True, 65536)):
    parts = [part(reference, wide) for reference in range(count)]
    nodes = subprocess.run(["node", "read.cjs"], input=json.dumps(parts), text=True, capture_output=True, check=True)
    read = {
        "smspdudecoder": (SMSDeliver.decode(StringIO(one))["user_data"]["data"] for one in parts),
        "python-gsmmodem-new": (decodeSmsPdu(one)["text"] for one in parts),
        "node-pdu": json.loads(nodes.stdout),
    }
    for name, texts in read.items():
        print(f"{16 if wide else 8} bits, {name}:", *(f"{text!r} {times}" for text, times in sorted(Counter(texts).items())))
PY
cat >read.cjs <<'JS'
const { parse } = require("node-pdu");
const parts = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(parts.map((one) => parse(one).data.getText())));
JS
venv/bin/python parts.py | tee seen
diff <(grep -v '^#' seen) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
8 bits, smspdudecoder: 'No 4711' 256
8 bits, python-gsmmodem-new: 'No 4711' 256
8 bits, node-pdu: 'No 4711' 256
16 bits, smspdudecoder: 'No 4711' 65024 'o 4711@' 512
16 bits, python-gsmmodem-new: 'o 4711' 65536
16 bits, node-pdu: 'No 4711' 65536
E2
