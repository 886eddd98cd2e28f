#!/usr/bin/env bash
# The bindings from outside: C, C++, ctypes, the libraries in the vendors' places, the wheel, and the snippets of
# docs/from-sdtapi.md and docs/bridge.md. `bindings/tests.sh snippets` runs the last alone.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
target=$(realpath "${CARGO_TARGET_DIR:-target}")
tools=$target/binding-tools
mkdir -p "$tools"

if [ "${1:-all}" = all ]; then
  bindings/c/header.sh check
  bindings/c/tests/run.sh
  bindings/sdtapi/tests/run.sh
  bindings/python/tests/run.sh
fi

place=$(mktemp -d)
readers=()
trap 'kill "${readers[@]}" 2>/dev/null || true; rm -rf "$place"' EXIT
program=$target/debug/realname
cargo build --quiet -p realname-c -p sdtapi -p termb -p realname-cli
[ -d "$tools/node_modules/koffi" ] || (cd "$tools" && npm install --silent --no-save --prefix . koffi@3)

# snippet LANGUAGE FILE [PAGE]: what stands in the page, word for word.
snippet() {
  local page=${3:-docs/from-sdtapi.md}
  awk -v fence="\`\`\`$1" '$0 == fence {inside = 1; next} /^```/ {inside = 0} inside' "$page" >"$place/$2"
  [ -s "$place/$2" ] || { echo "$page has no snippet in $1" >&2; exit 1; }
}

# in_language COMMAND…: with the libraries where programs look for them.
in_language() {
  LC_ALL=${LOCALE:-C} LD_LIBRARY_PATH=$target/debug REALNAME_LIBRARY=$target/debug/librealname.so NODE_PATH=$tools/node_modules \
    timeout 120 "$@"
}

# try LANGUAGE COMMAND…: a fresh sandbox, a reader whose card is laid down again, the command, and the verdict of the command in
# `verifier`, a program in the same language.
try() {
  local name=$1; shift
  "$program" sandbox new "$place/$name" >/dev/null
  (cd "$place/$name" && "$program" demand new --key shop.pem --iss https://shop.example --purpose sim.cancel --number +8613900000001 \
    --expect expect.json --check chip --env test --store store --out cancel.jwt >/dev/null 2>&1)
  "$program" emulator --card "$place/$name/card.json" --again --link "$place/$name/reader" >/dev/null &
  readers+=($!)
  for _ in $(seq 100); do [ -e "$place/$name/reader" ] && break; sleep 0.05; done
  echo "-- docs/from-sdtapi.md: $name"
  REALNAME_PORTS="1=$place/$name/reader" in_language "$@" "$place/$name/reader" "$place/$name" >/dev/null
  (cd "$place/$name" && in_language "${verifier[@]}" store trust.jwt anchor.json presentation) | grep -o '"verdict": *"accepted"'
}

# read_card LANGUAGE COMMAND…: open, find, select, read, fields, files, close over sdtapi, termb and librealname: the programs that
# `.ci/run usb` runs on USB readers, here on a reader in software behind a pseudo-terminal.
read_card() {
  local name=$1 library; shift
  echo '{"name": "测试戊", "sex": "female", "number": "119999199001010004", "address": "测试路5号"}' >"$place/card-$name.json"
  "$program" emulator --card "$place/card-$name.json" --again --link "$place/reader-$name" >/dev/null &
  readers+=($!)
  for _ in $(seq 100); do [ -e "$place/reader-$name" ] && break; sleep 0.05; done
  mkdir -p "$place/work-$name"
  echo "-- $name over sdtapi, termb and librealname"
  (
    cd "$place/work-$name"
    for library in sdtapi termb realname; do echo "$library $place/reader-$name"; done |
      REALNAME_PORTS="1=$place/reader-$name" in_language "$@" >answers
    [ "$(grep -cx ok answers)" = 3 ] || { cat answers >&2; exit 1; }
  )
}

