//! The relying party's side: ask once, and tell how the day's question stands. `matching.rs` has the reply.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::recent::Recent;
use super::record::{Decision, Kept};
use super::reply::Folded;
use super::{
    Challenge, ConfirmationError, Form, Grant, LedgerSecret, NaturalDay, PhoneNumber, Question, ServiceId,
    grant, redeem,
};
use crate::jose::{Signer, random, random_id};
use crate::profile::Env;
use crate::store::{Put, PutAll, Putting, Store};

/// How often another code is drawn when the number has that one today.
const DRAWS: usize = 16;

/// Asks customers and signs grants for one relying party.
pub struct Confirmer {
    iss: String,
    signer: Arc<dyn Signer>,
    pub(super) secret: LedgerSecret,
    env: Env,
    window: SignedDuration,
    pub(super) replies: u32,
    pub(super) recent: Recent,
}

/// What asking led to.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Asking {
    /// This call asks: send the challenge.
    Ask(Challenge),
    /// The customer was asked today and isn't asked again. This is how that stands.
    Before(Standing),
}

/// How the day's question stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum Standing {
    /// No reply yet, and there is still time.
    Waiting {
        /// After this a reply is too late.
        until: Timestamp,
    },
    /// Confirmed. Whether the grant fits the new order, its price for one, is the grant's to say.
    Granted(Grant),
    /// The customer said no.
    Declined,
    /// No right reply in time.
    Unanswered,
}

/// The right answer, and the key of its record where it has one.
struct Drawn {
    reply: Zeroizing<String>,
    code: Option<[u8; 32]>,
}

