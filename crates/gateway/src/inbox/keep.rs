//! Deliveries as they are kept, and how one is known again.

use jiff::{SignedDuration, Timestamp};
use realname_flow::confirmation::{NaturalDay, PhoneNumber};
use realname_token::jose::{Json, decode, encode};
use realname_token::store::{Task, Work};
use zeroize::Zeroizing;

use super::{InboxError, Replies, SPACE, Whole, later};
use crate::protocol::Incident;
use crate::text::{self, Coding, PartOf};

/// How long a delivery is known again: longer than any gateway tries.
const KNOWN: SignedDuration = SignedDuration::from_hours(72);

/// A delivery, with when it came.
#[derive(Clone)]
pub(super) struct Arrived {
    pub(super) id: Vec<u8>,
    pub(super) from: Option<PhoneNumber>,
    pub(super) to: String,
    pub(super) coding: Coding,
    pub(super) part: Option<PartOf>,
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) at: Timestamp,
}

impl Replies {
    /// Keeps what was delivered. Once this is done the gateway needn't send it again; if it does, nothing more happens.
    pub(crate) fn keep(&self, text: &Incident, now: Timestamp) -> Result<(), InboxError> {
        let arrived = Arrived {
            id: text.id.clone(),
            from: text.from.clone(),
            to: text.to.clone(),
            coding: text.coding,
            part: text.part,
            content: text.content.clone(),
            at: now,
        };
        // The gateway's name for it has no year, and a delivery may come again after midnight.
        let yesterday = later(now, SignedDuration::from_hours(-24));
        for day in [now, yesterday] {
            if self.store.get(SPACE, &self.known(&arrived, day))?.is_some() {
                return Ok(());
            }
        }
        let key = self.key(&arrived);
        let plain = Zeroizing::new(arrived.to_json().to_bytes());
        let value = Zeroizing::new(self.keys.seal(&plain, &key).map_err(InboxError::Seal)?);
        let due_at = later(now, self.settle);
        let work = Work { value, state: "kept".to_owned(), due_at: Some(due_at) };
        // One of that name waits already: it came twice.
        let _ = self.store.enlist(self.list(), &key, &work)?;
        Ok(())
    }

    pub(super) fn open(&self, task: &Task) -> Option<Arrived> {
        let plain = self.keys.open(&task.work.value, &task.key)?;
        Arrived::from_json(&Json::parse(&plain, plain.len()).ok()?)
    }

    /// Remembers that it was worked on, then forgets what it said.
    pub(super) fn done(&self, whole: &Whole) -> Result<(), InboxError> {
        let arrived = &whole.arrived;
        let end = later(arrived.at, KNOWN);
        // Parts are remembered each by its own name where they are joined.
        if arrived.part.is_none() {
            let _ = self.store.put(SPACE, &self.known(arrived, arrived.at), b"", end)?;
        }
        self.store.drop_these(self.list(), &whole.keys)?;
        Ok(())
    }

    /// Remembers one part.
    pub(super) fn part_done(&self, part: &Arrived) -> Result<(), InboxError> {
        let end = later(part.at, KNOWN);
        let _ = self.store.put(SPACE, &self.known(part, part.at), b"", end)?;
        Ok(())
    }

    /// Parts of one text stand beside each other.
    fn key(&self, arrived: &Arrived) -> Vec<u8> {
        let id = self.keys.mac("delivery", &[&arrived.id, arrived.sender(), arrived.to.as_bytes()]);
        let mut key = match arrived.part {
            None => vec![b't'],
            Some(part) => self.group(arrived, part),
        };
        key.extend(id);
        key
    }

    /// What begins the keys of all parts of one text, and of others that use its reference again.
    pub(super) fn group(&self, arrived: &Arrived, part: PartOf) -> Vec<u8> {
        let reference = part.reference.to_be_bytes();
        let form = [u8::from(part.wide), part.total];
        let group = self.keys.mac("parts", &[arrived.sender(), arrived.to.as_bytes(), &reference, &form]);
        let mut key = vec![b'p'];
        key.extend(group);
        key
    }

    fn known(&self, arrived: &Arrived, day: Timestamp) -> [u8; 32] {
        let day = NaturalDay::of(day).to_string();
        let parts =
            [self.name.as_bytes(), &arrived.id, arrived.sender(), arrived.to.as_bytes(), day.as_bytes()];
        self.keys.mac("known", &parts)
    }
}

impl Arrived {
    fn sender(&self) -> &[u8] {
        self.from.as_ref().map_or(b"", |number| number.as_str().as_bytes())
    }

    /// What it says, if it is a text.
    pub(super) fn text(&self) -> Option<Zeroizing<String>> {
        text::decode(self.coding, &self.content)
    }

    fn to_json(&self) -> Json {
        let mut members = vec![
            ("v", Json::from(1)),
            ("id", encode(&self.id).into()),
            ("to", self.to.as_str().into()),
            ("coding", coding_name(self.coding).into()),
            ("content", encode(&self.content).into()),
            ("at", self.at.to_string().into()),
        ];
        if let Some(from) = &self.from {
            members.push(("from", from.as_str().into()));
        }
        if let Some(part) = self.part {
            let numbers =
                [i64::from(part.reference), i64::from(part.wide), part.total.into(), part.number.into()];
            members.push(("part", Json::array(numbers.map(Json::from))));
        }
        Json::object(members)
    }

    fn from_json(json: &Json) -> Option<Self> {
        let from = match json.member("from") {
            None => None,
            Some(_) => Some(json.text("from").ok()?.parse().ok()?),
        };
        let part = match json.member("part") {
            None => None,
            Some(Json::Array(numbers)) => {
                let [reference, wide, total, number] = numbers.as_slice() else { return None };
                Some(PartOf {
                    reference: number_of(reference)?,
                    wide: number_of::<u8>(wide)? == 1,
                    total: number_of(total)?,
                    number: number_of(number)?,
                })
            }
            Some(_) => return None,
        };
        Some(Self {
            id: decode(json.text("id").ok()?).ok()?,
            from,
            to: json.text("to").ok()?.to_owned(),
            coding: coding_of(json.text("coding").ok()?)?,
            part,
            content: Zeroizing::new(decode(json.text("content").ok()?).ok()?),
            at: json.text("at").ok()?.parse().ok()?,
        })
    }
}

fn number_of<N: TryFrom<i64>>(json: &Json) -> Option<N> {
    json.as_seconds().and_then(|number| N::try_from(number).ok())
}

fn coding_name(coding: Coding) -> &'static str {
    match coding {
        Coding::Ascii => "ascii",
        Coding::Latin1 => "latin1",
        Coding::Ucs2 => "ucs2",
        Coding::Gbk => "gbk",
        Coding::Binary => "binary",
    }
}

fn coding_of(name: &str) -> Option<Coding> {
    [Coding::Ascii, Coding::Latin1, Coding::Ucs2, Coding::Gbk, Coding::Binary]
        .into_iter()
        .find(|coding| coding_name(*coding) == name)
}
