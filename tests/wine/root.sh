#!/usr/bin/env bash
# A small Debian in a directory with both Wines in it: the 32-bit one comes from a second architecture, which this machine
# needn't be taught for that. `tests/wine/root.sh DIR`.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/lib.sh
place=$1
[ ! -e "$place/whole" ] || exit 0
apt_need debootstrap debootstrap
as_root rm -rf --one-file-system "$place"
as_root debootstrap --variant=minbase --arch=amd64 bookworm "$place" >"$place.log" 2>&1 || { tail -5 "$place.log"; die "debootstrap failed"; }
as_root chroot "$place" sh -euc '
  export DEBIAN_FRONTEND=noninteractive
  dpkg --add-architecture i386
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends wine wine64 wine32:i386
  apt-get clean' >>"$place.log" 2>&1 || { tail -5 "$place.log"; die "Wine wasn't installed"; }
touch "$place/whole"
