//! The signed list of keys.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::key_record::{Listed, MAX_ISS};
use super::known::Known;
use super::{Anchor, KeyRecord, MAX_LIST, Revocation, TrustError};
use crate::jose::{Json, Thumbprint, Unverified, instant};
use crate::profile::{DEFAULT_SKEW, Outside, TRUST_LIST_TYP, is_safe};
use crate::store::{Advance, Store};

/// A trust list whose signature, anchor and time held.
#[derive(Clone, Debug)]
pub struct TrustList {
    iss: String,
    iat: i64,
    exp: i64,
    sequence: u64,
    refresh: Option<i64>,
    anchor: Thumbprint,
    keys: Vec<KeyRecord>,
    /// Places in `keys`, in the order of their `kid`; those of one key in the list's order.
    by_kid: Vec<usize>,
    /// Revocations of keys whose role or algorithm isn't understood, in the order of their `kid`.
    revoked: Vec<(Thumbprint, Revocation)>,
    /// Statements that these keys vouched for.
    known: Known,
}

impl TrustList {
    /// Verifies a list and remembers its sequence and digest in the store: an older list is refused from then on, and so
    /// is another one with the same sequence, restarts or not.
    pub fn verify(
        compact: &str,
        anchors: &[Anchor],
        now: Timestamp,
        store: &dyn Store,
    ) -> Result<Self, TrustError> {
        let list = Self::as_of(compact, anchors, now)?;
        let digest: [u8; 32] = Sha256::digest(compact.as_bytes()).into();
        // Issuers are told apart by digest, because a store's keys are short.
        let key = Sha256::digest(list.iss.as_bytes());
        match store.advance(super::SPACE, &key, list.sequence, &digest)? {
            Advance::Advanced | Advance::Same => Ok(list),
            Advance::Older { seen } => Err(TrustError::RolledBack { seen, got: list.sequence }),
            Advance::Conflicting => Err(TrustError::Conflicting { sequence: list.sequence }),
        }
    }

    /// Verifies a list as of a time and remembers nothing: for audits, and for showing a list. A rolled back list passes
    /// here, so nothing may be accepted on it.
    pub fn as_of(compact: &str, anchors: &[Anchor], at: Timestamp) -> Result<Self, TrustError> {
        let jws = Unverified::parse_within(compact, MAX_LIST).map_err(TrustError::list)?;
        let kid = jws.kid().ok_or(TrustError::ListMember("kid"))?.to_owned();
        // A file may name one anchor several times, each time with another window.
        let windows = || anchors.iter().filter(|anchor| anchor.kid().as_str() == kid);
        let anchor = windows().next().ok_or(TrustError::AnchorUnknown)?;
        let jws = jws.verify(anchor.key(), TRUST_LIST_TYP).map_err(TrustError::list)?;
        if !windows().any(|anchor| anchor.is_valid_at(at)) {
            return Err(TrustError::AnchorOutsideWindow);
        }
        let list = Self::from_payload(jws.payload(), anchor.kid())?;
        if !windows().any(|anchor| anchor.covers(list.iat)) {
            return Err(TrustError::AnchorUnknown);
        }
        if list.iat > at.as_second().saturating_add(DEFAULT_SKEW.as_secs()) {
            return Err(TrustError::ListFromFuture);
        }
        list.holds_at(at.as_second())?;
        Ok(list)
    }

    /// A list that is kept in memory must not outlive itself: every judgement by it asks.
    pub(super) fn holds_at(&self, seconds: i64) -> Result<(), TrustError> {
        if seconds < self.exp { Ok(()) } else { Err(TrustError::ListExpired) }
    }

    pub(super) fn from_payload(payload: &Json, anchor: &Thumbprint) -> Result<Self, TrustError> {
        let member = TrustError::list;
        let entries =
            payload.member("keys").and_then(Json::as_array).ok_or(TrustError::ListMember("keys"))?;
        let mut keys: Vec<KeyRecord> = Vec::with_capacity(entries.len());
        let mut revoked = Vec::new();
        for entry in entries {
            match KeyRecord::from_json(entry)? {
                Listed::Key(record) => keys.push(record),
                Listed::Revoked(kid, revocation) => revoked.push((kid, revocation)),
                Listed::Foreign => {}
            }
        }
        revoked.sort_by(|(one, _), (other, _)| one.cmp(other));
        // Two entries for one use of a key would leave it open which of them counts.
        let mut uses = HashSet::with_capacity(keys.len());
        if !keys.iter().all(|record| uses.insert((record.kid(), record.iss(), record.is_attester()))) {
            return Err(TrustError::ListMember("keys"));
        }
        drop(uses);
        let mut by_kid: Vec<usize> = (0..keys.len()).collect();
        by_kid.sort_by_key(|place| keys.get(*place).map(KeyRecord::kid));
        let iss = payload.text("iss").map_err(member)?;
        if !is_safe(iss, MAX_ISS) {
            return Err(TrustError::Text("iss"));
        }
        Ok(Self {
            iss: iss.to_owned(),
            iat: payload.seconds("iat").map_err(member)?,
            exp: payload.seconds("exp").map_err(member)?,
            sequence: payload.seconds("seq").map_err(member)?.unsigned_abs(),
            refresh: payload.optional_seconds("refresh").map_err(member)?,
            anchor: anchor.clone(),
            keys,
            by_kid,
            revoked,
            known: Known::default(),
        })
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// Who keeps the list.
    pub fn iss(&self) -> Outside<'_> {
        Outside::new(&self.iss)
    }

    /// Its sequence.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// How long ago it was signed, in whole seconds.
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        SignedDuration::from_secs(now.as_second().saturating_sub(self.iat))
    }

    /// The first second in which it no longer counts.
    pub fn expires_at(&self) -> Timestamp {
        instant(self.exp)
    }

    /// After how long its keeper wants a new one fetched.
    pub fn refresh(&self) -> Option<SignedDuration> {
        self.refresh.map(SignedDuration::from_secs)
    }

    /// The anchor that signed it.
    pub fn anchor(&self) -> &Thumbprint {
        &self.anchor
    }

    /// Its keys.
    pub fn keys(&self) -> &[KeyRecord] {
        &self.keys
    }

    /// The entries of one key, in the list's order: found by bisection.
    pub fn with_kid<'a>(&'a self, kid: &str) -> impl Iterator<Item = &'a KeyRecord> + use<'a> {
        let record = move |place: &usize| self.keys.get(*place);
        let is = |place: &usize, wanted: fn(&str, &str) -> bool| {
            record(place).is_some_and(|record| wanted(record.kid().as_str(), kid))
        };
        let first = self.by_kid.partition_point(|place| is(place, |found, kid| found < kid));
        let end = self.by_kid.partition_point(|place| is(place, |found, kid| found <= kid));
        self.by_kid.get(first..end).unwrap_or_default().iter().filter_map(record)
    }

    /// Every revocation that the list has for a key, whatever it is listed for: a stolen key is stolen under any name.
    pub(super) fn revocations<'a>(&'a self, kid: &str) -> impl Iterator<Item = &'a Revocation> + use<'a> {
        let first = self.revoked.partition_point(|(found, _)| found.as_str() < kid);
        let end = self.revoked.partition_point(|(found, _)| found.as_str() <= kid);
        let others =
            self.revoked.get(first..end).unwrap_or_default().iter().map(|(_, revocation)| revocation);
        self.with_kid(kid).filter_map(KeyRecord::revoked).chain(others)
    }
}
