//! The settings file.
#![allow(clippy::disallowed_methods, reason = "a settings file is read here")]

use std::path::{Path, PathBuf};

use realname_terms::others_can_read;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{CmppSettings, LineTimes, Secret, SmppSettings};
use crate::SettingsError;
use crate::cmpp::CmppVersion;

/// A gateway as a settings file describes it: one table, `[cmpp]` or `[smpp]`, and perhaps `[line]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum GatewaySettings {
    /// `[cmpp]`
    Cmpp(CmppSettings),
    /// `[smpp]`
    Smpp(SmppSettings),
}

impl GatewaySettings {
    /// Reads a settings file, and the file of the secret that it names, which is looked for beside it. What the values may be is judged
    /// when the gateway is opened.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|source| SettingsError::File { path: path.to_owned(), source })
        };
        let text = read(path)?;
        let file: File = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
            SettingsError::Form { path: path.to_owned(), line, problem: error.message().to_owned() }
        })?;
        let secret = |name: &Path| {
            let path = path.parent().unwrap_or(Path::new("")).join(name);
            if others_can_read(&path) {
                return Err(SettingsError::Readable { path });
            }
            let text = read(&path)?;
            Ok(Secret::new(text.trim_end_matches(['\r', '\n']).as_bytes()))
        };
        match (file.cmpp, file.smpp) {
            (Some(table), None) => Ok(Self::Cmpp(table.settings(secret, file.line)?)),
            (None, Some(table)) => Ok(Self::Smpp(table.settings(secret, file.line)?)),
            _ => {
                Err(SettingsError::Value { key: "cmpp", problem: "the file has one table, [cmpp] or [smpp]" })
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cmpp: Option<CmppTable>,
    smpp: Option<SmppTable>,
    #[serde(default)]
    line: LineTimes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CmppTable {
    address: String,
    version: CmppVersion,
    sp_id: String,
    secret: PathBuf,
    source: String,
    #[serde(default)]
    service_id: String,
    #[serde(default = "provider")]
    fee_user: u8,
    #[serde(default = "free")]
    fee_type: String,
    #[serde(default = "nothing")]
    fee_code: String,
    #[serde(default = "yes")]
    reports: bool,
    #[serde(default = "yes")]
    proof: bool,
    #[serde(default)]
    private_line: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SmppTable {
    address: String,
    system_id: String,
    password: PathBuf,
    source: String,
    #[serde(default)]
    system_type: String,
    #[serde(default)]
    source_ton: u8,
    #[serde(default)]
    source_npi: u8,
    #[serde(default = "yes")]
    reports: bool,
    country: Option<String>,
    #[serde(default)]
    private_line: bool,
}

fn provider() -> u8 {
    2
}

fn free() -> String {
    "01".to_owned()
}

fn nothing() -> String {
    "0".to_owned()
}

fn yes() -> bool {
    true
}

impl CmppTable {
    fn settings(
        self,
        secret: impl Fn(&Path) -> Result<Secret, SettingsError>,
        line: LineTimes,
    ) -> Result<CmppSettings, SettingsError> {
        Ok(CmppSettings {
            address: self.address,
            version: self.version,
            sp_id: self.sp_id,
            secret: secret(&self.secret)?,
            service_id: self.service_id,
            source: self.source,
            fee_user: self.fee_user,
            fee_type: self.fee_type,
            fee_code: self.fee_code,
            reports: self.reports,
            proof: self.proof,
            private_line: self.private_line,
            line,
        })
    }
}

impl SmppTable {
    fn settings(
        self,
        secret: impl Fn(&Path) -> Result<Secret, SettingsError>,
        line: LineTimes,
    ) -> Result<SmppSettings, SettingsError> {
        Ok(SmppSettings {
            address: self.address,
            system_id: self.system_id,
            password: secret(&self.password)?,
            system_type: self.system_type,
            source: self.source,
            source_ton: self.source_ton,
            source_npi: self.source_npi,
            reports: self.reports,
            country: self.country,
            private_line: self.private_line,
            line,
        })
    }
}
