//! A sandbox in a temporary directory, a service on it, and somebody who calls.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use jiff::{SignedDuration, Timestamp};
use realname::jose::{Algorithm, SigningKey};
use realname::profile::{ClaimName, Env, Purpose};
use realname::trust::{Anchor, Constraints, DelegationRequest, ListBuilder, ListEntry, RevocationReason};
use realname_service::config::Config;
use realname_service::{NewToken, Scope, Server, new_token, store_of};
use serde_json::{Value, json};

pub(crate) const SHOP: &str = "https://shop.example";
const OPERATOR: &str = "https://operator.example";

/// What the shop may ask for.
const PURPOSES: [Purpose; 6] = [
    Purpose::SimActivate,
    Purpose::SimReplace,
    Purpose::SimTransfer,
    Purpose::SimCancel,
    Purpose::ServiceOrder,
    Purpose::DeliveryHandover,
];

/// The files of a service.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
}

/// A service that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) address: SocketAddr,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

pub(crate) fn photo(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("sale").join(name)).unwrap()
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = || SigningKey::generate(Algorithm::EdDsa).unwrap();
        let (anchor, operator, terminal, shop) = (key(), key(), key(), key());
        let now = Timestamp::now();
        let day = now.checked_add(SignedDuration::from_hours(24)).unwrap();
        let write = |name: &str, text: &[u8]| {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            // A key that others can read isn't taken.
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        };
        for (name, key) in [("anchor.pem", &anchor), ("operator.pem", &operator), ("shop.pem", &shop)] {
            write(name, key.to_pem().unwrap().as_bytes());
        }
        write("terminal.pem", terminal.to_pem().unwrap().as_bytes());
        write("anchor.json", &Anchor::to_file(&[Anchor::new(anchor.verifying_key().clone(), now, day)]));
        let claims = [ClaimName::Name, ClaimName::IdNumber];
        let purposes = PURPOSES;
        let list = ListBuilder::new("https://trust.example")
            .sequence(1)
            .entry(ListEntry::attesting(OPERATOR, operator.verifying_key().clone()))
            .entry(ListEntry::asking(SHOP, shop.verifying_key().clone(), "Shop (TEST)", purposes, claims));
        write("trust.jwt", list.sign(&anchor, now).unwrap().as_str().as_bytes());
        let constraints = Constraints {
            terminal: Some("checkout-1".to_owned()),
            env: Some(Env::Test),
            ..Constraints::default()
        };
        let statement = DelegationRequest {
            iss: OPERATOR,
            sub: "checkout-1",
            key: terminal.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: day,
        };
        write("terminal.delegation", statement.sign(&operator).unwrap().as_bytes());
        let register = fixtures().join("register.json");
        let config = format!(
            r#"listen = "127.0.0.1:0"
iss = "{SHOP}"
key = "shop.pem"
trust = "trust.jwt"
anchor = "anchor.json"
store = "store"
env = "test"

[check]
iss = "{OPERATOR}"
key = "terminal.pem"
delegation = ["terminal.delegation"]
terminal = "checkout-1"
register = "dir:{}"
[check.consent]
en = "TEST: I agree."
zh = "测试：我同意。"

[[return]]
principal = "shop"
name = "basket"
url = "https://shop.example/basket"
"#,
            register.display()
        );
        write("serve.toml", config.as_bytes());
        Self { dir }
    }

    /// Renews the trust list: the key of that file is stolen from now on.
    pub(crate) fn renew_without(&self, stolen: &str) {
        let now = Timestamp::now();
        let key = |name: &str| {
            SigningKey::from_pem(&fs::read_to_string(self.dir.path().join(name)).unwrap()).unwrap()
        };
        let public = |name: &str| key(name).verifying_key().clone();
        let purposes = PURPOSES;
        let claims = [ClaimName::Name, ClaimName::IdNumber];
        let entries = [
            ("operator.pem", ListEntry::attesting(OPERATOR, public("operator.pem"))),
            ("shop.pem", ListEntry::asking(SHOP, public("shop.pem"), "Shop (TEST)", purposes, claims)),
            ("terminal.pem", ListEntry::attesting(OPERATOR, public("terminal.pem"))),
        ];
        let list = entries.into_iter().fold(
            ListBuilder::new("https://trust.example").sequence(2),
            |list, (name, entry)| {
                let (revoked, entry) = (name == stolen, entry.from(Timestamp::UNIX_EPOCH));
                list.entry(if revoked { entry.revoked(now, RevocationReason::Compromise) } else { entry })
            },
        );
        let signed = list.sign(&key("anchor.pem"), now).unwrap();
        fs::write(self.dir.path().join("next"), signed.as_str()).unwrap();
        fs::rename(self.dir.path().join("next"), self.dir.path().join("trust.jwt")).unwrap();
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("serve.toml")
    }

    /// Adds to the configuration.
    /// A file that its owner alone reads, as the service wants its secrets.
    pub(crate) fn secret(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }

    pub(crate) fn configure(&self, more: &str) {
        let text = fs::read_to_string(self.file()).unwrap();
        fs::write(self.file(), format!("{text}\n{more}\n")).unwrap();
    }

    pub(crate) fn token(&self, principal: &str, scopes: &[Scope]) -> String {
        let store = store_of(&self.file()).unwrap();
        let token = NewToken { name: "test", principal, scopes, days: 1 };
        new_token(store.as_ref(), &token, Timestamp::now()).unwrap().to_string()
    }

    pub(crate) fn start(&self) -> Running {
        self.start_with(|server| server)
    }

    /// Starts a service that was changed before it runs.
    pub(crate) fn start_with(&self, change: impl FnOnce(Server) -> Server + Send + 'static) -> Running {
        let config = Config::load(&self.file()).unwrap();
        let (told, started) = mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = change(Server::bind(config, None).await.unwrap());
                told.send(server.origin().to_owned()).unwrap();
                server.run(async { drop(ended.await) }).await;
            });
        });
        let url = started.recv().unwrap();
        let address = url.trim_start_matches("http://").parse().unwrap();
        Running { url, address, end: Some(end), thread: Some(thread) }
    }
}

