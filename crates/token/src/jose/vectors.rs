//! Third-party vectors, which aren't copied: `$REALNAME_VECTORS` names the directory that they were downloaded into, and
//! `cargo test -p realname-token vectors -- --ignored` runs them.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use super::*;

pub(crate) fn load(path: &str) -> Vec<u8> {
    let base = std::env::var_os("REALNAME_VECTORS").expect("REALNAME_VECTORS names the vectors' directory");
    std::fs::read(std::path::Path::new(&base).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn load_json(path: &str) -> Json {
    Json::parse(&load(path), 10_000_000).unwrap()
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.member(name).and_then(Json::as_str).unwrap_or_else(|| panic!("no {name}"))
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn list<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    json.member(name).and_then(Json::as_array).unwrap()
}

/// Cases 0-11 of "Taming the many EdDSAs", table 5: a strict verifier takes case 3 only... and that one is mixed-order,
/// which RFC 8032 leaves open.
#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn ed25519_speccheck() {
    let cases = load_json("ed25519-speccheck/cases.json");
    let accepted: Vec<usize> = cases
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(_, case)| {
            let key: [u8; 32] = hex(text(case, "pub_key")).try_into().unwrap();
            VerifyingKey::from_ed25519(&key).is_ok_and(|key| {
                key.verify(&hex(text(case, "message")), &hex(text(case, "signature"))).is_ok()
            })
        })
        .map(|(number, _)| number)
        .collect();
    assert_eq!(accepted, [3]);
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn wycheproof_ed25519() {
    let file = load_json("wycheproof/ed25519_test.json");
    let mut ran = 0;
    for group in list(&file, "testGroups") {
        let key: [u8; 32] = hex(text(group.member("publicKey").unwrap(), "pk")).try_into().unwrap();
        let key = VerifyingKey::from_ed25519(&key).unwrap();
        for test in list(group, "tests") {
            let verified = key.verify(&hex(text(test, "msg")), &hex(text(test, "sig"))).is_ok();
            assert_eq!(verified, text(test, "result") == "valid", "{:?}", text(test, "comment"));
            ran += 1;
        }
    }
    println!("{ran} Ed25519 cases");
    assert!(ran > 100);
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn wycheproof_p256() {
    let file = load_json("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json");
    let mut ran = 0;
    for group in list(&file, "testGroups") {
        let point = hex(text(group.member("publicKey").unwrap(), "uncompressed"));
        let half = |at: usize| point[at..at + 32].try_into().unwrap();
        let key = VerifyingKey::from_p256(&half(1), &half(33)).unwrap();
        for test in list(group, "tests") {
            let verified = key.verify(&hex(text(test, "msg")), &hex(text(test, "sig"))).is_ok();
            assert_eq!(verified, text(test, "result") == "valid", "{:?}", text(test, "comment"));
            ran += 1;
        }
    }
    println!("{ran} P-256 cases");
    assert!(ran > 200);
}

/// The groups of other algorithms must be refused as a whole; the groups of ES256 exactly as the file says.
#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn wycheproof_json_web_signatures() {
    let file = load_json("wycheproof/json_web_signature_test.json");
    let (mut ran, mut foreign) = (0, 0);
    for group in list(&file, "testGroups") {
        let jwk = group.member("public").map(Jwk::from_json);
        for test in list(group, "tests") {
            let Some(compact) = test.member("jws").and_then(Json::as_str) else {
                foreign += 1;
                continue;
            };
            let verified = match &jwk {
                Some(Ok(jwk)) => {
                    Unverified::parse(compact).and_then(|jws| jws.verify_bytes(jwk.key()).map(<[u8]>::len))
                }
                _ => Err(JoseError::Key),
            };
            let ours = group
                .member("public")
                .is_some_and(|public| public.member("crv").and_then(Json::as_str) == Some("P-256"));
            let valid = text(test, "result") == "valid";
            assert_eq!(verified.is_ok(), valid && ours, "{} {:?}", text(test, "comment"), verified);
            ran += 1;
            foreign += usize::from(!ours);
        }
    }
    println!("{ran} JWS cases, {foreign} of them of algorithms that are refused as such");
}

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn jose_cookbook_curve25519() {
    let file = load_json("jose-cookbook/curve25519_jws.json");
    let input = file.member("input").unwrap();
    let seed: [u8; 32] = decode(text(input.member("key").unwrap(), "d")).unwrap().try_into().unwrap();
    let key = SigningKey::from_ed25519_seed(&seed);
    let compact = text(file.member("output").unwrap(), "compact");
    let jws = Unverified::parse(compact).unwrap();
    assert_eq!(jws.verify_bytes(key.verifying_key()).unwrap(), text(input, "payload").as_bytes());
    let signing = file.member("signing").unwrap();
    assert_eq!(encode(&key.sign(text(signing, "sig-input").as_bytes()).unwrap()), text(signing, "sig"));
}

/// RFC 8037, appendices A.1 to A.5.
#[test]
fn rfc_8037() {
    let seed: [u8; 32] = decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap().try_into().unwrap();
    let key = SigningKey::from_ed25519_seed(&seed);
    assert_eq!(text(&key.verifying_key().to_jwk(), "x"), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let compact = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
                   hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(Unverified::parse(compact).unwrap().verify_bytes(key.verifying_key()).is_ok());
}

/// RFC 7515, appendix A.3: the ES256 example.
#[test]
fn rfc_7515_es256() {
    let jwk = Json::object([
        ("kty", "EC".into()),
        ("crv", "P-256".into()),
        ("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".into()),
        ("y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".into()),
    ]);
    let compact = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                   DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let key = Jwk::from_json(&jwk).unwrap();
    assert!(Unverified::parse(compact).unwrap().verify_bytes(key.key()).is_ok());
}

/// What `openssl genpkey` writes, and our PEM back.
#[test]
fn pem_both_ways() {
    let openssl = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let key = SigningKey::from_pem(openssl).unwrap();
    assert_eq!(*key.to_pem().unwrap(), openssl);
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let again = SigningKey::from_pem(&key.to_pem().unwrap()).unwrap();
        assert_eq!(again.verifying_key(), key.verifying_key());
    }
    for bad in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        assert_eq!(SigningKey::from_pem(bad).unwrap_err(), JoseError::Pem);
    }
}
