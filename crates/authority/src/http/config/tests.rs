//! Configuration files, right and wrong.

use super::*;
use crate::http::{ConnectError, connect};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    folder
}

fn open(text: &str, files: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = folder(files);
    let path = folder.path().join("authority.toml");
    std::fs::write(&path, text).unwrap();
    Config::open(&path)
}

const MAP: &str = include_str!("../../../../../fixtures/codemaps/tencent-two-element.toml");

#[test]
fn everything_that_a_file_can_say() {
    let text = r#"
        id = "register.example"
        origin = "https://register.example"
        real_register = true
        code_map = "map.toml"
        [[credentials]]
        header = "Authorization"
        prefix = "Bearer "
        file = "token"
        [seal]
        header = "X-Sign"
        time_header = "X-Time"
        parts = ["method", "path", "time", "body_sha256"]
        separator = "|"
        encoding = "base64"
        file = "secret"
        [reply_seal]
        header = "X-Reply-Sign"
        parts = ["key", "status", "body"]
        file = "secret"
        [limits]
        per_try_ms = 1500
        deadline_ms = 4000
        tries = 2
        per_second = 5
        per_day = 1000
    "#;
    let config = open(text, &[("map.toml", MAP), ("token", "t0ken\n"), ("secret", "s3cret\r\n")]).unwrap();
    assert_eq!((config.tries, config.http.per_try), (2, Some(Duration::from_millis(1500))));
    assert_eq!(config.deadline, Some(Duration::from_millis(4000)));
    assert_eq!(config.http.credentials[0].1.expose(), b"Bearer t0ken");
    assert_eq!(config.http.time_header.as_deref(), Some("X-Time"));
    assert!(config.http.seal.is_some() && config.http.reply_seal.is_some());
    let shown = format!("{config:?}");
    assert!(!shown.contains("t0ken") && !shown.contains("s3cret") && !shown.contains("[116, 48"), "{shown}");
    let dialect = config.dialect;
    assert!(!dialect.is_test() && dialect.id() == "register.example");
}

#[test]
fn a_register_is_a_test_one_unless_it_is_said() {
    for text in [
        "id = \"x\"",
        "id = \"x\"\n[camara]\nroot = \"/kyc-match/v0.4\"",
        "id = \"x\"\ncode_map = \"map.toml\"",
    ] {
        let dialect = open(text, &[("map.toml", MAP)]).unwrap().dialect;
        assert!(dialect.is_test(), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let credential = |rest: &str| {
        open(&format!("id = \"x\"\n[[credentials]]\nheader = \"A\"\n{rest}"), &[("empty", " \n")])
            .unwrap_err()
    };
    assert_eq!(credential(""), ConfigError::Secret("credentials"));
    assert_eq!(credential("file = \"empty\"\nenv = \"X\""), ConfigError::Secret("credentials"));
    assert_eq!(credential("file = \"empty\""), ConfigError::EmptySecret("credentials"));
    assert_eq!(credential("env = \"REALNAME_NO_SUCH\""), ConfigError::NoVariable("REALNAME_NO_SUCH".into()));
    assert!(matches!(credential("file = \"nowhere\""), ConfigError::Unreadable(_)));
    assert_eq!(open("id = \"\"", &[]).unwrap_err(), ConfigError::Id);
    assert_eq!(open("id = \"a b\"", &[]).unwrap_err(), ConfigError::Id);
    assert!(matches!(open("id = \"x\"\nids = 1", &[]).unwrap_err(), ConfigError::Syntax(_)));
    let both = "id = \"x\"\ncode_map = \"map.toml\"\n[camara]\nroot = \"/\"";
    assert!(matches!(open(both, &[("map.toml", MAP)]).unwrap_err(), ConfigError::Syntax(_)));
    let tls = |rest: &str| open(&format!("id = \"x\"\n[tls]\n{rest}"), &[("junk.pem", "junk")]).unwrap_err();
    assert_eq!(tls("roots = \"junk.pem\""), ConfigError::Tls(TlsError::NoCertificate));
    assert_eq!(tls("certificate = \"junk.pem\""), ConfigError::Secret("tls certificate and key"));
    assert_eq!(tls("certificate = \"junk.pem\"\nkey = \"junk.pem\""), ConfigError::Tls(TlsError::NoKey));
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let text = "id = \"x\"\n[[credentials]]\nheader = \"A\"\nfile = \"secret\"";
    let folder = folder(&[("authority.toml", text), ("secret", "CANARY")]);
    let secret = folder.path().join("secret");
    let load = || Config::open(&folder.path().join("authority.toml"));
    load().unwrap();
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o644)).unwrap();
    let refused = load().unwrap_err();
    assert_eq!(refused, ConfigError::SecretReadable(secret));
    assert!(refused.to_string().contains("others can read") && !refused.to_string().contains("CANARY"));
}

