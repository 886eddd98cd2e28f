#!/usr/bin/env bash
# OpenCC writes the surnames of historical figures rightly and the same surnames of everybody else as other surnames.
#
# Expected  A converter that gives 范仲淹, 岳飞 and 种师道 their right traditional surnames knows these surnames; and a name
#           converted there and back, or on its own and with its bearer's surname, comes out alike.
# Happens   Only whole names that stand in its list of phrases are right. For anybody else 范, 余, 于, 游, 岳, 干, 种, 郁 become 範,
#           餘, 於, 遊, 嶽, 幹, 種, 鬱, in all of s2t, s2tw and s2hk: 於 is another surname, 範 and 種 are none of theirs. The
#           other way too the neighbour decides: 鍾 is 锺 in 鍾馗 and 钟 in any other name; 昇 stays in 畢昇 and is 升 elsewhere.
# Versions  OpenCC 1.4.2 (PyPI), Python 3.
# Seen      With historical names and with the same surnames before 测试 ("test").
# Matters   The permits of Hong Kong, Macao and Taiwan residents bring traditional names, registers hold simplified ones. A tried
#           list of well-known names looks right, and then the customers 范, 余, 于 and 钟 are "another person" at the register.
#           Names are compared here as the document prints them; a register that wants simplified names needs the document's own.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check OpenCC==1.4.2
"$dir/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import opencc

print("OpenCC", version("OpenCC"))
known = {"范仲淹": "范仲淹", "岳飞": "岳飛", "种师道": "种師道", "于谦": "于謙"}
changed = dict(zip("范余于游岳干种郁", "範餘於遊嶽幹種鬱"))
same = True
for name in ("s2t", "s2tw", "s2hk"):
    convert = opencc.OpenCC(name).convert
    famous = {who: convert(who) for who in known}
    others = {surname: convert(surname + "测试")[0] for surname in changed}
    print(f"{name}: in the list {famous}; before 测试 {others}")
    same = same and famous == known and others == changed
back = opencc.OpenCC("t2s").convert
pairs = {who: back(who) for who in ("鍾馗", "鍾測試", "畢昇", "測昇試")}
print("t2s:", pairs)
same = same and pairs == {"鍾馗": "锺馗", "鍾測試": "钟测试", "畢昇": "毕昇", "測昇試": "测升试"}
print("as stated" if same else "CHANGED")
sys.exit(0 if same else 1)
PY
