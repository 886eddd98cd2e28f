#!/usr/bin/env bash
# Keys in SoftHSM: a token in a temporary directory, keys made by pkcs11-tool and imported by softhsm2-util, then the crate's
# tests and the command-line program over it. Installs Debian's `softhsm2` and `opensc` when there are none and this is root.
set -euo pipefail
cd "$(dirname "$0")/../.."
need() {
  command -v "$1" >/dev/null && return
  [ "$(id -u)" = 0 ] || { echo "no $1 here, and only root can install it" >&2; exit 1; }
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$2" >/dev/null
}
need softhsm2-util softhsm2
need pkcs11-tool opensc
need openssl openssl

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tokens"
export SOFTHSM2_CONF="$work/softhsm2.conf"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/tokens" >"$SOFTHSM2_CONF"
for module in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
  [ -e "$module" ] && export REALNAME_SOFTHSM=$module REALNAME_PKCS11_MODULE=$module && break
done

softhsm2-util --init-token --free --label operator --pin 123456 --so-pin 12345678 >/dev/null
tool() { pkcs11-tool --module "$REALNAME_SOFTHSM" --token-label operator --login --pin 123456 "$@" >/dev/null 2>&1; }
tool --keypairgen --key-type EC:edwards25519 --label ed-tool --id 01
tool --keypairgen --key-type EC:prime256v1 --label p256-tool --id 02
tool --keypairgen --key-type EC:secp384r1 --label p384 --id 05
tool --keypairgen --key-type EC:prime256v1 --label twice --id 06
tool --keypairgen --key-type EC:prime256v1 --label twice --id 07
openssl genpkey -algorithm ed25519 -out "$work/ed.pem" 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/p256.pem" 2>/dev/null
softhsm2-util --import "$work/ed.pem" --token operator --label ed-import --id 03 --pin 123456 >/dev/null
softhsm2-util --import "$work/p256.pem" --token operator --label p256-import --id 04 --pin 123456 >/dev/null

# Only the figure: signing here against the module's own.
if [ "${1:-}" = bench ]; then
  REALNAME_PKCS11_PIN=123456 cargo bench -p realname --all-features --bench pkcs11
  exit
fi

cargo test --quiet -p realname-pkcs11 --test softhsm -- --ignored softhsm_
# Login is a process's at a token: these each have a process of their own.
for alone in a_wrong_pin_is_tried_once a_signer_logs_in_again a_token_is_pulled_and_put_back many_open_their_keys_at_once signs_with_keys_that_we_make \
  sixteen_threads_are_as_fast_as_the_module; do
  cargo test --quiet -p realname-pkcs11 --test softhsm -- --ignored --exact "alone_$alone" --nocapture
done

# The ceremony of the runbook, as it is printed, in a token of its own.
cargo build --quiet -p realname-cli
ceremony="$work/ceremony"
mkdir -p "$ceremony/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$ceremony/tokens" >"$ceremony/softhsm2.conf"
sed -n '/^## J\. /,$p' docs/trust-runbook.md | sed -n '/^```sh$/,/^```$/p' | grep -v '^```' >"$ceremony/printed.sh"
grep -q keypairgen "$ceremony/printed.sh"
(
  PATH="$PWD/${CARGO_TARGET_DIR:-target}/debug:$PATH"
  cd "$ceremony"
  SOFTHSM2_CONF="$ceremony/softhsm2.conf" MODULE=$REALNAME_SOFTHSM SO_PIN=87654321 USER_PIN=246810 bash -euo pipefail printed.sh >/dev/null 2>&1
  grep -q Ed25519 issuing-2026.jwk
)

# The program: the key in the file and the key in the token are one. Tried with `key show`, `trust sign` and `demand new`; the other
# commands that sign open their key by the same function.
realname="$PWD/${CARGO_TARGET_DIR:-target}/debug/realname"
cd "$work"
export REALNAME_PKCS11_PIN=123456
uri='pkcs11:token=operator;object='
for kind in ed p256; do
  [ "$("$realname" key show "$kind.pem")" = "$("$realname" key show "$uri$kind-import")" ] || { echo "$kind: another key" >&2; exit 1; }
