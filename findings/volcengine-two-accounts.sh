#!/usr/bin/env bash
# Two of Volcengine's clients for two accounts are one client: whoever makes a second one signs the first one's questions about persons with the
# second one's key, at the second one's address.
#
# Expected  `RiskDetectService()` makes a client; its keys, host and limits are set on it and are its own, as with each other vendor's client. Two
#           tenants, or a trial account beside the real one, have two.
# Happens   Every call of the class gives the same object and sets it up anew. The first client's key is gone when the second one is made: until
#           the second one's keys are set its questions go out with an empty key, after that with the other account's. Host, scheme and limits
#           of time go back to the built-in ones. The clients for SMS, voice calls and pictures (identity cards among them) do the same, each
#           for itself. And a question whose connection breaks is sent a second time, which nothing can turn off.
# Versions  volcengine 1.0.229, redo 3.0.1 (PyPI; it needs that and does not say so), Python 3.
# Seen      `element_verify_v2` against a server on loopback that prints whose key signed: two clients in turn, and one that is made between.
# Matters   `ElementVerify` compares name, number and phone with a register. In a program that checks for two sellers the persons of one are asked
#           for in the other one's name, who pays, and whose records say that he was allowed to. Nothing fails: both keys are valid. Where the
#           client is made for each question, as is usual in a service, it shows only under load. In `realname` a register's keys belong
#           to its file; with this client give each account a process of its own.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check volcengine==1.0.229 redo==3.0.1
cat >"$dir/ask.py" <<'PY'
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

from volcengine.business_security.RiskDetectionService import RiskDetectService
from volcengine.sms.SmsService import SmsService
from volcengine.visual.VisualService import VisualService
from volcengine.vms.VmsService import VmsService

print("# volcengine", version("volcengine"))
PERSON = {"AppId": 1, "Service": "idcard_two_element_verify", "Parameters": "{}"}


class Register(BaseHTTPRequestHandler):
    signed, hang_ups = [], 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Register.signed.append(re.search("Credential=([^/]*)", self.headers["Authorization"])[1] or "nobody")
        if len(Register.signed) <= Register.hang_ups:
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()


def at_loopback(client):
    client.set_scheme("http")
    client.set_host(f"127.0.0.1:{server.server_port}")
    return client


def account(name):
    client = at_loopback(RiskDetectService())
    client.set_ak(name)
    client.set_sk("secret of " + name)
    return client


def asked(*clients):
    Register.signed = []
    for client in clients:
        client.element_verify_v2({}, PERSON)
    return Register.signed


one = account("one")
print("one alone, signed by", *asked(one))
two = account("two")
print("one, two, one, signed by", *asked(one, two, one), "- the same object" if one is two else "- two objects")
three = RiskDetectService()
print("host of one while three is made:", one.service_info.host)
at_loopback(three)
print("one, signed by", *asked(one))
print("others of that kind:", *(kind.__name__ for kind in (SmsService, VisualService, VmsService) if kind() is kind()))
Register.hang_ups = 1
print("one hung up on, signed by", *asked(account("one")))
PY
env -u VOLC_ACCESSKEY -u VOLC_SECRETKEY HOME="$dir" "$dir/venv/bin/python" "$dir/ask.py" | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
one alone, signed by one
one, two, one, signed by two two two - the same object
host of one while three is made: riskcontrol.volcengineapi.com
one, signed by nobody
others of that kind: SmsService VisualService VmsService
one hung up on, signed by one one
E2
