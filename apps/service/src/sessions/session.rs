//! One session, as the store keeps it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use realname::demand::VerifiedDemand;
use realname::document::Personal;
use realname::jose::encode;
use realname::profile::Lang;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::live_state::Live;
use super::seal::mac;
use super::told::{Both, CaptureFound};
use crate::Refusal;
use crate::desk::Desk;
use crate::hex::hex;

/// Photos that one session takes, retaken ones included.
const PHOTOS: u32 = 30;
/// How long a decision is waited for. Whoever began it and didn't end it by then is gone.
const DECIDING: SignedDuration = SignedDuration::from_secs(90);

/// One session. What is personal in it goes with it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) principal: String,
    /// The demand as it came: it is judged again before the register is asked.
    pub(crate) compact: Personal,
    pub(crate) asked: Asked,
    /// What the buyer's checks are counted under.
    pub(crate) account: Personal,
    pub(crate) zh: bool,
    pub(crate) consent_text: String,
    /// Whether that text covers that registers are told the phone number.
    pub(crate) consent_phone_number: bool,
    pub(crate) return_url: Option<String>,
    pub(crate) link: [u8; 32],
    pub(crate) opened: Option<Opened>,
    /// When the buyer agreed to the text.
    pub(crate) consent: Option<Timestamp>,
    /// What the buyer typed, sealed for the page.
    pub(crate) declared: Option<Vec<u8>>,
    /// By slot.
    pub(crate) photos: BTreeMap<String, Photo>,
    pub(crate) taken: u32,
    #[serde(default)]
    pub(crate) live: Live,
    pub(crate) outcome: Outcome,
}

/// What is shown of the demand.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) nonce: String,
    pub(crate) end: Timestamp,
    pub(crate) iss: String,
    pub(crate) display_name: Value,
    pub(crate) purpose: String,
    pub(crate) purpose_label: Both<Option<String>>,
    pub(crate) env: String,
    pub(crate) disclosed: Vec<String>,
    pub(crate) disclosed_labels: Both<Vec<String>>,
    pub(crate) checks: Vec<Value>,
    /// Shown to the page alone: what happens to which number.
    pub(crate) transaction: Option<Value>,
}

/// Who opened the link.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opened {
    /// The cookie's digest.
    cookie: [u8; 32],
    /// What the cookie is made from, beside what the link holds.
    salt: [u8; 32],
    /// The digest of the key that the opener sent, so that a browser whose answer got lost opens it again, and no other one does.
    key: Option<[u8; 32]>,
    /// Whether it arrived: then it isn't told again.
    pub(crate) used: bool,
}

/// A photo, whose bytes lie beside the session, and what was found on it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Photo {
    /// What its pieces are named by.
    pub(crate) name: String,
    pub(crate) pieces: u32,
    pub(crate) taken_at: Timestamp,
    pub(crate) found: CaptureFound,
}

/// How a session stands.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// Something is still to come; the last refusal, which left it open.
    Open(Option<Value>),
    /// It is being decided, in that turn, since then.
    Deciding { turn: String, since: Timestamp },
    /// Attested: the presentation, for who asked.
    Attested(Personal),
    /// Refused for good.
    Refused(Value),
}

impl Asked {
    pub(crate) fn of(demand: &VerifiedDemand) -> Self {
        let labels = |lang| demand.claims().iter().map(|claim| claim.label(lang).to_owned()).collect();
        Self {
            nonce: demand.nonce().to_owned(),
            end: demand.expires_at(),
            iss: demand.iss().to_owned(),
            display_name: json!(demand.display_name()),
            purpose: demand.purpose().as_str().to_owned(),
            purpose_label: Both {
                en: demand.purpose().label(Lang::En).map(str::to_owned),
                zh: demand.purpose().label(Lang::Zh).map(str::to_owned),
            },
            env: demand.env().as_str().to_owned(),
            disclosed: demand.claims().iter().map(|claim| claim.as_str().to_owned()).collect(),
            disclosed_labels: Both { en: labels(Lang::En), zh: labels(Lang::Zh) },
            checks: demand.requirements().checks.iter().map(|check| json!(check)).collect(),
            transaction: demand.transaction().map(|transaction| json!(transaction)),
        }
    }
}

impl Opened {
    /// Opened by whoever sent that key; with the cookie's text.
    pub(crate) fn new(link: &str, key: Option<&str>, salt: [u8; 32]) -> (Self, Zeroizing<String>) {
        let text = Self::text(link, &salt);
        let key = key.map(|key| Sha256::digest(key.as_bytes()).into());
        (Self { cookie: Sha256::digest(text.as_bytes()).into(), salt, key, used: false }, text)
    }

    /// The cookie's text again, for the same opener as long as it wasn't used. It is kept nowhere, and made from the link.
    pub(crate) fn again(&self, link: &str, key: Option<&str>) -> Option<Zeroizing<String>> {
        let given: [u8; 32] = Sha256::digest(key?.as_bytes()).into();
        (!self.used && self.key == Some(given)).then(|| Self::text(link, &self.salt))
    }

    fn text(link: &str, salt: &[u8; 32]) -> Zeroizing<String> {
        Zeroizing::new(encode(&mac(link.as_bytes(), &[b"realname session cookie 1", salt])))
    }
}

impl Session {
    /// SHA-256 of exactly what is shown.
    pub(crate) fn text_sha256(&self) -> String {
        hex(&Sha256::digest(self.consent_text.as_bytes()))
    }

    /// Its state's name.
    pub(crate) fn state(&self) -> &'static str {
        match (&self.outcome, &self.opened) {
            (Outcome::Attested(_), _) => "done",
            (Outcome::Refused(_), _) => "refused",
            (Outcome::Deciding { .. }, _) => "deciding",
            (Outcome::Open(_), None) => "waiting",
            (Outcome::Open(_), Some(_)) => "open",
        }
    }

    /// Whether this text is the cookie that the link's opener got.
    pub(crate) fn is_page(&self, cookie: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(cookie.as_bytes()).into();
        self.opened.as_ref().is_some_and(|opened| opened.cookie.ct_eq(&digest).into())
    }

    /// Whether it was decided for good.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.outcome, Outcome::Attested(_) | Outcome::Refused(_))
    }

    /// Whether somebody decides on it now.
    pub(crate) fn is_deciding(&self, now: Timestamp) -> bool {
        match self.outcome {
            Outcome::Deciding { since, .. } => since.checked_add(DECIDING).is_ok_and(|end| now < end),
            _ => false,
        }
    }

    /// Refuses what can't be changed any more.
    pub(crate) fn must_be_open(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.is_over() || self.is_deciding(now) {
            return Err(Refusal::NotYet { missing: "it was decided, or is being decided" });
        }
        Ok(())
    }

    /// Counts one more photo.
    pub(crate) fn take_photo(&mut self) -> Result<(), Refusal> {
        if self.taken >= PHOTOS {
            return Err(Refusal::TooMany { what: "photos in one session", retry: 600 });
        }
        self.taken += 1;
        Ok(())
    }

    /// What is personal goes once it was decided.
    pub(crate) fn forget(&mut self) {
        self.photos.clear();
        self.declared = None;
    }

    /// The text that the buyer agrees to.
    pub(crate) fn text_of(desk: &Desk, zh: bool) -> String {
        if zh { desk.consent.zh.clone() } else { desk.consent.en.clone() }
    }
}
