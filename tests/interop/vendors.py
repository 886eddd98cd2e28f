"""The vendors' own signing code over our requests: it must make our signature.

`vendors.py DIRECTORY` takes the requests that `cargo test -p realname-authority --test signed` left there. Needs the packages
of `requirements-vendors.txt`.
"""

import json
import pathlib
import sys
from types import SimpleNamespace
from urllib.parse import parse_qsl

from alibabacloud_tea_openapi.utils import Utils
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from tencentcloud.common.abstract_client import AbstractClient
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

files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
seen = set()
for file in files:
    sent = json.loads(file.read_text())
    headers = {name.lower(): value for name, value in sent["headers"]}
    path, _, query = sent["target"].partition("?")
    VENDORS[sent["config"]](sent, headers, path, parse_qsl(query, keep_blank_values=True))
    seen.add(sent["config"])
assert seen == set(VENDORS), f"no request of {set(VENDORS) - seen}"
print(f"{len(files)} requests have the signature that their vendors' own code makes")
