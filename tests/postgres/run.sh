#!/bin/sh
# Starts a real PostgreSQL server in a temporary directory, on a Unix socket only, runs a command against it, stops it.
#
#   tests/postgres/run.sh                       the store's tests
#   tests/postgres/run.sh cargo bench …         anything else, with $REALNAME_POSTGRES_URL set
#
# Installs Debian's `postgresql` when there is none and this is root. A server never runs as root: then it is `postgres`'s.
set -eu

bin_directory() {
    # Debian keeps the server out of PATH.
    for directory in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
        if [ -x "$directory/initdb" ]; then echo "$directory"; return; fi
    done
}

bin=$(bin_directory)
if [ -z "$bin" ]; then
    if [ "$(id -u)" != 0 ]; then echo "no PostgreSQL server here, and only root can install one" >&2; exit 1; fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql
    bin=$(bin_directory)
fi

place=$(mktemp -d)
owner=$(id -un)
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    id "$owner" >/dev/null 2>&1 || useradd --system --home-dir "$place" --shell /bin/sh "$owner"
    chown "$owner" "$place"
    as_owner() { runuser -u "$owner" -- "$@"; }
fi
# The command may run as another user than the server.
chmod 755 "$place"

stop() {
    (cd / && as_owner "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$place"
}
trap stop EXIT
trap 'exit 1' INT TERM

(
    cd /
    as_owner "$bin/initdb" -D "$place/data" --username=realname --auth=trust --encoding=UTF8 --no-locale >/dev/null
    as_owner "$bin/pg_ctl" -D "$place/data" -l "$place/log" -w start \
        -o "-c listen_addresses='' -c unix_socket_directories='$place' -c max_connections=200" >/dev/null
)
export REALNAME_POSTGRES_URL="host=$place user=realname dbname=postgres"

if [ $# -eq 0 ]; then
    set -- cargo test -p realname --features postgres --test stores
fi
"$@"
