#!/usr/bin/env python3
"""The simulated gateway before its judges: PyPI's `pycmpp` (CMPP 2.1) and `cmppy` (CMPP 3.0), which were written without knowing it.

    judges.py          with a Python that has both
"""
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
LONG = "这是一条很长的确认短信，" * 12


class Ismg:
    def __init__(self, *arguments):
        command = [sys.executable, str(HERE / "ismg.py"), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def until(self, wanted):
        seen = []
        for line in self.process.stdout:
            seen.append(json.loads(line))
            if wanted(seen[-1]):
                return seen
        raise AssertionError(f"the gateway ended: {seen}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()


def pycmpp():
    from pycmpp.cmpp import Cmpp

    with Ismg("--version", "3.0") as ismg:
        client = Cmpp("127.0.0.1", ismg.port, "900001", "shared secret", "10086001", delivery=1, client_heartbeat=False)
        client.connect()
        client.auth()
        (connect,) = [event for event in ismg.until(lambda event: event["event"] == "connect")]
        assert connect["status"] == 0, connect
        answer = client.so.recv(64)
        # Its version is 2.1, so the status has one byte.
        assert len(answer) == 30 and answer[12] == 0, answer
        client.submit("确认", ["13800000000"])
        (event,) = ismg.until(lambda event: event["event"] == "submit")
        assert event["text"] == "确认" and event["fits"] and event["to"] == ["13800000000"], event
        client.submit(LONG, ["13800000000"])
        parts = ismg.until(lambda event: event["event"] == "submit" and event["number"] == event["total"])
        assert "".join(part["text"] for part in parts) == LONG, parts
        assert all(part["header"].startswith("050003") and part["fits"] for part in parts), parts
        client.so.close()
    with Ismg("--secret", "another") as ismg:
        client = Cmpp("127.0.0.1", ismg.port, "900001", "shared secret", "10086001")
        client.connect()
        client.auth()
        assert ismg.until(lambda event: event["event"] == "connect")[0]["status"] == 3
        client.so.close()
    print("pycmpp 2.0.2: authenticates, is refused with another secret, a short and a long text arrive whole")


def cmppy():
    from cmppy import Cmppy, SubmitReq

    with Ismg("--version", "3.0") as ismg:
        request = cmppy_request(SubmitReq)
        answer = Cmppy("127.0.0.1", ismg.port, "900001", "shared secret").request(request)
        events = ismg.until(lambda event: event["event"] == "terminate")
        kinds = [event["event"] for event in events]
        assert kinds == ["connect", "submit", "terminate"], kinds
        submit = events[1]
        assert submit["text"] == "确认" and submit["fits"] and submit["to"] == ["13800000000"], submit
        assert answer is not None
    print("cmppy 0.3: one request of 3.0 arrives whole, its answers are read")


def cmppy_request(submit_request):
    return submit_request("900001", "确认", dest_terminal_id=["13800000000"])


if __name__ == "__main__":
    began = time.monotonic()
    pycmpp()
    cmppy()
    print(f"the judges took {time.monotonic() - began:.1f} s")
