#!/bin/sh
# Real PostgreSQL servers in a temporary directory, on Unix sockets and this machine's own address only: starts them, runs a command against them, stops them.
#
#   tests/postgres/run.sh                       the store's tests: one server, a pooler before it, a pair that fails over
#   tests/postgres/run.sh long                  the same, with ten failovers instead of two, and ten under `serve` by hand and five under Patroni
#   tests/postgres/run.sh cargo bench …         anything else, with $REALNAME_POSTGRES_URL and $REALNAME_POOLER_URL set
#
# Installs Debian's `postgresql` and `pgbouncer` when there are none and this is root. A server never runs as root: then it is
# `postgres`'s.
set -eu

bin_directory() {
    # Debian keeps the server out of PATH.
    for directory in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
        if [ -x "$directory/initdb" ]; then echo "$directory"; return; fi
    done
}

install() {
    if [ "$(id -u)" != 0 ]; then echo "no $1 here, and only root can install one" >&2; exit 1; fi
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$1"
}

bin=$(bin_directory)
if [ -z "$bin" ]; then
    install postgresql
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
    [ ! -f "$place/pgbouncer.pid" ] || kill "$(cat "$place/pgbouncer.pid")" 2>/dev/null || true
    (cd / && as_owner "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$place"
}
trap stop EXIT
trap 'exit 1' INT TERM

# With TLS for those who come over TCP; what it calls itself is believed by those who are told to.
command -v openssl >/dev/null || install openssl
port=$((20000 + $$ % 30000))
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
    -keyout "$place/tls.key" -out "$place/tls.pem" 2>/dev/null
chown "$owner" "$place/tls.key"
chmod 600 "$place/tls.key"

(
    cd /
    as_owner "$bin/initdb" -D "$place/data" --username=realname --auth=trust --encoding=UTF8 --no-locale >/dev/null
    as_owner "$bin/pg_ctl" -D "$place/data" -l "$place/log" -w start \
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='$place' -c max_connections=200 \
            -c ssl=on -c ssl_cert_file='$place/tls.pem' -c ssl_key_file='$place/tls.key'" >/dev/null
)
export REALNAME_POSTGRES_URL="host=$place port=$port user=realname dbname=postgres"
export REALNAME_POSTGRES_TLS="host=localhost port=$port user=realname" REALNAME_POSTGRES_ROOTS="$place/tls.pem"

# A pooler that gives each transaction any of a few server connections.
[ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || install pgbouncer
pooler=$(command -v pgbouncer || echo /usr/sbin/pgbouncer)
mkdir "$place/pooler"
cat >"$place/pgbouncer.ini" <<END
[databases]
* = host=$place port=$port
[pgbouncer]
listen_addr =
unix_socket_dir = $place/pooler
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
logfile = $place/pgbouncer.log
pidfile = $place/pgbouncer.pid
END
sed -i 's/^\* = /* = user=realname /' "$place/pgbouncer.ini"
chown -R "$owner" "$place/pooler" "$place/pgbouncer.ini"
(cd / && as_owner "$pooler" -q -d "$place/pgbouncer.ini")
export REALNAME_POOLER_URL="host=$place/pooler port=6432 user=realname"

rounds=2
long=
if [ "${1:-}" = long ]; then rounds=10 long=yes; shift; fi
if [ $# -gt 0 ]; then
    "$@"
    exit
fi

# The pairs are made by their tests, which kill and promote servers. These only run when they are asked for, so that a server
# that isn't there fails them; they come last, since they look at the clock.
export REALNAME_POSTGRES_BIN="$bin" REALNAME_POSTGRES_OWNER="$owner" REALNAME_FAILOVERS="$rounds"
cargo test -p realname --features postgres --test stores -- --ignored --skip postgres_pair
cargo test -p realname-store --features postgres,reuse --test reuse -- --ignored
# `realname serve`: nodes on one database. Without -p, so that nothing is compiled anew.
cargo test --test serve -- --ignored --nocapture --test-threads 2 nodes::
cargo test -p realname --features postgres --test stores -- --ignored --nocapture --test-threads 2 postgres_pair

# Four nodes on a pair that fails over. The pairs are `pair.sh`'s.
if [ -n "$long" ]; then
    command -v patroni >/dev/null || install patroni
    command -v etcd >/dev/null || install etcd-server
    command -v faketime >/dev/null || install faketime
    command -v curl >/dev/null || install curl
    REALNAME_FAKETIME=$(ls /usr/lib/*/faketime/libfaketime.so.1 | head -1)
    export REALNAME_FAKETIME
    cargo test --test serve -- --ignored --nocapture failover::by_hand
    REALNAME_FAILOVERS=$((rounds / 2)) cargo test --test serve -- --ignored --nocapture failover::under_patroni
fi
