#!/usr/bin/env bash
# Huawei's client has an exception for an answer that is late and never raises it; and a page of HTML is an answer about a person, without a
# word.
#
# Expected  Whatever goes wrong with a call is an `SdkException`, as the examples catch it: `CallTimeoutException` where the answer is late, another
#           one where it is cut short or isn't JSON. `with_retry` is asked about each of them.
# Happens   A late answer is `ReadTimeout`, a cut one `ChunkedEncodingError`, both of the package requests, which no `except SdkException` catches and
#           about which the condition of `with_retry` isn't asked; a connection that breaks a moment sooner, before the first octet, is an SDK's
#           exception, and is asked again. HTML, a JSON list, an empty body or another object with status 200 are a response whose `result`
#           is None. `CallTimeoutException` is raised in a hook that runs only after the answer is there.
# Versions  huaweicloudsdkivs 3.1.219, huaweicloudsdkcore 3.1.219 (PyPI), Python 3.
# Seen      `detect_standard_by_name_and_id` (name and number against the register) with a limit of a second and two retries, against a server on
#           loopback.
# Matters   Just the two cases in which nobody knows whether the question was worked on, and charged, end in another place than all others: as a
#           fault of the program. And a proxy's login page, read with `if not response.result`, is a person who wasn't found.
#           `realname` has one kind for "in doubt", and takes an answer only where the map finds a verdict in it.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check huaweicloudsdkivs==3.1.219 huaweicloudsdkcore==3.1.219
cat >"$dir/ask.py" <<'PY'
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import CallTimeoutException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.retry.backoff_strategy import BackoffStrategies
from huaweicloudsdkivs.v2 import DetectStandardByNameAndIdRequest, IvsClient

logging.disable(logging.CRITICAL)
print("#", *(f"{name} {version(name)}" for name in ("huaweicloudsdkivs", "huaweicloudsdkcore")))
GOOD = b'{"meta": {"uuid": "1"}, "result": {"service_name": "ivs-standard"}}'
# What comes, its type, how much more of it was announced, and after how long.
ANSWERS = {
    "good": (GOOD, "application/json", 0, 0),
    "late": (GOOD, "application/json", 0, 2),
    "cut": (GOOD, "application/json", 10, 0),
    "none": (None, None, 0, 0),
    "HTML": (b"<html>Please log in</html>", "text/html", 0, 0),
    "list": (b"[]", "application/json", 0, 0),
    "empty": (b"", "application/json", 0, 0),
    "other": (b'{"code": "X.1", "message": "try later"}', "application/json", 0, 0),
}


class Register(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer, heard = None, 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Register.heard += 1
        body, kind, missing, wait = Register.answer
        time.sleep(wait)
        self.close_connection = True
        if body is None:
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + missing))
        try:
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # whoever asked has gone

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()
config = HttpConfig.get_default_config()
config.timeout = (1, 1)
client = (
    IvsClient.new_builder()
    .with_http_config(config)
    .with_credentials(BasicCredentials("id", "key", "project"))
    .with_endpoints([f"http://127.0.0.1:{server.server_port}"])
    .build()
)
for name, answer in ANSWERS.items():
    Register.answer, Register.heard = answer, 0
    question = client.detect_standard_by_name_and_id_invoker(DetectStandardByNameAndIdRequest())
    question.with_retry(lambda _, error: error is not None, 2, BackoffStrategies.NONE)
    try:
        end = "result None" if question.invoke().result is None else "a result"
    except CallTimeoutException as error:
        end = f"the exception for it, {type(error).__name__}"
    except SdkException as error:
        end = f"an SDK's exception, {type(error).__name__}"
    except Exception as error:
        end = f"{type(error).__module__.split('.')[0]}'s {type(error).__name__}"
    print(f"{name}: asked {Register.heard}, caller gets {end}")
PY
"$dir/venv/bin/python" "$dir/ask.py" | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
good: asked 1, caller gets a result
late: asked 1, caller gets requests's ReadTimeout
cut: asked 1, caller gets requests's ChunkedEncodingError
none: asked 3, caller gets an SDK's exception, ConnectionException
HTML: asked 1, caller gets result None
list: asked 1, caller gets result None
empty: asked 1, caller gets result None
other: asked 1, caller gets result None
E2
