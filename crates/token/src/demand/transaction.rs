//! What will happen when the demand is answered.

use jiff::Timestamp;
use serde::ser::SerializeMap;

use super::AnswerError;
use crate::document::Personal;
use crate::jose::{Json, decode};
use crate::profile::{MAX_SHOWN, Outside, OutsideText, is_id, is_safe};

/// Most characters of an action's or a region's name.
pub(super) const MAX_WORD: usize = 200;

/// The act that a demand is for, as it is shown to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transaction {
    /// Something is done with a phone number.
    #[non_exhaustive]
    Number {
        /// E.164.
        number: Personal,
        /// What is done with it, e.g. `cancel`.
        action: OutsideText,
        /// The number's home, as the asker calls it.
        region: Option<OutsideText>,
        /// What the person is shown.
        text: Option<OutsideText>,
        /// base64url SHA-256 of what the asker knows of the number and shows only when the demand was answered.
        snapshot: Option<String>,
    },
    /// An order of a shop: its sale, or its hand-over.
    #[non_exhaustive]
    Order {
        /// The shop's own name for it.
        id: String,
        /// The number that was sold, in E.164, where it is known.
        number: Option<Personal>,
    },
    /// The use of something for a while.
    #[non_exhaustive]
    Lease {
        /// What kind of thing.
        resource: Resource,
        /// Which one: a number, a port, a card.
        id: Personal,
        /// What it may be used for.
        scenario: OutsideText,
        /// Until when.
        until: Timestamp,
    },
}

/// What is leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it means")]
pub enum Resource {
    /// A number that stands between two others.
    MiddleNumber,
    /// A port that messages are sent from.
    SmsPort,
    /// A card in a thing.
    IotCard,
}

realname_terms::names! {
    Resource { MiddleNumber = "middle_number", SmsPort = "sms_port", IotCard = "iot_card" }
}

impl Transaction {
    /// What the person is shown, when the asker wrote something.
    pub fn text(&self) -> Option<Outside<'_>> {
        match self {
            Self::Number { text, .. } => text.as_ref().map(OutsideText::as_outside),
            Self::Order { .. } | Self::Lease { .. } => None,
        }
    }

    /// The number that it is about.
    pub fn number(&self) -> Option<&Personal> {
        match self {
            Self::Number { number, .. } => Some(number),
            Self::Order { number, .. } => number.as_ref(),
            Self::Lease { .. } => None,
        }
    }

    /// The order that it is about.
    pub fn order(&self) -> Option<&str> {
        match self {
            Self::Order { id, .. } => Some(id),
            Self::Number { .. } | Self::Lease { .. } => None,
        }
    }

    /// The digest of the asker's snapshot of the number, when the demand is bound to one.
    pub fn snapshot(&self) -> Option<&str> {
        match self {
            Self::Number { snapshot, .. } => snapshot.as_deref(),
            Self::Order { .. } | Self::Lease { .. } => None,
        }
    }

    pub(super) fn to_json(&self) -> Json {
        let mut members;
        match self {
            Self::Number { number, action, region, text, snapshot } => {
                members = vec![
                    ("type", Json::from("number")),
                    ("number", number.as_str().into()),
                    ("action", action.as_str_raw().into()),
                ];
                members.extend(region.as_ref().map(|region| ("region", region.as_str_raw().into())));
                members.extend(text.as_ref().map(|text| ("text", text.as_str_raw().into())));
                members.extend(snapshot.as_deref().map(|snapshot| ("snapshot", snapshot.into())));
            }
            Self::Order { id, number } => {
                members = vec![("type", Json::from("order")), ("id", id.as_str().into())];
                members.extend(number.as_ref().map(|number| ("number", number.as_str().into())));
            }
            Self::Lease { resource, id, scenario, until } => {
                members = vec![
                    ("type", Json::from("lease")),
                    ("resource", resource.as_str().into()),
                    ("id", id.as_str().into()),
                    ("scenario", scenario.as_str_raw().into()),
                    ("until", until.to_string().into()),
                ];
            }
        }
        Json::object(members)
    }

    pub(super) fn from_json(json: &Json) -> Result<Self, AnswerError> {
        let number = |text: &str| {
            if is_e164(text) { Ok(Personal::from(text)) } else { Err(AnswerError::Member("number")) }
        };
        match json.text("type")? {
            "number" => {}
            "lease" => return Self::lease(json),
            "order" => {
                let id = json.text("id")?;
                if !is_id(id) {
                    return Err(AnswerError::Text("id"));
                }
                let number = json.optional_text("number")?.map(number).transpose()?;
                return Ok(Self::Order { id: id.to_owned(), number });
            }
            _ => return Err(AnswerError::TransactionUnknown),
        }
        Ok(Self::Number {
            number: number(json.text("number")?)?,
            action: shown("action", json.text("action")?, MAX_WORD)?,
            region: json.optional_text("region")?.map(|text| shown("region", text, MAX_WORD)).transpose()?,
            text: json.optional_text("text")?.map(|text| shown("text", text, MAX_SHOWN)).transpose()?,
            snapshot: match json.optional_text("snapshot")? {
                Some(digest) if decode(digest).map_or(0, |bytes| bytes.len()) != 32 => {
                    return Err(AnswerError::Member("snapshot"));
                }
                digest => digest.map(str::to_owned),
            },
        })
    }
}

impl Transaction {
    fn lease(json: &Json) -> Result<Self, AnswerError> {
        let resource = Resource::from_name(json.text("resource")?).ok_or(AnswerError::TransactionUnknown)?;
        let id = shown("id", json.text("id")?, MAX_WORD)?;
        let until = json.text("until")?;
        // In its one spelling: what is shown is what was signed.
        let time: Option<Timestamp> = until.parse().ok().filter(|time: &Timestamp| time.to_string() == until);
        Ok(Self::Lease {
            resource,
            id: id.as_str_raw().into(),
            scenario: shown("scenario", json.text("scenario")?, MAX_WORD)?,
            until: time.ok_or(AnswerError::Member("until"))?,
        })
    }
}

/// What it says, without the digest: `{"type", "number", "action", "region", "text"}`, absent ones as `null`; of an order
/// `{"type", "id", "number"}`, of a lease `{"type", "resource", "id", "scenario", "until"}`.
impl serde::Serialize for Transaction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Number { number, action, region, text, snapshot: _ } => {
                map.serialize_entry("type", "number")?;
                map.serialize_entry("number", number.as_str())?;
                map.serialize_entry("action", action)?;
                map.serialize_entry("region", region)?;
                map.serialize_entry("text", text)?;
            }
            Self::Order { id, number } => {
                map.serialize_entry("type", "order")?;
                map.serialize_entry("id", id)?;
                map.serialize_entry("number", &number.as_ref().map(Personal::as_str))?;
            }
            Self::Lease { resource, id, scenario, until } => {
                map.serialize_entry("type", "lease")?;
                map.serialize_entry("resource", resource)?;
                map.serialize_entry("id", id.as_str())?;
                map.serialize_entry("scenario", scenario)?;
                map.serialize_entry("until", until)?;
            }
        }
        map.end()
    }
}

/// A text that people are shown: a new line or a mark of direction in it would write another asker's demand on the screen.
fn shown(name: &'static str, text: &str, most: usize) -> Result<OutsideText, AnswerError> {
    if is_safe(text, most) { Ok(text.into()) } else { Err(AnswerError::Text(name)) }
}

pub(super) fn is_e164(number: &str) -> bool {
    number
        .strip_prefix('+')
        .is_some_and(|digits| (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
}
