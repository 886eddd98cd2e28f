//! Known answers, and what can't be right. The vendors' requests aren't copied: `REALNAME_VECTORS` says where they are.
#![allow(clippy::disallowed_methods)] // Vectors and shipped configurations are files.

use std::path::{Path, PathBuf};

use serde_json::Value;
use zeroize::Zeroizing;

use super::super::Method;
use super::*;

const SHIPPED: [(&str, &str); 4] = [
    ("tencent", "SYNTHsecretkey"),
    ("alibaba", "SYNTHsecret"),
    ("alibaba-dytns", "SYNTHsecret"),
    ("huawei", "SKsynthetic"),
];

/// The two that are the same scheme and have no configuration here.
const VOLCENGINE: &str = r#"
source = "sdk: volcengine 1.0.229, auth/SignerV4.py"
label = "HMAC-SHA256"
time = "basic"
parts = ["label", "time", "scope", "request_sha256"]
scope = "{day}/cn-north-1/cv/request"
key_steps = ["{day}", "cn-north-1", "cv", "request"]
headers = { X-Date = "{time}", X-Content-Sha256 = "{body_sha256}" }
signed_headers = ["content-type", "host", "x-content-sha256", "x-date"]
template = "{label} Credential={id}/{scope}, SignedHeaders={headers}, Signature={signature}"
id = {}
secret = {}
"#;
const JD: &str = r#"
source = "sdk: jdcloud_sdk 1.6.354, core/signer.py"
label = "JDCLOUD3-HMAC-SHA256"
time = "basic"
parts = ["label", "time", "scope", "request_sha256"]
scope = "{day}/jdcloud-api/cloudauth/jdcloud3_request"
key_prefix = "JDCLOUD3"
key_steps = ["{day}", "jdcloud-api", "cloudauth", "jdcloud3_request"]
headers = { x-jdcloud-date = "{time}", x-jdcloud-nonce = "{nonce}" }
signed_headers = ["content-type", "host"]
template = "{label} Credential={id}/{scope}, SignedHeaders={headers}, Signature={signature}"
id = {}
secret = {}
"#;

fn shipped(name: &str) -> toml::Table {
    let path = format!("{}/../../fixtures/registers/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let mut config: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let Some(toml::Value::Table(signature)) = config.remove("signature") else { panic!("{name} signs") };
    signature
}

fn scheme_of(request: &str) -> (toml::Table, &'static str) {
    let secret = |name: &str| SHIPPED.iter().find(|(known, _)| *known == name).unwrap().1;
    match request.split_once('-').unwrap() {
        ("ali", "dytns3") => (shipped("alibaba-dytns"), secret("alibaba-dytns")),
        ("ali", _) => (shipped("alibaba"), secret("alibaba")),
        ("tencent", _) => (shipped("tencent"), secret("tencent")),
        ("huawei", _) => (shipped("huawei"), secret("huawei")),
        ("volc", _) => (toml::from_str(VOLCENGINE).unwrap(), "SKsynth"),
        ("jd", _) => (toml::from_str(JD).unwrap(), "SKsynth"),
        other => panic!("no scheme for {other:?}"),
    }
}

fn files() -> Vec<PathBuf> {
    let vectors =
        std::env::var_os("REALNAME_VECTORS").expect("REALNAME_VECTORS names the vectors' directory");
    let folder = Path::new(&vectors).join("vendor-requests");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    files
}

/// A request as its vendor's client sent it.
struct Sent(Value);

impl Sent {
    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.0["headers"].as_array().unwrap().iter();
        let mut values = headers.filter(|pair| pair[0].as_str().unwrap().eq_ignore_ascii_case(name));
        values.next().map(|pair| pair[1].as_str().unwrap())
    }

    /// When it was signed, by whichever header says so.
    fn time(&self) -> Timestamp {
        if let Some(seconds) = self.header("x-tc-timestamp") {
            return Timestamp::from_second(seconds.parse().unwrap()).unwrap();
        }
        let names = ["x-acs-date", "x-sdk-date", "x-date", "x-jdcloud-date"];
        let written = names.iter().find_map(|name| self.header(name)).unwrap();
        let digits: Vec<i64> =
            written.bytes().filter(u8::is_ascii_digit).map(|b| i64::from(b - b'0')).collect();
        let number =
            |at: usize, length| digits[at..at + length].iter().fold(0, |sum, digit| sum * 10 + digit);
        let part = |at| number(at, 2);
        let text = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            number(0, 4),
            part(4),
            part(6),
            part(8),
            part(10),
            part(12)
        );
        text.parse().unwrap()
    }
}

