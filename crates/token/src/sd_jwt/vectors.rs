//! The test cases of the SD-JWT reference implementation (this layer only, not the profile).

use super::*;
use crate::jose::{Json, Jwk, Unverified, vectors::load};

const CASES: [&str; 14] = [
    "array_data_types",
    "array_full_sd",
    "array_in_sd",
    "array_nested_in_plain",
    "array_none_disclosed",
    "array_of_nulls",
    "array_of_objects",
    "array_of_scalars",
    "array_recursive_sd",
    "array_recursive_sd_some_disclosed",
    "header_mod",
    "no_sd",
    "object_data_types",
    "recursions",
];

fn json(bytes: &[u8]) -> Json {
    Json::parse(bytes, 1_000_000).unwrap()
}

fn issuer() -> Jwk {
    let settings = json(&load("sd-jwt/settings.json"));
    Jwk::from_json(settings.member("issuer_jwk").unwrap()).unwrap()
}

fn process(case: &str, issuer: &Jwk) -> Json {
    let text = String::from_utf8(load(&format!("sd-jwt/{case}/sd_jwt_presentation.txt"))).unwrap();
    let combined = Combined::parse(text.trim_end()).unwrap();
    let jws = Unverified::parse(combined.issuer_jwt()).unwrap();
    let typ = if jws.typ() == Some("example+sd-jwt") { "example+sd-jwt" } else { "vc+sd-jwt" };
    let payload = jws.verify(issuer.key(), typ).unwrap().into_payload();
    let disclosures: Vec<_> = combined.disclosures().map(|one| Disclosure::parse(one).unwrap()).collect();
    reveal(payload, &disclosures).unwrap().into_payload()
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn verified_contents_of_every_case() {
    let issuer = issuer();
    for case in CASES {
        let processed = process(case, &issuer);
        let expected = json(&load(&format!("sd-jwt/{case}/verified_contents.json")));
        assert_eq!(processed.to_bytes(), expected.to_bytes(), "{case}");
    }
    println!("{} cases", CASES.len());
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn key_binding_case() {
    let issuer = issuer();
    let processed = process("key_binding", &issuer);
    let expected = json(&load("sd-jwt/key_binding/verified_contents.json"));
    assert_eq!(processed.to_bytes(), expected.to_bytes());
    let text = String::from_utf8(load("sd-jwt/key_binding/sd_jwt_presentation.txt")).unwrap();
    let combined = Combined::parse(text.trim_end()).unwrap();
    let holder = Jwk::from_json(processed.member("cnf").unwrap().member("jwk").unwrap()).unwrap();
    let kb_jwt = combined.require_key_binding().unwrap();
    let kb =
        KeyBinding::verify(Unverified::parse(kb_jwt).unwrap(), holder.key(), &sd_hash(combined.bound_part()))
            .unwrap()
            .unwrap();
    let expected = json(&load("sd-jwt/key_binding/kb_jwt_payload.json"));
    assert_eq!(kb.claims().to_bytes(), expected.to_bytes());
    // Over other disclosures it is worth nothing.
    let fewer = format!("{}~", combined.issuer_jwt());
    assert!(
        KeyBinding::verify(Unverified::parse(kb_jwt).unwrap(), holder.key(), &sd_hash(&fewer))
            .unwrap()
            .is_none()
    );
}
