//! One style for what changes a value and gives it back. What only describes a wish (a request, options, a draft) is filled in by
//! the fact's bare name; everything else, which is whole without it, is changed by `with_…` or by words that read as a phrase.

use std::fs;
use std::path::Path;

/// How the names of types end that describe a wish.
const WISHES: [&str; 10] = [
    "Request",
    "Options",
    "Config",
    "Builder",
    "Entry",
    "Question",
    "Order",
    "Opening",
    "Asking",
    "Housekeeping",
];

/// Phrases: prepositions and participles, which no field has as its name.
const PHRASES: [&str; 15] = [
    "with",
    "or",
    "since",
    "licensed",
    "noting",
    "offering_phone_number",
    "on_behalf_of",
    "born_on",
    "without_echo",
    "without_face",
    "without_reader",
    "for_version",
    "for_real_register",
    "measured_on_real_faces",
    "measured_on_real_cards",
];

/// Conversions and acts: they give back another value of the same type, not a changed setting.
const ACTS: [&str; 4] = ["cosign", "into_name", "into_iter", "finish"];

/// The type's own name and the method's, if this line is a function that takes a value and gives it back.
fn setter(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn "))?;
    let (path, rest) = line.split_once("(self")?;
    let given = rest.rsplit_once("-> ")?.1;
    if !(given == "Self" || given.starts_with("core::result::Result<Self,")) {
        return None;
    }
    let (owner, name) = path.rsplit_once("::")?;
    let owner = owner.split('<').next()?;
    Some((owner.rsplit("::").next()?, name))
}

#[test]
fn setters_have_one_style() {
    let listings = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/public-api");
    let mut seen = 0;
    for file in fs::read_dir(listings).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for (owner, name) in text.lines().filter_map(setter).filter(|(_, name)| !ACTS.contains(name)) {
            seen += 1;
            let bare = !name.starts_with("with_") && !PHRASES.contains(&name);
            // `Request` by itself is an HTTP request: a value that has those parts, not a wish.
            let wish = owner != "Request" && WISHES.iter().any(|end| owner.ends_with(end));
            let phrase = PHRASES.contains(&name);
            assert!(
                phrase || bare == wish,
                "{owner}::{name}: a wish is filled in by bare names, all else by with_…"
            );
        }
    }
    assert!(seen > 80, "{seen} setters were found: the listings have another form");
}