/// Two of the vendors' schemes aren't made here, since both vendors have the newer one; Baidu signs nothing.
const OTHERS: [&str; 3] = ["ali-rpc-old", "tencent-hmacsha1", "baidu-idmatch"];

#[test]
#[ignore = "needs REALNAME_VECTORS"]
fn vectors_every_vendors_request_has_our_authorization() {
    let mut reproduced = 0;
    for file in files() {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if OTHERS.contains(&name.as_str()) {
            continue;
        }
        let vector: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for sent in vector["requests"].as_array().unwrap() {
            let sent = Sent(sent.clone());
            let expected = sent.header("authorization").unwrap();
            let (mut scheme, secret) = scheme_of(&name);
            // What their client says of itself, and their project.
            if let Some(toml::Value::Table(headers)) = scheme.get_mut("headers") {
                for (name, value) in headers.iter_mut() {
                    if ["user-agent", "x-project-id"].contains(&name.to_ascii_lowercase().as_str()) {
                        *value = sent.header(name).unwrap().into();
                    }
                }
            }
            let id = expected.split(['=', ',', '/']).nth(1).unwrap().to_owned();
            let (id, secret) = (Secret::new(id), Secret::new(secret));
            let signature = Signature::read(&scheme.try_into().unwrap(), id, secret).unwrap();
            let mut request = Request::new(
                Method::ALL.into_iter().find(|m| sent.0["method"] == m.as_str()).unwrap(),
                sent.0["path"].as_str().unwrap(),
            );
            request.body = Zeroizing::new(sent.0["body"].as_str().unwrap().as_bytes().to_vec());
            for name in ["content-type", "x-acs-action", "x-acs-version"] {
                if let Some(value) = sent.header(name) {
                    request = request.with_header(name, value);
                }
            }
            let nonce =
                ["x-acs-signature-nonce", "x-jdcloud-nonce"].iter().find_map(|name| sent.header(name));
            let host = sent.header("host").unwrap();
            let signed = signature.signed(request, host, sent.time(), nonce.unwrap_or("n")).unwrap();
            let header = |name: &str| {
                let mut found = signed.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
                found.next().map(|(_, value)| value.as_str())
            };
            assert_eq!(header("authorization"), Some(expected), "{name}");
            // Every other header that we make is as theirs, too.
            for (header, value) in &signed.headers {
                assert_eq!(Some(value.as_str()), sent.header(header), "{name}: {header}");
            }
            reproduced += 1;
        }
    }
    assert_eq!(reproduced, 13, "a request without its known answer");
}

fn tencent() -> toml::Table {
    shipped("tencent")
}

fn read(scheme: toml::Table) -> Result<Signature, SignatureError> {
    Signature::read(
        &scheme.try_into().unwrap(),
        Secret::new(*b"AKIDsynthetic"),
        Secret::new(*b"SYNTHsecretkey"),
    )
}

fn with(key: &str, value: impl Into<toml::Value>) -> Result<(), SignatureError> {
    let mut scheme = tencent();
    scheme.insert(key.into(), value.into());
    read(scheme).map(|_| ())
}