/// A service with TLS, which runs until it is dropped.
pub(crate) struct Secured {
    pub(crate) port: u16,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Secured {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Place {
    /// A service whose address isn't its public origin; it looks at its files often.
    pub(crate) fn start_tls(&self) -> Secured {
        // A port that is free now. Another test may take it meanwhile, and then this one fails to listen.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = Config::load(&self.file()).unwrap();
        config.listen.set_port(port);
        let (told, started) = mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::bind(config, None).await.unwrap();
                told.send(()).unwrap();
                let server = server.with_round(std::time::Duration::from_millis(200));
                server.run(async { drop(ended.await) }).await;
            });
        });
        started.recv().unwrap();
        Secured { port, end: Some(end), thread: Some(thread) }
    }
}

impl Running {
    /// One call with a token.
    pub(crate) fn call(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {token}");
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send(method, path, &[("authorization", &bearer)], body)
    }

    /// One call with these headers.
    #[track_caller]
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build();
        let agent = ureq::Agent::new_with_config(config);
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            None => agent.run(request.body(()).unwrap()),
            Some((kind, bytes)) => {
                let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
                agent.run(request.body(bytes).unwrap())
            }
        };
        let mut response = response.unwrap();
        let text = response.body_mut().with_config().limit(50_000_000).read_to_vec().unwrap();
        let text = String::from_utf8_lossy(&text).into_owned();
        let kind = response.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap());
        crate::document::fits(method, path, response.status().as_u16(), kind, &text);
        Answer { status: response.status().as_u16(), headers: response.headers().clone(), text }
    }

    pub(crate) fn demand(&self, token: &str) -> Value {
        self.call("POST", "/v1/demands", token, Some(sale())).is(201)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Answer {
    /// The JSON of an answer that must have that status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.headers.contains_key("x-request-id"));
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    /// That it is an error of that status and code, in the one form that errors have.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        let error = self.is(status)["error"].clone();
        assert_eq!(error["code"], code, "{}", self.text);
        let texts = [&error["message"], &error["action"]["en"], &error["action"]["zh"]];
        assert!(texts.iter().all(|text| text.as_str().is_some_and(|text| !text.is_empty())), "{}", self.text);
        if matches!(status, 429 | 503) {
            assert!(self.headers.contains_key("retry-after"));
        }
    }
}

/// What a shop asks for that sells a number.
pub(crate) fn sale() -> Value {
    json!({
        "purpose": "sim.activate", "number": "+8613900000001", "claims": ["name", "id_number"],
        "checks": ["triplet", "registry"], "locality": "remote",
    })
}
