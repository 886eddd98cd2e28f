#!/usr/bin/env bash
# PostgreSQL: `DELETE … WHERE key IN (SELECT … LIMIT 2 FOR UPDATE)` removes more than two rows, perhaps all.
#
# Expected  A subquery that names nothing of the outer statement gives one answer, so a DELETE with it removes at most as many rows as its
#           LIMIT says. That is how queues and retention by portions are written in many programs.
# Happens   In a nested loop whose inner side isn't kept, the subquery is run again for each row. With FOR UPDATE it passes over rows that the
#           statement itself has removed by then and locks the next ones, which then go as well: LIMIT 2 removes five of five.
#           Without FOR UPDATE, where the plan keeps the answer, or with the subquery in a `MATERIALIZED` CTE, two go. Statistics
#           decide which plan is taken; here it is asked for.
# Versions  Debian's package postgresql-15 (the server prints its version).
# Seen      By the test of a list of tasks that is dropped in portions, which lost one task too many, and by running this.
# Matters   Whoever hands out call-backs, or removes records whose retention is over, in portions, hands out and removes more than he counts;
#           a portion that was to be short holds locks for long. `realname` picks the rows once, in a MATERIALIZED CTE.
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

same=true
# tried LABEL PLAN STATEMENT WANTED: how many of five tasks go, and by which plan.
tried() {
  local label=$1 plan=$2 statement=$3 wanted=$4 got
  got=$(sql -c "CREATE TABLE task (list text, key int, PRIMARY KEY (list, key))" \
    -c "INSERT INTO task SELECT 'a', n FROM generate_series(1, 5) n" -c "$plan" \
    -c "WITH gone AS ($statement RETURNING 1) SELECT count(*) FROM gone")
  printf '%-62s %s of 5\n' "$label" "$got"
  sql -c "$plan" -c "EXPLAIN (COSTS OFF) $statement" | sed 's/^/    /'
  sql -c "DROP TABLE task"
  [ "$got" = "$wanted" ] || same=false
}
usual="SET enable_hashjoin = on"
loops="SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_hashagg = off; SET enable_sort = off; SET enable_material = off"
in_list="DELETE FROM task WHERE list = 'a' AND key IN (SELECT key FROM task WHERE list = 'a' LIMIT 2"
tried "LIMIT 2 FOR UPDATE, the plan as it comes" "$usual" "$in_list FOR UPDATE)" 2
tried "LIMIT 2 FOR UPDATE, nested loops" "$loops" "$in_list FOR UPDATE)" 5
tried "LIMIT 2 without FOR UPDATE, nested loops" "$loops" "$in_list)" 2
tried "two in a MATERIALIZED CTE, nested loops" "$loops" \
  "WITH first AS MATERIALIZED (SELECT key FROM task WHERE list = 'a' LIMIT 2 FOR UPDATE) DELETE FROM task USING first WHERE list = 'a' AND task.key = first.key" 2
if $same; then echo "as stated above"; else echo "CHANGED: not as stated above"; exit 1; fi
