#!/usr/bin/env bash
# gmssl takes the wrong key for one SM2 public key in eight: it refuses good signatures, and what is encrypted to that key nobody can read.
#
# Expected  An uncompressed public key, `04` and two coordinates as every tool writes it, is taken as it is or without its `04`; the key's other
#           digits don't matter.
# Happens   More than the mark goes: every 0 and 4 that follows is taken off as well. A key whose first coordinate begins with one of these
#           digits, two in sixteen, is shorter then. `verify_with_sm3` ends in an error for it or finds the good signature bad; `encrypt` gives
#           a ciphertext as long as any other, which the private key makes bytes of that aren't the text. Without the mark the same happens
#           to a key that begins with 04 by chance, one in 256.
# Versions  gmssl 3.2.2 (PyPI), the latest; sm-crypto 0.5.8 (npm), Node 20, for the other side.
# Seen      160 keys that were counted up, not chosen, and one that begins with 04: sm-crypto makes them and signs, gmssl verifies; gmssl
#           encrypts, sm-crypto decrypts.
# Matters   Registers and operators that ask for the Chinese algorithms hand out such a public key. A trial with one's own key shows
#           nothing in seven cases of eight; then the other side renews its key, and every question that carries a name and a number in
#           SM2 is unreadable there, or every answer's signature is "wrong". Take the mark off by its place (`key[2:]`), and try keys that
#           begin with 0 and 4. `realname` signs with Ed25519 and P-256 alone.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check gmssl==3.2.2
npm install --silent --no-audit --no-fund --prefix . sm-crypto@0.5.8
cat >keys.cjs <<'JS'
const { sm2 } = require("sm-crypto");
const option = { hash: true, der: false };
const made = (n) => {
  const secret = (0x1234567n * BigInt(n) ** 5n).toString(16).padStart(64, "0");
  return { secret, public_key: sm2.getPublicKeyFromPrivateKey(secret) };
};
const keys = Array.from({ length: 160 }, (_, n) => made(n + 1));
// and the next one that begins with the mark's own digits
for (let n = 161; !keys[160]; n++) if (made(n).public_key.startsWith("0404")) keys.push(made(n));
for (const key of keys) key.signature = sm2.doSignature("测试", key.secret, { ...option, publicKey: key.public_key });
require("fs").writeFileSync("keys.json", JSON.stringify(keys));
console.log("# sm-crypto", require("sm-crypto/package.json").version);
JS
cat >other.py <<'PY'
import json
from collections import Counter
from importlib.metadata import version

from gmssl.sm2 import CryptSM2

print("# gmssl", version("gmssl"))
text = "测试".encode()
seen = Counter()
keys = json.load(open("keys.json"))
for key in keys:
    whole = key["public_key"]
    group = "begin with 04" if whole[2:4] == "04" else "begin with 0 or 4" if whole[2] in "04" else "begin with another digit"
    for form, given in (("marked", whole), ("bare", whole[2:])):
        side = CryptSM2(private_key="", public_key=given, mode=1)
        try:
            good = side.verify_with_sm3(key["signature"], text)
        except Exception:
            good = False
        seen[form, group, "verified" if good else "not verified"] += 1
    try:
        key["sealed"] = CryptSM2(private_key="", public_key=whole, mode=1).encrypt(text).hex()
    except Exception:
        key["sealed"] = None
for (form, group, result), count in sorted(seen.items()):
    print(f"{form} keys that {group}: {count} {result}")
json.dump(keys, open("sealed.json", "w"))
PY
cat >read.cjs <<'JS'
const { sm2 } = require("sm-crypto");
const seen = {};
for (const { secret, public_key, sealed } of require("./sealed.json")) {
  if (public_key.startsWith("0404")) continue;
  const group = "04".includes(public_key[2]) ? "begin with 0 or 4" : "begin with another digit";
  const read = sealed !== null && sm2.doDecrypt(sealed, secret, 1) === "测试";
  const row = `to marked keys that ${group}: ${sealed === null ? "an error" : sealed.length / 2 + " bytes"}, ${read ? "read" : "not read"}:`;
  seen[row] = (seen[row] || 0) + 1;
}
for (const row of Object.keys(seen).sort()) console.log(row, seen[row]);
JS
{ node keys.cjs; venv/bin/python other.py; node read.cjs; } | tee seen
diff <(grep -v '^#' seen) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
bare keys that begin with 0 or 4: 18 verified
bare keys that begin with 04: 1 not verified
bare keys that begin with another digit: 142 verified
marked keys that begin with 0 or 4: 18 not verified
marked keys that begin with 04: 1 not verified
marked keys that begin with another digit: 142 verified
to marked keys that begin with 0 or 4: 102 bytes, not read: 18
to marked keys that begin with another digit: 102 bytes, read: 142
E2
