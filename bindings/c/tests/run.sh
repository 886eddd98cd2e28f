#!/usr/bin/env bash
# The C library from outside: C99, C++ (both under AddressSanitizer) and ctypes, on readers in software. Needs gcc, g++, python3.
set -euo pipefail
cd "$(dirname "$0")/../../.."
cargo build --quiet -p realname-c -p realname-cli
target=${CARGO_TARGET_DIR:-target}/debug
place=$(mktemp -d)
readers=()
trap 'kill "${readers[@]}" 2>/dev/null || true; rm -rf "$place"' EXIT

# reader NAME [OPTION…]: a reader in software behind a link of that name.
reader() {
  local name=$1; shift
  "$target/realname" emulator --card fixtures/cards/resident.json --link "$place/$name" "$@" >"$place/$name.log" &
  readers+=($!)
  for _ in $(seq 100); do [ -e "$place/$name" ] && return; sleep 0.05; done
  echo "no reader $name" >&2; exit 1
}

flags=(-Wall -Wextra -Werror -Wpedantic -g -fsanitize=address,undefined -I bindings/c/include)
link=(-L "$target" -lrealname -lpthread)
gcc -std=c99 -D_DEFAULT_SOURCE "${flags[@]}" bindings/c/tests/till.c -o "$place/till-c" "${link[@]}"
g++ -std=c++17 -x c++ "${flags[@]}" bindings/c/tests/till.c -o "$place/till-cpp" "${link[@]}"
export LD_LIBRARY_PATH=$PWD/$target
for language in c cpp; do
  "$target/realname" sandbox new "$place/$language" >/dev/null
  reader "again-$language" --again
  reader "lying-$language"
  reader "turns-$language" --card fixtures/cards/resident-bing.json --again
  echo "-- $language: a whole till"
  "$place/till-$language" "$place/again-$language" "$place/$language" "$place/turns-$language"
  echo "-- $language: a card that lies there, and stopping"
  "$place/till-$language" lying "$place/lying-$language"
done

echo "-- nothing of the person in freed memory"
# Address, name and numbers; name and identity number in base64, too, as a presentation has them, at each of its three offsets. Not
# the phone number, which every demand has in base64, and the store that keeps it: see docs/from-sdtapi.md.
personal=$(python3 - <<'PY'
import base64
found = ["测试路1号", "测试甲", "119999199001010004", "13900000001"]
for text in [text.encode() for text in found[1:3]]:
    for before in range(3):
        code = base64.urlsafe_b64encode(bytes(before) + text).decode()
        found.append(code[-(-before * 8 // 6):(before + len(text)) * 8 // 6])
print("|".join(found))
PY
)
gcc -std=c99 -Wall -Wextra -Werror -O1 -shared -fPIC bindings/c/tests/canary.c -o "$place/canary.so" -ldl
gcc -std=c99 -D_DEFAULT_SOURCE -Wall -Wextra -Werror -I bindings/c/include bindings/c/tests/wiped.c -o "$place/wiped" "${link[@]}"
REALNAME_CANARY="nothing|测试路1号" LD_PRELOAD=$place/canary.so "$place/wiped" 2>&1 >/dev/null | grep -qx 'canary: 1'
"$target/realname" sandbox new "$place/wiped-sandbox" >/dev/null
reader wiped-reader --again
REALNAME_CANARY=$personal LD_PRELOAD=$place/canary.so "$place/wiped" "$place/wiped-reader" "$place/wiped-sandbox" 2>"$place/found" ||
  { cat "$place/found" >&2; exit 1; }
grep -qx 'canary: 0' "$place/found" || { cat "$place/found" >&2; exit 1; }
echo "-- nor of the bridge's"
reader wiped-shared --again
echo a-token-for-the-programs-of-this-till >"$place/token"
XDG_STATE_HOME=$place REALNAME_CANARY=$personal LD_PRELOAD=$place/canary.so "$target/realname" bridge --port "$place/wiped-shared" \
  --listen 127.0.0.1:0 --token "$place/token" >"$place/bridge" 2>"$place/bridge-found" &
bridge=$!
readers+=("$bridge")
for _ in $(seq 100); do [ -s "$place/bridge" ] && break; sleep 0.05; done
python3 - "$(sed -n 's/^listening on //p' "$place/bridge")" "$(cat "$place/token")" <<'PY'
import json, sys, urllib.request
headers = {"Content-Type": "application/json", "Authorization": "Bearer " + sys.argv[2]}
for _ in range(3):
    request = urllib.request.Request(sys.argv[1] + "/v1/read", b'{"wait": 20}', headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        assert "测试路1号" in json.load(response)["document"]["address"]
PY
kill "$bridge"
wait "$bridge"
grep -qx 'canary: 0' "$place/bridge-found" || { grep canary "$place/bridge-found" >&2; exit 1; }

echo "-- ctypes"
"$target/realname" sandbox new "$place/ctypes" >/dev/null
(
  cd "$place/ctypes"
  "$OLDPWD/$target/realname" attest --demand demand.jwt --config terminal.toml --trust trust.jwt --anchor anchor.json \
    --authority dir:register.json --declared declared.json --portrait portrait-side.jpg --emblem emblem-side.jpg \
    --holder holder.jpg --yes --out presentation >/dev/null
)
reader turns-ctypes --card fixtures/cards/resident-bing.json --again
python3 bindings/c/tests/till.py "$target/librealname.so" "$place/turns-ctypes" "$place/ctypes"

echo "-- senseless calls from four threads"
gcc -std=c99 -D_DEFAULT_SOURCE "${flags[@]}" bindings/c/tests/fuzz.c -o "$place/fuzz" "${link[@]}"
"$target/realname" sandbox new "$place/senseless" >/dev/null
reader senseless-reader --again
# Handles that nobody closed are the caller's leak.
ASAN_OPTIONS=detect_leaks=0 "$place/fuzz" "$place/senseless-reader" "$place/senseless" "${FUZZ_SECONDS:-10}" "${FUZZ_SEED:-1}"
