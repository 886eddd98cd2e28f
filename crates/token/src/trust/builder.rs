//! Writing a trust list.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::draft::{DraftError, Member};
use super::entry::is_issuer;
use super::renewal::renew;
use super::{KeyRecord, ListChange, ListEntry, MAX_LIST, PreviousList};
use crate::jose::{JoseError, Json, Signer, sign};
use crate::profile::TRUST_LIST_TYP;

/// How long a list lives unless it says otherwise, in seconds.
const LIFE: i64 = 30 * 24 * 60 * 60;

/// A trust list that is being written: keys, times, and the list that it takes the place of.
///
/// ```
/// use jiff::Timestamp;
/// use realname_token::jose::{Algorithm, SigningKey};
/// use realname_token::trust::{ListBuilder, ListEntry, PreviousList};
///
/// let anchor = SigningKey::generate(Algorithm::EdDsa)?;
/// let operator = SigningKey::generate(Algorithm::EdDsa)?;
/// let entry = ListEntry::attesting("https://operator.example", operator.verifying_key().clone());
/// let builder = ListBuilder::new("https://list.example").entry(entry);
/// let first = builder.sign(&anchor, Timestamp::now())?;
/// // Every renewal is measured by the list before: no window moves.
/// let before = PreviousList::verified_by(first.as_str(), anchor.verifying_key())?;
/// let second = builder.previous(before).sign(&anchor, Timestamp::now())?;
/// assert_eq!(second.sequence(), first.sequence() + 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ListBuilder {
    iss: String,
    sequence: Option<i64>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
    refresh: Option<i64>,
    entries: Vec<ListEntry>,
    previous: Option<PreviousList>,
}

/// A list that was signed, and what its writer should know of it.
#[derive(Clone, Debug)]
#[must_use]
pub struct SignedList {
    compact: String,
    sequence: u64,
    changes: Vec<ListChange>,
}

impl SignedList {
    /// What is handed out.
    pub fn as_str(&self) -> &str {
        &self.compact
    }

    /// Its sequence.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// What it says otherwise than the list before, and what is doubtful.
    pub fn changes(&self) -> &[ListChange] {
        &self.changes
    }
}

impl ListBuilder {
    /// A list of that keeper, without keys. It lives for 30 days from its signing; its sequence is the second of its
    /// signing, or one more than that of the list before.
    pub fn new(iss: impl Into<String>) -> Self {
        Self {
            iss: iss.into(),
            sequence: None,
            issued_at: None,
            expires_at: None,
            refresh: None,
            entries: Vec::new(),
            previous: None,
        }
    }

    /// Reads a list that was written by hand: the profile's payload as JSON, in which `seq`, times, `kid`s and `alg`s may be
    /// left out. Refused by place and value: whatever no reader would understand.
    pub fn parse(bytes: &[u8]) -> Result<Self, DraftError> {
        let json = Json::parse(bytes, MAX_LIST).map_err(DraftError::NotJson)?;
        let list = Member::new("", &json);
        list.only(&["iss", "iat", "exp", "seq", "refresh", "keys"])?;
        let iss = list.text("iss", "expected a URL", |text| Some(text.to_owned()))?;
        let entries = json.member("keys").ok_or_else(|| DraftError::missing("keys"))?;
        let entries = entries.as_array().ok_or_else(|| list.refused("keys", "expected a list"))?;
        let entry = |(number, json)| ListEntry::parse(&Member::new(format!("keys[{number}]"), json));
        Ok(Self {
            iss: iss.ok_or_else(|| DraftError::missing("iss"))?,
            sequence: list.seconds("seq")?,
            issued_at: list.seconds("iat")?,
            expires_at: list.seconds("exp")?,
            refresh: list.seconds("refresh")?,
            entries: entries.iter().enumerate().map(entry).collect::<Result<_, _>>()?,
            previous: None,
        })
    }

    /// Its sequence, which grows with every list.
    pub fn sequence(mut self, sequence: u64) -> Self {
        self.sequence = Some(i64::try_from(sequence).unwrap_or(i64::MAX));
        self
    }

    /// When it is said to be signed; now unless said.
    pub fn issued_at(mut self, time: Timestamp) -> Self {
        self.issued_at = Some(time.as_second());
        self
    }

    /// The first second in which it doesn't count any more.
    pub fn until(mut self, end: Timestamp) -> Self {
        self.expires_at = Some(end.as_second());
        self
    }

    /// After how long everybody should fetch the next one.
    pub fn refresh(mut self, after: SignedDuration) -> Self {
        self.refresh = Some(after.as_secs());
        self
    }

