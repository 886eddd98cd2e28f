//! A gateway in another process: orders in, events out, a line of JSON each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) struct Peer {
    process: Child,
    orders: ChildStdin,
    events: Receiver<Value>,
    pub(crate) port: u16,
}

impl Peer {
    pub(crate) fn start(program: &str, script: &str, arguments: &[&str]) -> Self {
        let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/gateways/");
        let mut process = Command::new(program)
            .arg(format!("{scripts}{script}"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        let (said, events) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let Ok(event) = serde_json::from_str(&line) else { continue };
                if said.send(event).is_err() {
                    return;
                }
            }
        });
        let mut peer = Self { process, orders, events, port: 0 };
        peer.port = u16::try_from(peer.wait("listening")["port"].as_u64().unwrap()).unwrap();
        peer
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn order(&mut self, order: &Value) {
        writeln!(self.orders, "{order}").unwrap();
    }

    /// The next event of that name; others before it are passed over.
    pub(crate) fn wait(&self, name: &str) -> Value {
        self.find(name, Duration::from_secs(20)).unwrap_or_else(|| panic!("no {name}"))
    }

    /// Whether one of that name comes within that time.
    pub(crate) fn find(&self, name: &str, longest: Duration) -> Option<Value> {
        let until = Instant::now() + longest;
        loop {
            let event = self.events.recv_timeout(until.saturating_duration_since(Instant::now())).ok()?;
            if event["event"] == name {
                return Some(event);
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
