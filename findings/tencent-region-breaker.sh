#!/usr/bin/env bash
# With Tencent's region breaker on, a failure of the network is a Python error of another kind, nothing is asked again, and after five of them the
# questions about persons go past the relay that was set, to a public address that they weren't signed for.
#
# Expected  `disable_region_breaker=False` adds one thing: while the named address fails, another region is asked. Errors are called as before, a
#           retryer works as before, a request is signed for the host that it goes to, and an address of one's own stays one's own.
# Happens   The breaker keeps the failure to itself and hands on nothing, at which the client stumbles: the code is `AttributeError` and not
#           `ClientNetworkError`, so the retryer doesn't try again. From the sixth question on everything goes to
#           `faceid.ap-guangzhou.tencentcloudapi.com`, whatever address was set, and carries the other one's name as `Host`, which is signed.
# Versions  tencentcloud-sdk-python-common 3.1.195, tencentcloud-sdk-python-faceid 3.1.179 (PyPI), Python 3.
# Seen      `IdCardVerification` about an invented person, seven times in turn, with an address of one's own and with Tencent's, through a proxy on
#           loopback that hangs up on that address and answers for all others.
# Matters   A closed network has a relay so that names and numbers leave it at one place, by one line; five failures of that relay, and they are sent
#           anywhere a route allows. Who counts failures by `ClientNetworkError` counts none. Leave the breaker off, as it is by default,
#           and decide about a second address oneself. `realname` asks the addresses of a register's file and no others.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check tencentcloud-sdk-python-common==3.1.195 tencentcloud-sdk-python-faceid==3.1.179
cat >"$dir/ask.py" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from urllib.parse import urlsplit

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import StandardRetryer
from tencentcloud.faceid.v20180301.faceid_client import FaceidClient
from tencentcloud.faceid.v20180301.models import IdCardVerificationRequest

print("#", *(f"{name} {version(name)}" for name in ("tencentcloud-sdk-python-common", "tencentcloud-sdk-python-faceid")))


class Proxy(BaseHTTPRequestHandler):
    broken, heard = "", []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        to = urlsplit(self.path).hostname
        Proxy.heard.append(f"{to} (Host {self.headers['Host']})")
        if to == Proxy.broken:
            return
        body = json.dumps({"Response": {"Result": "0", "RequestId": "1"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=server.serve_forever, daemon=True).start()


def told(set_address, breaker, retryer=None):
    Proxy.broken = set_address or "faceid.tencentcloudapi.com"
    http = HttpProfile(endpoint=set_address, protocol="http", reqTimeout=5, proxy=f"127.0.0.1:{server.server_port}")
    profile = ClientProfile(httpProfile=http, disable_region_breaker=not breaker, retryer=retryer)
    client = FaceidClient(Credential("id", "key"), "ap-shanghai", profile)
    last = None
    for number in range(1, 8):
        question = IdCardVerificationRequest()
        question._deserialize({"IdCard": "119999199001010004", "Name": "测试"})
        Proxy.heard = []
        try:
            end = f"result {client.IdCardVerification(question).Result}"
        except TencentCloudSDKException as error:
            end = error.get_code()
        now = f"{len(Proxy.heard)} sent to {Proxy.heard[-1]}: {end}"
        if now != last:
            print(f"  from question {number} on: {now}")
        last = now


for address in ("relay.example", None):
    for breaker in (False, True):
        print(f"address {address or 'not set'}, breaker {'on' if breaker else 'off'}")
        told(address, breaker)
print("address relay.example, breaker on, retryer with 2 tries")
told("relay.example", True, StandardRetryer(2, lambda _: 0))
PY
env -u http_proxy -u https_proxy -u no_proxy -u NO_PROXY -u HTTP_PROXY -u HTTPS_PROXY "$dir/venv/bin/python" "$dir/ask.py" | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
address relay.example, breaker off
  from question 1 on: 1 sent to relay.example (Host relay.example): ClientNetworkError
address relay.example, breaker on
  from question 1 on: 1 sent to relay.example (Host relay.example): AttributeError
  from question 6 on: 1 sent to faceid.ap-guangzhou.tencentcloudapi.com (Host relay.example): result 0
address not set, breaker off
  from question 1 on: 1 sent to faceid.tencentcloudapi.com (Host faceid.tencentcloudapi.com): ClientNetworkError
address not set, breaker on
  from question 1 on: 1 sent to faceid.tencentcloudapi.com (Host faceid.tencentcloudapi.com): AttributeError
  from question 6 on: 1 sent to faceid.ap-guangzhou.tencentcloudapi.com (Host faceid.tencentcloudapi.com): result 0
address relay.example, breaker on, retryer with 2 tries
  from question 1 on: 1 sent to relay.example (Host relay.example): AttributeError
  from question 6 on: 1 sent to faceid.ap-guangzhou.tencentcloudapi.com (Host relay.example): result 0
E2
