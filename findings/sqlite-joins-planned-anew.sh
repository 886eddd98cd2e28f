#!/usr/bin/env bash
# Since SQLite 3.54 a prepared statement that joins two tables is planned anew at every execution with another value; one over a single
# table isn't. A look at a ledger (a record and its answer) costs several times as much, and nothing says so.
#
# Expected  A statement is prepared once and executed with one value after the other; that is what prepared statements and every driver's
#           cache of them are for. Planning by the values bound was known for a few forms (LIKE, ranges with statistics), and a statement
#           with `column = ?` alone has nothing to be learnt from the value.
# Happens   3.51.3 and 3.53.4: the planner runs once for each statement. 3.54.0 and 3.54.1: once for one table, and at every single
#           execution for an inner join, a left join and an EXISTS. `SQLITE_DBCONFIG_ENABLE_QPSG` (the planner's stability guarantee)
#           brings back the planning once. Results are the same; only time differs.
# Versions  apsw 3.51.3.0, 3.53.4.0, 3.54.0.0, 3.54.1.0 (PyPI), each with the SQLite of its number inside.
# Seen      A bench of confirmations got slower than its writes explained; a statement's own counter of preparations went up with each look.
#           Here an authorizer counts, which SQLite asks whenever it makes a statement, over six executions with six values.
# Matters   A relying party looks up demand and answer for each presentation, an operator question and grant for each reply: always a join,
#           always another key. Rust's `rusqlite` 0.41 bundles 3.54.1. The store here sets the guarantee on its connections, and a
#           test reads the counter.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >ask.py <<'PY'
import sys
import time

import apsw

TABLES = """
CREATE TABLE record (id INTEGER PRIMARY KEY, space TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, UNIQUE (space, key));
CREATE TABLE answer (id INTEGER PRIMARY KEY, record INTEGER NOT NULL UNIQUE, answer BLOB NOT NULL);
"""
LOOKS = {
    "one table": "SELECT value FROM record WHERE space = ? AND key = ?",
    "join": "SELECT value, answer FROM record JOIN answer ON answer.record = record.id WHERE space = ? AND key = ?",
    "left join": "SELECT value, answer FROM record LEFT JOIN answer ON answer.record = record.id WHERE space = ? AND key = ?",
    "exists": "SELECT value FROM record WHERE space = ? AND key = ? AND EXISTS (SELECT 1 FROM answer WHERE answer.record = record.id)",
}


def planned(look, guaranteed):
    """How many of six executions had the statement made, and the microseconds of one, made by many."""
    db = apsw.Connection(":memory:")
    db.execute(TABLES)
    if guaranteed:
        db.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    keys = [str(number).encode() for number in range(1000)]
    db.executemany("INSERT INTO record (space, key, value) VALUES ('demand', ?, 'synthetic')", [(key,) for key in keys])
    asked = [False]

    def authorizer(*_):
        asked[0] = True
        return apsw.SQLITE_OK

    db.authorizer = authorizer
    times = 0
    for key in keys[:6]:
        asked[0] = False
        list(db.execute(look, ("demand", key)))
        times += asked[0]
    db.authorizer = None
    begin = time.perf_counter()
    for key in keys:
        list(db.execute(look, ("demand", key)))
    return times, (time.perf_counter() - begin) * 1e6 / len(keys)


for name, look in LOOKS.items():
    (usual, time_usual), (guaranteed, time_guaranteed) = planned(look, False), planned(look, True)
    print(f"{apsw.sqlitelibversion()} {name}: {usual} of 6, guaranteed {guaranteed} of 6")
    print(f"#   {time_usual:.0f} µs and {time_guaranteed:.0f} µs an execution", file=sys.stderr)
PY
for version in 3.51.3.0 3.53.4.0 3.54.0.0 3.54.1.0; do
  python3 -m venv "v$version"
  "v$version/bin/pip" install --quiet --disable-pip-version-check "apsw==$version"
  "v$version/bin/python" ask.py
done | tee seen
for sqlite in 3.51.3 3.53.4 3.54.0 3.54.1; do
  case $sqlite in 3.54.*) joined=6 ;; *) joined=1 ;; esac
  echo "$sqlite one table: 1 of 6, guaranteed 1 of 6"
  for look in join "left join" exists; do echo "$sqlite $look: $joined of 6, guaranteed 1 of 6"; done
done >expected
diff expected seen && echo "as stated" || { echo "changed"; exit 1; }
