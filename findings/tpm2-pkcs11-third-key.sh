#!/usr/bin/env bash
# A token of tpm2-pkcs11 signs with two of its keys, whichever are used first after the login, and with no third one until somebody logs out; and
# from the day on which it was set up until the TPM is reset, with one.
#
# Expected  A token has keys, and a session that is logged in signs with any of them, in any order. How many objects the chip holds at a time is what
#           the module is there to hide: it can load a key, sign and let it go.
# Happens   A key that signed stays in the TPM, which has room for three objects by its standard's minimum; the way to the keys needs one. The
#           third key is CKR_GENERAL_ERROR, each time, in this session and all others, while the first two go on signing. `C_InitToken` leaves
#           an object behind that nobody needs, for all processes and until a reset: by then the second key fails. And nobody can log
#           in to a second token while they are in use. After `C_Logout` other keys may be the first. All are listed and `C_SignInit` takes them.
# Versions  libtpm2-pkcs11-1 1.9.0, swtpm 0.7.1, libtpms0 0.9.2, tpm2-tools 5.4, opensc 0.23.0 (Debian 12), PyKCS11 1.5.20 (PyPI), Python 3.
# Seen      A software TPM on loopback without a resource manager in between, three P-256 keys that `pkcs11-tool` made in one token, an empty token
#           beside it; the same again after what lay about in the TPM was taken out, as a reset does.
# Matters   Attestations, checkpoints and the next key of a rotation are several keys by nature. The ceremony tries each of them in a process of its
#           own, where all sign; the service then has the ones that were asked first, and the reason is in none of the return codes. Try all
#           keys in one process, in turn, and reset the machine between setting up and use. `realname` says `pkcs11_token` at a key too many:
#           give it a process of its own.
set -euo pipefail
dir=$(mktemp -d)
tpm=
ended() {
  [ -z "$tpm" ] || kill "$tpm" 2>/dev/null || true
  rm -rf "$dir"
}
trap ended EXIT
cd "$dir"
chmod 755 "$dir"
apt-get download -qq libtpm2-pkcs11-1=1.9.0-0.1+deb12u1 swtpm=0.7.1-1.3 swtpm-libs=0.7.1-1.3 libtpms0=0.9.2-3.1+deb12u1 tpm2-tools=5.4-1 \
  opensc=0.23.0-0.3+deb12u2 opensc-pkcs11 libeac3 libtss2-esys-3.0.2-0 libtss2-fapi1 libtss2-mu0 libtss2-rc0 libtss2-sys1 libtss2-tctildr0 \
  libtss2-tcti-swtpm0 2>/dev/null
for deb in *.deb; do dpkg -x "$deb" root; done
lib=$dir/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$lib:$lib/swtpm TSS2_LOG=all+NONE TPM2_PKCS11_STORE=$dir/store TPM2_PKCS11_LOG_LEVEL=0
module=$lib/libtpm2_pkcs11.so.1
port=$(python3 -c 'import random; print(random.randrange(20000, 30000, 2))')
mkdir state store
root/usr/bin/swtpm socket --tpm2 --tpmstate dir=state --server type=tcp,port="$port" --ctrl type=tcp,port="$((port + 1))" \
  --flags not-need-init,startup-clear &
tpm=$!
export TPM2_PKCS11_TCTI=swtpm:host=127.0.0.1,port=$port TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=$port
sleep 1
tool() { root/usr/bin/pkcs11-tool --module "$module" "$@" >>tool.log 2>&1 || { cat tool.log; exit 1; }; }
slot=0
for token in checks other; do
  tool --init-token --slot-index "$slot" --label "$token" --so-pin 12345678
  tool --token-label "$token" --init-pin --login --login-type so --so-pin 12345678 --new-pin 1234
  slot=$((slot + 1))
done
for key in 1 2 3; do tool --token-label checks --login --pin 1234 --keypairgen --key-type EC:prime256v1 --label "key $key" --id "0$key"; done
python3 -m venv venv
LD_LIBRARY_PATH='' venv/bin/pip install --quiet --disable-pip-version-check PyKCS11==1.5.20
echo "# $(dpkg-deb -f libtpm2-pkcs11-1_*.deb Package Version | paste -sd' ') $(dpkg-deb -f libtpms0_*.deb Package Version | paste -sd' ')"
cat >sign.py <<'PY'
import sys

from PyKCS11 import CKA_CLASS, CKA_ID, CKF_SERIAL_SESSION, CKM_ECDSA, CKO_PRIVATE_KEY, Mechanism, PyKCS11Error, PyKCS11Lib

module = PyKCS11Lib()
module.load(sys.argv[1])
slots = {module.getTokenInfo(slot).label.strip(): slot for slot in module.getSlotList(tokenPresent=True)}


def opened(token):
    return module.openSession(slots[token], CKF_SERIAL_SESSION)


def why(error):
    return str(error).split(" ")[0]


def signed(session, *numbers):
    for number in numbers:
        (key,) = session.findObjects([(CKA_CLASS, CKO_PRIVATE_KEY), (CKA_ID, (number,))])
        try:
            done = f"{len(session.sign(key, b'a' * 32, Mechanism(CKM_ECDSA)))} octets"
        except PyKCS11Error as error:
            done = why(error)
        yield f"key {number} {done}"


def logged_in(session):
    try:
        session.login("1234")
        return "logged in"
    except PyKCS11Error as error:
        return why(error)


if len(sys.argv) > 2:
    session = opened("checks")
    session.login("1234")
    print("a process for it:", *signed(session, int(sys.argv[2])))
    sys.exit()
session, beside, other = opened("checks"), opened("checks"), opened("other")
print("checks:", logged_in(session))
print(*signed(session, 1, 2, 3, 1), sep=", ")
print("session beside it:", ", ".join(signed(beside, 2, 1)))
print("other token:", logged_in(other))
session.logout()
print("checks, logged out:", logged_in(session))
print(*signed(session, 3, 2, 1, 3), sep=", ")
PY
left() { echo "left in the TPM: $(root/usr/bin/tpm2_getcap handles-transient | wc -l)"; }
{
  for key in 1 2 3; do venv/bin/python sign.py "$module" "$key" 2>/dev/null; done
  left
  venv/bin/python sign.py "$module" 2>/dev/null
  root/usr/bin/tpm2_flushcontext --transient-object
  left
  venv/bin/python sign.py "$module" 2>/dev/null
  left
} | tee seen
diff seen - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
a process for it: key 1 64 octets
a process for it: key 2 64 octets
a process for it: key 3 64 octets
left in the TPM: 1
checks: logged in
key 1 64 octets, key 2 CKR_GENERAL_ERROR, key 3 CKR_GENERAL_ERROR, key 1 64 octets
session beside it: key 2 CKR_GENERAL_ERROR, key 1 64 octets
other token: CKR_GENERAL_ERROR
checks, logged out: logged in
key 3 64 octets, key 2 CKR_GENERAL_ERROR, key 1 CKR_GENERAL_ERROR, key 3 64 octets
left in the TPM: 0
checks: logged in
key 1 64 octets, key 2 64 octets, key 3 CKR_GENERAL_ERROR, key 1 64 octets
session beside it: key 2 64 octets, key 1 64 octets
other token: CKR_GENERAL_ERROR
checks, logged out: logged in
key 3 64 octets, key 2 64 octets, key 1 CKR_GENERAL_ERROR, key 3 64 octets
left in the TPM: 0
E2
