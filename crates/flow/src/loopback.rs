//! A server for tests, on loopback.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a server needs a socket and a thread, and tests may panic"
)]

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Serves one request: reads it whole, then does what the test says. Gives back what was read.
pub(crate) fn serve(
    then: impl FnOnce(&mut TcpStream) + Send + 'static,
) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/send", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut read = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let length = stream.read(&mut buffer).unwrap();
            read.extend_from_slice(&buffer[..length]);
            let text = String::from_utf8_lossy(&read).to_lowercase();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let expected: usize = head
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.split("\r\n").next().unwrap().trim().parse().unwrap());
            if body.len() >= expected || length == 0 {
                break;
            }
        }
        then(&mut stream);
        String::from_utf8(read).unwrap()
    });
    (url, server)
}
