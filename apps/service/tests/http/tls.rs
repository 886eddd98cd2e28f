//! TLS: what is spoken, with which certificate, and how that is renewed.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use realname_service::Scope;
use realname_service::config::Config;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

use crate::world::Place;

/// Writes a certificate of this machine's name and its key; gives the certificate.
fn certify(place: &Place, certificate: &str, key: &str) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(place.dir.path().join(certificate), made.cert.pem()).unwrap();
    fs::write(place.dir.path().join(key), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn secured() -> (Place, CertificateDer<'static>) {
    let place = Place::new();
    let text = fs::read_to_string(place.file()).unwrap();
    // Top-level keys stand before the tables.
    fs::write(place.file(), format!("public = \"https://localhost\"\n{text}")).unwrap();
    place.configure("[tls]\ncertificate = \"tls.pem\"\nkey = \"tls.key\"");
    let root = certify(&place, "tls.pem", "tls.key");
    (place, root)
}

/// The status line of one GET; `None` when no connection comes about. And the certificate that was shown.
fn get(
    port: u16,
    root: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> Option<(String, CertificateDer<'static>)> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").ok()?;
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    let shown = stream.conn.peer_certificates()?.first()?.clone().into_owned();
    Some((text.lines().next()?.to_owned(), shown))
}

#[test]
fn both_versions_are_spoken_and_plain_text_is_not_answered() {
    let (place, root) = secured();
    let server = place.start_tls();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let (status, shown) = get(server.port, &root, &[version]).unwrap();
        assert_eq!((status.as_str(), &shown), ("HTTP/1.1 200 OK", &root));
    }
    // Who trusts another doesn't come in.
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    assert!(get(server.port, stranger.cert.der(), &[&rustls::version::TLS13]).is_none());
    let mut plain = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn a_renewed_certificate_is_taken_and_one_without_its_key_is_not() {
    let (place, first) = secured();
    let server = place.start_tls();
    let versions = [&rustls::version::TLS13];
    assert_eq!(get(server.port, &first, &versions).unwrap().1, first);
    // Half of a renewal: the key isn't there yet. The old one is shown on.
    let second = certify(&place, "tls.pem", "next.key");
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(get(server.port, &first, &versions).unwrap().1, first);
    assert!(matches!(realname_service::check(&place.file()), Err(realname_service::SetupError::Tls(_))));
    fs::rename(place.dir.path().join("next.key"), place.dir.path().join("tls.key")).unwrap();
    let begin = Instant::now();
    while get(server.port, &second, &versions).is_none() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the renewed certificate isn't shown");
        std::thread::sleep(Duration::from_millis(100));
    }
    // Damage changes nothing.
    fs::write(place.dir.path().join("tls.pem"), "no certificate").unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(get(server.port, &second, &versions).unwrap().1, second);
}

#[test]
fn beyond_this_machine_nothing_is_served_without_tls() {
    let place = Place::new();
    place.token("shop", &Scope::ALL);
    let text = fs::read_to_string(place.file()).unwrap();
    fs::write(place.file(), text.replace("127.0.0.1:0", "0.0.0.0:0")).unwrap();
    let error = realname_service::check(&place.file()).unwrap_err();
    assert!(error.to_string().contains("without [tls]"), "{error}");
    assert!(Config::load(&place.file()).is_ok());
}
