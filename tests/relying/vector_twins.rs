//! The corpus's own claim: each refused vector of `fixtures/vectors` differs in one property from its accepted twin.
//!
//! Both are taken apart down to the values in them. What follows from a change by necessity isn't counted: signatures, and
//! digests over what changed. What is left must lie in one place: one member of a header, one of a payload (one level
//! deeper below `verified_claims` and `realname`), one thing that the index says beside the token, one encoding.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use realname::jose::{Json, decode};
use realname::sd_jwt::{Disclosure, sd_hash};

/// Vectors whose one property takes two members to state.
const IN_TWO_PLACES: [(&str, &str); 17] = [
    ("issuer-crit-unknown", "RFC 7515, 4.1.11: what `crit` names must be in the header"),
    ("kb-crit-unknown", "the same"),
    ("demand-crit-unknown", "the same"),
    ("list-crit-unknown", "the same"),
    ("issuer-crit-known-claim", "the same"),
    ("issuer-crit-b64", "the same"),
    ("role-demand", "another key's `kid` and the `iss` that it is listed for"),
    ("asker-is-issuer", "the same"),
    ("key-compromised-later", "another key's `kid`, and the times before its theft"),
    ("list-older", "what was seen before, and what comes now"),
    ("list-two-truths", "the same"),
    ("issuer-jwt-as-kb", "the whole key-binding JWT is another token"),
    ("kb-as-issuer-jwt", "the whole issuer JWT is another token"),
    ("no-tilde", "everything after the issuer JWT is missing"),
    ("empty", "everything is missing"),
    ("json-serialisation", "everything is written another way"),
    ("unreferenced-inner", "the outer disclosure is withheld, and so the inner one hangs from nothing"),
];

type Leaves = BTreeMap<String, String>;

#[test]
fn every_refused_vector_differs_from_its_twin_in_one_property() {
    let index = Json::parse(read("index.json").as_bytes(), 1 << 22).unwrap();
    let vectors = index.member("vectors").and_then(Json::as_array).unwrap();
    let twin = |number: &str| vectors.iter().find(|vector| text(vector, "number") == number).unwrap();
    let (mut wrong, mut judged) = (Vec::new(), 0);
    for vector in vectors.iter().filter(|vector| text(vector, "expect") != "accepted") {
        let places = places(&leaves(twin(text(vector, "twin"))), &leaves(vector));
        let name = text(vector, "name");
        let excused = IN_TWO_PLACES.iter().any(|(known, _)| *known == name);
        judged += 1;
        if places.is_empty() || (places.len() != 1) != excused {
            wrong.push(format!("{} {name}: {places:?}", text(vector, "number")));
        }
    }
    println!("{judged} vectors, {} of them in two places", IN_TWO_PLACES.len());
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where two vectors differ. Signatures count only when nothing else does, and the first of them alone: the second one is
/// over a text with the first in it.
fn places(twin: &Leaves, vector: &Leaves) -> BTreeSet<String> {
    let names: BTreeSet<_> = twin.keys().chain(vector.keys()).collect();
    let differ = |name: &&String| twin.get(*name) != vector.get(*name);
    let (signatures, rest): (Vec<&String>, Vec<&String>) =
        names.into_iter().filter(differ).partition(|name| name.ends_with("signature"));
    if rest.is_empty() {
        return signatures.last().into_iter().map(|name| (*name).clone()).collect();
    }
    // An object that became something else, and a part that can't be read any more, are one place with all that was in them.
    let whole = |name: &&&String| WHOLE.iter().any(|end| name.ends_with(end));
    let ends = rest.iter().filter(whole).filter_map(|name| Some(name.rsplit_once('/')?.0));
    let wholes: BTreeSet<&str> = ends.collect();
    let inside = |name: &str| {
        let of = |whole: &&&str| name.strip_prefix(**whole).is_some_and(|rest| rest.starts_with('/'));
        wholes.iter().find(of).map(|whole| place(whole))
    };
    let mut places: BTreeSet<String> =
        rest.iter().map(|name| inside(name).unwrap_or_else(|| place(name))).collect();
    // Nothing hangs from a payload that can't be read, and no digest is in a key-binding JWT that can't.
    if wholes.iter().any(|whole| ["token", "token/payload"].contains(whole)) {
        places.remove("stray/disclosures");
    }
    if wholes.iter().any(|whole| ["kb", "kb/payload"].contains(whole)) {
        places.remove("binding/sd_hash");
    }
    // Disclosures that were changed after signing: the digest in the key-binding JWT is of what they were.
    if places.contains("binding/sd_hash") {
        places.remove("token/payload/verified_claims/claims");
    }
    places
}

/// Leaves that stand for everything beside them.
const WHOLE: [&str; 5] = ["/{}", "/[]", "/unreadable", "/parts", "/missing"];

/// The member that a leaf belongs to.
fn place(leaf: &str) -> String {
    let steps: Vec<&str> = leaf.split('/').collect();
    let inner = steps.get(1) == Some(&"payload")
        && ["verified_claims", "realname"].iter().any(|name| steps.get(2) == Some(name));
    let depth = match steps.get(1) {
        Some(&"header" | &"payload") => 3 + usize::from(inner),
        _ => 2,
    };
    let member = |step: &&str| step.trim_end_matches("(disclosed)").to_owned();
    let kept: Vec<String> = steps.iter().take(depth).map(member).collect();
    kept.join("/")
}

fn leaves(vector: &Json) -> Leaves {
    let mut leaves = Leaves::new();
    for name in ["now", "trust_list", "demand", "expectation", "store", "seen"] {
        let value = vector.member(name).map(|value| value.to_bytes().to_vec()).unwrap_or_default();
        leaves.insert(format!("context/{name}"), String::from_utf8(value).unwrap());
    }
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors").join(text(vector, "file"));
    // Some vectors aren't UTF-8 on purpose, between base64url parts and never in them.
    let token = String::from_utf8_lossy(&std::fs::read(path).unwrap()).trim_end_matches('\n').to_owned();
    let Some((issuer, rest)) = token.split_once('~') else {
        jws(&mut leaves, "token", &token, &mut Vec::new());
        return leaves;
    };
    let (middle, kb) = rest.rsplit_once('~').unwrap_or(("", rest));
    let mut disclosures: Vec<&str> = middle.split('~').filter(|part| !part.is_empty()).collect();
    let bound = token.len() - kb.len();
    let order = disclosures.join("~");
    jws(&mut leaves, "token", issuer, &mut disclosures);
    if kb.is_empty() {
        leaves.insert("kb/missing".into(), String::new());
        return leaves;
    }
    let kb_leaves = {
        let mut leaves = Leaves::new();
        jws(&mut leaves, "kb", kb, &mut Vec::new());
        leaves
    };
    let is_right = |hash: &String| hash.contains(&sd_hash(&token[..bound]));
    // A digest that is right for its token follows from it. One that isn't is the property, and then the token's
    // disclosures, changed after signing, are the same property.
    match kb_leaves.get("kb/payload/sd_hash") {
        Some(hash) if is_right(hash) => {}
        Some(hash) => drop(leaves.insert("binding/sd_hash".into(), format!("{hash} over {order}"))),
        None => drop(leaves.insert("binding/sd_hash".into(), "none".into())),
    }
    leaves.extend(kb_leaves.into_iter().filter(|(name, _)| name != "kb/payload/sd_hash"));
    let stray = disclosures.join("~");
    // Disclosures without a place are one property by themselves, unless they were changed after signing.
    if !stray.is_empty() && !leaves.contains_key("binding/sd_hash") {
        leaves.insert("stray/disclosures".into(), stray);
    }
    leaves
}

/// A JWS taken apart; disclosures that a digest refers to are put in its place, and taken from the list.
fn jws(leaves: &mut Leaves, at: &str, compact: &str, disclosures: &mut Vec<&str>) {
    let parts: Vec<&str> = compact.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        leaves.insert(format!("{at}/parts"), compact.to_owned());
        return;
    };
    leaves.insert(format!("{at}/signature"), signature.to_owned());
    for (name, part) in [("header", header), ("payload", payload)] {
        let at = format!("{at}/{name}");
        match decode(part).and_then(|bytes| Json::parse(&bytes, 1 << 24)) {
            Ok(json) => value(leaves, &at, &json, disclosures, 0),
            // What can't be read is one place, whatever is in it.
            Err(_) => drop(leaves.insert(format!("{at}/unreadable"), part.to_owned())),
        }
    }
}

