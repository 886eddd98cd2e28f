#!/usr/bin/env bash
# The wheel as a user gets it: built, installed in a fresh environment, tried with pytest, read by mypy.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD/../..
target=$(realpath "${CARGO_TARGET_DIR:-$root/target}")
tools=${REALNAME_PYTHON_TOOLS:-$target/python-tools}
profile=${REALNAME_WHEEL_PROFILE:-dev}
source "$root/.ci/lib.sh"
apt_need softhsm2-util softhsm2
for module in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
  [ ! -e "$module" ] || export REALNAME_SOFTHSM=$module
done
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
if [ ! -x "$tools/bin/maturin" ]; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check 'maturin>=1.8,<2'
fi
(cd "$root" && cargo build --quiet -p realname-cli)
rm -f "$target"/wheels/realname-*.whl
"$tools/bin/maturin" build --quiet --profile "$profile" --out "$target/wheels"
python3 -m venv "$place/fresh"
"$place/fresh/bin/pip" install --quiet --disable-pip-version-check --no-deps "$target"/wheels/realname-*-cp39-abi3-*.whl
"$place/fresh/bin/python" -c 'import realname; print("imported", realname.__version__)'
"$place/fresh/bin/pip" install --quiet --disable-pip-version-check pytest mypy
REALNAME_PROGRAM=$target/debug/realname "$place/fresh/bin/python" -m pytest -q -p no:cacheprovider tests
"$place/fresh/bin/python" -m mypy --strict --cache-dir "$place/mypy" tests/user.py
