//! Prints the public API of a crate, an item a line, from the JSON that rustdoc wrote: `realname-public-api target/doc/CRATE.json`.
//!
//! What a derive, a blanket implementation or an auto trait brings is left out: it would be most of the text, and follows from
//! the rest. Auto traits that must hold are asserted in tests.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let json = std::env::args_os().nth(1).ok_or("usage: realname-public-api FILE.json")?;
    let api = public_api::Builder::from_rustdoc_json(json)
        .sorted(true)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    let mut out = std::io::stdout().lock();
    for item in api.items() {
        writeln!(out, "{item}")?;
    }
    Ok(())
}
