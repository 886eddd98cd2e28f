//! The JWT and SD-JWT layers against `jsonwebtoken` and `sd-jwt-rs` on the same token: `cargo run --release` in this directory.
//! The token is an attestation with a far `exp`, because both peers look at the clock.

#[path = "../../support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use realname::jose::{Json, SigningKey, Unverified, sign};
use realname::sd_jwt::{Combined, Disclosure, conceal, reveal};
use sd_jwt_rs::{SDJWTSerializationFormat, SDJWTVerifier};
use support::{compare_timed, row};

const HONEST: &str = include_str!("../../../fixtures/vectors/001-onsite.txt");
const BATCH: usize = 50;
const ROUNDS: usize = 40;

fn main() {
    let seed = [7; 32];
    let key = SigningKey::from_ed25519_seed(&seed);
    let jwt = HONEST.split('~').next().unwrap();
    let mut payload = Unverified::parse(jwt).unwrap().peek().unwrap().clone();
    let disclosures: Vec<Disclosure> = HONEST.split('~').filter(|part| !part.contains('.')).map(|part| Disclosure::parse(part).unwrap()).collect();
    if let Json::Object(members) = &mut payload {
        members.insert("exp".into(), 4_000_000_000.into());
        members.insert("iat".into(), 1_700_000_000.into());
        members.insert("nbf".into(), 1_700_000_000.into());
        let digests = conceal(&disclosures, 10).unwrap();
        let claims = Json::object([("_sd", digests)]);
        if let Some(Json::Object(verified)) = members.get_mut("verified_claims") {
            verified.insert("claims".into(), claims);
        }
    }
    let token = sign(&key, "dc+sd-jwt", [], &payload).unwrap();
    println!("issuer JWT of {} bytes\n\n| what | against | aim | found |\n|---|---|---|---|", token.len());

    let jwk = key.verifying_key().to_jwk();
    let x = jwk.member("x").and_then(Json::as_str).unwrap().to_owned();
    let decoding = DecodingKey::from_ed_components(&x).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_aud = false;
    let found = compare_timed(
        ROUNDS,
        || batch(|| drop(black_box(Unverified::parse(&token).unwrap().verify(key.verifying_key(), "dc+sd-jwt").unwrap()))),
        || batch(|| drop(black_box(jsonwebtoken::decode::<serde_json::Value>(&token, &decoding, &validation).unwrap()))),
    );
    row("verifying a JWS", "`jsonwebtoken` 11", "–", &found);

    let pem = key.to_pem().unwrap();
    let encoding = EncodingKey::from_ed_pem(pem.as_bytes());
    if let Ok(encoding) = encoding {
        let value: serde_json::Value = serde_json::from_slice(&payload.to_bytes()).unwrap();
        let header = Header::new(Algorithm::EdDSA);
        let found = compare_timed(
            ROUNDS,
            || batch(|| drop(black_box(sign(&key, "dc+sd-jwt", [], &payload).unwrap()))),
            || batch(|| drop(black_box(jsonwebtoken::encode(&header, &value, &encoding).unwrap()))),
        );
        row("signing a JWS", "`jsonwebtoken` 11", "–", &found);
    }

    let mut presentation = token.clone() + "~";
    for disclosure in &disclosures {
        presentation += disclosure.encoded();
        presentation += "~";
    }
    let found = compare_timed(
        ROUNDS,
        || {
            batch(|| {
                let combined = Combined::parse(&presentation).unwrap();
                let jws = Unverified::parse(combined.issuer_jwt()).unwrap();
                let payload = jws.verify(key.verifying_key(), "dc+sd-jwt").unwrap().into_payload();
                let disclosures: Vec<_> = combined.disclosures().map(|one| Disclosure::parse(one).unwrap()).collect();
                assert_eq!(reveal(payload, &disclosures).unwrap().disclosed().count(), 2);
            })
        },
        || {
            batch(|| {
                let decoding = jsonwebtoken_9::DecodingKey::from_ed_components(&x).unwrap();
                let resolver = Box::new(move |_: &str, _: &jsonwebtoken_9::Header| decoding.clone());
                let verifier = SDJWTVerifier::new(presentation.clone(), resolver, None, None, SDJWTSerializationFormat::Compact);
                assert!(verifier.unwrap().verified_claims.is_object());
            })
        },
    );
    row("verifying an SD-JWT", "`sd-jwt-rs` 0.7", "–", &found);
}

fn batch(mut work: impl FnMut()) -> Duration {
    let begin = Instant::now();
    (0..BATCH).for_each(|_| work());
    begin.elapsed()
}
