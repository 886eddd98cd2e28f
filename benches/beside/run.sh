#!/usr/bin/env bash
# How many second confirmations this build makes on SQLite beside another one, in turn in one run: `benches/beside/run.sh REVISION
# [THREADS [ROUNDS [COUNT]]]`. The other one is built in a worktree and a target of its own, in ${BESIDE:-target/beside}.
set -euo pipefail
cd "$(dirname "$0")/../.."
revision=$1
shift
beside=${BESIDE:-$PWD/target/beside}
tree=$beside/tree
mkdir -p "$beside"
[ -e "$tree" ] || git worktree add --quiet --detach "$tree" "$revision"
# In its tree the driver takes the place of the bench; before a space was anybody's to declare, names were others.
cp benches/beside/main.rs "$tree/benches/confirmation.rs"
grep -q "struct CustomerReply" -r "$tree"/src "$tree"/crates 2>/dev/null || sed -i 's/CustomerReply/Reply/' "$tree/benches/confirmation.rs"
if grep -q "Confirmation," "$tree/src/store/entry.rs" 2>/dev/null; then
  sed -i 's/Space::new("confirmation")/Space::Confirmation/' "$tree/benches/confirmation.rs"
fi
built() { sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1; }
old=$(cd "$tree" && CARGO_TARGET_DIR="$beside/target" cargo bench --bench confirmation --no-run --message-format json | built)
new=$(cargo bench --bench beside --all-features -p realname --no-run --message-format json | built)
python3 benches/beside/turns.py "$old" "$new" "$@"
