#!/usr/bin/env bash
# PostgreSQL's `statement_timeout` doesn't cover a commit's wait for its synchronous standby: the statement may hang for ever, and
# whoever gives up leaves it waiting there, done or not.
#
# Expected  `statement_timeout`: "abort any statement that takes more than the specified amount of time". An INSERT of a
#           session that sets one second ends after one second, one way or the other.
# Happens   While the standby that `synchronous_standby_names` names is away, the INSERT goes on far beyond its limit: the
#           timer is off while a commit waits. Only a cancellation by hand (`pg_cancel_backend`), the end of the session or
#           an emptied `synchronous_standby_names` ends it; a client that goes away doesn't. A cancelled one is reported as a
#           success with a warning, and its row is read by everybody.
# Versions  Debian's package postgresql-15 (the server prints its version).
# Seen      By a client whose own clock was the only one that ended the wait, and by running this.
# Matters   A ledger of what must happen once is kept on such a pair so that a failover loses nothing. Who trusts the server's
#           timer holds a counter's queue for as long as the standby is away; who takes the success of a cancelled one for one
#           accepts the same demand again after the failover. `realname` ends each step by its own clock, takes each
#           warning of a commit for "may be lost", and looks on connections that no commit holds.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || true)
if [ -z "$bin" ]; then
  [ "$(id -u)" = 0 ] || { echo "needs Debian's package postgresql-15, which only root can install" >&2; exit 1; }
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends postgresql-15 >/dev/null
  bin=/usr/lib/postgresql/15/bin
fi
dir=$(mktemp -d); chmod 755 "$dir"
as() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
end() { as "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"; }
trap end EXIT
[ "$(id -u)" != 0 ] || chown postgres "$dir"

as "$bin/initdb" --username=test --auth=trust --no-locale --encoding=UTF8 -D "$dir/data" >/dev/null
as "$bin/pg_ctl" -D "$dir/data" -o "-c listen_addresses='' -k $dir -c fsync=off" -l "$dir/log" -w start >/dev/null
sql() { psql -X -q -t -A -h "$dir" -U test postgres "$@"; }
sql -c "SELECT version()"
sql -c "CREATE TABLE ledger (key text PRIMARY KEY)"
sql -c "ALTER SYSTEM SET synchronous_standby_names = '*'" -c "SELECT pg_reload_conf()" >/dev/null

same=true
says() { printf '%-66s %s\n' "$1" "$2"; [ "$2" = "$3" ] || same=false; }
# A statement that only takes long is ended in time.
says "one second's limit, pg_sleep(20)" \
  "$(timeout 10 psql -X -q -h "$dir" -U test postgres -c "SET statement_timeout = '1s'" -c "SELECT pg_sleep(20)" 2>&1 | grep -c 'statement timeout')" 1
# One whose commit waits for a standby isn't.
begin=$(date +%s)
timeout 6 psql -X -q -h "$dir" -U test postgres -c "SET statement_timeout = '1s'" -c "INSERT INTO ledger VALUES ('a')" >"$dir/out" 2>&1 &&
  ended=ended || ended="given up by the client"
took=$(($(date +%s) - begin))
says "one second's limit, INSERT whose standby is away, after six seconds" "$ended" "given up by the client"
echo "  it waited $took s"
says "what it waits for" "$(sql -c "SELECT wait_event FROM pg_stat_activity WHERE query LIKE 'INSERT%' AND pid <> pg_backend_pid() LIMIT 1")" SyncRep
# Cancelled, it is a success with a warning, and the row is there.
psql -X -h "$dir" -U test postgres -c "SET statement_timeout = '1s'" -c "INSERT INTO ledger VALUES ('b')" >"$dir/out" 2>&1 &
waiting=$!
for _ in $(seq 50); do
  pid=$(sql -c "SELECT pid FROM pg_stat_activity WHERE query LIKE '%(''b'')%' AND wait_event = 'SyncRep' AND pid <> pg_backend_pid()")
  [ -z "$pid" ] || break
  sleep 0.2
done
sleep 2
says "still there after twice its limit" "$(sql -c "SELECT count(*) FROM pg_stat_activity WHERE pid = $pid AND wait_event = 'SyncRep'")" 1
sql -c "SELECT pg_cancel_backend($pid)" >/dev/null
wait "$waiting" && code=0 || code=$?
sed 's/^/  /' "$dir/out"
says "exit code of the cancelled one" "$code" 0
says "tag of the cancelled one" "$(grep -o 'INSERT 0 1' "$dir/out" || true)" "INSERT 0 1"
says "rows that others read: the cancelled one's" "$(sql -c "SELECT string_agg(key, ' ') FROM ledger")" b
says "the one whose client went away still waits" \
  "$(sql -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%(''a'')%' AND wait_event = 'SyncRep' AND pid <> pg_backend_pid()")" 1
if $same; then echo "as stated above"; else echo "CHANGED: not as stated above"; exit 1; fi
