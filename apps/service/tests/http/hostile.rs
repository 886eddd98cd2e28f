//! Clients that mean no good, and what they cost those who do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use realname_service::Scope;

use crate::world::{Place, Running, sale};

fn raw(server: &Running, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.write_all(text);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn slow_bodies_and_idle_connections_hold_nobody_up() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    server.demand(&token);
    let median = || {
        let mut times: Vec<Duration> = (0..30)
            .map(|_| {
                let begin = Instant::now();
                server.demand(&token);
                begin.elapsed()
            })
            .collect();
        times.sort();
        times[15]
    };
    let alone = median();
    let slow: Vec<TcpStream> = (0..300)
        .map(|number| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let head = if number % 2 == 0 {
                format!(
                    "POST /v1/demands HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
                     content-type: application/json\r\ncontent-length: 5000\r\n\r\n{{"
                )
            } else {
                "POST /v1/dem".to_owned()
            };
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let beside = median();
    assert!(
        beside < alone * 4 + Duration::from_millis(50),
        "{alone:?} alone, {beside:?} beside {} slow ones",
        slow.len()
    );
}

#[test]
fn heads_that_are_too_large_or_no_http_are_refused() {
    let place = Place::new();
    let server = place.start();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "y".repeat(70_000));
    let long = head.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    let answer = raw(&server, long.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 431") && answer.contains("head_too_large"), "{answer}");
    // Cut off while it still sends, a client may hear no answer at all.
    let answer =
        raw(&server, format!("GET /healthz HTTP/1.1\r\nx-long: {}\r\n\r\n", "y".repeat(300_000)).as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = raw(&server, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(server.send("GET", "/healthz", &[], None).status, 200);
}

#[test]
fn guessing_is_slowed_and_those_who_know_are_not() {
    let place = Place::new();
    place.configure("[limits]\nguesses_per_minute = 20");
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let begin = Instant::now();
    let statuses: Vec<u16> = (0..60)
        .map(|number| server.call("POST", "/v1/demands", &format!("guess-{number}"), Some(sale())).status)
        .collect();
    // One more guess every three seconds, where the machine takes that long for sixty calls.
    let later = usize::try_from(begin.elapsed().as_secs() / 3).unwrap();
    let answered = statuses.iter().filter(|status| **status == 401).count();
    assert!((20..=20 + later).contains(&answered), "{answered} in {:?}: {statuses:?}", begin.elapsed());
    assert!(statuses[..20].iter().all(|status| *status == 401), "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
    server.demand(&token);
}

#[test]
fn a_full_queue_says_busy() {
    let place = Place::new();
    place.configure("[limits]\nworkers = 1\nqueue = 0");
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    // The one worker may still be keeping house: the first answer that isn't "busy" says that it is free.
    let free = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        server.call("POST", "/v1/demands", &token, Some(sale())).status == 201
    });
    assert!(free, "the service never had a worker to spare");
    let answers = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    (0..10)
                        .map(|_| server.call("POST", "/v1/demands", &token, Some(sale())))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        calls.into_iter().flat_map(|call| call.join().unwrap()).collect::<Vec<_>>()
    });
    let busy = answers
        .iter()
        .filter(|answer| answer.status == 503)
        .inspect(|answer| answer.refused(503, "busy"))
        .count();
    assert!(busy > 0 && busy < answers.len(), "{busy} of {}", answers.len());
}

#[test]
fn a_withdrawn_token_is_refused_after_a_moment_and_an_expired_one_at_once() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let store = realname_service::store_of(&place.file()).unwrap();
    assert!(realname_service::withdraw_token(store.as_ref(), &token, jiff::Timestamp::now()).unwrap());
    let long_ago = "2020-01-01T00:00:00Z".parse().unwrap();
    let grant = realname_service::NewToken { name: "old", principal: "shop", scopes: &Scope::ALL, days: 1 };
    let old = realname_service::new_token(store.as_ref(), &grant, long_ago).unwrap();
    drop(store);
    let server = place.start();
    server.call("POST", "/v1/demands", &token, Some(sale())).refused(401, "token_refused");
    server.call("POST", "/v1/demands", &old, Some(sale())).refused(401, "token_refused");
}

#[test]
fn running_requests_end_when_the_service_does() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let mut server = Some(place.start());
    let address = server.as_ref().unwrap().address;
    let body = sale().to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/demands HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let ended = server.take();
    let ending = std::thread::spawn(move || drop(ended));
    std::thread::sleep(Duration::from_millis(300));
    assert!(!ending.is_finished(), "it waits for the request that runs");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    ending.join().unwrap();
    assert!(TcpStream::connect(address).is_err());
}
