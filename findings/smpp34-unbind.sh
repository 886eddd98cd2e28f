#!/usr/bin/env bash
# A centre of smpp34 that is told goodbye hangs up before its own answers are out: the last text is taken, and its sender never learns of it.
#
# Expected  `unbind` ends a session in order: what was asked before it is answered, then `unbind_resp` comes, then the line is closed. That is what
#           tells it from a line that broke.
# Happens   The centre closes the line beside its answers, and whichever is first wins: of unbinds a third to all aren't answered, from run to run, so
#           that `unbind()` of smpplib ends in a ConnectionError. A text with an unbind right behind it reaches the application, which accepts
#           it, and nearly no answer to it leaves.
# Versions  smpp34 1.5.0 (PyPI) as the centre, smpplib 2.2.4 and bytes written by hand as clients, Python 3.
# Seen      60 sessions of smpplib that bind and unbind, and 40 that send a text and an unbind at once, one after the other on loopback.
# Matters   To a client that keeps the rule a text without an answer is in doubt: it may be out, so it isn't sent again, and a second confirmation
#           is given up that the customer has on the phone. A client that doesn't keep it sends the text twice. Wait for all answers before
#           unbinding from such a centre, and take a closed line after an unbind for its answer.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check smpp34==1.5.0 smpplib==2.2.4
cat >"$dir/farewell.py" <<'PY'
import asyncio
import logging
import socket
import struct
import sys
from collections import Counter
from importlib.metadata import version

import smpp34
import smpplib.client
import smpplib.exceptions

logging.disable(logging.CRITICAL)
print("smpp34", version("smpp34"), "smpplib", version("smpplib"))


def smpplibs(port):
    client = smpplib.client.Client("127.0.0.1", port, allow_unknown_opt_params=True)
    client.connect()
    client.bind_transceiver(system_id="test", password="test")
    try:
        client.unbind()
        return "answered"
    except smpplib.exceptions.ConnectionError:
        return "not answered"
    finally:
        client.disconnect()


def packet(command, sequence, body=b""):
    return struct.pack("!LLLL", 16 + len(body), command, 0, sequence) + body


def by_hand(port):
    """Binds, and sends a text and the unbind in one write; says whether the text was answered before the line was closed."""
    text = bytes(3) + b"10086001\0" + bytes(2) + b"8619900000001\0" + bytes(9) + b"\1Y"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(packet(9, 1, b"test\0test\0\0\x34\0\0\0"))
        line.recv(4096)
        line.sendall(packet(4, 2, text) + packet(6, 3))
        came = b""
        try:
            while more := line.recv(4096):
                came += more
        except ConnectionError:
            pass
    return "answered" if struct.pack("!L", 0x80000004) in came else "not answered"


async def serve(centre, seen):
    while True:
        if isinstance(event := await centre.next(), smpp34.SubmitSmEvent):
            seen["accepted by the application"] += 1
            event.accept(message_id="1")


async def tried(port, way, times, seen):
    for _ in range(times):
        seen[await asyncio.to_thread(way, port)] += 1
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)


async def main():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    centre = smpp34.Server(host="127.0.0.1", port=port, system_id="centre")
    await centre.start()
    same = True
    for what, way, times in (("an unbind alone", smpplibs, 60), ("a text and an unbind", by_hand, 40)):
        seen = Counter()
        serving = asyncio.create_task(serve(centre, seen))
        await asyncio.wait_for(tried(port, way, times, seen), 60)
        serving.cancel()
        print(f"{what}, {times} times: {dict(seen)}")
        if way is smpplibs:
            same &= seen["not answered"] > 0
        else:
            same &= seen["accepted by the application"] == times and seen["not answered"] > times / 2
    await centre.stop()
    print("as stated" if same else "CHANGED")
    sys.exit(0 if same else 1)


asyncio.run(main())
PY
"$dir/venv/bin/python" "$dir/farewell.py"
