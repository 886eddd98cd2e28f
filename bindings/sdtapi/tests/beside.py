"""An old program over sdtapi and a page on one reader, through a bridge: `beside.py LIBRARY PROGRAM PLACE`.

Twelve cards, all different, are laid down one after the other. The old program asks every 200 ms with iIfOpen 1; the page waits
for three of them. Each card goes to one of both, once. Then the bridge is ended and started again."""
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import urllib.request

library, program, place = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
place.mkdir(parents=True, exist_ok=True)
ORIGIN, CARDS = "https://till.example", 12
base = json.loads((pathlib.Path(__file__).parents[3] / "fixtures/cards/resident.json").read_text(encoding="utf-8"))
cards = []
for n in range(CARDS):
    path = place / f"card-{n}.json"
    path.write_text(json.dumps({**base, "address": f"测试市第{n}号"}), encoding="utf-8")
    cards.append(str(path))
(place / "token").write_text("a-token-for-the-programs-of-this-till\n")
environment = {**os.environ, "XDG_STATE_HOME": str(place)}


def start(*arguments):
    process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True)
    return process, process.stdout.readline().split()[-1]


def bridge(port):
    return start("bridge", "--port", str(place / "reader"), "--listen", f"127.0.0.1:{port}", "--token", str(place / "token"),
                 "--allow-origin", ORIGIN)


def page(url, wait):
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    request = urllib.request.Request(url + "/v1/read", json.dumps({"wait": wait}).encode(), headers)
    with urllib.request.urlopen(request, timeout=wait + 40) as response:
        return json.load(response)["document"]["address"]


reader, _ = start("emulator", "--card", *cards, "--link", str(place / "reader"))
running, url = bridge(0)
os.environ["REALNAME_PORTS"] = f"1={url.replace('http://', 'bridge:')}"
os.environ["REALNAME_BRIDGE_TOKEN"] = str(place / "token")
sdtapi = ctypes.CDLL(library)
taken, codes, done = [], [], threading.Event()


def old_program():
    text, photo = ctypes.create_string_buffer(256), ctypes.create_string_buffer(1024)
    while not done.is_set():
        code = sdtapi.SDT_StartFindIDCard(1, None, 1)
        codes.append(code)
        if code == 0x9F and sdtapi.SDT_SelectIDCard(1, None, 1) == 0x90:
            if sdtapi.SDT_ReadBaseMsg(1, text, None, photo, None, 1) == 0x90:
                assert photo.raw.startswith(b"WLf"), "the chip's photo"
                taken.append(text.raw.decode("utf-16-le")[26:61].rstrip())
        time.sleep(0.2)


def until(what, limit=60):
    begin = time.monotonic()
    while not what():
        assert time.monotonic() - begin < limit, (taken, codes[-10:])
        time.sleep(0.05)


try:
    asking = threading.Thread(target=old_program)
    asking.start()
    until(lambda: len(taken) >= 1)
    seen = [page(url, 30) for _ in range(3)]
    until(lambda: len(taken) >= 3)
    count = len(codes)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=40) == 0
    until(lambda: codes[-1] == 0x01)
    assert set(codes[count:]) <= {0x80, 0x9F, 0x02, 0x03, 0x01}, codes[count:]
    running, again = bridge(url.rsplit(":", 1)[1])
    assert again == url
    before = len(taken)
    until(lambda: len(taken) >= before + 3)
    until(lambda: base and taken[-1] == f"测试市第{CARDS - 1}号")
    done.set()
    asking.join()
    everyone = taken + seen
    assert len(set(everyone)) == len(everyone), f"a card went to two: {everyone}"
    # One that was being read when the bridge ended is nobody's.
    assert len(everyone) >= CARDS - 1, everyone
    print(f"ok: {len(taken)} cards to the old program, {len(seen)} to the page, none to both; lost and back with the bridge")
finally:
    done.set()
    for process in (running, reader):
        process.terminate()
        process.wait()
