//! What an SMPP centre's access document says.

use std::sync::atomic::AtomicU64;

use super::{LineTimes, Secret, line};
use crate::SettingsError;
use crate::link::LineSettings;
use crate::smpp::Smpp;

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
