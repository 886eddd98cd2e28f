//! The signed list of keys.

use std::collections::HashSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Anchor, KeyRecord, TrustError};
use crate::jose::{JoseError, Json, Jwk, Signer, Thumbprint, Unverified, sign};
use crate::profile::{DEFAULT_SKEW, TRUST_LIST_TYP};
use crate::store::{Advance, Space, Store};

/// Longest trust list that is read, in bytes of its compact form: about 60,000 keys, which is twenty for every county of a
/// large country. Terminals need none: their operator's key delegates to them. Checked before anything is parsed; the list is
/// parsed in time linear in its length, after its signature held, and takes up to eight times its length in memory meanwhile.
pub const MAX_LIST: usize = 16 * 1024 * 1024;

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
        match store.advance(Space::TrustSequence, &key, list.sequence, &digest)? {
            Advance::Advanced | Advance::Same => Ok(list),
            Advance::Older { seen } => Err(TrustError::RolledBack { seen, got: list.sequence }),
            Advance::Conflicting => Err(TrustError::Conflicting { sequence: list.sequence }),
        }
    }

    /// Verifies a list as of a time and remembers nothing: for audits, and for showing a list. A rolled back list passes
    /// here, so nothing may be accepted on it.
    pub fn as_of(compact: &str, anchors: &[Anchor], at: Timestamp) -> Result<Self, TrustError> {
        let jws = Unverified::parse_within(compact, MAX_LIST).map_err(TrustError::list)?;
        let kid = jws.kid().ok_or(TrustError::ListMember("kid"))?;
        let known = anchors.iter().find(|anchor| anchor.kid().as_str() == kid);
        let anchor = known.filter(|anchor| anchor.is_valid_at(at)).ok_or(TrustError::AnchorUnknown)?;
        let jws = jws.verify(anchor.key(), TRUST_LIST_TYP).map_err(TrustError::list)?;
        let list = Self::from_payload(jws.payload(), anchor)?;
        if !anchor.covers(list.iat) {
            return Err(TrustError::AnchorUnknown);
        }
        if list.iat > at.as_second().saturating_add(DEFAULT_SKEW) {
            return Err(TrustError::ListFromFuture);
        }
        list.holds_at(at.as_second())?;
        Ok(list)
    }

    /// A list that is kept in memory must not outlive itself: every judgement by it asks.
    pub(super) fn holds_at(&self, seconds: i64) -> Result<(), TrustError> {
        if seconds < self.exp { Ok(()) } else { Err(TrustError::ListExpired) }
    }

    fn from_payload(payload: &Json, anchor: &Anchor) -> Result<Self, TrustError> {
        let member = TrustError::list;
        let entries =
            payload.member("keys").and_then(Json::as_array).ok_or(TrustError::ListMember("keys"))?;
        let mut keys: Vec<KeyRecord> = Vec::with_capacity(entries.len());
        for entry in entries {
            keys.extend(KeyRecord::from_json(entry)?);
        }
        // Two entries for one use of a key would leave it open which of them counts.
        let mut uses = HashSet::with_capacity(keys.len());
        if !keys.iter().all(|record| uses.insert((record.kid(), record.iss(), record.is_attester()))) {
            return Err(TrustError::ListMember("keys"));
        }
        drop(uses);
        let mut by_kid: Vec<usize> = (0..keys.len()).collect();
        by_kid.sort_by_key(|place| keys.get(*place).map(KeyRecord::kid));
        Ok(Self {
            iss: payload.text("iss").map_err(member)?.to_owned(),
            iat: payload.seconds("iat").map_err(member)?,
            exp: payload.seconds("exp").map_err(member)?,
            sequence: payload.seconds("seq").map_err(member)?.unsigned_abs(),
            refresh: payload.optional_seconds("refresh").map_err(member)?,
            anchor: anchor.kid().clone(),
            keys,
            by_kid,
        })
    }

    /// Who keeps the list.
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// Its sequence.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Seconds since it was signed.
    pub fn age(&self, now: Timestamp) -> i64 {
        now.as_second().saturating_sub(self.iat)
    }

    /// The first second in which it no longer counts.
    pub fn expires_at(&self) -> i64 {
        self.exp
    }

    /// Seconds after which its keeper wants a new one fetched.
    pub fn refresh(&self) -> Option<i64> {
        self.refresh
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
}

/// Signs a list. `payload` is the profile's, as JSON. One that is longer than [`MAX_LIST`] isn't made: nobody would read it.
pub fn sign_list(anchor: &dyn Signer, payload: &Json) -> Result<String, JoseError> {
    let compact = sign(anchor, TRUST_LIST_TYP, [], payload)?;
    if compact.len() > MAX_LIST {
        return Err(JoseError::TooLarge { limit: MAX_LIST, got: compact.len() });
    }
    Ok(compact)
}

/// Fills in what a list written by hand may leave out: `iat` and `nbf` (now), `exp` (30 days for the list, a year for
/// its keys), `seq` (seconds since 1970), and each key's `kid` and `alg`.
pub fn complete_list(payload: Json, now: Timestamp) -> Result<Json, TrustError> {
    const DAY: i64 = 24 * 60 * 60;
    let Json::Object(mut list) = payload else { return Err(TrustError::ListMember("payload")) };
    let now = now.as_second();
    for (name, value) in [("iat", now), ("exp", now + 30 * DAY), ("seq", now)] {
        list.insert_if_absent(name, || value.into());
    }
    let Some(Json::Array(keys)) = list.get_mut("keys") else { return Err(TrustError::ListMember("keys")) };
    for key in keys {
        let jwk = Jwk::from_json(key).map_err(TrustError::list)?;
        let Json::Object(members) = key else { return Err(TrustError::ListMember("keys")) };
        members.insert_if_absent("kid", || jwk.key().thumbprint().as_str().into());
        members.insert_if_absent("alg", || jwk.key().algorithm().as_str().into());
        members.insert_if_absent("nbf", || now.into());
        members.insert_if_absent("exp", || (now + 365 * DAY).into());
    }
    Ok(Json::Object(list))
}
