#!/usr/bin/env bash
# Of the members of one face comparison Alibaba's client puts one into the address and all others into the form; its client for phone
# numbers, of the same generator, puts name, identity number and phone number into the address.
#
# Expected  A client made from one description sends the members of a request in one place: the form, since pictures don't fit an address.
#           So whoever writes a request by hand from the page's table of members puts them all there.
# Happens   `ContrastFaceVerify`: ten members in the form, `Model` in the query. `Id2MetaVerify` of the same package: all in the form.
#           `ThreeElementsVerification` of the package for numbers: all in the query, the person's name among them.
# Versions  alibabacloud_cloudauth20190307 3.14.0, alibabacloud_dytnsapi20200217 3.4.0 (PyPI).
# Seen      Both clients ask a server on loopback about an invented person; what arrives is printed by place.
# Matters   The query is part of what is signed (ACS3-HMAC-SHA256), so a member in the wrong place is another request; and what stands in
#           an address stands in access logs. A register's file here says which members go into the address, and the vendors' clients
#           are held against ours request by request; the page on registers says of dytns where its members end up.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check alibabacloud_cloudauth20190307==3.14.0 alibabacloud_dytnsapi20200217==3.4.0
venv/bin/python - <<'PY' | tee seen
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from urllib.parse import parse_qsl

from alibabacloud_cloudauth20190307 import models as cloudauth
from alibabacloud_cloudauth20190307.client import Client as CloudAuth
from alibabacloud_dytnsapi20200217 import models as dytns
from alibabacloud_dytnsapi20200217.client import Client as Dytns
from alibabacloud_tea_openapi.utils_models import Config

seen = []


class Register(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        seen.append((self.path.partition("?")[2], body))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"Code": "200", "RequestId": "r"}')

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()
for package in ("alibabacloud_cloudauth20190307", "alibabacloud_dytnsapi20200217"):
    print("#", package, version(package))


def ask(client, method, request):
    config = Config(access_key_id="synthetic", access_key_secret="synthetic", endpoint=f"127.0.0.1:{server.server_port}", protocol="HTTP")
    try:
        getattr(client(config), method)(request)
    except Exception as error:
        print("#", type(error).__name__)
    for place, text in zip(("address", "form"), seen[-1]):
        print(method, place, *sorted(name for name, _ in parse_qsl(text, keep_blank_values=True)))


who = dict(cert_name="测试甲", cert_no="119999199001010004")
ask(CloudAuth, "contrast_face_verify", cloudauth.ContrastFaceVerifyRequest(
    product_code="ID_MIN", cert_type="IDENTITY_CARD", scene_id=1, outer_order_no="q1", face_contrast_picture="AAAA", model="NO_LIVENESS",
    certify_id="c", device_token="d", ip="127.0.0.1", **who))
ask(CloudAuth, "id_2meta_verify", cloudauth.Id2MetaVerifyRequest(identify_num=who["cert_no"], user_name=who["cert_name"], param_type="normal"))
ask(Dytns, "three_elements_verification", dytns.ThreeElementsVerificationRequest(
    auth_code="a", cert_code=who["cert_no"], input_number="19900000001", mask="NORMAL", name=who["cert_name"]))
PY
diff <(grep -v '^#' seen) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
contrast_face_verify address Model
contrast_face_verify form CertName CertNo CertType CertifyId DeviceToken FaceContrastPicture Ip OuterOrderNo ProductCode SceneId
id_2meta_verify address
id_2meta_verify form IdentifyNum ParamType UserName
three_elements_verification address AuthCode CertCode InputNumber Mask Name
three_elements_verification form
E2