fn value(leaves: &mut Leaves, at: &str, json: &Json, disclosures: &mut Vec<&str>, depth: usize) {
    match json {
        Json::Object(members) if depth < 64 => {
            leaves.insert(format!("{at}/{{}}"), String::new());
            for (name, inner) in members.iter() {
                match (name.as_str(), inner.as_array()) {
                    ("_sd", Some(digests)) => digests_of(leaves, at, digests, disclosures, depth),
                    _ => value(leaves, &format!("{at}/{}", name.as_str()), inner, disclosures, depth + 1),
                }
            }
        }
        Json::Array(values) if depth < 64 => {
            leaves.insert(format!("{at}/[]"), String::new());
            for (number, inner) in values.iter().enumerate() {
                if let Some(digest) = inner.member("...") {
                    digests_of(
                        leaves,
                        &format!("{at}/{number}"),
                        std::slice::from_ref(digest),
                        disclosures,
                        depth,
                    );
                    continue;
                }
                value(leaves, &format!("{at}/{number}"), inner, disclosures, depth + 1);
            }
        }
        plain => drop(leaves.insert(at.to_owned(), String::from_utf8(plain.to_bytes().to_vec()).unwrap())),
    }
}

/// Digests of disclosures that came along lead to them; the others are compared as a set, because they are sorted anew
/// whenever one changes. Each is counted, so that one more or one twice is seen.
fn digests_of(leaves: &mut Leaves, at: &str, digests: &[Json], disclosures: &mut Vec<&str>, depth: usize) {
    for digest in digests {
        let shown = String::from_utf8(digest.to_bytes().to_vec()).unwrap();
        // Base64url SHA-256 over a text, as `sd_hash` is (RFC 9901, sections 4.2.3 and 4.3.1).
        let of = |encoded: &&str| digest.as_str() == Some(&sd_hash(encoded));
        let Some(found) = disclosures.iter().position(of) else {
            let count = leaves.entry(format!("{at}/_sd({shown})")).or_default();
            count.push('+');
            continue;
        };
        let encoded = disclosures.remove(found);
        match Disclosure::parse(encoded) {
            Ok(disclosure) if disclosure.name().is_some() => {
                let name = disclosure.name().unwrap_or_default();
                let twice = leaves.contains_key(&format!("{at}/{name}(disclosed)"));
                let at = format!("{at}/{name}{}", if twice { "(twice)" } else { "(disclosed)" });
                leaves.insert(at.clone(), String::new());
                value(leaves, &format!("{at}/value"), disclosure.value(), disclosures, depth + 1);
            }
            // Unreadable, or of another shape: what stands there instead of a claim.
            _ => drop(leaves.insert(format!("{at}/unreadable"), encoded.to_owned())),
        }
    }
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.member(name).and_then(Json::as_str).unwrap_or_else(|| panic!("no {name}"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors").join(name))
        .unwrap()
}
