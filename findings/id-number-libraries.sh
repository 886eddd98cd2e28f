#!/usr/bin/env bash
# Which of the four chip documents have a valid number? Two libraries for Chinese identity numbers say different things,
# and neither knows all four.
#
# Expected  A library that validates the numbers of GB 11643 takes those of every card that a SAM reader reads: the
#           resident card, the residence permit for Hong Kong, Macao and Taiwan residents (810000, 820000, 830000, since 2018)
#           and the foreigner's permanent residence card of 2023 (18 digits that begin with 9).
# Happens   python-stdnum refuses all three residence permits as an invalid component (its table of birth places has no
#           such area) and takes a birth date in the future; id-validator takes the permits and knows neither the
#           foreigner's card. An area that the table of python-stdnum lacks in its own province is a KeyError, not its
#           ValidationError.
# Versions  python-stdnum 2.2, id-validator 1.0.20 (PyPI), Python 3.
# Seen      By running both over numbers made here: right check characters, invented persons.
# Matters   A checkout that puts such a library in front of a real-name check turns away holders of a genuine card before any
#           reader or register is asked, and tells them that they mistyped. `realname` refuses no number by its area.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2 id-validator==1.0.20
"$dir/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from id_validator import validator
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

print("python-stdnum", version("python-stdnum"), "id-validator", version("id-validator"))
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def whole(first17):
    return first17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS)) % 11]


def stdnum(number):
    try:
        ric.validate(number)
        return "valid"
    except ValidationError as error:
        return type(error).__name__
    except Exception as error:
        return "raises " + type(error).__name__


EXPECTED = {
    "resident card": ("11010119900101001", "valid", True),
    "residence permit, Hong Kong": ("81000019900101001", "InvalidComponent", True),
    "residence permit, Macao": ("82000019900101001", "InvalidComponent", True),
    "residence permit, Taiwan": ("83000019900101001", "InvalidComponent", True),
    "foreigner's card of 2023": ("91112419900101001", "InvalidComponent", False),
    "born in 2099": ("11010120991231001", "valid", False),
    "an area that Beijing doesn't have": ("11999919900101001", "raises KeyError", False),
}
same = True
for what, (first17, *expected) in EXPECTED.items():
    found = [stdnum(whole(first17)), bool(validator.is_valid(whole(first17)))]
    print(f"{what:36} python-stdnum: {found[0]:18} id-validator: {found[1]}")
    same &= found == expected
print("as stated above" if same else "CHANGED: not as stated above")
sys.exit(0 if same else 1)
PY
