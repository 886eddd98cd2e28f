#!/usr/bin/env bash
# One SoftHSM token holds Ed25519 public keys in two shapes, by the tool that made them, and the usual viewer prints the name of
# one's curve as an object identifier that doesn't exist.
#
# Expected  A token keeps `CKA_EC_PARAMS` and `CKA_EC_POINT` in one form, whoever made the key: an object identifier or a name,
#           the point raw or as an OCTET STRING.
# Happens   A key pair that `pkcs11-tool --keypairgen` made has the curve as a PrintableString and the point as an OCTET STRING of
#           34 bytes; one that `softhsm2-util --import` brought in from PKCS#8 has an object identifier and the point's 32 bytes.
#           `pkcs11-tool --list-objects` shows the string's letters as "OID 2.21.100.119.97…".
# Versions  softhsm2 2.6.1, opensc 0.23.0 (Debian 12), OpenSSL 3 for the imported key.
# Seen      By making one key each way and listing both with `pkcs11-tool --list-objects`, which prints the attributes' bytes.
# Matters   A signer over PKCS#11 that knows one shape finds some of an operator's keys and not the others, which shows at the ceremony
#           after the one at which it was tried. `realname` reads both, and both shapes of the point.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
(cd "$dir" && apt-get download -qq softhsm2 libsofthsm2 opensc opensc-pkcs11 libeac3 2>/dev/null || true; for deb in *.deb; do dpkg -x "$deb" root; done)
lib=$dir/root/usr/lib/x86_64-linux-gnu
module=$(find "$dir/root" -name libsofthsm2.so | head -1)
export LD_LIBRARY_PATH=$lib SOFTHSM2_CONF=$dir/softhsm2.conf
mkdir "$dir/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$dir/tokens" >"$SOFTHSM2_CONF"
util=$dir/root/usr/bin/softhsm2-util
tool=$dir/root/usr/bin/pkcs11-tool
"$util" --module "$module" --init-token --free --label test --so-pin 12345678 --pin 1234 >/dev/null
"$tool" --module "$module" --token-label test --login --pin 1234 --keypairgen --key-type EC:edwards25519 --label made --id 01 >/dev/null
openssl genpkey -algorithm ed25519 -out "$dir/key.pem"
"$util" --module "$module" --import "$dir/key.pem" --token test --label brought --id 02 --pin 1234 >/dev/null
echo "softhsm2 $("$util" --version), opensc $(dpkg-deb -f "$dir"/opensc_0*.deb Version)"
same=1
"$tool" --module "$module" --token-label test --login --pin 1234 --list-objects --type pubkey 2>/dev/null >"$dir/listed"
for label in made brought; do
  shown=$(grep -B2 "label: *$label\$" "$dir/listed")
  point=$(sed -n 's/^ *EC_POINT: *//p' <<<"$shown")
  parameters=$(sed -n 's/^ *EC_PARAMS: *//p' <<<"$shown")
  echo "$label: parameters $parameters, point of $((${#point} / 2)) bytes that begins ${point:0:4}"
  case "$label $parameters ${#point}" in
    "made 13"*" (OID 2.21."*" 68" | "brought 06032b6570 (OID 1.3.101.112) 64") ;;
    *) same=0 ;;
  esac
done
if [ $same = 1 ]; then echo "as stated above"; else echo "CHANGED: not as stated above"; exit 1; fi
