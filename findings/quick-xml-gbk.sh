#!/usr/bin/env bash
# An XML reply in GBK gives another name and no error since quick-xml 0.42, though the document declares its encoding.
#
# Expected  With the feature `encoding`, a reader that is given the bytes of `<?xml version="1.0" encoding="GBK"?>…` follows
#           the declaration, as quick-xml 0.41 did; or refuses what it can't decode.
# Happens   0.42 takes the bytes for UTF-8: `Reader::from_reader` over bytes always, its `DecodingReader` until `set_encoding` is called,
#           and when that is called at the declaration's event, as its documentation shows, the first 64 octets have been read as
#           UTF-8 already. Most names fail as bad UTF-8, which is noticed. But two octets from C2–DF and 80–BF are a character of
#           UTF-8 as well: 谢薛, two common surnames, reads as a Cyrillic pair, and nothing says so.
# Versions  quick-xml 0.41.0 and 0.42.0, encoding_rs 0.8.35 (crates.io).
# Seen      By reading one small document with both versions, in each way that a caller would.
# Matters   Registers of persons and SMS gateways in China still answer in GBK. A name that changed on its way is a false "doesn't match" at
#           best. Decode with encoding_rs by what the connection or declaration says, then parse text; and test with names whose
#           octets are also UTF-8 and stand among the first 64: all others only show that errors are noticed.
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
old = { package = "quick-xml", version = "=0.41.0", features = ["encoding"] }
new = { package = "quick-xml", version = "=0.42.0", features = ["encoding"] }
encoding_rs = "=0.8.35"
TOML
cat >"$dir/src/main.rs" <<'RUST'
fn old(bytes: &[u8]) -> String {
    let mut reader = old::Reader::from_reader(bytes);
    let (mut buffer, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(old::events::Event::Text(found)) => match found.decode() {
                Ok(found) => text.push_str(&found),
                Err(_) => return "an error".into(),
            },
            Ok(old::events::Event::Eof) => return text,
            Ok(_) => {}
            Err(_) => return "an error".into(),
        }
    }
}

fn new<R: std::io::BufRead>(source: R, follow: impl Fn(&mut R, &'static encoding_rs::Encoding)) -> String {
    let mut reader = new::Reader::from_reader(source);
    let (mut buffer, mut text) = (Vec::new(), String::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(new::events::Event::Decl(found)) => {
                if let Some(encoding) = found.encoder() {
                    follow(reader.get_mut(), encoding);
                }
            }
            Ok(new::events::Event::Text(found)) => text.push_str(&found.into_inner()),
            Ok(new::events::Event::Eof) => return text,
            Ok(_) => {}
            Err(_) => return "an error".into(),
        }
    }
}

fn main() {
    let mut same = true;
    for (name, plain) in [("谢薛", "лѦ"), ("测试", "an error")] {
        let document = format!("<?xml version=\"1.0\" encoding=\"GBK\"?><name>{name}</name>");
        let (bytes, _, _) = encoding_rs::GBK.encode(&document);
        let mut early = new::encoding::DecodingReader::new(&bytes[..]);
        early.set_encoding(encoding_rs::GBK);
        let found = [
            ("quick-xml 0.41.0, bytes", old(&bytes), name),
            ("quick-xml 0.42.0, bytes", new(&bytes[..], |_, _| ()), plain),
            ("0.42.0, DecodingReader", new(new::encoding::DecodingReader::new(&bytes[..]), |_, _| ()), plain),
            ("0.42.0, set at its event", new(new::encoding::DecodingReader::new(&bytes[..]), |r, e| r.set_encoding(e)), plain),
            ("0.42.0, set before reading", new(early, |_, _| ()), name),
        ];
        for (how, text, expected) in found {
            println!("{name}: {how:28} reads {text}");
            same &= text == expected;
        }
    }
    println!("{}", if same { "as stated above" } else { "CHANGED: not as stated above" });
    std::process::exit(i32::from(!same));
}
RUST
cargo run --quiet --manifest-path "$dir/Cargo.toml" --target-dir "$dir/target"
