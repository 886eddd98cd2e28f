#!/usr/bin/env bash
# python-pkcs11: who closes a session logs all other sessions of the program out, and they are told that their key doesn't exist.
#
# Expected  `with token.open(user_pin=…) as session` ends one session. The standard has one login for a program and token, which lasts until the
#           last session is closed or `C_Logout` is called; closing one of several changes nothing for the others, as PyKCS11 has it.
# Happens   `close()` of the session that logged in calls `C_Logout` first. All sessions are public ones then: a key that another one holds is
#           an ObjectHandleInvalid, and looking for it again says NoSuchKey. Nothing says that a login is missing. A second session can't have a
#           login of its own: `open(user_pin=…)` is a UserAlreadyLoggedIn as long as the first one is there.
# Versions  python-pkcs11 0.10.1, PyKCS11 1.5.20 (PyPI), Python 3; softhsm2 2.6.1, opensc 0.23.0 (Debian 12).
# Seen      Two sessions of one token, the first with the PIN: both sign, the first is closed, the second looks and signs.
# Matters   A service that signs in one session for long, and in which anything else opens the token for a moment with the PIN first (a check of
#           health, a rotation, a test of the key), stops signing with the message that the key is gone, and somebody looks for it in a
#           backup. Let one session, opened first and closed last, have the login. `realname` never logs out.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
(cd "$dir" && apt-get download -qq softhsm2 libsofthsm2 opensc opensc-pkcs11 libeac3 2>/dev/null || true; for deb in *.deb; do dpkg -x "$deb" root; done)
module=$(find "$dir/root" -name libsofthsm2.so | head -1)
export LD_LIBRARY_PATH=$dir/root/usr/lib/x86_64-linux-gnu SOFTHSM2_CONF=$dir/softhsm2.conf MODULE=$module
mkdir "$dir/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$dir/tokens" >"$SOFTHSM2_CONF"
"$dir/root/usr/bin/softhsm2-util" --module "$module" --init-token --free --label test --so-pin 12345678 --pin 1234 >/dev/null
"$dir/root/usr/bin/pkcs11-tool" --module "$module" --token-label test --login --pin 1234 --keypairgen --key-type EC:prime256v1 --label key --id 01 >/dev/null
echo "# softhsm2 $("$dir/root/usr/bin/softhsm2-util" --version), opensc $(dpkg-deb -f "$dir"/opensc_0*.deb Version)"
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check python-pkcs11==0.10.1 PyKCS11==1.5.20
cat >"$dir/told.py" <<'PY'
def told(what, deed):
    try:
        print(f"{what}: {deed()}")
    except Exception as error:
        print(f"{what}: {type(error).__name__}")
PY
cat >"$dir/first.py" <<'PY'
import os
from importlib.metadata import version

import pkcs11
from told import told

print("# python-pkcs11", version("python-pkcs11"))
token = pkcs11.lib(os.environ["MODULE"]).get_token(token_label="test")
wanted = dict(label="key", object_class=pkcs11.ObjectClass.PRIVATE_KEY)
first = token.open(user_pin="1234")
told("python-pkcs11, a second login", lambda: token.open(user_pin="1234"))
second = token.open()
key = second.get_key(**wanted)


def sign():
    return f"{len(key.sign(bytes(32), mechanism=pkcs11.Mechanism.ECDSA))} octets"


told("python-pkcs11, the second session signs", sign)
first.close()
told("python-pkcs11, the first one closed, it signs", sign)
told("python-pkcs11, it looks for its key", lambda: second.get_key(**wanted).label)
told("python-pkcs11, the public key", lambda: second.get_key(label="key", object_class=pkcs11.ObjectClass.PUBLIC_KEY).label)
PY
cat >"$dir/other.py" <<'PY'
import os
from importlib.metadata import version

import PyKCS11 as P
from told import told

print("# PyKCS11", version("PyKCS11"))
lib = P.PyKCS11Lib()
lib.load(os.environ["MODULE"])
slot = next(slot for slot in lib.getSlotList(tokenPresent=True) if lib.getTokenInfo(slot).label.strip() == "test")
first, second = (lib.openSession(slot, P.CKF_SERIAL_SESSION) for _ in range(2))
first.login("1234")
wanted = [(P.CKA_CLASS, P.CKO_PRIVATE_KEY), (P.CKA_LABEL, "key")]
key = second.findObjects(wanted)[0]


def sign():
    return f"{len(second.sign(key, bytes(32), P.Mechanism(P.CKM_ECDSA, None)))} octets"


told("PyKCS11, the second session signs", sign)
first.closeSession()
told("PyKCS11, the first one closed, it signs", sign)
told("PyKCS11, it looks for its key", lambda: f"{len(second.findObjects(wanted))} found")
PY
for script in first other; do "$dir/venv/bin/python" "$dir/$script.py"; done | tee "$dir/seen"
diff <(grep -v '^#' "$dir/seen") - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
python-pkcs11, a second login: UserAlreadyLoggedIn
python-pkcs11, the second session signs: 64 octets
python-pkcs11, the first one closed, it signs: ObjectHandleInvalid
python-pkcs11, it looks for its key: NoSuchKey
python-pkcs11, the public key: key
PyKCS11, the second session signs: 64 octets
PyKCS11, the first one closed, it signs: 64 octets
PyKCS11, it looks for its key: 1 found
E2