/// One that stands here without the vectors.
#[test]
fn a_known_answer_of_tc3() {
    let body = r#"{"IdCard": "119999199001010004", "Name": "\u6d4b\u8bd5\u7532"}"#;
    let request = Request::new(Method::Post, "/")
        .with_body("application/json", Zeroizing::new(body.as_bytes().to_vec()));
    let now = Timestamp::from_second(1_795_975_750).unwrap();
    let signed = read(tencent()).unwrap().signed(request, "127.0.0.1:46091", now, "n").unwrap();
    let (_, value) = signed.headers.last().unwrap();
    let expected = "28152af04519daccbb56261f6f97b636f53d1d8a2159e6684cdcfa47ed836936";
    assert!(value.ends_with(&format!("Signature={expected}")), "{value}");
    let shown = format!("{:?} {signed:?}", read(tencent()).unwrap());
    assert!(!shown.contains("SYNTHsecretkey") && !shown.contains(expected), "{shown}");
}

#[test]
fn what_cant_be_right_is_named() {
    let text = |place, written: &str| Err(SignatureError::Text { place, written: written.into() });
    let header = |name: &str| Err(SignatureError::Header(name.into()));
    assert_eq!(with("label", "TC3\n"), text("label", "TC3\n"));
    assert_eq!(with("label", "{id}"), text("label", "{id}"));
    assert_eq!(with("template", "{signature} {secret}"), text("template", "{signature} {secret}"));
    assert_eq!(with("template", "{signature} }"), text("template", "{signature} }"));
    assert_eq!(with("template", "{label} {scope}"), Err(SignatureError::Unsigned));
    assert_eq!(with("template", "{scope} {signature} {signature}"), Err(SignatureError::Unsigned));
    assert_eq!(with("scope", "{time}"), text("scope", "{time}"));
    assert_eq!(with("source", "somewhere"), Err(SignatureError::Source));
    assert_eq!(with("header", "X Y"), header("X Y"));
    let list = |names: &[&str]| toml::Value::from(names.to_vec());
    assert_eq!(with("parts", list(&["label", "time", "scope"])), Err(SignatureError::Parts));
    assert_eq!(with("signed_headers", list(&["host", "HOST"])), header("host"));
    assert_eq!(with("signed_headers", list(&["authorization"])), header("authorization"));
    assert_eq!(with("signed_headers", list(&["a:b"])), header("a:b"));
    let mut unused = tencent();
    unused.remove("scope");
    assert_eq!(read(unused).map(|_| ()), Err(SignatureError::Scope));
    let word = Secret::new(*b"x");
    assert!(matches!(Signature::parse("label = 1", word.clone(), word), Err(SignatureError::Syntax(_))));
}

#[test]
fn a_header_that_is_missing_or_doubled_isnt_signed_without() {
    let now = Timestamp::UNIX_EPOCH;
    let signature = read(tencent()).unwrap();
    let bare = Request::new(Method::Post, "/");
    assert!(signature.signed(bare.clone(), "h", now, "n").is_none(), "no content-type");
    let typed = bare.with_header("Content-Type", "a");
    assert!(signature.signed(typed.clone(), "h", now, "n").is_some());
    assert!(signature.signed(typed.with_header("content-type", "b"), "h", now, "n").is_none());
}

#[test]
fn parameters_are_signed_sorted_whoever_added_them() {
    let now = Timestamp::UNIX_EPOCH;
    let signature = read(tencent()).unwrap();
    let of = |request: Request| {
        let signed = signature.signed(request.with_header("content-type", "a"), "h", now, "n").unwrap();
        signed.headers.last().unwrap().1.clone()
    };
    let written = of(Request::new(Method::Post, "/?a=1&b=%E6%B5%8B%20~"));
    let added =
        of(Request::new(Method::Post, "/").with_parameter("b", "\u{6d4b} ~").with_parameter("a", "1"));
    assert_eq!(written, added);
    assert_ne!(written, of(Request::new(Method::Post, "/?a=1&b=2")));
}
