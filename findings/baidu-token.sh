#!/usr/bin/env bash
# One bad minute of Baidu's token address, and the client never asks for a token again: until the program ends it signs in another way.
#
# Expected  A client whose question for a token is answered with an error tells its caller so, and asks again with the next question. A token that
#           the register calls expired is renewed.
# Happens   An answer without the right scope, and an error in JSON is one, is taken for an account of another kind. The question goes out all the same,
#           without a token, signed as for Baidu's cloud; so do all later ones, though the token address works again and is never asked. The
#           same error as a page of HTML is a JSONDecodeError, after which the next question asks for a token. Of the register's two errors about
#           tokens 110 ("invalid") gets a new one and the question sent again; 111 ("expired") reaches the caller, each time.
# Versions  baidu-aip 4.16.13 with chardet 5.2.0 (PyPI), Python 3.
# Seen      Four questions each against a server on loopback whose token address fails once, at the first token or the second, or whose
#           register refuses the first token.
# Matters   The token is fetched every 30 days. A fault of a second at that moment, and all questions of a till go out without one until somebody
#           starts it anew; a clock that is behind, and each of them is "expired". `realname` asks for a token again after any error, and
#           once when a question is denied whose token is older than a minute.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check baidu-aip==4.16.13 chardet==5.2.0
cat >"$dir/asked.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

from aip import AipFace

print("# baidu-aip", version("baidu-aip"))
TOKEN = {"scope": "brain_all_scope"}
FAULT = {"error": "server_error", "error_description": "-"}
fault, life, refused, seen = None, 2592000, None, []


class Register(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        place, asked, failing = urlsplit(self.path), seen.count("token"), False
        if place.path == "/token":
            seen.append("token")
            whole = {**TOKEN, "access_token": f"synthetic{asked}", "expires_in": life}
            failing = fault is not None and asked == fault[0]
            body = fault[1] if failing else json.dumps(whole).encode()
        else:
            token = parse_qs(place.query).get("access_token", ["none"])[0]
            seen.append("with a token" if token != "none" else "signed" if "bce-auth" in self.headers.get("authorization", "") else "bare")
            wrong = refused and token == "synthetic0"
            body = json.dumps({"error_code": refused, "error_msg": "-"} if wrong else {"error_code": 0}).encode()
        self.send_response(503 if failing else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()
AipFace._AipBase__accessTokenUrl = f"http://127.0.0.1:{server.server_port}/token"
AipFace._AipFace__facePersonIdmatchV3Url = f"http://127.0.0.1:{server.server_port}/ask"

CASES = {
    "as it should be": (None, 2592000, None),
    "an error in JSON": ((0, json.dumps(FAULT).encode()), 2592000, None),
    "an error as a page": ((0, b"<html>-</html>"), 2592000, None),
    "an error in JSON when the token is renewed": ((1, json.dumps(FAULT).encode()), 30, None),
    "110 for the first token": (None, 2592000, 110),
    "111 for the first token": (None, 2592000, 111),
}
for what, (fault, life, refused) in CASES.items():
    seen.clear()
    client, told = AipFace("app", "key", "secret"), []
    for _ in range(4):
        try:
            told.append(str(client.facePersonIdmatchV3("119999199001010004", "测试")["error_code"]))
        except Exception as error:
            told.append(type(error).__name__)
    print(f"{what}: arrived {', '.join(seen)}; told {' '.join(told)}")
PY
timeout 60 "$dir/venv/bin/python" -W ignore "$dir/asked.py" | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
as it should be: arrived token, with a token, with a token, with a token, with a token; told 0 0 0 0
an error in JSON: arrived token, signed, signed, signed, signed; told 0 0 0 0
an error as a page: arrived token, token, with a token, with a token, with a token; told JSONDecodeError 0 0 0
an error in JSON when the token is renewed: arrived token, with a token, token, signed, signed, signed; told 0 0 0 0
110 for the first token: arrived token, with a token, token, with a token, with a token, with a token, with a token; told 0 0 0 0
111 for the first token: arrived token, with a token, with a token, with a token, with a token; told 111 111 111 111
E2