snippet csharp Till.cs
mcs -codepage:utf8 -out:"$place/till.exe" "$place/Till.cs"
mcs -codepage:utf8 -out:"$place/verify.exe" bindings/tests/Verify.cs
verifier=(mono "$place/verify.exe")
try csharp mono "$place/till.exe"
mcs -codepage:utf8 -out:"$place/usb-till.exe" tests/usb/Till.cs
LOCALE=C.UTF-8 read_card csharp mono "$place/usb-till.exe"
snippet java Till.java
javac -encoding UTF-8 -cp /usr/share/java/jna.jar -d "$place" "$place/Till.java"
javac -encoding UTF-8 -cp /usr/share/java/jna.jar -d "$place" bindings/tests/Verify.java
verifier=(java -cp "/usr/share/java/jna.jar:$place" Verify)
try java java -cp "/usr/share/java/jna.jar:$place" Till
LOCALE=C.UTF-8 try java-utf8 java -cp "/usr/share/java/jna.jar:$place" Till
mkdir -p "$place/usb-till"
javac -encoding UTF-8 -cp /usr/share/java/jna.jar -d "$place/usb-till" tests/usb/Till.java
for LOCALE in C C.UTF-8; do
  read_card "java-$LOCALE" java -cp "/usr/share/java/jna.jar:$place/usb-till" Till
done
unset LOCALE
snippet javascript till.js
verifier=(node "$root/bindings/tests/verify.js")
try javascript node "$place/till.js"
read_card javascript node "$root/tests/usb/till.js"
snippet python till.py
[ -x "$tools/wheel/bin/python" ] || python3 -m venv "$tools/wheel"
"$tools/wheel/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall "$target"/wheels/realname-*-cp39-abi3-*.whl
verifier=("$tools/wheel/bin/python" "$root/bindings/tests/verify.py")
try python "$tools/wheel/bin/python" "$place/till.py"

# The programs of docs/bridge.md, with a bridge of their own.
# Two cards of one person: a card that is back at once was only touched, says a bridge.
sed 's/测试路1号/测试路2号/' fixtures/cards/resident.json >"$place/second.json"
"$program" emulator --card fixtures/cards/resident.json "$place/second.json" --again --link "$place/shared" >/dev/null &
readers+=($!)
for _ in $(seq 100); do [ -e "$place/shared" ] && break; sleep 0.05; done
echo a-token-for-the-programs-of-this-till >"$place/token"
XDG_STATE_HOME=$place "$program" bridge --port "$place/shared" --listen 127.0.0.1:0 --token "$place/token" >"$place/bridge" 2>/dev/null &
readers+=($!)
for _ in $(seq 100); do [ -s "$place/bridge" ] && break; sleep 0.05; done
url=$(sed -n 's/^listening on //p' "$place/bridge")
snippet python bridge.py docs/bridge.md
echo "-- docs/bridge.md: python"
PYTHONIOENCODING=utf-8 timeout 60 python3 "$place/bridge.py" "$url" "$place/token" | grep '^测试甲$'
snippet csharp Bridge.cs docs/bridge.md
mcs -codepage:utf8 -out:"$place/bridge.exe" "$place/Bridge.cs"
echo "-- docs/bridge.md: csharp"
LC_ALL=C timeout 60 mono "$place/bridge.exe" "$url" "$place/token" | grep -o '测试甲'
if LC_ALL=C timeout 60 mono "$place/bridge.exe" "$url" /dev/null >/dev/null 2>&1; then
  echo "a program without the token got in" >&2; exit 1
fi
# The Python package and the program through the bridge, as through any port.
export REALNAME_BRIDGE_TOKEN=$place/token
"$tools/wheel/bin/python" - "${url/http:\/\//bridge:}" <<'PY'
import sys, realname
with realname.Reader(sys.argv[1]) as reader:
    card = reader.read(wait=20)
    assert card.document.name == "测试甲" and len(card.photo) == 1024
    print("-- the Python package through the bridge: ok")
PY
"$program" reader read --port "${url/http:\/\//bridge:}" --wait 20 --json | grep -o '"origin": "emulated"'
