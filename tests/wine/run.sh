#!/usr/bin/env bash
# The program and the libraries built for Windows, 64 and 32 bit, from Debian's packages, and run under Wine on readers in software:
# `tests/wine/run.sh`. Wine isn't Windows: what passes here was never run on Windows itself. Needs Debian 12, root (a small Debian is
# unpacked for Wine), 4 GB. Everything is kept in target/wine.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/lib.sh
place=$PWD/target/wine
here=tests/wine
mkdir -p "$place"

# The names in a library's export table.
exports() { "$1-w64-mingw32-objdump" -p "$2" | awk '/Ordinal\/Name Pointer/ {on = 1; next} !NF {on = 0} on {print $NF}'; }

build() {
  local cpu=$1 width=$2 triple=$1-pc-windows-gnu cc=$1-w64-mingw32-gcc-posix out=$place/build/$2 from name
  echo "-- building for $triple"
  rm -rf "$out" && mkdir -p "$out"
  (
    eval "$("$here/toolchain.sh" "$place")"
    # The standard library is compiled, too. `release` without its optimisation: of all profiles it compiles fastest.
    CARGO_TARGET_DIR=$place/target CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_INCREMENTAL=0 \
      cargo build --quiet --release -Zbuild-std=std,panic_unwind --target "$triple" \
      -p realname-cli -p realname-c -p sdtapi -p termb -p synjones -p wltrs
  )
  from=$place/target/$triple/release
  cp "$from"/realname.exe "$from"/{realname,sdtapi,termb,SynIDCardAPI,WltRS}.dll "$out"
  "$cc" -shared -Wl,--kill-at -o "$out/bcryptprimitives.dll" "$here/stub.c" -ladvapi32
  for name in sdtapi termb synjones decoder; do
    "$cc" -std=gnu99 -Wall -Wextra -Werror -I "$here" "$here/$name.c" -o "$out/$name.exe"
  done
  "$cc" -std=gnu99 -Wall -Wextra -Werror -I "$here" -I bindings/c/include "$here/realname.c" -o "$out/realname_c.exe" "$from/libreal"*.a
  # Plain names, and the same in both widths: a decorated one has an @ and the bytes of its parameters.
  for name in sdtapi termb SynIDCardAPI WltRS; do
    exports "$cpu" "$out/$name.dll" | sort >"$place/$name.$width"
    ! grep '@' "$place/$name.$width" || die "$name.dll, $width bit, has decorated names"
    diff "$place/$name.64" "$place/$name.$width" || die "$name.dll exports something else in $width bit"
    echo "$name.dll, $width bit: $(wc -l <"$place/$name.$width") functions"
  done
}

# A till in C#, on Microsoft's own runtime for 32-bit Windows, which a package brings; Debian has no Mono for Windows.
csharp() {
  local out=$place/build/32 pack=dotnet-2.1-win-ia32-2.1.1007.tgz
  local sum=98f1d8edec9de92705af39bac84e27b749f3dfcedef25e03dc782bdeee57f458b430e1c213a116a3f012d4f4f766532b8759582bf6c2c7f588827ec5a022149b
  apt_need mcs mono-mcs mono-runtime
  apt_need npm nodejs npm
  [ -e "$place/$pack" ] || (cd "$place" && npm pack --silent dotnet-2.1-win-ia32@2.1.1007 >/dev/null)
  echo "$sum  $place/$pack" | sha512sum --check --quiet || die "$pack isn't what it was"
  mkdir -p "$out/dotnet"
  tar -xzf "$place/$pack" -C "$out/dotnet" --strip-components=1
  mcs -out:"$out/Till.exe" "$here/Till.cs"
  # Without the runtime's own tables of languages, which it asks Windows for.
  echo '{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "2.1.8"},
    "configProperties": {"System.Globalization.Invariant": true}}}' >"$out/Till.runtimeconfig.json"
}

cargo build --quiet -p realname-cli
build x86_64 64
build i686 32
csharp
"$here/root.sh" "$place/root"

readers=()
trap 'kill "${readers[@]}" 2>/dev/null || true' EXIT
for name in com5 com12; do
  rm -f "$place/$name"
  target/debug/realname emulator --card fixtures/cards/resident.json --again --link "$place/$name" >"$place/$name.log" &
  readers+=($!)
  for _ in $(seq 100); do [ -e "$place/$name" ] && break; sleep 0.05; done
done

# In mounts of its own: nothing stays mounted, whatever happens.
cp "$here/inside.sh" "$place/root/inside.sh"
as_root timeout 900 unshare --mount --propagation private bash -euc '
  root=$1 build=$2; shift 2
  mkdir -p "$root/build"
  mount --bind "$build" "$root/build"
  mount --bind /dev/pts "$root/dev/pts"
  mount -t proc proc "$root/proc"
  exec chroot "$root" sh /inside.sh "$@"' - "$place/root" "$place/build" "$(realpath "$place/com5")" "$(realpath "$place/com12")"
