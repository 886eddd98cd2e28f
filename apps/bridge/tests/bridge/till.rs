//! The till of these tests: a bridge, and a reader that can be unplugged.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname_bridge::{Config, Server};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use zeroize::Zeroizing;

pub(crate) const ORIGIN: &str = "https://till.example";
pub(crate) const TOKEN: &str = "a-token-that-nobody-could-guess";
pub(crate) const NAME: &str = "测试戊";
pub(crate) const NUMBER: &str = "119999199001010004";

pub(crate) struct Till {
    reader: Option<RunningEmulator>,
    link: PathBuf,
    _dir: tempfile::TempDir,
    pub(crate) address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    pub(crate) server: Option<JoinHandle<()>>,
}

pub(crate) fn card(n: usize) -> Card {
    let facts = serde_json::json!({"name": NAME, "sex": "female", "number": NUMBER, "address": street(n)});
    Card::from_json(&facts.to_string()).unwrap()
}

pub(crate) fn street(n: usize) -> String {
    format!("测试市测试路{n}号")
}

impl Till {
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("reader");
        let mut till = Self {
            reader: None,
            link: link.clone(),
            _dir: dir,
            address: ([127, 0, 0, 1], 0).into(),
            end: None,
            server: None,
        };
        till.plug_in(EmulatorConfig::default());
        till.start().await;
        till
    }

    /// Starts the bridge, for the first time or again, then where it was.
    pub(crate) async fn start(&mut self) {
        let mut config = Config::new(Some(self.link.to_str().unwrap().to_owned()));
        config.listen = self.address;
        config.origins = vec![ORIGIN.parse().unwrap()];
        config.token = Some(Zeroizing::new(TOKEN.to_owned()));
        let server = Server::bind(config).await.unwrap();
        self.address = server.origin().strip_prefix("http://").unwrap().parse().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        self.end = Some(end);
        self.server = Some(tokio::spawn(server.run(async {
            let _ = ended.await;
        })));
    }

    /// Ends the bridge, and waits until it has.
    pub(crate) async fn stop(&mut self) {
        self.end();
        self.server.take().unwrap().await.unwrap();
    }

    pub(crate) fn plug_in(&mut self, config: EmulatorConfig) {
        let pty = Pty::open().unwrap().linked(&self.link).unwrap();
        self.reader = Some(RunningEmulator::start(Emulator::new(config), pty));
    }

    pub(crate) fn unplug(&mut self) {
        self.reader = None;
    }

    pub(crate) fn reader(&self) -> &RunningEmulator {
        self.reader.as_ref().unwrap()
    }

    pub(crate) fn reader_id(&self) -> realname::document::SamId {
        EmulatorConfig::default().sam_id
    }

    /// Takes the card away and lays down the next, as slowly as a hand does.
    pub(crate) async fn change(&self, n: usize) {
        self.reader().remove();
        tokio::time::sleep(Duration::from_millis(700)).await;
        self.reader().place(card(n));
    }

    pub(crate) fn end(&mut self) {
        let _ = self.end.take().unwrap().send(());
    }

    /// Status and body of a call.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let stream = self.send(method, path, headers, body).await;
        timeout(Duration::from_secs(60), answer(stream)).await.expect("an answer")
    }

    /// Only the call, without waiting for its answer. Dropping it is what closing the page does.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> TcpStream {
        let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            text += &format!("host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            text += &format!("content-length: {}\r\n", body.len());
        }
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(format!("{text}\r\n{body}").as_bytes()).await.unwrap();
        stream
    }

    pub(crate) async fn read(&self, body: &str) -> Answer {
        self.call("POST", "/v1/read", &PAGE_JSON, body).await
    }

    /// Starts a read, and returns once it has its place in the queue.
    pub(crate) async fn start_read(&self, body: &str) -> TcpStream {
        let stream = self.send("POST", "/v1/read", &PAGE_JSON, body).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream
    }

    /// Asserts that the bridge reports this state of the reader, within a moment: a read is answered before the reader is free again.
    pub(crate) async fn becomes(&self, state: &str) {
        let mut told = String::new();
        for _ in 0..100 {
            let answer = self.call("GET", "/v1/reader", &[PAGE], "").await;
            assert_eq!(answer.status, 200);
            told = answer.json()["state"].as_str().unwrap().to_owned();
            if told == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the reader is {told}, not {state}");
    }

    pub(crate) async fn events(&self, query: &str, header: (&'static str, &str)) -> Result<Events, Error> {
        let url = format!("ws://{}/v1/events{query}", self.address);
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert(header.0, header.1.parse().unwrap());
        Ok(Events(tokio_tungstenite::connect_async(request).await?.0))
    }
}

pub(crate) const PAGE: (&str, &str) = ("origin", ORIGIN);
pub(crate) const PAGE_JSON: [(&str, &str); 2] = [PAGE, ("content-type", "application/json")];

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn code(&self) -> (u16, String) {
        (self.status, self.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    /// The address on the card that was read.
    pub(crate) fn street(&self) -> String {
        self.json()["document"]["address"].as_str().unwrap_or_else(|| panic!("{}", self.body)).to_owned()
    }
}

pub(crate) async fn answer(mut stream: TcpStream) -> Answer {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

pub(crate) struct Events(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Events {
    /// The next event within ten seconds.
    pub(crate) async fn next(&mut self) -> Value {
        self.within(10).await.expect("an event")
    }

    pub(crate) async fn within(&mut self, seconds: u64) -> Option<Value> {
        loop {
            let message = timeout(Duration::from_secs(seconds), self.0.next()).await.ok()?;
            match message.expect("an open connection").expect("a message") {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The next event, which has to be of that name.
    pub(crate) async fn expect(&mut self, name: &str) -> Value {
        let event = self.next().await;
        assert_eq!(event["event"], name, "{event}");
        event
    }
}
