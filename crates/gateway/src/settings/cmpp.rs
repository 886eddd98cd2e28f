//! What a CMPP gateway's access document says.

use super::{LineTimes, Secret, line};
use crate::SettingsError;
use crate::cmpp::{Cmpp, CmppVersion};
use crate::link::LineSettings;

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
