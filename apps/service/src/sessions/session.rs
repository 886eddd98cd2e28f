//! One session, and all of them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{ConsentGiven, Declared};
use realname::capture::Slot;
use realname::demand::VerifiedDemand;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::told::CaptureFound;
use crate::Refusal;
use crate::config::Limits;
use crate::hex::hex;
use crate::operator::Desk;

/// How long it is told that a session ended, before nothing is known of it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);
/// Bytes of photos that all sessions hold together.
const MEMORY: usize = 1 << 30;
/// Photos that one session takes, retaken ones included.
const PHOTOS: u32 = 30;

/// One session. What is personal in it goes with it.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) principal: String,
    pub(crate) demand: Arc<VerifiedDemand>,
    /// The demand as it came: it is judged again before the register is asked.
    pub(crate) compact: Arc<str>,
    /// What the buyer's checks are counted under.
    pub(crate) account: String,
    pub(crate) zh: bool,
    pub(crate) consent_text: String,
    /// Whether that text covers that registers are told the phone number.
    pub(crate) consent_phone_number: bool,
    pub(crate) return_url: Option<String>,
    pub(crate) link: [u8; 32],
    /// The cookie's digest, once the link was opened; the key that the opener sent, and the cookie until it is used.
    pub(crate) opened: Option<Opened>,
    pub(crate) consent: Option<ConsentGiven>,
    pub(crate) declared: Option<Declared>,
    pub(crate) photos: BTreeMap<Slot, Photo>,
    pub(crate) taken: u32,
    pub(crate) outcome: Outcome,
}

/// Who opened the link.
pub(crate) struct Opened {
    pub(crate) cookie: [u8; 32],
    /// So that a browser whose answer got lost opens it again, and no other one does.
    pub(crate) key: Option<String>,
    pub(crate) text: Option<Zeroizing<String>>,
}

/// A photo as it came, and what was found on it.
pub(crate) struct Photo {
    pub(crate) bytes: Arc<Zeroizing<Vec<u8>>>,
    pub(crate) taken_at: Timestamp,
    pub(crate) found: CaptureFound,
}

/// How a session stands.
pub(crate) enum Outcome {
    /// Something is still to come; the last refusal, which left it open.
    Open(Option<Value>),
    /// It is being decided.
    Deciding,
    /// Attested: the presentation, for who asked.
    Attested(Zeroizing<String>),
    /// Refused for good.
    Refused(Value),
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
            (Outcome::Deciding, _) => "deciding",
            (Outcome::Open(_), None) => "waiting",
            (Outcome::Open(_), Some(_)) => "open",
        }
    }

    /// Whether this text is the cookie that the link's opener got.
    pub(crate) fn is_page(&self, cookie: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(cookie.as_bytes()).into();
        self.opened.as_ref().is_some_and(|opened| opened.cookie.ct_eq(&digest).into())
    }

    /// Refuses what can't be changed any more.
    pub(crate) fn must_be_open(&self) -> Result<(), Refusal> {
        match self.outcome {
            Outcome::Open(_) => Ok(()),
            _ => Err(Refusal::NotYet { missing: "it was decided, or is being decided" }),
        }
    }

    /// Counts one more photo.
    pub(crate) fn take_photo(&mut self) -> Result<(), Refusal> {
        if self.taken >= PHOTOS {
            return Err(Refusal::TooMany { what: "photos in one session", retry: 600 });
        }
        self.taken += 1;
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.photos.values().map(|photo| photo.bytes.len()).sum()
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

pub(crate) type Shared = Arc<Mutex<Session>>;

/// A session, with what has to be known of it without waiting for it.
struct Opening {
    session: Shared,
    peer: IpAddr,
    end: Timestamp,
}

#[derive(Default)]
struct All {
    open: HashMap<String, Opening>,
    ended: HashMap<String, Timestamp>,
}

/// All sessions of this process.
pub(crate) struct Sessions {
    all: Mutex<All>,
    per_address: usize,
    most: usize,
}

impl Sessions {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            all: Mutex::default(),
            per_address: limits.sessions_per_address as usize,
            most: limits.sessions,
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.all().open.len()
    }

    /// Adds one, unless it is there already.
    pub(crate) fn add(&self, session: Session, peer: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        self.expire(now);
        let mut all = self.all();
        if all.open.contains_key(&session.id) || all.ended.contains_key(&session.id) {
            return Ok(());
        }
        let of_peer = all.open.values().filter(|other| other.peer == peer).count();
        if of_peer >= self.per_address {
            return Err(Refusal::TooMany { what: "open sessions from this address", retry: 60 });
        }
        if all.open.len() >= self.most {
            return Err(Refusal::Busy);
        }
        let end = session.demand.expires_at();
        all.open.insert(session.id.clone(), Opening { session: Arc::new(Mutex::new(session)), peer, end });
        Ok(())
    }

    /// The session of that id: 410 for one that ended, 404 later and for what never was.
    pub(crate) fn find(&self, id: &str, now: Timestamp) -> Result<Shared, Refusal> {
        self.expire(now);
        let all = self.all();
        match all.open.get(id) {
            Some(opening) => Ok(Arc::clone(&opening.session)),
            None if all.ended.contains_key(id) => Err(Refusal::Ended),
            None => Err(Refusal::NotFound),
        }
    }

    /// Whether more photos fit into memory.
    pub(crate) fn room_for(&self, bytes: usize) -> Result<(), Refusal> {
        let held: usize = self.all().open.values().map(|opening| lock(&opening.session).bytes()).sum();
        if held.saturating_add(bytes) > MEMORY { Err(Refusal::Busy) } else { Ok(()) }
    }

    /// Ends those whose demand's time is over, with everything in them.
    pub(crate) fn expire(&self, now: Timestamp) {
        let mut all = self.all();
        let All { open, ended } = &mut *all;
        open.retain(|id, Opening { end, .. }| {
            let holds = now < *end;
            if !holds {
                ended.insert(id.clone(), *end);
            }
            holds
        });
        ended.retain(|_, end| now < end.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX));
    }
}

/// A session's state. A thread that panicked left nothing half done: what it decided is written last.
pub(crate) fn lock(session: &Shared) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}
