#!/usr/bin/env bash
# Tencent's retryer never takes yes for an answer: after one failure it throws every good answer away, asks until its tries are used up, and then
# raises the first failure.
#
# Expected  `StandardRetryer(max_attempts=3)` asks again after a failure of the network or a "slow down", at most three times in all, and gives back
#           the first good answer. That is what its documentation says, and what every retryer does.
# Happens   What failed once is remembered and looked at after the next try, too, whatever came of it. A question that fails once and is answered
#           twice ends in the failure, after three questions. The same with "slow down" (RequestLimitExceeded), and with the client
#           for asyncio. Only a question that needs no retry is answered.
# Versions  tencentcloud-sdk-python-common 3.1.195, tencentcloud-sdk-python-faceid 3.1.179, httpx 0.28.1 (PyPI), Python 3.
# Seen      `IdCardVerification` about an invented person against a server on loopback that hangs up on the first question, or refuses it as too many,
#           and answers all others.
# Matters   Each of the answers that are thrown away is a check of a person's name and number that was worked on and is charged; and the shop
#           hears that the register can't be reached. A trial without failures shows nothing, one with a dead server neither. `realname` sends
#           again only what the register says it didn't work on, and the first answer ends it.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check "tencentcloud-sdk-python-common[async]==3.1.195" tencentcloud-sdk-python-faceid==3.1.179 httpx==0.28.1
cat >"$dir/ask.py" <<'PY'
import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import StandardRetryer
from tencentcloud.common.retry_async import StandardRetryer as AsyncRetryer
from tencentcloud.faceid.v20180301.faceid_client import FaceidClient
from tencentcloud.faceid.v20180301.faceid_client_async import FaceidClient as AsyncClient
from tencentcloud.faceid.v20180301.models import IdCardVerificationRequest

print("#", *(f"{name} {version(name)}" for name in ("tencentcloud-sdk-python-common", "tencentcloud-sdk-python-faceid")))
PERSON = {"IdCard": "119999199001010004", "Name": "测试"}


class Register(BaseHTTPRequestHandler):
    failures, refuses, heard, answered = 0, False, 0, 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Register.heard += 1
        fails = Register.heard <= Register.failures
        if fails and not Register.refuses:
            return
        Register.answered += not fails
        said = {"Error": {"Code": "RequestLimitExceeded", "Message": "slow down"}} if fails else {"Result": "0"}
        body = json.dumps({"Response": {**said, "RequestId": str(Register.heard)}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()


def profile(retryer):
    http = HttpProfile(endpoint=f"127.0.0.1:{server.server_port}", protocol="http", reqTimeout=5)
    return ClientProfile(httpProfile=http, retryer=retryer)


def question():
    made = IdCardVerificationRequest()
    made._deserialize(PERSON)
    return made


def ask():
    client = FaceidClient(Credential("id", "key"), "ap-guangzhou", profile(StandardRetryer(3, lambda _: 0)))
    return client.IdCardVerification(question()).Result


def ask_async():
    async def at_once(_):
        return 0

    async def asked():
        async with AsyncClient(Credential("id", "key"), "ap-guangzhou", profile(AsyncRetryer(3, at_once))) as client:
            return (await client.IdCardVerification(question())).Result

    return asyncio.run(asked())


for refuses in (False, True):
    for failures in (0, 1):
        for name, asking in (("plain", ask), ("asyncio", ask_async)):
            Register.failures, Register.refuses, Register.heard, Register.answered = failures, refuses, 0, 0
            try:
                end = f"result {asking()}"
            except TencentCloudSDKException as error:
                end = error.get_code()
            except Exception as error:
                end = type(error).__name__
            how = "refused" if refuses else "hung up on"
            print(f"{name}, {failures} {how}: asked {Register.heard}, answered {Register.answered}, caller gets {end}")
PY
"$dir/venv/bin/python" "$dir/ask.py" | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
plain, 0 hung up on: asked 1, answered 1, caller gets result 0
asyncio, 0 hung up on: asked 1, answered 1, caller gets result 0
plain, 1 hung up on: asked 3, answered 2, caller gets ClientNetworkError
asyncio, 1 hung up on: asked 3, answered 2, caller gets RemoteProtocolError
plain, 0 refused: asked 1, answered 1, caller gets result 0
asyncio, 0 refused: asked 1, answered 1, caller gets result 0
plain, 1 refused: asked 3, answered 2, caller gets RequestLimitExceeded
asyncio, 1 refused: asked 3, answered 2, caller gets RequestLimitExceeded
E2
