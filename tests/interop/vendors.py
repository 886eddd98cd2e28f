"""The vendors' own signing code over our requests: it must make our signature. And their clients, asking a server on loopback about
the same person: what arrives must be what we sent.

`vendors.py DIRECTORY` takes the requests that `cargo test -p realname-authority --test signed` left there. Needs the packages
of `requirements-vendors.txt`.
"""

import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qsl

from aip import AipFace
from alibabacloud_cloudauth20190307 import models as cloudauth
from alibabacloud_cloudauth20190307.client import Client as CloudAuth
from alibabacloud_dytnsapi20200217 import models as dytns
from alibabacloud_dytnsapi20200217.client import Client as Dytns
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkivs.v2 import IvsClient
from huaweicloudsdkivs.v2 import model as ivs
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.faceid.v20180301 import models as faceid
from tencentcloud.faceid.v20180301.faceid_client import FaceidClient


def tencent(sent, headers, path, query):
    date = headers["authorization"].split("Credential=")[1].split("/")[1]
    cased = {"Content-Type": headers["content-type"], "Host": headers["host"], "X-TC-Timestamp": headers["x-tc-timestamp"]}
    request = SimpleNamespace(uri=path, data=sent["body"], method="POST", header=cased)
    signature = AbstractClient._get_tc3_signature(None, None, request, date, FaceidClient._service, "TENCENT-SECRET-KEY-synthetic")
    assert headers["authorization"].split("Signature=")[1] == signature


def alibaba(sent, headers, path, query):
    names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    # Their client signs every header that it makes; ours lists the same.
    theirs = [n for n in headers if n.startswith("x-acs-") or n in ("host", "accept", "user-agent", "content-type")]
    assert sorted(theirs) == names, (theirs, names)
    request = SimpleNamespace(pathname=path, query=dict(query), method="POST", headers={n: headers[n] for n in names})
    made = Utils.get_authorization(
        request, "ACS3-HMAC-SHA256", headers["x-acs-content-sha256"], "ALIBABA-ACCESS-KEY-ID-synthetic", "ALIBABA-ACCESS-KEY-SECRET-synthetic"
    )
    assert headers["authorization"] == made, made


def huawei(sent, headers, path, query):
    names = ("content-type", "host", "user-agent", "x-project-id", "x-sdk-date")
    credentials = BasicCredentials("HUAWEI-ACCESS-KEY-synthetic", "HUAWEI-SECRET-KEY-synthetic", "your-project")
    request = SdkRequest(
        method="POST", schema="https", host=headers["host"], resource_path=path, uri=None, query_params=list(query),
        header_params={("Content-Type" if n == "content-type" else n): headers[n] for n in names}, body=sent["body"],
    )
    assert headers["authorization"] == Signer(credentials).sign(request).header_params["Authorization"]


VENDORS = {"tencent": tencent, "alibaba": alibaba, "alibaba-dytns": alibaba, "huawei": huawei}

NAME, NUMBER, PHONE, BEGIN, END = "测试甲", "119999199001010004", "19900000000", "20200101", "20400101"


class Register(BaseHTTPRequestHandler):
    """Answers anything with a token that isn't one, and keeps the last request."""

    seen = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        Register.seen.append({"method": self.command, "target": self.path, "headers": headers, "body": body})
        answer = b'{"access_token": "24.synthetic", "expires_in": 2592000, "scope": "brain_all_scope"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Register)
threading.Thread(target=server.serve_forever, daemon=True).start()
PLACE = f"127.0.0.1:{server.server_port}"


def theirs_tencent(action, **members):
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=PLACE))
    client = FaceidClient(Credential("TENCENT-SECRET-ID-synthetic", "TENCENT-SECRET-KEY-synthetic"), "", profile)
    request = getattr(faceid, action + "Request")()
    for name, value in members.items():
        setattr(request, name, value)
    getattr(client, action)(request)


def theirs_alibaba(client, models, method, request, **members):
    config = Config(
        access_key_id="ALIBABA-ACCESS-KEY-ID-synthetic", access_key_secret="ALIBABA-ACCESS-KEY-SECRET-synthetic",
        endpoint=PLACE, protocol="HTTP",
    )
    getattr(client(config), method)(getattr(models, request)(**members))


def theirs_huawei(method, request, meta, data):
    credentials = BasicCredentials("HUAWEI-ACCESS-KEY-synthetic", "HUAWEI-SECRET-KEY-synthetic", "your-project")
    client = IvsClient.new_builder().with_credentials(credentials).with_endpoint(f"http://{PLACE}").build()
    getattr(client, method)(getattr(ivs, request)(body={"meta": meta, "data": data}))


def theirs_baidu():
    AipFace._AipBase__accessTokenUrl = f"http://{PLACE}/oauth/2.0/token"
    AipFace._AipFace__facePersonIdmatchV3Url = f"http://{PLACE}/rest/2.0/face/v3/person/idmatch"
    AipFace("app", "BAIDU-API-KEY-synthetic", "BAIDU-SECRET-KEY-synthetic").facePersonIdmatchV3(NUMBER, NAME)


