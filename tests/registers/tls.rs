//! TLS on loopback: whose root is trusted, who is an impostor, and who we show ourselves to be. Certificates are made here.
#![allow(clippy::disallowed_methods)]

use crate::people;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use people::question;
use realname::authority::http::{CodeMap, HttpAuthority, HttpOptions, MappedJson, Secret, Tls};
use realname::authority::{Authority, AuthorityError, Subject};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

const PATIENCE: Duration = Duration::from_secs(5);

struct Authorities {
    root: rcgen::CertifiedIssuer<'static, rcgen::KeyPair>,
}

struct Identity {
    certificate: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl Authorities {
    fn new(name: &str) -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = rcgen::KeyPair::generate().unwrap();
        Self { root: rcgen::CertifiedIssuer::self_signed(params, key).unwrap() }
    }

    fn issue(&self, host: &str) -> Identity {
        let params = rcgen::CertificateParams::new(vec![host.to_owned()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        Identity { certificate: params.signed_by(&key, &self.root).unwrap(), key }
    }

    fn pem(&self) -> Vec<u8> {
        self.root.pem().into_bytes()
    }

    fn store(&self) -> Arc<RootCertStore> {
        let mut store = RootCertStore::empty();
        store.add(self.root.der().clone()).unwrap();
        Arc::new(store)
    }
}

/// A TLS register that answers every question with "found", and counts the questions that reached it in the clear.
struct TlsServer {
    origin: String,
    questions: Arc<AtomicU32>,
    done: mpsc::Receiver<()>,
}

fn serve(identity: &Identity, clients: Option<&Authorities>) -> TlsServer {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        Some(clients) => builder.with_client_cert_verifier(
            WebPkiClientVerifier::builder_with_provider(clients.store(), provider).build().unwrap(),
        ),
        None => builder.with_no_client_auth(),
    };
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    let config = Arc::new(builder.with_single_cert(vec![identity.certificate.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let questions = Arc::new(AtomicU32::new(0));
    let (sender, done) = mpsc::channel();
    let counted = Arc::clone(&questions);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            while !request.ends_with(b"}") {
                match stream.read(&mut chunk) {
                    Ok(read @ 1..) => request.extend_from_slice(&chunk[..read]),
                    _ => break,
                }
            }
            if request.ends_with(b"}") {
                counted.fetch_add(1, Ordering::SeqCst);
                let body = r#"{"result":"answered","key":"q-tls","is_test":true,"subject":"found","name":"match","id_number":"match","valid_from":"not_asked","valid_until":"not_asked","phone_number":"not_asked","document":"valid","face":"not_run","liveness":"not_run"}"#;
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
            let _ = sender.send(());
        }
    });
    TlsServer { origin, questions, done }
}

fn client(server: &TlsServer, tls: Tls) -> HttpAuthority<MappedJson> {
    let mut options = HttpOptions::default();
    options.tls = tls;
    HttpAuthority::new(MappedJson::new("TEST-tls", CodeMap::register()), &server.origin, options).unwrap()
}

#[test]
fn the_named_root_is_trusted_and_nobody_else() {
    let (ours, strangers) = (Authorities::new("ours"), Authorities::new("strangers"));
    let server = serve(&ours.issue("localhost"), None);
    let trusting = client(&server, Tls::default().with_roots(&ours.pem()).unwrap());
    assert_eq!(trusting.ask(&question(0, "q-tls", PATIENCE)).unwrap().subject, Subject::Found);
    assert_eq!(server.questions.load(Ordering::SeqCst), 1);
    server.done.recv_timeout(PATIENCE).unwrap();

    let wary = client(&server, Tls::default().with_roots(&strangers.pem()).unwrap());
    assert_eq!(wary.ask(&question(0, "q-tls", PATIENCE)), Err(AuthorityError::Protocol));
    server.done.recv_timeout(PATIENCE).unwrap();
    assert_eq!(server.questions.load(Ordering::SeqCst), 1, "an impostor is told nothing");
}

#[test]
fn a_certificate_for_another_host_is_an_impostors() {
    let ours = Authorities::new("ours");
    let server = serve(&ours.issue("register.example"), None);
    let client = client(&server, Tls::default().with_roots(&ours.pem()).unwrap());
    assert_eq!(client.ask(&question(0, "q-tls", PATIENCE)), Err(AuthorityError::Protocol));
    server.done.recv_timeout(PATIENCE).unwrap();
    assert_eq!(server.questions.load(Ordering::SeqCst), 0);
}

#[test]
fn mutual_tls_shows_our_certificate() {
    let (ours, clients) = (Authorities::new("ours"), Authorities::new("clients"));
    let server = serve(&ours.issue("localhost"), Some(&clients));
    let we = clients.issue("terminal");
    let key = Secret::new(we.key.serialize_pem().into_bytes());
    let tls = Tls::default().with_roots(&ours.pem()).unwrap();
    let known = tls.clone().with_client_certificate(we.certificate.pem().as_bytes(), &key).unwrap();
    assert!(!format!("{known:?}").contains("BEGIN"));
    assert_eq!(client(&server, known).ask(&question(0, "q-tls", PATIENCE)).unwrap().subject, Subject::Found);
    assert!(
        client(&server, tls).ask(&question(0, "q-tls", PATIENCE)).is_err(),
        "nobody without one is served"
    );
    assert_eq!(server.questions.load(Ordering::SeqCst), 1);
}