impl Confirmer {
    /// For the relying party at that URL. A question waits for its reply for 30 minutes, never beyond its natural day, and
    /// takes five different replies.
    pub fn new(
        iss: impl Into<String>,
        signer: Arc<dyn Signer>,
        secret: LedgerSecret,
    ) -> Result<Self, ConfirmationError> {
        let iss = iss.into();
        if !(1..=255).contains(&iss.len()) || !iss.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConfirmationError::Issuer);
        }
        let window = SignedDuration::from_mins(30);
        let (env, recent) = (Env::Production, Recent::default());
        Ok(Self { iss, signer, secret, env, window, replies: 5, recent })
    }

    /// For another environment.
    pub fn with_env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// Other limits: how long a question waits (from a second to a day), and how many different replies it takes.
    pub fn with_limits(mut self, window: SignedDuration, replies: u32) -> Result<Self, ConfirmationError> {
        if !(SignedDuration::from_secs(1)..=SignedDuration::from_hours(24)).contains(&window)
            || !(1..=100).contains(&replies)
        {
            return Err(ConfirmationError::Limits);
        }
        self.window = window;
        self.replies = replies;
        Ok(self)
    }

    /// Takes the right to ask, if nobody took it for this number and service on this natural day.
    pub fn ask(
        &self,
        store: &dyn Store,
        question: Question,
        now: Timestamp,
    ) -> Result<Asking, ConfirmationError> {
        let day = NaturalDay::of(now);
        let until = self.until(day, now);
        let key = self.key(&question.number, &question.service, day);
        let id = random_id()?;
        let kept = Kept::of(&question, id.clone(), day, now, until);
        // The record outlives the time for its reply: as long as it is there, the customer isn't asked again.
        match self.keep(store, &question, day, &key, &kept.to_json().to_bytes())? {
            Some(Drawn { reply, code }) => {
                if let Some(code) = code {
                    self.recent.add(key, code, kept);
                }
                Ok(Asking::Ask(Challenge { id, question, reply, until }))
            }
            None => {
                let standing = self.standing(store, &question.number, &question.service, now)?;
                // It is there, since it couldn't be put; unless somebody expired it between the two looks.
                Ok(Asking::Before(standing.unwrap_or(Standing::Unanswered)))
            }
        }
    }

    /// How today's question stands; `None` when none was asked.
    pub fn standing(
        &self,
        store: &dyn Store,
        number: &PhoneNumber,
        service: &ServiceId,
        now: Timestamp,
    ) -> Result<Option<Standing>, ConfirmationError> {
        let key = self.key(number, service, NaturalDay::of(now));
        let Some(entry) = store.get(super::SPACE, &key)? else { return Ok(None) };
        let until = Kept::parse(&entry.value)?.until;
        Ok(Some(match entry.answer.as_deref().map(Decision::parse).transpose()? {
            Some(Decision::Granted(jws)) if redeem::is_withdrawn(store, &grant::jti(&jws)?)? => {
                Standing::Declined
            }
            Some(Decision::Granted(jws)) => Standing::Granted(self.grant(&key, jws, number)?),
            Some(Decision::Declined) => Standing::Declined,
            None if now <= until => Standing::Waiting { until },
            None => Standing::Unanswered,
        }))
    }

    /// Which service a message from that number confirms today, when it came without one: its code says.
    pub fn find_service(
        &self,
        store: &dyn Store,
        number: &PhoneNumber,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<ServiceId>, ConfirmationError> {
        let code = self.code_key(number, NaturalDay::of(now), &Folded::new(text));
        let Some(pointer) = store.get(super::SPACE, &code)? else { return Ok(None) };
        let Some(entry) = store.get(super::SPACE, &pointer.value)? else { return Ok(None) };
        Ok(Some(Kept::parse(&entry.value)?.service))
    }

    pub(super) fn sign(
        &self,
        kept: &Kept,
        key: &[u8; 32],
        number: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Grant, ConfirmationError> {
        let disclosure = grant::number_disclosure(self.secret.salt("number", &[key]), number)?;
        let jws = grant::sign(&self.iss, &*self.signer, self.env, kept, &disclosure, now)?;
        Ok(Grant::new(jws, &disclosure))
    }

    /// The grant in full. The disclosure that names the number is made again, so that the store needn't hold it.
    pub(super) fn grant(
        &self,
        key: &[u8; 32],
        jws: String,
        number: &PhoneNumber,
    ) -> Result<Grant, ConfirmationError> {
        let disclosure = grant::number_disclosure(self.secret.salt("number", &[key]), number)?;
        Ok(Grant::new(jws, &disclosure))
    }

    /// Draws the answer, and in one step keeps the question and which question that answer belongs to. `None` when the question
    /// is there.
    fn keep(
        &self,
        store: &dyn Store,
        question: &Question,
        day: NaturalDay,
        key: &[u8; 32],
        kept: &[u8],
    ) -> Result<Option<Drawn>, ConfirmationError> {
        let expires_at = last_moment(day);
        for _ in 0..DRAWS {
            let number = u64::from_be_bytes(random()?);
            let code = Zeroizing::new(match question.form {
                Form::Voice { yes, .. } => {
                    let stored = store.put(super::SPACE, key, kept, expires_at)? == Put::Stored;
                    let reply = Zeroizing::new(yes.as_char().to_string());
                    return Ok(stored.then_some(Drawn { reply, code: None }));
                }
                Form::Code => format!("{:06}", number % 1_000_000),
                Form::Message => format!("Y{:04}", number % 10_000),
            });
            let code_key = self.code_key(&question.number, day, &Folded::new(&code));
            let puts = [(&key[..], kept), (&code_key[..], &key[..])].map(|(key, value)| Putting {
                space: super::SPACE,
                key,
                value,
                expires_at,
            });
            match store.put_all(&puts)? {
                PutAll::Stored => return Ok(Some(Drawn { reply: code, code: Some(code_key) })),
                PutAll::Exists { index: 0 } => return Ok(None),
                // Another question of the day has that answer.
                PutAll::Exists { .. } => {}
            }
        }
        Err(ConfirmationError::NoCode)
    }

    fn until(&self, day: NaturalDay, now: Timestamp) -> Timestamp {
        let window = now.checked_add(self.window).unwrap_or(Timestamp::MAX);
        window.min(last_moment(day))
    }

    /// The unit of the rule of 2010: number, service, natural day.
    pub(super) fn key(&self, number: &PhoneNumber, service: &ServiceId, day: NaturalDay) -> [u8; 32] {
        let parts = [number.as_str().as_bytes(), service.as_str().as_bytes(), day.to_string().as_bytes()]
            .map(<[u8]>::to_vec);
        self.secret.mac("question", &parts.each_ref().map(|part| &part[..]))
    }

    pub(super) fn code_key(&self, number: &PhoneNumber, day: NaturalDay, code: &Folded) -> [u8; 32] {
        let day = day.to_string();
        self.secret.mac("code", &[number.as_str().as_bytes(), day.as_bytes(), code.as_bytes()])
    }
}

impl std::fmt::Debug for Confirmer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Confirmer").field("iss", &self.iss).field("env", &self.env).finish_non_exhaustive()
    }
}

/// A store counts whole microseconds, and a record's last moment belongs to it.
fn last_moment(day: NaturalDay) -> Timestamp {
    day.end().checked_sub(SignedDuration::from_micros(1)).unwrap_or(Timestamp::MIN)
}
