"""The same library from Python by ctypes: `python3 till.py LIBRARY READER SANDBOX`. All people in it are synthetic."""
import ctypes
import json
import pathlib
import sys

library, port, sandbox = sys.argv[1:]
rn = ctypes.CDLL(library)
for name in ("rn_reader_cancel", "rn_reader_close", "rn_store_close", "rn_trust_close", "rn_string_free"):
    getattr(rn, name).argtypes = [ctypes.c_void_p]
rn.rn_reader_read.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
rn.rn_answer.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p]
rn.rn_reader_watch.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]


def handle(function, *arguments):
    value = ctypes.c_void_p()
    status = function(*arguments, ctypes.byref(value))
    assert status == 0, (function.__name__, status)
    return value


def taken(text):
    value = ctypes.string_at(text.value).decode("utf-8")
    assert rn.rn_string_free(text) == 0
    return value


reader = handle(rn.rn_reader_open, port.encode(), 115200)
card = json.loads(taken(handle(rn.rn_reader_read, reader, b'{"wait": 10}')))
assert card["document"]["name"] == "测试甲", "another card"

events = []
callback = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)


@callback
def told(event, _context):
    events.append(json.loads(event)["event"])
    if events.count("card_read") == 2:
        rn.rn_reader_cancel(reader)


assert rn.rn_reader_watch(reader, ctypes.cast(told, ctypes.c_void_p), None) == 0
status, text = 8, ctypes.c_void_p()
while status == 8:
    status = rn.rn_reader_probe(reader, ctypes.byref(text))
assert status == 0 and events.count("card_read") == 2, (status, events)
taken(text)
assert rn.rn_reader_close(reader) == 0 and rn.rn_reader_close(reader) == 5

place = pathlib.Path(sandbox)
store = handle(rn.rn_store_open, str(place / "store").encode())
trust = handle(rn.rn_trust_load, (place / "trust.jwt").read_bytes(), (place / "anchor.json").read_bytes())
presentation = (place / "presentation").read_bytes()
verdict = json.loads(taken(handle(rn.rn_answer, store, trust, presentation, None)))
assert verdict["verdict"] == "accepted", verdict["reasons"]
text = ctypes.c_void_p()
assert rn.rn_answer(store, trust, presentation, None, ctypes.byref(text)) == 1
assert json.loads(taken(text))["reasons"][0]["code"] == "already_answered"
assert rn.rn_trust_close(trust) == 0 and rn.rn_store_close(store) == 0
print("ok")