    /// One more key.
    pub fn entry(mut self, entry: ListEntry) -> Self {
        self.entries.push(entry);
        self
    }

    /// The list that this one takes the place of. A window that an entry doesn't give is the one that the key had, a
    /// revocation stays, and nothing that was signed under that list stops counting.
    pub fn previous(mut self, previous: PreviousList) -> Self {
        self.previous = Some(previous);
        self
    }

    /// Signs it. Refused, naming entry and value: what no reader would take, what would move a window so that something
    /// signed before stopped counting, and what would take a revocation back.
    pub fn sign(&self, anchor: &dyn Signer, now: Timestamp) -> Result<SignedList, DraftError> {
        let now = now.as_second();
        if !is_issuer(&self.iss) {
            let problem = "expected a URL of at most 255 printable ASCII characters";
            return Err(DraftError::new("iss", self.iss.as_str(), problem));
        }
        let sequence = self.next_sequence(now)?;
        let iat = self.issued_at.unwrap_or(now);
        let exp = self.expires_at.unwrap_or(iat.saturating_add(LIFE));
        if exp <= iat || exp <= now {
            return Err(DraftError::new("exp", exp, "a list ends after it begins, and after now"));
        }
        if self.refresh == Some(0) || self.refresh.is_some_and(|after| after < 0) {
            return Err(DraftError::new("refresh", self.refresh.unwrap_or(0), "expected at least a second"));
        }
        let (records, changes) = self.records(iat, exp, now)?;
        let mut members = vec![
            ("iss", Json::from(self.iss.as_str())),
            ("iat", iat.into()),
            ("exp", exp.into()),
            ("seq", sequence.into()),
            ("keys", Json::Array(records.iter().map(KeyRecord::to_json).collect())),
        ];
        members.extend(self.refresh.map(|after| ("refresh", after.into())));
        let compact =
            sign(anchor, TRUST_LIST_TYP, [], &Json::object(members)).map_err(DraftError::Signing)?;
        // No reader takes a list of that size.
        if compact.len() > MAX_LIST {
            let error = JoseError::TooLarge { limit: MAX_LIST, got: compact.len() };
            return Err(DraftError::Signing(error));
        }
        Ok(SignedList { compact, sequence: sequence.unsigned_abs(), changes })
    }

    fn next_sequence(&self, now: i64) -> Result<i64, DraftError> {
        let seen =
            self.previous.as_ref().map_or(0, |list| i64::try_from(list.sequence()).unwrap_or(i64::MAX));
        let sequence = self.sequence.unwrap_or(now.max(seen.saturating_add(1)));
        if sequence <= seen || sequence > crate::jose::MAX_SECONDS {
            let problem = if self.previous.is_some() {
                "expected a higher one than that of the list before"
            } else {
                "expected a number from 1 to 2^53 - 1"
            };
            return Err(DraftError::new("seq", sequence, problem));
        }
        if let Some(previous) = &self.previous
            && previous.list.iss() != self.iss.as_str()
        {
            return Err(DraftError::new("iss", self.iss.as_str(), "the list before is another keeper's"));
        }
        Ok(sequence)
    }

    fn records(&self, iat: i64, exp: i64, now: i64) -> Result<(Vec<KeyRecord>, Vec<ListChange>), DraftError> {
        let mut changes = Vec::new();
        let mut uses = HashMap::with_capacity(self.entries.len());
        let mut records = Vec::with_capacity(self.entries.len());
        for (number, entry) in self.entries.iter().enumerate() {
            let place = format!("keys[{number}]");
            entry.check(&place)?;
            let kid = entry.key.thumbprint();
            let is_attester = entry.role == super::Role::Attest;
            let before = self.previous.as_ref();
            let before = before.and_then(|list| list.same_use(kid.as_str(), &entry.iss, is_attester));
            let record = renew(entry, before, (iat, exp, now), &place, &mut changes)?;
            let one_use = (kid, record.iss.clone(), is_attester);
            if uses.insert(one_use, number).is_some() {
                let problem = "the same use of the same key is listed twice";
                return Err(DraftError::new(place, record.kid.as_str(), problem));
            }
            records.push(record);
        }
        if let Some(previous) = &self.previous {
            let gone = |record: &&KeyRecord| {
                !uses.contains_key(&(record.kid.clone(), record.iss.clone(), record.is_attester()))
            };
            changes.extend(previous.list.keys().iter().filter(gone).cloned().map(ListChange::Removed));
        }
        Ok((records, changes))
    }
}
