//! What the person agreed to.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Consent;
use crate::profile::Purpose;

/// The person was shown a text and agreed, for these purposes (PIPL articles 14 and 29: separate consent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentGiven {
    purposes: Vec<Purpose>,
    face: bool,
    phone_number: bool,
    consent: Consent,
}

impl ConsentGiven {
    /// `text` is what was shown, as UTF-8; its digest is kept.
    pub fn new(text: &str, purposes: impl Into<Vec<Purpose>>, time: Timestamp) -> Self {
        let text_sha256 = Sha256::digest(text.as_bytes()).into();
        Self {
            purposes: purposes.into(),
            face: true,
            phone_number: false,
            consent: Consent { text_sha256, time },
        }
    }

    /// Without a comparison of faces, which nobody may be made to accept (rules for face recognition in force since
    /// 2025-06-01: a way without it has to exist). Nothing is compared then, and a policy that requires it sends the
    /// person to the human route.
    pub fn without_face(mut self) -> Self {
        self.face = false;
        self
    }

    /// Whether it covers a comparison of faces.
    pub fn allows_face(&self) -> bool {
        self.face
    }

    /// Also to registers being told the phone number, which the text has to say. Without it none is told one, whatever the
    /// policy says.
    pub fn with_phone_number(mut self) -> Self {
        self.phone_number = true;
        self
    }

    /// Whether it covers that registers are told the phone number.
    pub fn allows_phone_number(&self) -> bool {
        self.phone_number
    }

    /// Whether it covers `purpose`.
    pub fn covers(&self, purpose: &Purpose) -> bool {
        self.purposes.contains(purpose)
    }

    /// Digest and time.
    pub fn consent(&self) -> &Consent {
        &self.consent
    }
}
