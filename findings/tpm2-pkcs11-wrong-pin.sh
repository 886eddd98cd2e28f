#!/usr/bin/env bash
# Three wrong PINs at one token of tpm2-pkcs11 stop another token's key, in a session that was logged in long before: `C_Sign` says that the PIN
# is locked, and no flag shows it.
#
# Expected  Wrong PINs are counted by token, and lock that token's next login. Before, the flags "count low" and "final try" warn; after it the
#           security officer sets a new PIN. What is logged in stays so: PKCS#11 has no CKR_PIN_LOCKED among the returns of C_Sign.
# Happens   All tokens of a TPM share one counter, and each key has a secret of its own that is subject to it. After three mistakes at an empty
#           token beside it the key can't sign, nor anybody log in to its token with the right PIN, nor either token's security officer. The
#           flags of both tokens are what they were. The counter goes down by one in 1,000 seconds, or is cleared by
#           `tpm2_dictionarylockout`. Then the key that was asked meanwhile is CKR_GENERAL_ERROR in its session, for good, until that
#           one logs out and in again.
# Versions  libtpm2-pkcs11-1 1.9.0, swtpm 0.7.1, libtpms0 0.9.2, tpm2-tools 5.4, opensc 0.23.0 (Debian 12), PyKCS11 1.5.20 (PyPI), Python 3.
# Seen      A software TPM with its own settings (three tries) on loopback, one token with a P-256 key and an empty one, each with a PIN of its own.
# Matters   A service signs attestations for months; then another program of the machine starts with an old PIN in its settings, tries thrice, and
#           no check is attested for a quarter of an hour, or ever again where a session is kept. The service's log speaks of a PIN that nobody
#           gave it. Take CKR_PIN_LOCKED at a signature for "later", never for "wrong PIN", and log out and in after it. `realname` tries no PIN
#           a second time that was refused.
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
  tool --token-label "$token" --init-pin --login --login-type so --so-pin 12345678 --new-pin "1234$slot"
  slot=$((slot + 1))
done
tool --token-label checks --login --pin 12340 --keypairgen --key-type EC:prime256v1 --label key --id 01
python3 -m venv venv
LD_LIBRARY_PATH='' venv/bin/pip install --quiet --disable-pip-version-check PyKCS11==1.5.20
echo "# $(dpkg-deb -f libtpm2-pkcs11-1_*.deb Package Version | paste -sd' ') $(dpkg-deb -f libtpms0_*.deb Package Version | paste -sd' ')"
cat >sign.py <<'PY'
import sys

from PyKCS11 import CKA_CLASS, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKM_ECDSA, CKO_PRIVATE_KEY, CKU_SO, Mechanism, PyKCS11Error, PyKCS11Lib

module = PyKCS11Lib()
module.load(sys.argv[1])
slots = {module.getTokenInfo(slot).label.strip(): slot for slot in module.getSlotList(tokenPresent=True)}


def opened(token, flags=CKF_SERIAL_SESSION):
    return module.openSession(slots[token], flags)


def tried(what, *given):
    try:
        done = what(*given)
        return "done" if done is None else f"{len(done)} octets"
    except PyKCS11Error as error:
        return str(error).split(" ")[0]


def sign():
    (key,) = checks.findObjects([(CKA_CLASS, CKO_PRIVATE_KEY)])
    return checks.sign(key, b"a" * 32, Mechanism(CKM_ECDSA))


def flags():
    return " ".join(sorted(name for token in slots if token for name in module.getTokenInfo(slots[token]).flags2text() if "PIN" in name))


def mistaken():
    return " ".join(tried(other.login, "00000") for _ in range(3))


checks, other = opened("checks"), opened("other", CKF_SERIAL_SESSION | CKF_RW_SESSION)
print("checks, login:", tried(checks.login, "12340"))
before = flags()
print("other, three wrong PINs:", mistaken())
print("checks, signature:", tried(sign))
print("flags of PINs:", "as before" if flags() == before else flags())
print("cleared", flush=True)
sys.stdin.readline()
print("checks, signature:", tried(sign))
print("checks, logout:", tried(checks.logout))
print("checks, login:", tried(checks.login, "12340"))
print("checks, signature:", tried(sign))
print("checks, logout:", tried(checks.logout))
print("other, three wrong PINs:", mistaken())
print("checks, login:", tried(checks.login, "12340"))
print("other, login of its security officer:", tried(other.login, "12345678", CKU_SO))
checks.closeSession()
print("checks, login of its security officer:", tried(opened("checks", CKF_SERIAL_SESSION | CKF_RW_SESSION).login, "12345678", CKU_SO))
PY
mkfifo go
venv/bin/python sign.py "$module" <go 2>/dev/null >seen &
python=$!
exec 3>go
for _ in $(seq 100); do grep -q cleared seen && break; sleep 0.2; done
root/usr/bin/tpm2_dictionarylockout --clear-lockout
echo >&3
wait "$python"
cat seen
diff <(grep -v '^#' seen) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
checks, login: done
other, three wrong PINs: CKR_PIN_INCORRECT CKR_PIN_INCORRECT CKR_PIN_INCORRECT
checks, signature: CKR_PIN_LOCKED
flags of PINs: as before
cleared
checks, signature: CKR_GENERAL_ERROR
checks, logout: done
checks, login: done
checks, signature: 64 octets
checks, logout: done
other, three wrong PINs: CKR_PIN_INCORRECT CKR_PIN_INCORRECT CKR_PIN_INCORRECT
checks, login: CKR_PIN_LOCKED
other, login of its security officer: CKR_PIN_LOCKED
checks, login of its security officer: CKR_PIN_LOCKED
E2
