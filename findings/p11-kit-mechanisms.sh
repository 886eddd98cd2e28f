#!/usr/bin/env bash
# A token that p11-kit serves over a socket has its Ed25519 keys, and can't sign with them: half of the mechanisms are gone on the way.
#
# Expected  `p11-kit server` hands a token on to another process, container or machine: what the module can do, `p11-kit-client.so` can do.
#           Functions, objects and attributes pass, so a key that is found there signs there.
# Happens   The protocol between the two carries only mechanisms whose parameters it knows how to write down, and EdDSA, which has none, isn't
#           on its list: of 70 mechanisms of the same SoftHSM token 36 are shown, and `C_SignInit` says CKR_MECHANISM_INVALID for Ed25519,
#           for all of RSA-PSS but its bare form, and for AES-CBC. ECDSA signs. The Ed25519 key pair is listed, with all its attributes.
# Versions  p11-kit 0.24.1, softhsm2 2.6.1, opensc 0.23.0 (Debian 12).
# Seen      One token with a P-256 and an Ed25519 pair: mechanisms and signatures with the module itself and through the socket.
# Matters   Whoever puts the token beside the service that signs, in another container as is usual, loses the algorithm that SD-JWTs and
#           checkpoints are signed with here, and the message blames the mechanism of a key that was made by it. With this version choose
#           P-256 for keys that are reached that way, or load the module in the process that signs.
set -euo pipefail
dir=$(mktemp -d); server=
end() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"; }
trap end EXIT
chmod 755 "$dir"
(cd "$dir" && apt-get download -qq p11-kit p11-kit-modules libp11-kit0 softhsm2 libsofthsm2 opensc opensc-pkcs11 libeac3 2>/dev/null || true; for deb in *.deb; do dpkg -x "$deb" root; done)
lib=$dir/root/usr/lib/x86_64-linux-gnu
module=$(find "$dir/root" -name libsofthsm2.so | head -1)
private=$dir/root/usr/libexec/p11-kit
export LD_LIBRARY_PATH=$lib SOFTHSM2_CONF=$dir/softhsm2.conf XDG_RUNTIME_DIR=$dir P11_KIT_PRIVATEDIR=$private
mkdir "$dir/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$dir/tokens" >"$SOFTHSM2_CONF"
tool=$dir/root/usr/bin/pkcs11-tool
"$dir/root/usr/bin/softhsm2-util" --module "$module" --init-token --free --label test --so-pin 12345678 --pin 1234 >/dev/null
for kind in "edwards25519 01" "prime256v1 02"; do
  "$tool" --module "$module" --token-label test --login --pin 1234 --keypairgen --key-type "EC:${kind% *}" --label "${kind% *}" --id "${kind#* }" >/dev/null
done
echo "# p11-kit $(dpkg-deb -f "$dir"/p11-kit_*.deb Version), softhsm2 $(dpkg-deb -f "$dir"/softhsm2_*.deb Version), opensc $(dpkg-deb -f "$dir"/opensc_0*.deb Version)"

"$private/p11-kit-server" --foreground --name "$dir/socket" --provider "$module" "pkcs11:token=test" >/dev/null &
server=$!
export P11_KIT_SERVER_ADDRESS=unix:path=$dir/socket
for _ in $(seq 50); do [ -S "$dir/socket" ] && break; sleep 0.1; done

openssl dgst -sha256 -binary -out "$dir/digest" "$SOFTHSM2_CONF"
for way in direct:"$module" socket:"$lib/pkcs11/p11-kit-client.so"; do
  at=(--module "${way#*:}" --token-label test --login --pin 1234)
  "$tool" --module "${way#*:}" --list-mechanisms 2>/dev/null | sed 1d >"$dir/mechanisms"
  echo "${way%%:*}: $(wc -l <"$dir/mechanisms") mechanisms, $("$tool" "${at[@]}" --list-objects --type privkey 2>/dev/null | grep -c '^Private Key Object') private keys"
  for what in "EDDSA 01" "ECDSA 02"; do
    said=$("$tool" "${at[@]}" --sign --mechanism "${what% *}" --id "${what#* }" --input-file "$dir/digest" --output-file "$dir/signed" 2>&1 | grep -o 'CKR_[A-Z_]*' || true)
    echo "${way%%:*}: ${what% *} ${said:-signs}"
  done
  echo "${way%%:*}:" $(grep -oE '^ *(SHA256-RSA-PKCS-PSS|RSA-PKCS-PSS|AES-CBC|AES-ECB|EDDSA|ECDSA),' "$dir/mechanisms" | tr -d ' ,')
done | tee "$dir/seen"
diff "$dir/seen" - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
direct: 70 mechanisms, 2 private keys
direct: EDDSA signs
direct: ECDSA signs
direct: AES-CBC AES-ECB ECDSA EDDSA RSA-PKCS-PSS SHA256-RSA-PKCS-PSS
socket: 36 mechanisms, 2 private keys
socket: EDDSA CKR_MECHANISM_INVALID
socket: ECDSA signs
socket: AES-ECB ECDSA RSA-PKCS-PSS
E2
