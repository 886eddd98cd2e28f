#!/bin/sh
# Runs in the small Debian, with the builds of both widths in /build/64 and /build/32 and readers in software on the pseudo-terminals
# that are given: `inside.sh TTY_OF_COM5 TTY_OF_COM12`.
set -eu
export HOME=/root WINEPREFIX=/root/prefix WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml= LANG=C.UTF-8
wine=/usr/bin/wine server=/usr/lib/wine/wineserver
[ -d $WINEPREFIX/dosdevices ] || $wine wineboot --init >/dev/null 2>&1
echo "-- $($wine --version)"
$wine reg add 'HKLM\Software\Wine\Ports' /v COM5 /d "$1" /f >/dev/null
$wine reg add 'HKLM\Software\Wine\Ports' /v COM12 /d "$2" /f >/dev/null
"$server" -k || true
sleep 1

for width in 64 32; do
  cd /build/$width
  echo "== $width bit"
  echo "-- realname.exe --version"
  $wine realname.exe --version
  echo "-- realname.exe reader list"
  $wine realname.exe reader list
  for port in COM5 COM12; do
    echo "-- realname.exe reader read --port $port"
    begin=$(date +%s%N)
    $wine realname.exe reader read --port $port --baud 115200 --json >read.json
    grep -q 119999199001010004 read.json
    echo "ok, $((($(date +%s%N) - begin) / 1000000)) ms with Wine's start"
  done
  for port in 5 12; do
    echo "-- sdtapi.exe, port $port"
    $wine sdtapi.exe $port 9
    echo "-- termb.exe, port $port"
    $wine termb.exe $port
    echo "-- synjones.exe, port $port"
    $wine synjones.exe $port
    echo "-- realname_c.exe, COM$port"
    $wine realname_c.exe COM$port
    [ $width = 64 ] || { echo "-- Till.exe in C#, port $port"; $wine dotnet/dotnet.exe Till.exe $port; }
  done
done
"$server" -k || true
