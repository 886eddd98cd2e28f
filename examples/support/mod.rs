//! What stands ready before the examples begin: in real life an operator, an agent and a trust authority set this up once,
//! with `realname key`, `realname trust sign` and `realname trust delegate`. Everything is synthetic; keys live in memory.
#![allow(dead_code, unreachable_pub)]

use jiff::{SignedDuration, Timestamp};
use realname::attest::{Attestor, Terminal};
use realname::jose::{Algorithm, SigningKey};
use realname::profile::{ClaimName, Env, Purpose};
use realname::reader::Reader;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::trust::{Anchor, Constraints, DelegationRequest, ListBuilder, ListEntry};

pub type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

/// An organisation with a URL and a signing key.
pub struct Party {
    pub iss: &'static str,
    pub key: SigningKey,
}

impl Party {
    pub fn new(iss: &'static str) -> Anyhow<Self> {
        Ok(Self { iss, key: SigningKey::generate(Algorithm::EdDsa)? })
    }

    /// Its entry in a trust list, as one who may sign attestations.
    pub fn attests(&self) -> ListEntry {
        ListEntry::attesting(self.iss, self.key.verifying_key().clone())
    }

    /// Its entry in a trust list, as one who may ask for these purposes.
    pub fn asks(&self, name: &str, purposes: &[Purpose]) -> ListEntry {
        let claims = [ClaimName::Name, ClaimName::IdNumber, ClaimName::DocumentExpiry];
        ListEntry::asking(self.iss, self.key.verifying_key().clone(), name, purposes.to_vec(), claims)
    }
}

/// The trust authority: an anchor that everybody has, and the list that it signs.
pub fn trust_list(keys: &[ListEntry], now: Timestamp) -> Anyhow<(Anchor, String)> {
    let key = SigningKey::generate(Algorithm::EdDsa)?;
    let year = now + SignedDuration::from_hours(365 * 24);
    let anchor = Anchor::new(key.verifying_key().clone(), now, year);
    let list = keys.iter().cloned().fold(ListBuilder::new("https://trust.example"), ListBuilder::entry);
    Ok((anchor, list.sign(&key, now)?.as_str().to_owned()))
}

/// A terminal with a key of its own that the operator delegated for a day: it can say little, and not for long.
pub fn terminal(operator: &Party, id: &str, purpose: Purpose, now: Timestamp) -> Anyhow<Attestor> {
    let key = SigningKey::generate(Algorithm::EdDsa)?;
    let constraints = Constraints {
        purposes: Some(vec![purpose]),
        terminal: Some(id.to_owned()),
        env: Some(Env::Test),
        ..Constraints::default()
    };
    let statement = DelegationRequest {
        iss: operator.iss,
        sub: id,
        key: key.verifying_key(),
        constraints: &constraints,
        iat: now,
        exp: now + SignedDuration::from_hours(24),
    }
    .sign(&operator.key)?;
    let terminal = Terminal::new(id).with_agent("shop-12");
    Ok(Attestor::new(operator.iss, key, terminal)?.with_delegation(vec![statement])?)
}

/// A reader with this card on it. In a shop: `Reader::open_serial("/dev/ttyUSB0", None)`.
pub fn reader_with(card: &str) -> Anyhow<(RunningEmulator, Reader)> {
    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    emulator.place(Card::from_json(card)?);
    Ok((emulator, Reader::new(line)))
}
