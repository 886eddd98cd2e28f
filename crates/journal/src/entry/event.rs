//! An event before it has its place.

use jiff::Timestamp;
use realname_token::jose::{JoseError, Json};

use super::{Chains, Entry, EntryError, MEMBERS, MOST_BYTES, Staged};
use crate::tree::Hash;

/// What somebody wants in the journal: members of an entry, of which `v`, `time`, `agent_seq` and `agent_prev` are filled in where
/// they are absent.
#[derive(Clone, PartialEq)]
pub struct Event {
    members: Json,
}

/// A value that a program puts into an event.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "the forms of a member have these values")]
pub enum Stated<'a> {
    /// An id, a nonce.
    Text(&'a str),
    /// A digest.
    Digest(Hash),
    /// A digest, or `null`.
    Link(Option<Hash>),
    /// A time.
    Time(Timestamp),
    /// A count.
    Count(u64),
    /// A truth value.
    Flag(bool),
    /// A list of counts.
    Counts(&'a [u64]),
    /// A list of ids.
    Ids(&'a [&'a str]),
}

impl Event {
    /// An event of that kind.
    pub fn new(event: &str) -> Self {
        Self { members: Json::object([("event", event.into())]) }
    }

    /// The event with one more text, if it fits: for what somebody else named, as an agent or a terminal. What doesn't fit is left out.
    #[must_use]
    pub fn with_fitting(self, member: &str, text: Option<&str>) -> Self {
        let Some(text) = text else { return self };
        let alone = Self { members: Json::object([(member, text.into())]) };
        if alone.check().is_ok() { self.with(member, Stated::Text(text)) } else { self }
    }

    /// The event with one more member. What doesn't fit is refused when it is appended.
    #[must_use]
    pub fn with(mut self, member: &str, value: Stated<'_>) -> Self {
        let value = match value {
            Stated::Text(text) => text.into(),
            Stated::Digest(digest) | Stated::Link(Some(digest)) => digest.to_base64url().into(),
            Stated::Link(None) => Json::Null,
            Stated::Time(time) => time.to_string().into(),
            Stated::Count(count) => number(count),
            Stated::Flag(flag) => flag.into(),
            Stated::Counts(counts) => Json::Array(counts.iter().map(|count| number(*count)).collect()),
            Stated::Ids(ids) => Json::array(ids.iter().copied()),
        };
        if let Json::Object(members) = &mut self.members {
            members.insert(member.into(), value);
        }
        self
    }

    /// Reads an event that somebody wrote, in any order and spacing. Its forms are judged at once.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let members = Json::parse(bytes, MOST_BYTES).map_err(|error| match error {
            JoseError::TooLarge { got, .. } => EntryError::TooLong { got },
            _ => EntryError::Json,
        })?;
        if members.as_object().is_none_or(|members| members.is_empty()) {
            return Err(EntryError::Json);
        }
        let event = Self { members };
        event.check()?;
        Ok(event)
    }

    /// The value of a text member.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.members.member(member)?.as_str()
    }

    /// Judges each member by its form, as appending will.
    pub fn check(&self) -> Result<(), EntryError> {
        for (name, value) in self.members.as_object().into_iter().flat_map(|members| members.iter()) {
            let known = MEMBERS.iter().find(|(known, _)| *known == name.as_ref());
            let Some((member, form)) = known.copied() else { return Err(EntryError::UnknownMember) };
            let alone = Json::object([(member, value.clone())]).to_bytes();
            // A member's text never has to be escaped, which is why each event has one canonical form.
            match Entry::parse_draft(&alone) {
                Err(EntryError::NotCanonical) => return Err(EntryError::Form { member, form }),
                other => other?,
            };
        }
        Ok(())
    }

    /// The bytes of its entry, behind the entries that were staged before it.
    pub(crate) fn complete(mut self, now: Timestamp, chains: &mut Staged<'_>) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        let agent = self.text("agent").map(str::to_owned);
        if let Json::Object(members) = &mut self.members {
            members.insert_if_absent("v", || 1.into());
            members.insert_if_absent("time", || now.to_string().into());
            if let Some((seq, prev)) = agent.as_deref().map(|agent| chains.next(agent)) {
                members.insert_if_absent("agent_seq", || number(seq));
                members.insert_if_absent("agent_prev", || {
                    prev.map_or(Json::Null, |prev| prev.to_base64url().into())
                });
            }
        }
        let bytes = self.members.to_bytes().to_vec();
        let entry = Entry::parse(&bytes)?;
        chains.follow(&entry, &bytes)?;
        Ok(bytes)
    }

    /// Its own members as a line of canonical JSON, without what the journal fills in: for who appends it elsewhere.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.members.to_bytes().to_vec()
    }

    /// Its canonical bytes as the only entry of a journal, at a time: to look at, or to compare.
    pub fn preview(&self, now: Timestamp) -> Result<Vec<u8>, EntryError> {
        self.clone().complete(now, &mut Staged::over(&Chains::default()))
    }
}

fn number(count: u64) -> Json {
    Json::Number(count.into())
}

/// The kind only: the rest may name agents.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Event({:?})", realname_terms::Outside::new(self.text("event").unwrap_or_default()))
    }
}