person = dict(identify_num=NUMBER, user_name=NAME, param_type="normal")
one = dict(verification_name=NAME, verification_id=NUMBER)
# The picture is ours: it is put into theirs.
ASK = {
    "tencent-two-element": lambda _: theirs_tencent("IdCardVerification", IdCard=NUMBER, Name=NAME),
    "tencent-four-element": lambda _: theirs_tencent(
        "CheckIdNameDate", IdCard=NUMBER, Name=NAME, ValidityBegin=BEGIN, ValidityEnd=END),
    "tencent-phone-three-element": lambda _: theirs_tencent(
        "PhoneVerification", IdCard=NUMBER, Name=NAME, Phone=PHONE, VerifyMode="1"),
    "tencent-face": lambda face: theirs_tencent("ImageRecognitionV2", IdCard=NUMBER, Name=NAME, ImageBase64=face),
    "alibaba-two-element": lambda _: theirs_alibaba(CloudAuth, cloudauth, "id_2meta_verify", "Id2MetaVerifyRequest", **person),
    "alibaba-four-element": lambda _: theirs_alibaba(
        CloudAuth, cloudauth, "id_2meta_period_verify", "Id2MetaPeriodVerifyRequest",
        validity_start_date=BEGIN, validity_end_date=END, **person),
    "alibaba-phone-three-element": lambda _: theirs_alibaba(
        CloudAuth, cloudauth, "mobile_3meta_detail_verify", "Mobile3MetaDetailVerifyRequest", mobile=PHONE, **person),
    "alibaba-photo-three-element": lambda face: theirs_alibaba(
        CloudAuth, cloudauth, "id_3meta_verify", "Id3MetaVerifyRequest", face_picture=face, **person),
    "alibaba-face": lambda face: theirs_alibaba(
        CloudAuth, cloudauth, "contrast_face_verify", "ContrastFaceVerifyRequest", product_code="ID_MIN",
        cert_type="IDENTITY_CARD", scene_id=0, outer_order_no="q1", cert_name=NAME, cert_no=NUMBER,
        face_contrast_picture=face, model="NO_LIVENESS"),
    "alibaba-dytns-three-element": lambda _: theirs_alibaba(
        Dytns, dytns, "three_elements_verification", "ThreeElementsVerificationRequest", auth_code="ALIBABA-AUTH-CODE-synthetic",
        cert_code=NUMBER, input_number=PHONE, mask="NORMAL", name=NAME),
    "huawei-two-element": lambda _: theirs_huawei(
        "detect_extention_by_name_and_id", "DetectExtentionByNameAndIdRequest", {"uuid": "q1"}, {"req_data": [one]}),
    "huawei-face": lambda face: theirs_huawei(
        "detect_standard_by_name_and_id", "DetectStandardByNameAndIdRequest", {"uuid": "q1"},
        {"req_data": [dict(one, face_image=face)]}),
    "baidu-two-element": lambda _: theirs_baidu(),
}
# What names the sender, the server or the moment.
OWN = {"host", "user-agent", "x-acs-date", "x-acs-signature-nonce", "x-sdk-date", "x-tc-timestamp", "content-length"}
# What their clients add, of which no vendor's page says that it is needed.
LABELS = {"aipSdk", "aipVersion"}


def fields(sent):
    """Method, path, parameters and body, in one form for JSON and forms."""
    path, _, query = sent["target"].partition("?")
    parameters = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in LABELS)
    kind, body = sent["headers"].get("content-type", "").split(";")[0], sent["body"]
    if kind == "application/json":
        body = json.loads(body or "null")
    elif kind == "application/x-www-form-urlencoded":
        body = sorted(parse_qsl(body, keep_blank_values=True))
    return {"method": sent["method"], "path": path, "parameters": parameters, "type": kind, "body": body}


def picture(value):
    """The longest text anywhere in a body: the picture, where there is one."""
    if isinstance(value, str):
        return value
    parts = value.values() if isinstance(value, dict) else value or []
    return max((picture(part) for part in parts), key=len, default="")


def signed(sent):
    """The headers that are signed, and those of the vendor's own; without the ones that differ by nature."""
    authorization = sent["headers"].get("authorization", "")
    named = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";") if authorization else []
    digest = {"x-acs-content-sha256"}
    values = {name: sent["headers"][name] for name in named if name not in OWN | digest}
    return named, values


def kept(file):
    """One of our requests."""
    sent = json.loads(file.read_text())
    sent["headers"] = {name.lower(): value for name, value in sent["headers"]}
    return sent


def same(ours):
    Register.seen.clear()
    try:
        ASK[ours["map"]](picture(fields(ours)["body"]))
    except Exception as error:
        # It has no answer of its vendor's.
        assert Register.seen, error
    theirs = Register.seen[-1]
    assert fields(theirs) == fields(ours), (ours["map"], fields(theirs), fields(ours))
    assert signed(theirs) == signed(ours), (ours["map"], signed(theirs), signed(ours))
    for name in ("x-tc-action", "x-tc-version", "x-acs-action", "x-acs-version"):
        assert theirs["headers"].get(name) == ours["headers"].get(name), (ours["map"], name)
    if ours["config"] == "baidu":
        token = kept(pathlib.Path(sys.argv[1], ours["map"] + ".token.json"))
        assert fields(Register.seen[0])["parameters"] == fields(token)["parameters"]
        assert Register.seen[0]["target"].partition("?")[0] == token["target"].partition("?")[0]


files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
signatures, asked = set(), set()
for file in files:
    sent = kept(file)
    path, _, query = sent["target"].partition("?")
    if sent["config"] in VENDORS:
        VENDORS[sent["config"]](sent, sent["headers"], path, parse_qsl(query, keep_blank_values=True))
        signatures.add(sent["map"])
    if sent["map"] in ASK:
        same(sent)
        asked.add(sent["map"])
assert asked == set(ASK), f"no request of {set(ASK) - asked}"
assert len(signatures) == 12, signatures
print(f"{len(signatures)} requests have the signature that their vendors' own code makes; {len(asked)} are those of their clients")
