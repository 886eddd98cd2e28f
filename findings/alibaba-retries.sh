#!/usr/bin/env bash
# `autoretry=True, max_attempts=3` of Alibaba's SDK asks a register four times, or once: by the version of a package that nobody names.
#
# Expected  The options of a call, `RuntimeOptions`, mean the same in every release of the client: three attempts in all. A repeated question
#           has something by which the other side knows it again.
# Happens   Over alibabacloud-tea-openapi 0.3.16 a question that isn't answered in time, or whose connection breaks, is sent four times, each with
#           another nonce, so that it is four questions; a 503 isn't repeated. Over 0.4.6, which newer releases of the same client bring, both
#           options are taken and do nothing. What repeats there is `retry_options` of the configuration: three in all, and a 503 too.
# Versions  alibabacloud-cloudauth20190307 3.6.0 with alibabacloud-tea-openapi 0.3.16, and 3.14.0 with 0.4.6 (PyPI), Python 3.
# Seen      `Id2MetaVerify` against a server on loopback that counts what arrives: one that answers too late, one that hangs up, one that
#           answers 503.
# Matters   A question about name and number is charged when it is worked on. With the older release a slow minute may cost four times as much,
#           with the newer one a program that counted on repeats has none, and an update is all that lies between. `realname` sends again only
#           what the register says it didn't work on; an answer that didn't come is in doubt, and is never asked for again blindly.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cat >"$dir/ask.py" <<'PY'
import logging
import re
import socket
import sys
import threading
import time
from importlib.metadata import version

from alibabacloud_cloudauth20190307 import models
from alibabacloud_cloudauth20190307.client import Client
from alibabacloud_tea_util.models import RuntimeOptions

logging.disable(logging.CRITICAL)
newer = not version("alibabacloud-tea-openapi").startswith("0.3")
if newer:
    from alibabacloud_tea_openapi.utils_models import Config
    from darabonba.policy.retry import RetryOptions
else:
    from alibabacloud_tea_openapi.models import Config
name = f"tea-openapi {version('alibabacloud-tea-openapi')}"
print("#", name, "cloudauth20190307", version("alibabacloud-cloudauth20190307"))

kind, heads = "", []
refusal = b'{"Code":"ServiceUnavailable","Message":"-","RequestId":"1"}'


def answer(line):
    text = b""
    while b"\r\n\r\n" not in text:
        text += line.recv(65536)
    heads.append(text)
    if kind == "late":
        time.sleep(2)
    elif kind == "503":
        line.sendall(b"HTTP/1.1 503 -\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(refusal) + refusal)
    line.close()


def serve():
    while True:
        threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()


server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, daemon=True).start()
place = f"127.0.0.1:{server.getsockname()[1]}"


def asked(runtime, **configured):
    heads.clear()
    client = Client(Config(access_key_id="synthetic", access_key_secret="synthetic", endpoint=place, protocol="HTTP", **configured))
    question = models.Id2MetaVerifyRequest(identify_num="119999199001010004", user_name="测试", param_type="normal")
    try:
        client.id_2meta_verify_with_options(question, RuntimeOptions(read_timeout=500, **runtime))
    except Exception:
        pass
    nonces = {re.search(rb"(?i)signature-?nonce[:=] *([^&\s]+)", head).group(1) for head in heads}
    return f"{len(heads)} sent, {len(nonces)} nonces"


for kind in ("late", "broken", "503"):
    print(f"{name}, {kind}, as it comes: {asked({})}")
    print(f"{name}, {kind}, autoretry, max_attempts=3: {asked(dict(autoretry=True, max_attempts=3))}")
    if newer:
        condition = {"maxAttempts": 3, "exception": ["RetryError"], "errorCode": ["ServiceUnavailable"]}
        print(f"{name}, {kind}, retry_options: {asked({}, retry_options=RetryOptions({'retryable': True, 'retryCondition': [condition]}))}")
PY
for pair in "3.6.0 0.3.16" "3.14.0 0.4.6"; do
  python3 -m venv "$dir/${pair% *}"
  "$dir/${pair% *}/bin/pip" install --quiet --disable-pip-version-check "alibabacloud-cloudauth20190307==${pair% *}" "alibabacloud-tea-openapi==${pair#* }" alibabacloud-tea-util==0.3.15
  timeout 120 "$dir/${pair% *}/bin/python" -W ignore "$dir/ask.py"
done | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
tea-openapi 0.3.16, late, as it comes: 1 sent, 1 nonces
tea-openapi 0.3.16, late, autoretry, max_attempts=3: 4 sent, 4 nonces
tea-openapi 0.3.16, broken, as it comes: 1 sent, 1 nonces
tea-openapi 0.3.16, broken, autoretry, max_attempts=3: 4 sent, 4 nonces
tea-openapi 0.3.16, 503, as it comes: 1 sent, 1 nonces
tea-openapi 0.3.16, 503, autoretry, max_attempts=3: 1 sent, 1 nonces
tea-openapi 0.4.6, late, as it comes: 1 sent, 1 nonces
tea-openapi 0.4.6, late, autoretry, max_attempts=3: 1 sent, 1 nonces
tea-openapi 0.4.6, late, retry_options: 3 sent, 3 nonces
tea-openapi 0.4.6, broken, as it comes: 1 sent, 1 nonces
tea-openapi 0.4.6, broken, autoretry, max_attempts=3: 1 sent, 1 nonces
tea-openapi 0.4.6, broken, retry_options: 3 sent, 3 nonces
tea-openapi 0.4.6, 503, as it comes: 1 sent, 1 nonces
tea-openapi 0.4.6, 503, autoretry, max_attempts=3: 1 sent, 1 nonces
tea-openapi 0.4.6, 503, retry_options: 3 sent, 3 nonces
E2
