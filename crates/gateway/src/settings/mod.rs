//! What an operator's access document says, as settings: values here, a TOML file in `file.rs`.

mod cmpp;
mod file;
mod smpp;

use std::net::{IpAddr, ToSocketAddrs};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

pub use self::cmpp::CmppSettings;
pub use self::file::GatewaySettings;
pub use self::smpp::SmppSettings;
use crate::SettingsError;
use crate::link::LineSettings;
use crate::session::Timing;

/// A shared secret. It is in no `Debug`, log or error, and wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// From its bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }
}

#[cfg(feature = "http")]
impl Secret {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// How the line to a gateway is kept. All of it is the operator's to say; what stands here is CMPP's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LineTimes {
    /// C, in milliseconds: so long nothing came before the line is tested.
    pub idle_ms: u64,
    /// T, in milliseconds: so long an answer is waited for. After it a submit is unknown; it is never sent again.
    pub answer_ms: u64,
    /// N: so many tests in a row without an answer end the line.
    pub tries: u32,
    /// W: so many submits may be unanswered.
    pub window: usize,
    /// How long connecting may take, in milliseconds.
    pub connect_ms: u64,
    /// How long a message waits for the line or for room on it, in milliseconds. After it it certainly wasn't sent.
    pub patience_ms: u64,
    /// The shortest pause before the line is opened anew, in milliseconds; it doubles while the gateway lets nobody in.
    pub pause_ms: u64,
    /// The longest pause, in milliseconds.
    pub longest_pause_ms: u64,
}

impl Default for LineTimes {
    fn default() -> Self {
        Self {
            idle_ms: 180_000,
            answer_ms: 60_000,
            tries: 3,
            window: 16,
            connect_ms: 10_000,
            patience_ms: 10_000,
            pause_ms: 1_000,
            longest_pause_ms: 30_000,
        }
    }
}

fn line(address: &str, private_line: bool, times: &LineTimes) -> Result<LineSettings, SettingsError> {
    let wrong = |key, problem| Err(SettingsError::Value { key, problem });
    let Some((host, port)) = address.rsplit_once(':') else {
        return wrong("address", "it is host:port");
    };
    if host.is_empty() || port.parse::<u16>().is_err() {
        return wrong("address", "it is host:port");
    }
    if !private_line && !is_this_machine(host, address) {
        return Err(SettingsError::Open);
    }
    let day = 86_400_000;
    let all = [
        ("idle_ms", times.idle_ms),
        ("answer_ms", times.answer_ms),
        ("connect_ms", times.connect_ms),
        ("pause_ms", times.pause_ms),
        ("longest_pause_ms", times.longest_pause_ms),
    ];
    for (key, value) in all {
        if !(1..=day).contains(&value) {
            return wrong(key, "it is 1 to 86400000, in milliseconds");
        }
    }
    if times.patience_ms > day {
        return wrong("patience_ms", "it is at most 86400000, in milliseconds");
    }
    if !(1..=100).contains(&times.tries) {
        return wrong("tries", "it is 1 to 100");
    }
    if !(1..=10_000).contains(&times.window) {
        return wrong("window", "it is 1 to 10000");
    }
    let ms = Duration::from_millis;
    Ok(LineSettings {
        address: address.to_owned(),
        timing: Timing {
            idle: ms(times.idle_ms),
            answer: ms(times.answer_ms),
            tries: times.tries,
            window: times.window,
        },
        connect: ms(times.connect_ms),
        patience: ms(times.patience_ms),
        pause: (ms(times.pause_ms), ms(times.longest_pause_ms.max(times.pause_ms))),
    })
}

/// A name is of this machine when it is called so; every other is looked up when the line is opened, and could lead anywhere.
fn is_this_machine(host: &str, address: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) if host == "localhost" => {
            address.to_socket_addrs().is_ok_and(|mut all| all.all(|address| address.ip().is_loopback()))
        }
        Err(_) => false,
    }
}
