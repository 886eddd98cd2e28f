#!/usr/bin/env bash
# The crate tlog_tiles doesn't read or write the paths of the specification tlog-tiles.
#
# Expected  A library of that name gives a tile the path that c2sp.org/tlog-tiles gives it, `tile/<level>/<index>[.p/<width>]` and
#           `tile/entries/<index>`, and takes these paths apart.
# Happens   It has the paths of the older Go checksum database: the tile's height comes first and entries are `data`
#           (`tile/8/0/000`, `tile/8/data/000`). The specification's paths are refused, or read as something else: the path of the
#           full tile 001 at level 8 would be a tile of height 8.
# Versions  tlog_tiles 0.2.0 (crates.io).
# Seen      By writing tiles as paths and reading the specification's own forms.
# Matters   A log of real-name checks that is written by the specification can't be read by this crate as it stands, nor the
#           other way round: a monitor built on it finds an empty log. Checkpoints and hashes are the same, so translating paths is enough.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
mkdir "$dir/src"
cat >"$dir/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
tlog_tiles = "=0.2.0"
TOML
cat >"$dir/src/main.rs" <<'RUST'
use tlog_tiles::Tile;

fn main() {
    let mut same = true;
    println!("tlog_tiles 0.2.0");
    // The specification's height is 8: 256 hashes a tile.
    let written = [
        ("level 0, tile 0, full", Tile::new(8, 0, 0, 256, false), "tile/0/000", "tile/8/0/000"),
        ("level 1, tile 1234, 70 hashes", Tile::new(8, 1, 1234, 70, false), "tile/1/x001/234.p/70", "tile/8/1/x001/234.p/70"),
        ("entries 0, full", Tile::new(8, 0, 0, 256, true), "tile/entries/000", "tile/8/data/000"),
    ];
    for (what, tile, specified, expected) in written {
        let path = tile.path();
        let read = match Tile::from_path(specified) {
            Ok(found) if found.path() == path => "the same tile".to_owned(),
            Ok(found) => format!("another tile, height {} level {}", found.height(), found.level()),
            Err(_) => "refused".to_owned(),
        };
        println!("{what}: specified {specified}, written {path}; reading what is specified: {read}");
        same &= path == expected && read == "refused";
    }
    let found = Tile::from_path("tile/8/1/001").map(|tile| (tile.height(), tile.level(), tile.level_index()));
    println!("tile/8/1/001 is (height, level, index) {:?}", found.as_ref().ok());
    same &= found.ok() == Some((8, 1, 1));
    println!("{}", if same { "as stated above" } else { "CHANGED: not as stated above" });
    std::process::exit(i32::from(!same));
}
RUST
cargo run --quiet --manifest-path "$dir/Cargo.toml" --target-dir "$dir/target"
