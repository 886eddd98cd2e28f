#!/bin/sh
# A primary with a synchronous standby and a pooler before each, on this machine's own address: made, broken and mended by the
# tests of failover under `realname serve`. Runs as the user that may run a server.
#
#   pair.sh DIR start hand|patroni    makes both in an empty directory; `patroni` with etcd, which then decides who writes
#   pair.sh DIR fail WHAT             kill -9 of the one that writes: `postgres`, `patroni` (which leaves PostgreSQL running) or `both`.
#                                     By hand, the standby is promoted at once
#   pair.sh DIR rejoin                has the broken one stand by again; ends when its standby counts, and prints which one writes
#   pair.sh DIR poolers               kill -9 of both poolers, which then start again
#   pair.sh DIR freeze                stops the standby's processes for three seconds, in the background
#   pair.sh DIR stop
#
# DIR/ports has the ports as shell variables. $REALNAME_SYNCHRONOUS: what Patroni is told: on, strict, off.
set -eu
place=$1 verb=$2
shift 2
bin=$REALNAME_POSTGRES_BIN
export PGUSER=realname PGDATABASE=postgres PGHOST=127.0.0.1 PGCONNECT_TIMEOUT=2
cd /
[ ! -f "$place/ports" ] || . "$place/ports"

port() { eval "echo \$$1"; }
other() { if [ "$1" = a ]; then echo b; else echo a; fi; }
ask() { "$bin/psql" -XAtq -p "$(port "$1")" -c "$2" 2>/dev/null || true; }

# As long as a command fails, at most that many seconds.
patiently() {
    tries=$(($1 * 10))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "in vain: $*" >&2; return 1; }
        sleep 0.1
    done
}

# Whether this one writes and the other one counts for its commits.
stands() {
    counts='sync'
    [ "${REALNAME_SYNCHRONOUS:-on}" != off ] || counts='async'
    [ "$(ask "$1" 'SELECT pg_is_in_recovery()')" = f ] && [ "$(ask "$(other "$1")" 'SELECT pg_is_in_recovery()')" = t ] &&
        [ "$(ask "$1" "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = '$counts'")" = 1 ]
}
# Patroni promotes only whom it has written down as synchronous, which it does some seconds after PostgreSQL counts it.
known() {
    [ "$kind" = hand ] || [ "${REALNAME_SYNCHRONOUS:-on}" = off ] ||
        curl -sf --noproxy '*' "http://127.0.0.1:$(port "rest_$1")/cluster" | grep -q '"role": *"sync_standby"'
}
either_stands() { if stands a && known a; then echo a >"$place/primary"; elif stands b && known b; then echo b >"$place/primary"; else return 1; fi; }

start_server() {
    "$bin/pg_ctl" -D "$place/data-$1" -l "$place/$1.log" -w start -o "-c listen_addresses=127.0.0.1 -c port=$(port "$1") \
        -c unix_socket_directories='' -c max_connections=200 -c hot_standby=on" >/dev/null
}

make_standby() {
    "$bin/pg_basebackup" -p "$(port "$(other "$1")")" -D "$place/data-$1" -R -X stream -c fast
    start_server "$1"
}

start_pooler() {
    "$(command -v pgbouncer || echo /usr/sbin/pgbouncer)" -q -d "$place/pooler-$1.ini" >/dev/null 2>&1
}

# All processes of one server at once, as when its machine goes.
kill_server() {
    postmaster=$(head -1 "$place/data-$1/postmaster.pid")
    # shellcheck disable=SC2046
    kill -9 "$postmaster" $(pgrep -P "$postmaster") 2>/dev/null || true
}

start_patroni() {
    setsid patroni "$place/$1.yml" >>"$place/patroni-$1.log" 2>&1 </dev/null &
    echo $! >"$place/patroni-$1.pid"
}

write_patroni() {
    mode=true strict=false
    [ "${REALNAME_SYNCHRONOUS:-on}" != off ] || mode=false
    [ "${REALNAME_SYNCHRONOUS:-on}" != strict ] || strict=true
    cat >"$place/$1.yml" <<END
scope: realname
name: $1
restapi: {listen: "127.0.0.1:$(port "rest_$1")", connect_address: "127.0.0.1:$(port "rest_$1")"}
etcd3: {host: "127.0.0.1:$etcd"}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 8
    maximum_lag_on_failover: 1048576
    primary_start_timeout: 0
    synchronous_mode: $mode
    synchronous_mode_strict: $strict
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {max_connections: 200, unix_socket_directories: ""}
  initdb: [{encoding: UTF8}, no-locale, {auth: trust}]
postgresql:
  listen: "127.0.0.1:$(port "$1")"
  connect_address: "127.0.0.1:$(port "$1")"
  data_dir: $place/data-$1
  bin_dir: $bin
  pgpass: $place/pgpass-$1
  authentication:
    superuser: {username: realname, password: none}
    replication: {username: replicator, password: none}
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
END
}

