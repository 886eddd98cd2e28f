#!/usr/bin/env bash
# The USB transports against a real USB stack: boots a small QEMU guest (software emulation, no privilege, no KVM) in which
# the kernel's own dummy host controller joins a USB gadget, played by the emulator, to the drivers under test.
# Needs Linux on x86-64 with apt. Packages that are missing are installed; the kernel is unpacked, never installed.
#   tests/usb/run.sh            all lanes
#   tests/usb/run.sh NAME…      some lanes, by name
# USB_TEST_SECONDS limits the guest's run (default 400).
set -euo pipefail
cd "$(dirname "$0")/../.."

LIMIT=${USB_TEST_SECONDS:-400}
WORK=${CARGO_TARGET_DIR:-target}/usb-test

die() { printf 'usb-test: %s\n' "$*" >&2; exit 1; }

[ "$(uname -sm)" = "Linux x86_64" ] || die "runs on Linux on x86-64 only"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else die "needs root for: $*"; fi
}

updated=
# Installs the packages $2… when the command $1 is missing.
need() {
  local command=$1; shift
  command -v "$command" >/dev/null && return
  command -v apt-get >/dev/null || die "needs $command (Debian packages: $*)"
  [ -n "$updated" ] || as_root apt-get update -qq
  updated=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
  command -v "$command" >/dev/null || die "$command is still missing after installing $*"
}

# The distribution's kernel package, unpacked beside the build. The lists may be older than the archive: try, refresh, retry.
kernel() {
  [ -e "$WORK/kernel/done" ] && return
  rm -rf "$WORK/kernel"
  mkdir -p "$WORK/kernel"
  local package
  package() { apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -1; }
  fetch() { (cd "$WORK/kernel" && apt-get download -qq "$1" 2>/dev/null); }
  package=$(package)
  if [ -z "$package" ] || ! fetch "$package"; then
    as_root apt-get update -qq
    package=$(package)
    [ -n "$package" ] || die "apt knows no linux-image-amd64"
    fetch "$package" || die "cannot download $package"
  fi
  dpkg -x "$WORK/kernel/"linux-image-*.deb "$WORK/kernel"
  rm "$WORK/kernel/"*.deb
  touch "$WORK/kernel/done"
}

build() {
  cargo build --quiet --locked -p realname-usb-guest
  cargo build --quiet --locked -p realname-c -p sdtapi -p termb
}

