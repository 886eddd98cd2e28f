//! Who may call: tokens of 256 random bits, kept as SHA-256 in the store, so that every node knows them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use realname::jose::{encode, random};
use realname::store::{Answered, Put, Space, Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::Refusal;
use crate::scope::Scope;

const SPACE: Space = Space::new("token");
/// How long a token that was looked up is believed: a withdrawn one is refused after that.
const BELIEVED: Duration = Duration::from_secs(10);
/// Tokens that are remembered at most.
const REMEMBERED: usize = 10_000;

/// What is kept of a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// What it is called. For the log.
    pub(crate) name: String,
    /// Whose demands and sessions it sees.
    pub(crate) principal: String,
    pub(crate) scopes: Vec<Scope>,
    /// The whole digest: the store finds it by half.
    sha256: [u8; 32],
}

/// What a new token is to be.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "built by its callers")]
pub struct NewToken<'a> {
    /// What it is called: 1 to 64 printable characters.
    pub name: &'a str,
    /// Whose demands and sessions it sees.
    pub principal: &'a str,
    /// What it may do.
    pub scopes: &'a [Scope],
    /// For how many days.
    pub days: u32,
}

/// Makes a token and keeps its digest. The text is told once, here.
///
/// # Errors
/// [`StoreError`].
pub fn new_token(
    store: &dyn Store,
    token: &NewToken<'_>,
    now: Timestamp,
) -> Result<Zeroizing<String>, StoreError> {
    let secret: Zeroizing<[u8; 32]> = Zeroizing::new(random().map_err(|_| StoreError::Poisoned)?);
    let text = Zeroizing::new(encode(&*secret));
    let grant = Grant {
        name: token.name.to_owned(),
        principal: token.principal.to_owned(),
        scopes: token.scopes.to_vec(),
        sha256: digest(&text),
    };
    let value = serde_json::to_vec(&grant).unwrap_or_default();
    let life = SignedDuration::from_hours(i64::from(token.days).saturating_mul(24));
    let end = now.checked_add(life).unwrap_or(Timestamp::MAX);
    match store.put(SPACE, half(&digest(&text)), &value, end)? {
        Put::Stored => Ok(text),
        Put::Exists => Err(StoreError::Poisoned),
    }
}

/// Withdraws a token; says whether there was one. Nodes believe it for ten seconds more.
///
/// # Errors
/// [`StoreError`].
pub fn withdraw_token(store: &dyn Store, text: &str, now: Timestamp) -> Result<bool, StoreError> {
    Ok(matches!(store.answer(SPACE, half(&digest(text)), b"withdrawn", now)?, Answered::Recorded))
}

/// What a store finds a token by. The other half is compared here, without a hint in its time.
fn half(digest: &[u8; 32]) -> &[u8] {
    digest.split_at(16).0
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Who calls without a connection: the command line, which has the configuration and the keys in hand. No header says so.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    /// Whose demands and cases it sees.
    pub(crate) principal: String,
}

/// Who calls.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) grant: Grant,
    /// SHA-256 of the token: what idempotency keys and rates belong to.
    pub(crate) id: [u8; 32],
    /// The token itself, under which bodies are digested.
    pub(crate) secret: Zeroizing<String>,
}

impl Caller {
    /// Whoever has the keys in hand may do everything, as one principal.
    pub(crate) fn here(here: &Here, sealing: &[u8; 32]) -> Self {
        let digest = Sha256::new_with_prefix("realname here 1").chain_update(&here.principal);
        let id: [u8; 32] = digest.clone().finalize().into();
        let (name, principal) = ("command line".to_owned(), here.principal.clone());
        let grant = Grant { name, principal, scopes: Scope::ALL.to_vec(), sha256: id };
        // Bodies are digested under it: who only reads the store doesn't know it.
        let secret = Zeroizing::new(encode(&digest.chain_update(sealing).finalize()));
        Self { grant, id, secret }
    }

    pub(crate) fn may(&self, scope: Scope) -> Result<(), Refusal> {
        if self.grant.scopes.contains(&scope) { Ok(()) } else { Err(Refusal::ScopeMissing(scope)) }
    }
}

struct Known {
    grant: Option<Grant>,
    expires_at: Timestamp,
    looked: Instant,
}

/// Tokens that were looked up a moment ago.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<[u8; 32], Known>>);

impl Tokens {
    /// The caller, if this token was looked up a moment ago. `Ok(None)`: look it up.
    pub(crate) fn known(&self, text: &str, now: Timestamp) -> Result<Option<Caller>, Refusal> {
        let id = digest(text);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = known.get(&id).filter(|known| known.looked.elapsed() < BELIEVED) else {
            return Ok(None);
        };
        match &known.grant {
            Some(grant) if now < known.expires_at => {
                Ok(Some(Caller { grant: grant.clone(), id, secret: Zeroizing::new(text.to_owned()) }))
            }
            _ => Err(Refusal::TokenRefused),
        }
    }

    /// Looks a token up and remembers what was found.
    pub(crate) fn look(&self, store: &dyn Store, text: &str, now: Timestamp) -> Result<Caller, Refusal> {
        let id = digest(text);
        let entry = store.get(SPACE, half(&id))?;
        let found = entry.filter(|entry| entry.answer.is_none() && now < entry.expires_at);
        let expires_at = found.as_ref().map_or(Timestamp::MIN, |entry| entry.expires_at);
        let grant: Option<Grant> = found.and_then(|entry| serde_json::from_slice(&entry.value).ok());
        let grant = grant.filter(|grant| bool::from(grant.sha256.ct_eq(&id)));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, known| known.looked.elapsed() < BELIEVED);
        }
        // Guesses are remembered too, as long as there is room: they cost the store nothing then.
        if known.len() < REMEMBERED {
            known.insert(id, Known { grant: grant.clone(), expires_at, looked: Instant::now() });
        }
        drop(known);
        let grant = grant.ok_or(Refusal::TokenRefused)?;
        Ok(Caller { grant, id, secret: Zeroizing::new(text.to_owned()) })
    }
}
