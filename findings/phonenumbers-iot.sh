#!/usr/bin/env bash
# Numbers of IoT cards aren't phone numbers for the library that everybody validates phone numbers with.
#
# Expected  The 13-digit numbers that mainland operators give to IoT cards (14 and ten more digits, or 1064 and nine more) are
#           at least "possible" for libphonenumber: E.164 allows 15 digits with the country code, and these use them up.
# Happens   They are too long to be possible, at any prefix; the 11-digit 144 and 148 ranges are possible and not valid. The
#           ranges of mobile virtual operators are valid, 162 with no carrier at all, and 1700 is named after the network
#           that carries it.
# Versions  phonenumbers 9.0.43 (PyPI, the port of libphonenumber).
# Seen      By parsing numbers of subscribers 0.
# Matters   An operator who gates real-name registration, or a lease of an IoT card, on is_valid_number turns away every IoT
#           card; and the carrier's name isn't the seller who owes the check. `realname` asks of a number only that it is E.164.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$dir/venv/bin/python" - <<'PY'
import sys

import phonenumbers
from phonenumbers import carrier

print("phonenumbers", phonenumbers.__version__)
EXPECTED = {  # possible, valid, carrier
    "+8613900000000": (True, True, "China Mobile"),
    "+8616200000000": (True, True, ""),
    "+8617000000000": (True, True, "China Telecom"),
    "+8614400000000": (True, False, ""),
    "+8614800000000": (True, False, ""),
    "+861440000000000": (False, False, ""),
    "+861480000000000": (False, False, ""),
    "+861064000000000": (False, False, ""),
}
same = True
for text, expected in EXPECTED.items():
    number = phonenumbers.parse(text)
    found = (
        phonenumbers.is_possible_number(number),
        phonenumbers.is_valid_number(number),
        carrier.name_for_number(number, "en"),
    )
    print(f"{text:17} possible {found[0]!s:5} valid {found[1]!s:5} carrier {found[2] or '-'}")
    same &= found == expected
print("as stated above" if same else "CHANGED: not as stated above")
sys.exit(0 if same else 1)
PY
