#!/usr/bin/env bash
# JD Cloud's SDK never looks at the HTTP status: a 503 from whatever stands before its identity service is an answer without
# an error. And it prints name and identity number to the standard output, by default.
#
# Expected  A vendor's client makes an HTTP 500, 503 or 429 an exception or an error, as those of Tencent, Alibaba, Huawei and
#           Volcengine do with the very same replies; and it keeps what it sends out of sight unless told to show it.
# Happens   `send` returns a response whose `error` is None for each of the three, as long as the body is JSON without a member
#           `error`; `result` is None. The default logger prints with `print`, at level INFO: the URL, the body with the
#           person's name and number, the canonical request, the headers with `Authorization`.
# Versions  jdcloud_sdk 1.6.354 (PyPI), Python 3.
# Seen      With the identity check of two elements (`PersonalAuthRequest`) against a server on loopback.
# Matters   Who asks `if response.error` takes an overloaded gateway for an answer about a person; what follows depends on what he
#           makes of an empty result. And whoever runs a check in a service keeps every person's number in its journal.
#           `realname` reads the status first, and takes an answer only where the map finds a verdict in it.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check jdcloud_sdk==1.6.354
"$dir/venv/bin/python" - <<'PY'
import contextlib
import http.server
import io
import sys
import threading
from importlib.metadata import version

from jdcloud_sdk.core.config import Config
from jdcloud_sdk.core.credential import Credential
from jdcloud_sdk.services.cloudauth.apis.PersonalAuthRequest import PersonalAuthParameters, PersonalAuthRequest
from jdcloud_sdk.services.cloudauth.client.CloudauthClient import CloudauthClient

print("jdcloud_sdk", version("jdcloud_sdk"))
NUMBER = "119999199001010004"


class Answer(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"message": "try later"}'
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"127.0.0.1:{server.server_port}"
same = True
for status in (500, 503, 429):
    Answer.status = status
    shown = io.StringIO()
    client = CloudauthClient(Credential("id", "secret"), Config(endpoint, "http", 5))
    with contextlib.redirect_stdout(shown):
        response = client.send(PersonalAuthRequest(PersonalAuthParameters({"name": "ceshi", "idCard": NUMBER})))
    printed, signature = NUMBER in shown.getvalue(), "Signature=" in shown.getvalue()
    print(f"HTTP {status}: error={response.error} result={response.result}; printed: number {printed}, signature {signature}")
    same &= response.error is None and response.result is None and printed and signature
print("as stated above" if same else "CHANGED: not as stated above")
sys.exit(0 if same else 1)
PY
