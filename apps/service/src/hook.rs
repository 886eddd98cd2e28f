//! A principal's webhooks and the events for them: ids only, kept until they were told.
//!
//! An event lies in the store's list of its principal. Whoever takes it from there has it alone for a while, so of several
//! nodes one tells it, and if that one ends, the next.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use realname::jose::{encode, random_id};
use realname::store::{List, Outbox, Space, Work};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::Webhook;
use crate::files::read_secret;
use crate::hex::hex;
use crate::{Refusal, SetupError};

const SPACE: Space = Space::new("webhook_event");

/// One webhook, ready.
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) secret: Zeroizing<String>,
    /// What an event remembers it by, once it was told.
    pub(crate) mark: String,
}

/// All webhooks of a principal.
pub(crate) struct Listener {
    pub(crate) principal: String,
    pub(crate) hooks: Vec<Hook>,
    wake: Sender<()>,
    woken: Mutex<Option<Receiver<()>>>,
}

/// What is told.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
}

/// An event as it waits.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) event: Event,
    /// The marks of those that took it.
    pub(crate) told: Vec<String>,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// Whether it is certain that what it tells of came about.
    pub(crate) certain: bool,
}

impl Event {
    /// A demand was answered.
    pub(crate) fn answered(nonce: &str, now: Timestamp) -> Result<Self, Refusal> {
        let id = random_id().map_err(|_| Refusal::Internal)?;
        Ok(Self { id, event: "demand.answered".into(), time: now, nonce: Some(nonce.into()), session: None })
    }

    /// A session was decided: the same event, whoever says so.
    pub(crate) fn done(session: &str, nonce: &str, now: Timestamp) -> Self {
        let digest = Sha256::new_with_prefix("realname session.done 1").chain_update(session).finalize();
        Self {
            id: encode(digest.first_chunk::<16>().unwrap_or(&[0; 16])),
            event: "session.done".into(),
            time: now,
            nonce: Some(nonce.into()),
            session: Some(session.into()),
        }
    }

    /// What names it in its list.
    pub(crate) fn key(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    /// As it waits, due at once.
    pub(crate) fn work(&self, certain: bool) -> Result<Work, Refusal> {
        let waiting = Waiting { event: self.clone(), told: Vec::new(), tries: 0, certain };
        waiting.work(self.time)
    }
}

impl Waiting {
    /// As the store keeps it, due then.
    pub(crate) fn work(&self, due: Timestamp) -> Result<Work, Refusal> {
        let value = serde_json::to_vec(self).map_err(|_| Refusal::Internal)?;
        Ok(Work { value: value.into(), state: "waiting".into(), due_at: Some(due) })
    }
}

impl Listener {
    /// Those of a configuration, each with all webhooks of its principal.
    pub(crate) fn load_all(webhooks: &[Webhook]) -> Result<Vec<Self>, SetupError> {
        let mut all: Vec<Self> = Vec::new();
        for webhook in webhooks {
            let hook = Hook::load(webhook)?;
            match all.iter_mut().find(|listener| listener.principal == webhook.principal) {
                Some(listener) => listener.hooks.push(hook),
                None => {
                    let (wake, woken) = channel();
                    let (principal, woken) = (webhook.principal.clone(), Mutex::new(Some(woken)));
                    all.push(Self { principal, hooks: vec![hook], wake, woken });
                }
            }
        }
        Ok(all)
    }

    /// The list of its events.
    pub(crate) fn list(&self) -> List<'_> {
        List { space: SPACE, id: &self.principal }
    }

    /// Keeps an event of what is about to come about. Each try has one, so that none is given up for another try's sake.
    pub(crate) fn keep(&self, store: &dyn Outbox, event: &Event) -> Result<(), Refusal> {
        let key = random_id().map_err(|_| Refusal::Internal)?;
        store.enlist(self.list(), key.as_bytes(), &event.work(false)?).map(drop)?;
        Ok(())
    }

    /// That something is to be told.
    pub(crate) fn wake(&self) {
        let _ = self.wake.send(());
    }

    /// Who is woken, once.
    pub(crate) fn woken(&self) -> Option<Receiver<()>> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Hook {
    fn load(webhook: &Webhook) -> Result<Self, SetupError> {
        let secret = Zeroizing::new(read_secret(&webhook.secret)?.trim().to_owned());
        if secret.len() < 32 {
            return Err(SetupError::Value {
                key: "webhook.secret",
                problem: "the file holds at least 32 characters",
            });
        }
        let mut mark = hex(&Sha256::digest(webhook.url.as_bytes()));
        mark.truncate(16);
        Ok(Self { url: webhook.url.clone(), secret, mark })
    }
}
