# `just ci` is what the server runs; the rest are its parts for daily work.
default:
    @just --list

# Everything: format, lints, docs, tests, features, examples, interop, fuzz smoke, licences.
ci:
    ./.ci/run

# The README's test command.
test:
    cargo test

# Everything that a compiler alone can test.
test-all:
    cargo test --workspace --all-features

# The USB readers against a real USB stack, in a QEMU guest: needs Linux on x86-64 with apt. Lanes: acm hid split pair ambiguous.
usb-test *LANES:
    ./tests/usb/run.sh {{LANES}}

lint:
    cargo fmt --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

demo:
    cargo run -- demo

# The table of docs/performance.md, and its picture (put the rows into the table first).
bench:
    cargo bench --all-features -p realname
    cargo bench -p realname-bridge
    ./bindings/bench.sh
    ./benches/serve/run.sh
    cargo run --release --locked --manifest-path benches/peers/Cargo.toml

# Each fuzz target for SECONDS (with the nightly toolchain where there is one).
fuzz SECONDS="60":
    ./tests/fuzz_all.sh {{SECONDS}}
