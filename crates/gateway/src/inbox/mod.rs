//! Replies from their arrival to what they lead to.
//!
//! ```text
//!  line ─▶ keep ─▶ (list in the store) ─▶ answered to the gateway
//!                        │ a moment later
//!                        ▼
//!                work ─▶ parts joined ─▶ which question? ─▶ Confirmer::reply ─▶ Heard
//! ```
//!
//! What is kept is sealed under the ledger's secret, and removed as soon as it was worked on: the store's copy names nobody.

mod asked;
mod explain;
mod join;
mod keep;
mod sealed;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname_flow::confirmation::{
    ConfirmationError, Confirmer, CustomerReply, PhoneNumber, Replied, ServiceId,
};
use realname_token::jose::JoseError;
use realname_token::store::{List, Outbox, Space, StoreError};
use zeroize::Zeroizing;

use self::keep::Arrived;
use self::sealed::Keys;
use crate::protocol::ReportState;

/// Which services a number was asked about, and which deliveries were worked on.
pub const SPACE: Space = Space::new("gateway");

/// Deliveries that are kept until they are worked on.
const ARRIVED: Space = Space::new("gateway_reply");

/// So long parts of one text may be apart: longer, and a reference is another text's.
const APART: SignedDuration = SignedDuration::from_mins(10);

/// Most deliveries at once.
const BATCH: u32 = 256;

/// Takes in what customers send back: kept first, joined, matched with the question, once.
///
/// All lines of a relying party share it. Whatever says no is looked at before what says yes if both wait; and a no that comes later
/// still takes a grant's use away, as long as its question's time isn't over and no order used it.
pub struct Replies {
    name: String,
    store: Arc<dyn Outbox>,
    confirmer: Arc<Confirmer>,
    keys: Keys,
    settle: SignedDuration,
    told: Box<dyn Fn(Heard) + Send + Sync>,
}

/// What a reply led to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Heard {
    /// It was matched with a question.
    Replied {
        /// The service that was asked about.
        service: ServiceId,
        /// What came of it.
        replied: Replied,
    },
    /// Its sender isn't a number: a pseudonym belongs to no question.
    Pseudonym,
    /// It is no text, or can't be read.
    Unreadable,
    /// Its sender wasn't asked anything yesterday or today.
    NotAsked,
    /// It is no reply: the network says what became of a message of ours, or of a part of it.
    Report {
        /// The message's id, where it is still known.
        message: Option<String>,
        /// What became of it. It says nothing of what the customer thinks.
        state: ReportState,
    },
}

/// A reply couldn't be kept or worked on. It comes, or is taken up, again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InboxError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The confirmation failed.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationError),
    /// There is no randomness.
    #[error("a reply couldn't be sealed: {0}")]
    Seal(JoseError),
}

impl Replies {
    /// For the gateway of that name, which tells its list in the store from others'. `secret` is the ledger's secret.
    pub fn new(
        name: impl Into<String>,
        store: Arc<dyn Outbox>,
        confirmer: Arc<Confirmer>,
        secret: &[u8; 32],
    ) -> Self {
        Self {
            name: name.into(),
            store,
            confirmer,
            keys: Keys::new(secret),
            settle: SignedDuration::from_secs(1),
            told: Box::new(drop),
        }
    }

    /// How long a delivery lies before it is worked on, so that a no of the same burst is seen beside a yes. A second unless said.
    pub fn with_settle(mut self, settle: SignedDuration) -> Self {
        self.settle = settle;
        self
    }

    /// Who is told what each reply led to. It is called from the thread that works.
    pub fn with_listener(mut self, told: impl Fn(Heard) + Send + Sync + 'static) -> Self {
        self.told = Box::new(told);
        self
    }

    /// Works on what is due; says how many deliveries that were. What fails is due again after half a minute.
    pub fn work(&self, now: Timestamp) -> Result<usize, InboxError> {
        let until = later(now, SignedDuration::from_secs(30));
        let tasks = self.store.take(self.list(), now, until, BATCH)?;
        let count = tasks.len();
        let mut texts: Vec<Whole> = Vec::new();
        // One that can't be worked on keeps no other back.
        let mut failed = None;
        for task in tasks {
            // An earlier part of this batch completed its text.
            if texts.iter().any(|whole| whole.keys.contains(&task.key)) {
                continue;
            }
            match self.open(&task) {
                Some(arrived) if arrived.part.is_some() => match self.join(task, arrived, &texts, now) {
                    Ok(whole) => texts.extend(whole),
                    Err(error) => failed = failed.or(Some(error)),
                },
                Some(arrived) => texts.push(Whole { keys: vec![task.key], text: arrived.text(), arrived }),
                // Sealed under another secret, or damaged: nobody can read it any more.
                None => {
                    if let Err(error) = self.store.drop_these(self.list(), &[task.key]) {
                        failed = failed.or(Some(error.into()));
                    }
                }
            }
        }
        // A no before a yes, whatever came first: a burst isn't in order.
        texts.sort_by_key(|whole| !whole.says_no());
        for whole in &texts {
            if let Err(error) = self.answer(whole).and_then(|()| self.done(whole)) {
                failed = failed.or(Some(error));
            }
        }
        failed.map_or(Ok(count), Err)
    }

    pub(crate) fn report(&self, message: Option<String>, state: ReportState) {
        (self.told)(Heard::Report { message, state });
    }

    fn answer(&self, whole: &Whole) -> Result<(), InboxError> {
        let Some(number) = &whole.arrived.from else {
            (self.told)(Heard::Pseudonym);
            return Ok(());
        };
        let Some(text) = &whole.text else {
            (self.told)(Heard::Unreadable);
            return Ok(());
        };
        let services = self.services(number, text, whole.arrived.at)?;
        if services.is_empty() {
            (self.told)(Heard::NotAsked);
        }
        for service in services {
            let reply = CustomerReply::text(number.clone(), service.clone(), text);
            let replied = self.confirmer.reply(self.store.as_ref(), &reply, whole.arrived.at)?;
            (self.told)(Heard::Replied { service, replied });
        }
        Ok(())
    }

    /// Which questions a text is about: the one whose code it is, else all that the number was asked that day, or the day before.
    fn services(
        &self,
        number: &PhoneNumber,
        text: &str,
        at: Timestamp,
    ) -> Result<Vec<ServiceId>, InboxError> {
        if let Some(service) = self.confirmer.find_service(self.store.as_ref(), number, text, at)? {
            return Ok(vec![service]);
        }
        let today = self.asked_on(number, at)?;
        if !today.is_empty() {
            return Ok(today);
        }
        let yesterday = later(at, SignedDuration::from_hours(-24));
        self.asked_on(number, yesterday)
    }

    fn list(&self) -> List<'_> {
        List { space: ARRIVED, id: &self.name }
    }
}

impl std::fmt::Debug for Replies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replies").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A whole text, and the tasks that it was.
struct Whole {
    keys: Vec<Vec<u8>>,
    text: Option<Zeroizing<String>>,
    arrived: Arrived,
}

impl Whole {
    fn says_no(&self) -> bool {
        self.text.as_ref().is_some_and(|text| CustomerReply::says_no(text))
    }
}

/// So much later, within what can be said.
fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}
