//! Tokens over real connections: one renewal for many callers, before the old one ends.
#![cfg(feature = "http")]
#![allow(clippy::disallowed_methods)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use realname_authority::http::connect;
use realname_authority::{AuthorityError, Query};
use realname_terms::IdNumber;

/// A register that wants a token in the address, and gives one in another place.
#[derive(Default)]
struct World {
    given: AtomicU32,
    /// Seconds that a token lasts, and whether one is given.
    lasts: AtomicU32,
    refuses: AtomicU32,
    /// The tokens that questions carried.
    carried: Mutex<Vec<String>>,
    /// Tokens that the register doesn't take any more.
    revoked: Mutex<Vec<String>>,
}

impl World {
    fn start(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::clone(self);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let world = Arc::clone(&world);
                std::thread::spawn(move || world.reply(stream.unwrap()));
            }
        });
        origin
    }

    fn reply(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let (mut first, mut length) = (String::new(), 0);
        reader.read_line(&mut first).unwrap();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let target = first.split(' ').nth(1).unwrap();
        let (status, body) =
            if target.starts_with("/oauth/2.0/token?grant_type=client_credentials&client_id=") {
                // Slow enough that every caller of a test is waiting by then.
                std::thread::sleep(Duration::from_millis(150));
                let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
                match self.refuses.load(Ordering::SeqCst) {
                    0 => (
                        200,
                        format!(
                            r#"{{"access_token":"24.{number}","expires_in":{}}}"#,
                            self.lasts.load(Ordering::SeqCst)
                        ),
                    ),
                    _ => (401, r#"{"error":"invalid_client"}"#.to_owned()),
                }
            } else {
                let token = target.split("access_token=").nth(1).unwrap_or_default().to_owned();
                let revoked = self.revoked.lock().unwrap().contains(&token);
                self.carried.lock().unwrap().push(token);
                (if revoked { 401 } else { 200 }, "{}".to_owned())
            };
        let head =
            format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let mut stream = reader.into_inner();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
    }
}

fn register(world: &Arc<World>) -> (tempfile::TempDir, Box<dyn realname_authority::Authority>) {
    let folder = tempfile::tempdir().unwrap();
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/codemaps/tencent-two-element.toml");
    let config = format!(
        "id = \"TEST-token\"\norigin = \"{}\"\ncode_map = \"{map}\"\n[token]\ngrant = \"oauth_query\"\n\
         path = \"/oauth/2.0/token\"\nquery = \"access_token\"\nid.file = \"id\"\nsecret.file = \"secret\"\n",
        world.start()
    );
    for (name, text) in [("id", "synthetic-id"), ("secret", "synthetic-secret"), ("register.toml", &config)] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let register = connect(None, Some(&folder.path().join("register.toml"))).unwrap();
    (folder, register)
}

fn query(key: &str) -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::now(), key)
}

#[test]
fn many_callers_get_one_token_and_no_secret_travels_with_a_question() {
    let world = Arc::new(World::default());
    world.lasts.store(3600, Ordering::SeqCst);
    let (_folder, register) = register(&world);
    let start = Barrier::new(24);
    std::thread::scope(|scope| {
        for number in 0..24 {
            let (register, start) = (&register, &start);
            scope.spawn(move || {
                start.wait();
                let answer = register.ask(&query(&format!("q{number}")));
                assert_eq!(answer.map(|_| ()), Err(AuthorityError::Protocol), "{{}} is no answer");
            });
        }
    });
    assert_eq!(world.given.load(Ordering::SeqCst), 1);
    assert_eq!(*world.carried.lock().unwrap(), vec!["24.1"; 24]);
}

#[test]
fn a_token_is_renewed_before_it_ends_and_after_it() {
    let world = Arc::new(World::default());
    world.lasts.store(2, Ordering::SeqCst);
    let (_folder, register) = register(&world);
    register.ask(&query("q1")).unwrap_err();
    // In the last tenth of its life.
    std::thread::sleep(Duration::from_millis(1850));
    register.ask(&query("q2")).unwrap_err();
    std::thread::sleep(Duration::from_millis(2100));
    register.ask(&query("q3")).unwrap_err();
    let carried = world.carried.lock().unwrap().clone();
    assert_eq!(carried.first().map(String::as_str), Some("24.1"));
    assert_eq!(carried.last().map(String::as_str), Some("24.3"), "{carried:?}");
    assert_eq!(carried.len(), 3);
}

#[test]
fn without_a_token_nothing_is_asked() {
    let world = Arc::new(World::default());
    world.refuses.store(1, Ordering::SeqCst);
    let (_folder, register) = register(&world);
    assert_eq!(register.ask(&query("q1")).map(|_| ()), Err(AuthorityError::Denied));
    assert!(world.carried.lock().unwrap().is_empty());
}

#[test]
fn a_young_token_that_is_refused_isnt_blamed() {
    let world = Arc::new(World::default());
    world.lasts.store(3600, Ordering::SeqCst);
    world.revoked.lock().unwrap().push("24.1".into());
    let (_folder, register) = register(&world);
    assert_eq!(register.ask(&query("q1")).map(|_| ()), Err(AuthorityError::Denied));
    assert_eq!(world.given.load(Ordering::SeqCst), 1, "another one would be refused for the same reason");
    assert_eq!(world.carried.lock().unwrap().len(), 1);
}
