//! From a card's being found to `card_read` at a WebSocket client, on a line at 115200:
//! `cargo bench -p realname-bridge --bench told`.
#![cfg(unix)]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout
)]

#[path = "../../../benches/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname_bridge::{Config, Server};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use zeroize::Zeroizing;

const RATE: u32 = 115_200;
const TOKEN: &str = "a-token-that-nobody-could-guess";
/// Readings until the line is trusted, and a card is read once.
const TRUSTED: usize = 16;
const ROUNDS: usize = 25;

fn wire_time(bytes: u64) -> Duration {
    Duration::from_nanos(bytes * 10_000_000_000 / u64::from(RATE))
}

fn card(n: usize) -> Card {
    // Nothing about it is unusual: a card with a field that can't be read is always read twice.
    let facts = serde_json::json!({
        "name": "测试戊", "sex": "female", "ethnic_group": {"code": "01", "name": "汉"}, "birth_date": "1990-01-01",
        "number": "119999199001010004", "address": format!("测试省测试市测试路{n}号"), "authority": "测试市公安局",
        "valid_from": "2020-01-01", "valid_until": "2040-01-01",
    });
    Card::from_json(&facts.to_string()).unwrap()
}

async fn until(events: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, name: &str) -> Instant {
    loop {
        let message = events.next().await.expect("an open connection").expect("a message");
        let at = Instant::now();
        let Message::Text(text) = message else { continue };
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_ne!(value["event"], "fault", "{value}");
        if value["event"] == name {
            assert!(name != "card_read" || value["document"]["name"] == "测试戊");
            return at;
        }
    }
}

#[tokio::main]
async fn main() {
    let pty = Pty::open().expect("a pseudo-terminal");
    let path = pty.path().to_string_lossy().into_owned();
    let mut reader = EmulatorConfig::default();
    reader.pace = true;
    let emulator = RunningEmulator::start(Emulator::new(reader), pty);
    let mut config = Config::new(Some(path));
    config.baud = Some(RATE);
    config.listen = ([127, 0, 0, 1], 0).into();
    config.token = Some(Zeroizing::new(TOKEN.to_owned()));
    let server = Server::bind(config).await.unwrap();
    let url = format!("{}/v1/events?documents=1", server.origin().replacen("http", "ws", 1));
    let serving = tokio::spawn(server.run(std::future::pending()));
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
    let (mut events, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    until(&mut events, "reader_ready").await;

    let (mut read, mut all) = (Vec::new(), Vec::new());
    for n in 0..TRUSTED + ROUNDS {
        emulator.place(card(n));
        let laid = Instant::now();
        let found = until(&mut events, "card_on").await;
        let told = until(&mut events, "card_read").await;
        if n >= TRUSTED {
            read.push(told - found);
            all.push(told - laid);
        }
        emulator.remove();
        until(&mut events, "card_off").await;
    }
    serving.abort();
    println!("| what | limit or peer | aim | found |\n|---|---|---|---|");
    // Select 10 + 19, read 10 + 1295, additional address 10 + 11; finding it before that is 10 + 15.
    let (after, whole) = (10 + 19 + 10 + 1295 + 10 + 11, 10 + 15);
    let show = |what: &str, aim: &str, took: Vec<Duration>, bytes: u64| {
        let (mut took, wire) = (took.into_iter(), wire_time(bytes));
        let ratio = support::compare_timed(ROUNDS, || took.next().unwrap(), || wire);
        support::row(what, "wire time of these bytes", aim, &ratio);
    };
    show(
        &format!(
            "bridge: a card that was found, to `card_read` at a WebSocket client: {after} bytes at 115200"
        ),
        "≤ 1.05 ×",
        read,
        after,
    );
    show(
        &format!("bridge: from laying it down, up to 100 ms to the next look: {} bytes", after + whole),
        "",
        all,
        after + whole,
    );
}
