#!/usr/bin/env bash
# SoftHSM doesn't find a token again whose directory was away for a moment: the slot stays in the list as present, every question
# about it is a general error, and only ending and beginning the module in the process helps.
#
# Expected  PKCS#11 has calls for a token that is pulled and put back: it isn't present, then it is, sessions are gone and are opened
#           anew. A token that is a directory is back when the directory is.
# Happens   While it is away its slot still counts as "with a token", `C_GetTokenInfo` is CKR_GENERAL_ERROR, and the search for a key in an
#           open session succeeds with none found. Put back, all of that stays so, also in a new session, which can't be opened. After
#           `C_Finalize` and `C_Initialize` the token and its key are there.
# Versions  softhsm2 2.6.1 (Debian 12), PyKCS11 1.5.20 (PyPI).
# Seen      One process with the module; the directory is renamed, and renamed back.
# Matters   Whoever signs attestations for years with a key in a token loses a mount for a second (a volume, a network disk, an update), and
#           signs nothing until somebody restarts the service; one that asks for the key only sees "no such key". The signer here begins
#           the module again when none of its sessions is in use, and a test does it.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 "$dir"
for package in softhsm2 libsofthsm2; do apt-get download -qq "$package=2.6.1-2.1" 2>/dev/null; done
for deb in *.deb; do dpkg -x "$deb" root; done
module=$(find "$dir/root" -name libsofthsm2.so | head -1)
export SOFTHSM2_CONF=$dir/softhsm2.conf
mkdir tokens
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$dir/tokens" >"$SOFTHSM2_CONF"
util=root/usr/bin/softhsm2-util
"$util" --module "$module" --init-token --free --label test --so-pin 12345678 --pin 1234 >/dev/null
openssl genpkey -algorithm ed25519 -out key.pem
"$util" --module "$module" --import key.pem --token test --label key --id 01 --pin 1234 >/dev/null
echo "softhsm2 $("$util" --version)"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check PyKCS11==1.5.20
venv/bin/python - "$module" <<'PY' | tee seen
import os
import sys

from PyKCS11 import CKA_CLASS, CKF_SERIAL_SESSION, CKF_TOKEN_INITIALIZED, CKO_PRIVATE_KEY, PyKCS11Error, PyKCS11Lib

module = PyKCS11Lib()
module.load(sys.argv[1])


def token():
    """The slot of the one token that has a key, and how the module speaks of it."""
    for slot in module.getSlotList(tokenPresent=True):
        try:
            if module.getTokenInfo(slot).flags & CKF_TOKEN_INITIALIZED:
                return slot, "present"
        except PyKCS11Error as error:
            return slot, f"present, {str(error).split()[0]}"
    return None, "absent"


def opened(slot):
    try:
        session = module.openSession(slot, CKF_SERIAL_SESSION)
        session.login("1234")
        return session
    except PyKCS11Error as error:
        return str(error).split()[0]


def keys(session):
    return session if isinstance(session, str) else f"keys found: {len(session.findObjects([(CKA_CLASS, CKO_PRIVATE_KEY)]))}"


slot, is_ = token()
session = opened(slot)
print("at first:", is_ + ";", keys(session))
os.rename("tokens", "away")
os.mkdir("tokens")
print("away:", token()[1] + ";", keys(session))
os.rmdir("tokens")
os.rename("away", "tokens")
print("back:", token()[1] + ";", keys(session))
session.closeSession()
print("back, a new session:", keys(opened(slot)))
module.lib.C_Finalize()
module.lib.C_Initialize()
slot, is_ = token()
print("begun again:", is_ + ";", keys(opened(slot)))
PY
cat >expected <<'TEXT'
at first: present; keys found: 1
away: present, CKR_GENERAL_ERROR; keys found: 0
back: present, CKR_GENERAL_ERROR; keys found: 0
back, a new session: CKR_GENERAL_ERROR
begun again: present; keys found: 1
TEXT
diff expected seen && echo "as stated" || { echo "changed"; exit 1; }
