#!/usr/bin/env bash
# pycmpp answers a gateway's test of the line with 16 octets that it calls 13: from then on the gateway reads everything in the wrong place.
#
# Expected  CMPP_ACTIVE_TEST_RESP is a header of 12 octets and one that is reserved, 13 in all, as its length says: an answered test leaves the
#           line as it was.
# Happens   The reserved octet is sent as the four characters `0x00`. A gateway that reads by length, as CMPP has to be read, finds `x00` and one
#           octet more where the next packet's length is: two thousand million. What the client submits after that is inside that packet.
#           Nothing is answered any more, and nothing at the client says why.
# Versions  pycmpp 2.0.2 (PyPI), the latest, Python 3.
# Seen      A gateway of sixty lines on loopback: login, one text, a test of the line, one text.
# Matters   The package's own test of the line, every 3 seconds, keeps most gateways from sending theirs, so trials pass; a gateway that tests
#           all the same, or a client that leaves testing to it (`client_heartbeat=False`), loses its line after the first quiet minutes, and
#           confirmations go out into nothing. It judges our simulated gateway by logins and texts,
#           where no line is tested.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check pycmpp==2.0.2
cat >"$dir/line.py" <<'PY'
import logging
import os
import socket
import struct
import threading
import time
from importlib.metadata import version

from pycmpp.cmpp import Cmpp

logging.disable(logging.CRITICAL)
print("# pycmpp", version("pycmpp"))
NAMES = {1: "CONNECT", 4: "SUBMIT", 0x80000008: "ACTIVE_TEST_RESP"}


def packet(command, sequence, body=b""):
    return struct.pack("!LLL", 12 + len(body), command, sequence) + body


def whole(line, count):
    octets = b""
    while len(octets) < count:
        more = line.recv(count - len(octets))
        if not more:
            raise EOFError
        octets += more
    return octets


def gateway(line, said):
    """Reads by length and answers, as every gateway does; says what it read."""
    line.settimeout(1)
    while True:
        try:
            length, command, sequence = struct.unpack("!LLL", whole(line, 12))
        except (TimeoutError, EOFError):
            return
        if length > 65536:
            said.append(f"a packet of {length} octets, which begin with {struct.pack('!L', length)[:3]}")
            return
        body = whole(line, length - 12)
        said.append(f"{NAMES.get(command, hex(command))} of {length} octets")
        if command == 1:
            line.sendall(packet(0x80000001, sequence, bytes(17) + b"\x20"))
        elif command == 4:
            line.sendall(packet(0x80000004, sequence, bytes(9)))
            if body[-10:-8] == "一".encode("utf-16-be"):
                line.sendall(packet(8, 77))


for heading, tested in (("with a test of the line", "一"), ("without one", "零")):
    listening = socket.create_server(("127.0.0.1", 0))
    client = Cmpp("127.0.0.1", listening.getsockname()[1], "900001", "shared secret", "10086001", client_heartbeat=False)
    said = []
    threading.Thread(target=client.run, daemon=True).start()
    line, _ = listening.accept()
    serving = threading.Thread(target=gateway, args=(line, said))
    serving.start()
    for text in (tested, "二"):
        time.sleep(0.3)
        client.submit(text, ["19900000001"])
    serving.join()
    print(f"{heading}: {'; '.join(said)}", flush=True)
os._exit(0)
PY
timeout 60 "$dir/venv/bin/python" "$dir/line.py" | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
with a test of the line: CONNECT of 39 octets; SUBMIT of 161 octets; ACTIVE_TEST_RESP of 13 octets; a packet of 2016423936 octets, which begin with b'x00'
without one: CONNECT of 39 octets; SUBMIT of 161 octets; SUBMIT of 161 octets
E2
