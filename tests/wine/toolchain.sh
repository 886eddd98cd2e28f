#!/usr/bin/env bash
# What builds for Windows, from Debian's packages: gcc of mingw, and a Rust that comes with the standard library's sources, because
# no package has that library compiled for Windows. Debian's Rust can't be installed beside rustup's, so it is laid into a
# directory of its own. Prints the environment to build in. Sourced by run.sh as `eval "$(tests/wine/toolchain.sh DIR)"`.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/lib.sh
place=$(mkdir -p "$1" && realpath "$1")
root=$place/rust
exec 3>&1 >&2

apt_need x86_64-w64-mingw32-gcc-posix gcc-mingw-w64-x86-64-posix gcc-mingw-w64-i686-posix
apt_need i686-w64-mingw32-gcc-posix gcc-mingw-w64-i686-posix

# Names with a version in them move: the packages say which they need.
needs() { apt-cache depends --important "$1" | awk -v wanted="$2" '$1 == "Depends:" && $2 ~ wanted {print $2; exit}'; }
if [ ! -e "$root/whole" ]; then
  rm -rf "$root" && mkdir -p "$root/debs"
  apt-cache show rustc-web >/dev/null 2>&1 || as_root apt-get update -qq
  library=$(needs libstd-rust-web-dev '^libstd-rust-web-[0-9]')
  llvm=$(needs "$library" '^libllvm')
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$llvm" >/dev/null
  (cd "$root/debs" && apt-get download -qq rustc-web libstd-rust-web-dev rust-web-src "$library")
  for deb in "$root"/debs/*.deb; do dpkg -x "$deb" "$root"; done
  rm -rf "$root/debs"
  touch "$root/whole"
fi

# The sources' Cargo.lock is read beside them, and they are found where rustc says that its sysroot is.
export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/usr/lib
rustc=$root/usr/bin/rustc
"$rustc" --version
# What stands before and after everything in a 32-bit program: gcc's unwinder wants to be told of the tables between them.
objects=$root/usr/lib/rustlib/i686-pc-windows-gnu/lib
if [ ! -e "$objects/rsend.o" ]; then
  mkdir -p "$objects"
  for name in rsbegin rsend; do
    source=$(find "$root" -path "*rtstartup/$name.rs" | head -1)
    RUSTC_BOOTSTRAP=1 "$rustc" --target i686-pc-windows-gnu --emit=obj -o "$objects/$name.o" "$source"
  done
fi
ls "$objects"

cat >&3 <<END
export LD_LIBRARY_PATH=$LD_LIBRARY_PATH RUSTC=$rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc-posix CARGO_TARGET_I686_PC_WINDOWS_GNU_LINKER=i686-w64-mingw32-gcc-posix
export CC_x86_64_pc_windows_gnu=x86_64-w64-mingw32-gcc-posix CC_i686_pc_windows_gnu=i686-w64-mingw32-gcc-posix
export AR_x86_64_pc_windows_gnu=x86_64-w64-mingw32-ar AR_i686_pc_windows_gnu=i686-w64-mingw32-ar
END
