//! One webhook and its events: ids only, kept until they were told.
//!
//! An event is kept before what it tells of is recorded, and told only when that was recorded: so a crash between the two loses
//! none. The ledger can't be searched, so each webhook's events are numbered.

use std::sync::mpsc::{Receiver, Sender, channel};

use jiff::{SignedDuration, Timestamp};
use realname::jose::random_id;
use realname::store::{Advance, Put, Space, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::Webhook;
use crate::files::read_text;
use crate::{Refusal, SetupError};

pub(crate) const SPACE: Space = Space::new("webhook");
/// How long an event is tried.
const KEPT: SignedDuration = SignedDuration::from_hours(72);
pub(crate) const NO_DIGEST: [u8; 32] = [0; 32];

/// One webhook, ready.
pub(crate) struct Hook {
    pub(crate) principal: String,
    pub(crate) url: String,
    pub(crate) secret: Zeroizing<String>,
    key: [u8; 32],
    wake: Sender<()>,
    pub(crate) woken: std::sync::Mutex<Option<Receiver<()>>>,
}

/// What is told.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

impl Event {
    /// A demand was answered.
    pub(crate) fn answered(nonce: &str, now: Timestamp) -> Result<Self, Refusal> {
        let id = random_id().map_err(|_| Refusal::Internal)?;
        Ok(Self { id, event: "demand.answered".into(), time: now, nonce: Some(nonce.into()), session: None })
    }

    /// A session was decided.
    pub(crate) fn done(session: &str, nonce: &str, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self {
            event: "session.done".into(),
            session: Some(session.into()),
            ..Self::answered(nonce, now)?
        })
    }
}

impl Hook {
    pub(crate) fn load(webhook: &Webhook) -> Result<Self, SetupError> {
        let secret = Zeroizing::new(read_text(&webhook.secret)?.trim().to_owned());
        if secret.len() < 32 {
            return Err(SetupError::Value {
                key: "webhook.secret",
                problem: "the file holds at least 32 characters",
            });
        }
        let key = Sha256::new_with_prefix(b"realname webhook 1")
            .chain_update((webhook.principal.len() as u64).to_be_bytes())
            .chain_update(&webhook.principal)
            .chain_update(&webhook.url)
            .finalize()
            .into();
        let (wake, woken) = channel();
        Ok(Self {
            principal: webhook.principal.clone(),
            url: webhook.url.clone(),
            secret,
            key,
            wake,
            woken: std::sync::Mutex::new(Some(woken)),
        })
    }

    pub(crate) fn pointer(&self, name: &str) -> Vec<u8> {
        [self.key.as_slice(), name.as_bytes()].concat()
    }

    pub(crate) fn place(&self, number: u64) -> Vec<u8> {
        [self.key.as_slice(), &number.to_be_bytes()].concat()
    }

    pub(crate) fn seen(&self, store: &dyn Store, name: &str) -> Result<u64, Refusal> {
        Ok(match store.advance(SPACE, &self.pointer(name), 0, &NO_DIGEST)? {
            Advance::Older { seen } => seen,
            _ => 0,
        })
    }

    /// Keeps an event.
    pub(crate) fn keep(&self, store: &dyn Store, event: &Event, now: Timestamp) -> Result<(), Refusal> {
        let value = serde_json::to_vec(event).map_err(|_| Refusal::Internal)?;
        let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
        let mut number = self.seen(store, "last")?;
        loop {
            number += 1;
            if store.put(SPACE, &self.place(number), &value, end)? == Put::Stored {
                break;
            }
        }
        let _ = store.advance(SPACE, &self.pointer("last"), number, &NO_DIGEST)?;
        Ok(())
    }

    /// That something is to be told.
    pub(crate) fn wake(&self) {
        let _ = self.wake.send(());
    }
}
