//! Keys in files; those in tokens are tried by `tests/pkcs11/run.sh`.
#![allow(clippy::disallowed_methods)]

use realname_terms::{Explain, Lang};
use realname_token::jose::Algorithm;

use super::*;

fn code(result: Result<Box<dyn Signer>, KeyError>) -> &'static str {
    result.map(drop).unwrap_err().code()
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key.pem");
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    std::fs::write(&path, key.to_pem().unwrap().as_bytes()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        for open in [0o640, 0o604, 0o660] {
            mode(open);
            assert_eq!(code(KeyOpener::new().open(&path)), "key_readable", "{open:o}");
        }
        mode(0o600);
    }
    assert_eq!(KeyOpener::new().open(&path).unwrap().kid(), key.kid());
    assert_eq!(code(KeyOpener::new().open(&directory.path().join("nothing.pem"))), "file");
}

#[test]
fn a_token_is_no_file() {
    let token = Path::new("pkcs11:token=operator;object=issuing?module-path=/nowhere.so");
    assert!(KeyOpener::is_uri(token) && !KeyOpener::is_uri(Path::new("keys/pkcs11:x")));
    assert_eq!(code(KeyOpener::new().open(token)), "pkcs11_module");
    assert_eq!(code(KeyOpener::new().open(Path::new("pkcs11:token=operator"))), "pkcs11_uri");
}

#[test]
#[cfg(feature = "encrypted-keys")]
fn an_encrypted_key_wants_its_password() {
    // PKCS#8, PBES2 with scrypt and AES-256, password "synthetic"; made for this test.
    let locked = include_str!("locked.pem");
    let open = |password: Option<&'static str>| {
        let asked = Pin::asked(move || password.map(|text| Zeroizing::new(text.to_owned())));
        KeyOpener::new().with_password(asked).read(locked, Path::new("locked.pem"))
    };
    assert_eq!(open(Some("synthetic")).unwrap().algorithm(), Algorithm::EdDsa);
    for (password, found) in [(Some("another"), KeyForm::WrongPassword), (None, KeyForm::Locked)] {
        let error = open(password).map(drop).unwrap_err();
        assert!(matches!(error, KeyError::Form { found: form, .. } if form == found), "{error}");
        assert_eq!(error.code(), "key");
    }
}

#[test]
fn what_isnt_a_key_is_named() {
    let read = |text: &str| KeyOpener::new().read(text, Path::new("k\u{202e}.pem")).map(drop).unwrap_err();
    for (text, found) in [
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", KeyForm::Public),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", KeyForm::Unusable),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", KeyForm::OtherPem),
        ("{\"kty\":\"OKP\"}", KeyForm::Jwk),
        ("", KeyForm::NoPem),
    ] {
        let error = read(text);
        assert!(matches!(error, KeyError::Form { found: form, .. } if form == found), "{error}");
        for lang in [Lang::En, Lang::Zh] {
            let told = error.message(lang);
            assert!(!told.contains('\u{202e}') && !told.contains("AAAA"), "{told}");
        }
    }
}