#[test]
fn the_callers_address_and_the_files_are_the_same() {
    let folder = folder(&[("authority.toml", "id = \"x\"\norigin = \"http://127.0.0.1:1/\"")]);
    let file = folder.path().join("authority.toml");
    assert!(connect(None, Some(&file)).is_ok());
    assert!(connect(Some("http://127.0.0.1:1"), Some(&file)).is_ok());
    let other = connect(Some("http://127.0.0.1:2"), Some(&file)).map(|_| ());
    assert!(matches!(other, Err(ConnectError::OtherOrigin { .. })));
    assert_eq!(connect(None, None).map(|_| ()), Err(ConnectError::NoOrigin));
    assert_eq!(connect(Some("nonsense"), None).map(|_| ()), Err(ConnectError::Tls(TlsError::Address)));
}

#[test]
fn an_address_with_a_path_was_told_that_plain_http_is_for_this_machine() {
    let told = |origin: &str| connect(Some(origin), None).map(|_| ());
    for origin in
        ["http://127.0.0.1:8080/api", "https://register.example/v1", "https://register.example/?a=b"]
    {
        assert_eq!(told(origin), Err(ConnectError::Tls(TlsError::Path)), "{origin}");
    }
    assert_eq!(told("http://register.example/api"), Err(ConnectError::Tls(TlsError::PlainHttp)));
    assert_eq!(told("https://u:p@register.example"), Err(ConnectError::Tls(TlsError::UserInfo)));
    assert_eq!(told("http://"), Err(ConnectError::Tls(TlsError::Address)));
    assert!(TlsError::Path.to_string().contains("scheme, host and port only"));
}

#[test]
fn a_real_register_isnt_asked_with_a_map_of_hearsay() {
    let hearsay = MAP.replacen("source = \"docs: ", "source = \"second-hand: ", 1);
    let text = "id = \"x\"\ncode_map = \"map.toml\"\nreal_register = ";
    let refused = open(&format!("{text}true"), &[("map.toml", &hearsay)]).unwrap_err();
    assert!(matches!(refused, ConfigError::SecondHand(_)), "{refused}");
    assert!(open(&format!("{text}false"), &[("map.toml", &hearsay)]).unwrap().dialect.is_test());
    assert!(!open(&format!("{text}true"), &[("map.toml", MAP)]).unwrap().dialect.is_test());
}

#[test]
fn cache_and_fallback_could_not_be_reached_from_a_configuration() {
    let second = "id = \"second\"\norigin = \"http://127.0.0.1:1\"\n";
    let first = "id = \"first\"\norigin = \"http://127.0.0.1:1\"\nfallback = [\"second.toml\"]\n\
                 [cache]\nmax_age_seconds = 600\n";
    let open = |second: &str| {
        let folder = folder(&[("first.toml", first), ("second.toml", second)]);
        let file = folder.path().join("first.toml");
        connect(None, Some(&file)).map(|authority| authority.id().to_owned())
    };
    assert_eq!(open(second), Ok("first".to_owned()));
    for (misplaced, named) in [
        ("audit = \"trail\"\n", "audit"),
        ("fallback = [\"second.toml\"]\n", "fallback"),
        ("[cache]\nmax_age_seconds = 1\n", "cache"),
    ] {
        match open(&format!("{second}{misplaced}")) {
            Err(ConnectError::Config(ConfigError::InFallback { what, .. })) => assert_eq!(what, named),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open("id = \"second\""), Err(ConnectError::NoOrigin));
    assert!(matches!(open(""), Err(ConnectError::Config(ConfigError::Syntax(_)))));
}