done
"$realname" key show --valid-days 30 "${uri}ed-tool" >anchor.json
"$realname" key show "${uri}p256-tool" >shop.jwk
python3 - <<'END'
import json
shop = json.load(open("shop.jwk"))
entry = {**shop, "iss": "https://shop.example", "role": "demand", "display_name": "Shop (TEST)", "purposes": ["sim.activate"], "claims": ["name", "id_number"]}
json.dump({"iss": "https://trust.example", "keys": [entry]}, open("list.json", "w"))
END
"$realname" trust sign --anchor "${uri}ed-tool" --list list.json --out trust.jwt >/dev/null 2>&1
"$realname" demand new --key "${uri}p256-tool" --iss https://shop.example --purpose sim.activate --number +8613900000001 \
  --locality remote --claim name --env test --store store --out demand.jwt >/dev/null
"$realname" demand check --trust trust.jwt --anchor anchor.json demand.jwt >/dev/null
# What goes wrong is said, and no PIN is in it.
refused() { if "$realname" key show "$1" >/dev/null 2>refused.txt; then echo "$1 was taken" >&2; exit 1; fi; grep -q "$2" refused.txt || { cat refused.txt >&2; exit 1; }; }
refused "pkcs11:token=operator" pkcs11_uri
refused "${uri}nothing" pkcs11_key
REALNAME_PKCS11_PIN=999999 refused "${uri}ed-tool" pkcs11_pin
if grep -q 999999 refused.txt; then echo "a PIN was shown" >&2; exit 1; fi
# Behind a socket of p11-kit a token has its Ed25519 key and doesn't sign with it: that is said. Its P-256 key signs.
need p11-kit p11-kit
server=$(find /usr/libexec /usr/lib -name p11-kit-server -type f 2>/dev/null | head -1)
client=$(find /usr/lib -name p11-kit-client.so 2>/dev/null | head -1)
if [ -n "$server" ] && [ -z "$client" ] && [ "$(id -u)" = 0 ]; then
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends p11-kit-modules >/dev/null
  client=$(find /usr/lib -name p11-kit-client.so | head -1)
fi
"$server" --foreground --name "$work/socket" --provider "$REALNAME_SOFTHSM" 'pkcs11:token=operator' >/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 50); do [ -S "$work/socket" ] && break; sleep 0.1; done
export P11_KIT_SERVER_ADDRESS="unix:path=$work/socket"
[ "$(REALNAME_PKCS11_MODULE=$client "$realname" key show "${uri}p256-tool")" = "$(cat shop.jwk)" ] || { echo "another key came through the socket" >&2; exit 1; }
REALNAME_PKCS11_MODULE=$client refused "${uri}ed-tool" pkcs11_mechanism
grep -q P-256 refused.txt
chmod 644 ed.pem
refused ed.pem key_readable
openssl ecparam -genkey -name prime256v1 -out sec1.pem 2>/dev/null
chmod 600 sec1.pem ed.pem
"$realname" key show sec1.pem >/dev/null
for how in "-scrypt" "-v2 aes-256-cbc"; do
  # shellcheck disable=SC2086
  openssl pkcs8 -topk8 $how -in ed.pem -passout pass:secret -out locked.pem
  REALNAME_KEY_PASSWORD=secret "$realname" key show locked.pem >locked.jwk
  [ "$(cat locked.jwk)" = "$("$realname" key show ed.pem)" ] || { echo "another key came out of the encrypted file" >&2; exit 1; }
  REALNAME_KEY_PASSWORD=other refused locked.pem '\[key\]'
done
refused locked.pem REALNAME_KEY_PASSWORD
echo "pkcs11: all of it passed"