# The program with the shared libraries that it needs: so it is the same build as everything else, which a static one isn't.
install_program() {
  local program=$1 root=$2 library
  cp "$program" "$root/bin/guest"
  strip --strip-debug "$root/bin/guest" 2>/dev/null || true
  ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

# Programs in C, C++ and Python over the libraries, and what they need to run.
install_programs() {
  local root=$1 target=${CARGO_TARGET_DIR:-target}/debug flags link file python home
  mkdir -p "$root"/{programs,libraries,usr/bin,tmp}
  for file in sdtapi termb realname; do
    cp "$target/lib$file.so" "$root/libraries/"
    strip --strip-debug "$root/libraries/lib$file.so"
  done
  flags=(-O1 -Wall -Wextra -I bindings/sdtapi/tests -I bindings/c/include)
  link=(-L "$target" -lrealname -ldl)
  gcc -std=c99 "${flags[@]}" tests/usb/till.c -o "$root/programs/c" "${link[@]}"
  g++ -std=c++17 "${flags[@]}" -x c++ tests/usb/till.c -x none -o "$root/programs/cpp" "${link[@]}"
  # Not what the path has: that may be a script that chooses one.
  read -r python home < <(python3 -c 'import sys; print(sys._base_executable, sys.base_prefix)')
  printf '#!/bin/busybox sh\nPYTHONHOME=%s exec /usr/bin/python3 /till.py "$@"\n' "$home" >"$root/programs/python"
  chmod 755 "$root/programs/python"
  cp tests/usb/till.py "$root/till.py"
  cp "$(realpath "$python")" "$root/usr/bin/python3"
  # The modules that the program has loaded when it is there, and what they bring.
  python3 -S -c 'import sys, time, ctypes, encodings.utf_8, encodings.utf_16_le, encodings.idna, runpy
for module in list(sys.modules.values()):
    print(getattr(module, "__file__", None) or "")' | grep '^/' | sort -u | while read -r file; do
    mkdir -p "$root$(dirname "$file")"
    cp "$file" "$root$file"
  done
  find "$root" -type f \( -perm -100 -o -name '*.so*' \) | while read -r file; do
    ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true
  done | sort -u | while read -r file; do
    case $file in "$PWD"/*) continue ;; esac
    mkdir -p "$root$(dirname "$file")"
    [ -e "$root$file" ] || cp -L "$file" "$root$file"
  done
}

# Programs in C#, Java and JavaScript. Their runtimes are too large for a machine that lives in memory: it sees this machine's files,
# read-only, at /host, and runs them in there, over the devices of its own.
install_runtimes() {
  local root=$1 tools work java
  tools=$(realpath -m "${CARGO_TARGET_DIR:-target}/binding-tools")
  work=$(realpath "$WORK")
  mkdir -p "$root"/{runtimes,host} "$WORK/runtimes" "$tools"
  mcs -codepage:utf8 -out:"$WORK/runtimes/till.exe" tests/usb/Till.cs
  javac -encoding UTF-8 -cp /usr/share/java/jna.jar -d "$WORK/runtimes" tests/usb/Till.java
  [ -d "$tools/node_modules/koffi" ] || (cd "$tools" && npm install --silent --no-save --prefix . koffi@3)
  java=$(readlink -f "$(command -v java)")
  runtime() {
    local name=$1; shift
    cat >"$root/runtimes/$name" <<END
#!/bin/busybox sh
exec /bin/busybox chroot /host /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 NODE_PATH=$tools/node_modules \\
  LD_LIBRARY_PATH=$work/root/libraries REALNAME_PORTS="\$REALNAME_PORTS" /bin/sh -c 'cd /tmp && exec "\$@"' sh $*
END
    chmod 755 "$root/runtimes/$name"
  }
  runtime csharp mono "$work/runtimes/till.exe"
  runtime java "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp "/usr/share/java/jna.jar:$work/runtimes" Till
  runtime javascript node "$PWD/tests/usb/till.js"
}

initramfs() {
  local root=$WORK/root module rest path
  rm -rf "$root"
  mkdir -p "$root"/{bin,dev,proc,sys,modules}
  cp tests/usb/init "$root/init"
  cp tests/usb/modules "$root/modules/order"
  cp "$(command -v busybox)" "$root/bin/busybox"
  install_program "${CARGO_TARGET_DIR:-target}/debug/realname-usb-guest" "$root"
  install_programs "$root"
  install_runtimes "$root"
  printf '%s\n' "$@" >"$root/lanes"
  chmod 755 "$root/init"
  while read -r module rest; do
    path=$(find "$WORK/kernel/lib/modules" -name "$module.ko*" -print -quit)
    case $path in
      *.ko) cp "$path" "$root/modules/$module.ko" ;;
      *.ko.xz) xz -dc "$path" >"$root/modules/$module.ko" ;;
      *.ko.zst) zstd -qdc "$path" >"$root/modules/$module.ko" ;;
      *) die "the kernel package has no module $module" ;;
    esac
  done <tests/usb/modules
  (cd "$root" && find . -print0 | cpio --quiet --null -o -H newc | gzip -1) >"$WORK/initramfs.gz"
}

# `no_timer_check`: on a busy machine the emulated timer is late for the kernel's test of it, which then panics.
boot() {
  timeout --foreground "$LIMIT" qemu-system-x86_64 \
    -accel tcg,thread=multi -cpu max -smp 2 -m 768M -nographic -no-reboot -nic none -vga none \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
    -kernel "$(echo "$WORK"/kernel/boot/vmlinuz-*)" -initrd "$WORK/initramfs.gz" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off random.trust_cpu=on" \
    </dev/null 2>&1 | tr -d '\r' | tee "$WORK/console.log" | grep --line-buffered '^\(usb-test\|lane\|thread\|  \)' || true
}

need qemu-system-x86_64 qemu-system-x86
need busybox busybox-static
need cpio cpio
need xz xz-utils
need g++ g++
need python3 python3
need mcs mono-mcs mono-runtime libmono-i18n4.0-all
# Other steps install the compiler without these tables.
[ -e /usr/lib/mono/4.5/I18N.CJK.dll ] || as_root apt-get install -qq -y libmono-i18n4.0-all >/dev/null
need javac default-jdk-headless
[ -e /usr/share/java/jna.jar ] || as_root apt-get install -qq -y libjna-java >/dev/null
need npm nodejs npm
kernel
at=$SECONDS
build
echo "usb-test: built in $((SECONDS - at)) s"
initramfs "$@"
at=$SECONDS
boot
echo "usb-test: guest ran $((SECONDS - at)) s, console in $WORK/console.log"
if ! grep -q '^usb-test: exit 0$' "$WORK/console.log"; then
  tail -40 "$WORK/console.log" >&2
  die "failed or ran out of its $LIMIT s"
fi
