//! What an operator's access document says, as settings: values here, a TOML file in `file.rs`.

mod file;

use std::net::{IpAddr, ToSocketAddrs};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

pub use self::file::GatewaySettings;
use crate::SettingsError;
use crate::cmpp::{Cmpp, CmppVersion};
use crate::link::LineSettings;
use crate::session::Timing;
use crate::smpp::Smpp;

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

/// A CMPP gateway.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CmppSettings {
    /// `host:port`; 7890 for a line that stays.
    pub address: String,
    /// Which version is spoken.
    pub version: CmppVersion,
    /// SP_Id: six digits.
    pub sp_id: String,
    /// The shared secret.
    pub secret: Secret,
    /// Service_Id: at most ten characters.
    pub service_id: String,
    /// Src_Id: the number that the phone shows and replies to, at most 21 digits.
    pub source: String,
    /// Fee_UserType: 0 the receiver, 1 the sender, 2 the service provider. The last unless said.
    pub fee_user: u8,
    /// FeeType: `01` free unless said, `02` a message, `03` a month.
    pub fee_type: String,
    /// FeeCode: in fen, at most six digits.
    pub fee_code: String,
    /// Whether status reports are wanted.
    pub reports: bool,
    /// Whether a gateway is refused that doesn't prove that it knows the secret (AuthenticatorISMG). It is, unless said.
    pub proof: bool,
    /// That the line to an address which isn't this machine's is a leased one or a VPN.
    pub private_line: bool,
    /// How the line is kept.
    pub line: LineTimes,
}

/// An SMPP 3.4 centre.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SmppSettings {
    /// `host:port`; 2775 as a rule.
    pub address: String,
    /// system_id: at most 15 characters.
    pub system_id: String,
    /// The password: at most eight characters.
    pub password: Secret,
    /// system_type: at most twelve characters.
    pub system_type: String,
    /// source_addr: the number that the phone shows and replies to, at most 20 characters.
    pub source: String,
    /// source_addr_ton, as 0 unknown, 1 international, 2 national, 5 a name.
    pub source_ton: u8,
    /// source_addr_npi, as 0 unknown, 1 ISDN.
    pub source_npi: u8,
    /// Whether receipts are wanted.
    pub reports: bool,
    /// The country of numbers that come without one, as `86`.
    pub country: Option<String>,
    /// That the line to an address which isn't this machine's is a leased one or a VPN.
    pub private_line: bool,
    /// How the line is kept.
    pub line: LineTimes,
}

impl CmppSettings {
    /// The least that is to be said; the rest are fields.
    pub fn new(address: &str, version: CmppVersion, sp_id: &str, secret: Secret, source: &str) -> Self {
        Self {
            address: address.to_owned(),
            version,
            sp_id: sp_id.to_owned(),
            secret,
            service_id: String::new(),
            source: source.to_owned(),
            fee_user: 2,
            fee_type: "01".to_owned(),
            fee_code: "0".to_owned(),
            reports: true,
            proof: true,
            private_line: false,
            line: LineTimes::default(),
        }
    }

    pub(crate) fn check(&self) -> Result<(Cmpp, LineSettings), SettingsError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = |key, problem| Err(SettingsError::Value { key, problem });
        let Some(sp_id) = self.sp_id.as_bytes().as_array().copied().filter(|_| digits(&self.sp_id)) else {
            return wrong("sp_id", "it has six digits");
        };
        if self.secret.0.is_empty() {
            return wrong("secret", "its file is empty");
        }
        let Some(fee_type) = self.fee_type.as_bytes().as_array().copied().filter(|_| digits(&self.fee_type))
        else {
            return wrong("fee_type", "it has two digits");
        };
        if !(1..=21).contains(&self.source.len()) || !digits(&self.source) {
            return wrong("source", "it has 1 to 21 digits");
        }
        if self.service_id.len() > 10 || !self.service_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return wrong("service_id", "it has at most ten characters of ASCII");
        }
        if self.fee_code.len() > 6 || !digits(&self.fee_code) {
            return wrong("fee_code", "it has at most six digits");
        }
        if self.fee_user > 2 {
            return wrong("fee_user", "it is 0, 1 or 2");
        }
        let cmpp = Cmpp {
            version: self.version,
            sp_id,
            secret: self.secret.0.clone(),
            service_id: self.service_id.clone(),
            source: self.source.clone(),
            fee_user: self.fee_user,
            fee_type,
            fee_code: self.fee_code.clone(),
            reports: self.reports,
            proof: self.proof,
        };
        Ok((cmpp, line(&self.address, self.private_line, &self.line)?))
    }
}

impl SmppSettings {
    /// The least that is to be said; the rest are fields.
    pub fn new(address: &str, system_id: &str, password: Secret, source: &str) -> Self {
        Self {
            address: address.to_owned(),
            system_id: system_id.to_owned(),
            password,
            system_type: String::new(),
            source: source.to_owned(),
            source_ton: 0,
            source_npi: 0,
            reports: true,
            country: None,
            private_line: false,
            line: LineTimes::default(),
        }
    }

    pub(crate) fn check(&self) -> Result<(Smpp, LineSettings), SettingsError> {
        let wrong = |key, problem| Err(SettingsError::Value { key, problem });
        let printable = |text: &[u8]| text.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if !(1..=15).contains(&self.system_id.len()) || !printable(self.system_id.as_bytes()) {
            return wrong("system_id", "it has 1 to 15 characters of ASCII");
        }
        if self.password.0.len() > 8 || !printable(&self.password.0) {
            return wrong("password", "the file holds at most eight characters of ASCII");
        }
        if self.system_type.len() > 12 || !printable(self.system_type.as_bytes()) {
            return wrong("system_type", "it has at most twelve characters of ASCII");
        }
        if !(1..=20).contains(&self.source.len()) || !printable(self.source.as_bytes()) {
            return wrong("source", "it has 1 to 20 characters of ASCII");
        }
        if self.source_ton > 6 {
            return wrong("source_ton", "it is 0 to 6");
        }
        if self.source_npi > 18 {
            return wrong("source_npi", "it is 0 to 18");
        }
        let country = self.country.clone();
        let is_country = |code: &String| {
            (1..=3).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_digit())
                && !code.starts_with('0')
        };
        if country.as_ref().is_some_and(|code| !is_country(code)) {
            return wrong("country", "it has 1 to 3 digits, as 86");
        }
        let smpp = Smpp {
            system_id: self.system_id.clone(),
            password: self.password.0.clone(),
            system_type: self.system_type.clone(),
            source: self.source.clone(),
            source_ton: self.source_ton,
            source_npi: self.source_npi,
            reports: self.reports,
            country,
            line: AtomicU64::new(0),
        };
        Ok((smpp, line(&self.address, self.private_line, &self.line)?))
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
