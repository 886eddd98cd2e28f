# What `.ci/run` is written with: installing, listing packages, timing steps. Sourced.

say() { printf '\n== %s\n' "$*"; }
die() { printf 'ci: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else die "needs root for: $*"; fi
}

# apt_need COMMAND PACKAGE…
apt_need() {
  local command=$1; shift
  command -v "$command" >/dev/null && return
  as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$@" >/dev/null
  command -v "$command" >/dev/null || die "$command is still missing after installing $*"
}

# cargo_need COMMAND CRATE: a debug build installs in half the time and runs for seconds.
cargo_need() {
  command -v "$1" >/dev/null || cargo install --quiet --locked --debug --target-dir target/tools "$2"
}

# What later steps need, installed while the first ones compile: waiting for a registry takes no processor. Nothing fails here: a
# step that needs something waits with `ready` and installs what is missing itself, and loudly.
ahead() {
  as_root apt-get update -qq || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends g++ nodejs npm mono-mcs mono-runtime \
    libmono-i18n4.0-all default-jdk-headless libjna-java chromium postgresql pgbouncer softhsm2 opensc openssl qemu-system-x86 \
    fonts-wqy-microhei || true
  [ -x target/vendors/venv/bin/python ] || python3 -m venv target/vendors/venv
  target/vendors/venv/bin/pip install --quiet --disable-pip-version-check -r tests/interop/requirements-vendors.txt || true
  [ -x target/helpers/bin/python ] || python3 -m venv target/helpers
  target/helpers/bin/pip install --quiet --disable-pip-version-check -r helpers/requirements.txt || true
  nice -n 19 bash -c '. .ci/lib.sh; cargo_need cbindgen cbindgen; cargo_need cargo-deny cargo-deny' || true
}
start_ahead() {
  mkdir -p target
  ahead >target/ahead.log 2>&1 </dev/null &
  AHEAD=$!
}
ready() { [ -z "${AHEAD:-}" ] || { wait "$AHEAD" || true; AHEAD=; }; }

# The library crates that are published, by name; `packages -p` writes them as arguments.
packages() { published "print(' '.join((flag + ' ' + p['name']).strip() for p in found))" "${1:-}"; }

# Each of their features, `PACKAGE FEATURE` a line.
features() {
  published "
for p in found:
    for feature in p['features']:
        if feature != 'default': print(p['name'], feature)"
}

published() {
  cargo metadata --format-version 1 --no-deps | python3 -c "
import json, sys
flag = sys.argv[1]
found = [p for p in json.load(sys.stdin)['packages'] if p['publish'] is None]
$1" "${2:-}"
}

# A step that can't run here says so in the table, where a pass would be a lie.
skipped() { echo "NOT RUN: $*"; not_run=" (not run: $*)"; }

# watch STEP: ends this run's commands when a step takes longer than any has reason to, and shows what was running. A test that
# waits for ever would else take the time of all that comes after it, and say nothing.
watch() {
  local limit=${CI_STEP_SECONDS:-1500} waiting
  trap 'kill "$waiting" 2>/dev/null; exit' TERM
  sleep "$limit" & waiting=$!
  wait "$waiting"
  printf 'ci: %s takes more than %s s; running now:\n' "$1" "$limit" >&2
  ps -eo pid,ppid,etimes,args --forest >&2 || true
  pkill -TERM -P $$ || true
}

# Runs the steps of that list, one after the other, and writes the table of their times.
run_steps() {
  local name at dog began=$SECONDS table=target/ci-times.md
  mkdir -p target
  {
    printf '# What each step of `.ci/run` took\n\n'
    printf 'Written by `CI_KEEP=docs/ci-times.md .ci/run`: %s, %s cores, %s.\n\n' "$(date -u +%F)" "$(nproc)" "$(rustc --version | cut -d' ' -f1,2)"
    printf '| step | seconds |\n|---|---:|\n'
  } >$table
  for name in $1; do
    declare -F "step_$name" >/dev/null || die "no step is called $name"
    say "$name"
    at=$SECONDS not_run=
    watch "$name" & dog=$!
    "step_$name"
    kill "$dog"; wait "$dog" 2>/dev/null || true
    echo "-- $name: $((SECONDS - at)) s"
    echo "| $name$not_run | $((SECONDS - at)) |" >>$table
  done
  echo "| all | $((SECONDS - began)) |" >>$table
  say "all of it passed in $((SECONDS - began)) s"
  cat $table
  [ -z "${CI_KEEP:-}" ] || cp $table "$CI_KEEP"
}
