//! Takes a service's events and counts them.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// How often each demand's event came, and under which ids.
pub(crate) struct Receiver {
    pub(crate) url: String,
    came: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let came: Arc<Mutex<BTreeMap<String, Vec<String>>>> = Arc::default();
        let kept = Arc::clone(&came);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || {
                    while let Some(event) = take(&mut stream) {
                        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
                        kept.lock().unwrap().entry(text("nonce")).or_default().push(text("id"));
                        if write!(stream, "HTTP/1.1 204 X\r\n\r\n").is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, came }
    }

    /// Waits until that many demands were told of, or for that long; gives all that came.
    pub(crate) fn wait(&self, demands: usize, most: Duration) -> BTreeMap<String, Vec<String>> {
        let begin = std::time::Instant::now();
        while self.came.lock().unwrap().len() < demands && begin.elapsed() < most {
            std::thread::sleep(Duration::from_millis(100));
        }
        self.came.lock().unwrap().clone()
    }
}

fn take(stream: &mut std::net::TcpStream) -> Option<Value> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned))?;
        if body.len() >= length.parse().ok()? {
            return serde_json::from_str(body).ok();
        }
    }
}