end_of() { [ ! -f "$1" ] || kill "${2:--TERM}" "$(cat "$1")" 2>/dev/null || true; }

gone() { ! kill -0 "$1" 2>/dev/null; }

case $verb in
start)
    kind=$1
    from=$((21000 + $$ % 1000 * 8))
    cat >"$place/ports" <<END
kind=$kind a=$from b=$((from + 1)) pooler_a=$((from + 2)) pooler_b=$((from + 3))
rest_a=$((from + 4)) rest_b=$((from + 5)) etcd=$((from + 6)) peer=$((from + 7))
END
    . "$place/ports"
    if [ "$kind" = hand ]; then
        "$bin/initdb" --username=realname --auth=trust --encoding=UTF8 --no-locale -D "$place/data-a" >/dev/null
        start_server a
        ask a "ALTER SYSTEM SET synchronous_standby_names = '*'"
        make_standby b
        ask a 'SELECT pg_reload_conf()' >/dev/null
    else
        setsid etcd --name only --data-dir "$place/etcd" --listen-client-urls "http://127.0.0.1:$etcd" \
            --advertise-client-urls "http://127.0.0.1:$etcd" --listen-peer-urls "http://127.0.0.1:$peer" \
            --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "only=http://127.0.0.1:$peer" \
            >"$place/etcd.log" 2>&1 </dev/null &
        echo $! >"$place/etcd.pid"
        for name in a b; do
            write_patroni $name
            start_patroni $name
            [ $name = b ] || patiently 60 sh -c "[ \"\$('$bin/psql' -XAtq -p $a -c 'SELECT pg_is_in_recovery()' 2>/dev/null)\" = f ]"
        done
    fi
    patiently 90 either_stands
    for name in a b; do
        # A pooler that waits its usual fifteen seconds before it calls a server again would be what is measured.
        cat >"$place/pooler-$name.ini" <<END
[databases]
* = user=realname host=127.0.0.1 port=$(port $name)
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(port pooler_$name)
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 400
server_login_retry = 1
logfile = $place/pooler-$name.log
pidfile = $place/pooler-$name.pid
END
        start_pooler $name
    done
    ;;
fail)
    name=$(cat "$place/primary")
    case $1 in
    postgres) kill_server "$name" ;;
    patroni) end_of "$place/patroni-$name.pid" -9 ;;
    both)
        end_of "$place/patroni-$name.pid" -9
        kill_server "$name"
        ;;
    esac
    if [ "$kind" = hand ]; then
        "$bin/pg_ctl" -D "$place/data-$(other "$name")" -w promote >/dev/null
        other "$name" >"$place/primary"
    fi
    ;;
rejoin)
    name=$(cat "$place/primary")
    if [ "$kind" = hand ]; then
        rm -rf "$place/data-$(other "$name")"
        make_standby "$(other "$name")"
    else
        # A primary that was lost is only given up when its time is over: its manager isn't started again before.
        patiently 60 sh -c "[ \"\$('$bin/psql' -XAtq -p $(port "$(other "$name")") -c 'SELECT pg_is_in_recovery()' 2>/dev/null)\" = f ]"
        kill -0 "$(cat "$place/patroni-$name.pid")" 2>/dev/null || start_patroni "$name"
    fi
    patiently 120 either_stands
    cat "$place/primary"
    ;;
poolers)
    for name in a b; do
        end_of "$place/pooler-$name.pid" -9
        patiently 5 gone "$(cat "$place/pooler-$name.pid")"
        rm "$place/pooler-$name.pid"
        start_pooler $name
    done
    ;;
freeze)
    postmaster=$(head -1 "$place/data-$(other "$(cat "$place/primary")")/postmaster.pid")
    frozen="$postmaster $(pgrep -P "$postmaster" | tr '\n' ' ')"
    # shellcheck disable=SC2086
    kill -STOP $frozen
    # shellcheck disable=SC2086
    (sleep 3; kill -CONT $frozen) >/dev/null 2>&1 </dev/null &
    ;;
stop)
    for name in a b; do
        end_of "$place/patroni-$name.pid" -9
        end_of "$place/pooler-$name.pid" -9
        [ ! -f "$place/data-$name/postmaster.pid" ] || kill_server "$name"
    done
    end_of "$place/etcd.pid" -9
    ;;
esac
