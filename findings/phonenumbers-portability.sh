#!/usr/bin/env bash
# libphonenumber's "safe" carrier name, which is empty where numbers may have moved, names a carrier for Chinese numbers: the
# metadata doesn't know that mainland China has had portability since November 2019.
#
# Expected  `safe_display_name` gives a carrier only where the prefix proves it, so nothing for a country in which numbers are
#           carried along; and a number of a virtual operator gives that operator or nothing.
# Happens   `is_mobile_number_portable_region("CN")` is false (it is true for Hong Kong, Taiwan, Japan, Germany, Korea). So 139…
#           is "safely" China Mobile's, wherever its owner went. 1700, 1703, 171 and 167 are China Telecom's, China Mobile's
#           and China Unicom's: the networks that carry them, not the virtual operators who sold them; 162 and 165 are mobile
#           numbers without a carrier.
# Versions  phonenumbers 9.0.43 (PyPI), Python 3.
# Seen      With made-up numbers of each prefix.
# Matters   Some registers have one interface a carrier, and answer "no record" for a number that isn't theirs: chosen by
#           prefix, a customer who moved is told that his own number isn't registered to him. And the register of a carrier
#           doesn't serve the virtual operators' numbers. Ask a register that serves all three, or the home operator.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$dir/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import phonenumbers
from phonenumbers import carrier

print("phonenumbers", version("phonenumbers"))
regions = {region: phonenumbers.is_mobile_number_portable_region(region) for region in ("CN", "HK", "TW", "JP", "DE", "KR")}
print("portable:", regions)
same = regions == {"CN": False, "HK": True, "TW": True, "JP": True, "DE": True, "KR": True}
EXPECTED = {
    "139": "China Mobile",
    "130": "China Unicom",
    "199": "China Telecom",
    "1700": "China Telecom",
    "1703": "China Mobile",
    "171": "China Unicom",
    "167": "China Unicom",
    "162": "",
    "165": "",
}
for prefix, expected in EXPECTED.items():
    number = phonenumbers.parse("+86" + (prefix + "12345678")[:11])
    name = carrier.safe_display_name(number, "en")
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    print(f"{prefix:5} mobile: {mobile}  safe carrier: {name or '(none)'}")
    same &= mobile and name == expected
print("as stated above" if same else "CHANGED: not as stated above")
sys.exit(0 if same else 1)
PY
