//! A server on loopback that answers one request, and the shipped configurations pointed at it.
#![allow(clippy::disallowed_methods)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

/// One request as it came over the wire: head and body. `status` is the answer's first line after the version, and headers after that.
pub fn one_request(listener: &TcpListener, status: &str, answer: &str) -> (String, String) {
    let (mut stream, _) = listener.accept().unwrap();
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let (head, length) = loop {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the request ended early");
        bytes.extend_from_slice(&buffer[..count]);
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            break (head, at + 4 + length.unwrap_or(0));
        }
    };
    while bytes.len() < length {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "the body ended early");
        bytes.extend_from_slice(&buffer[..count]);
    }
    // A document may be in another encoding; what is looked for in it is ASCII.
    let body = String::from_utf8_lossy(&bytes[head.len() + 4..]).into_owned();
    let length = answer.len();
    let reply = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
    stream.write_all(reply.as_bytes()).unwrap();
    (head, body)
}

/// The shipped file with another address and map, and its secrets as files.
pub fn written(folder: &Path, name: &str, map: &str, origin: &str) -> std::path::PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let text = std::fs::read_to_string(fixtures.join(format!("registers/{name}.toml"))).unwrap();
    let mut config: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut config {
        if line.starts_with("origin = ") {
            *line = format!("origin = \"{origin}\"");
        }
        if line.starts_with("code_map = ") {
            let map = if map.is_empty() {
                line.split('/').next_back().unwrap().trim_end_matches(".toml\"")
            } else {
                map
            };
            *line = format!("code_map = \"{}\"", fixtures.join(format!("codemaps/{map}.toml")).display());
        }
        if let Some((what, variable)) = line.clone().split_once("env = ") {
            let variable = variable.trim_matches('"');
            let secret = folder.join(variable);
            std::fs::write(&secret, format!("{}-synthetic", variable.replace('_', "-"))).unwrap();
            #[cfg(unix)]
            std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            *line = format!("{what}file = \"{variable}\"");
        }
    }
    let file = folder.join("register.toml");
    std::fs::write(&file, config.join("\n")).unwrap();
    file
}
