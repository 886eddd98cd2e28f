//! What is known of one lease.

use zeroize::Zeroizing;

use super::{LeaseError, Resource};
use crate::document::Personal;
use crate::jose::{JoseError, Json, decode, encode};

/// A lease's task. Its names stand in the store for ever.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) resource: Resource,
    pub(super) id: Personal,
    pub(super) scenario: String,
    pub(super) until: i64,
    /// The holder, as a keyed digest.
    pub(super) holder: [u8; 32],
    /// Of its own demand.
    pub(super) nonce: String,
    /// When it was granted, and the record.
    pub(super) granted: Option<(i64, [u8; 32])>,
    pub(super) ended: Option<i64>,
}

impl Item {
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self { ended: Some(_), .. } => "ended",
            Self { granted: Some(_), .. } => "granted",
            _ => "asked",
        }
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut members = vec![
            ("v", Json::from(1)),
            ("resource", self.resource.as_str().into()),
            ("id", self.id.as_str().into()),
            ("scenario", self.scenario.as_str().into()),
            ("until", self.until.into()),
            ("holder", encode(&self.holder).into()),
            ("nonce", self.nonce.as_str().into()),
        ];
        members.extend(self.granted.map(|(at, record)| {
            ("granted", Json::object([("at", at.into()), ("record", encode(&record).into())]))
        }));
        members.extend(self.ended.map(|at| ("ended", at.into())));
        Json::object(members).to_bytes()
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, LeaseError> {
        Self::read(bytes).map_err(|_| LeaseError::Record)
    }

    fn read(bytes: &[u8]) -> Result<Self, JoseError> {
        let json = Json::parse(bytes, bytes.len().max(1))?;
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        fn digest(json: &Json, name: &'static str) -> Result<[u8; 32], JoseError> {
            decode(json.text(name)?)?.try_into().map_err(|_| JoseError::Member(name))
        }
        let granted = json
            .member("granted")
            .map(|kept| Ok::<_, JoseError>((kept.seconds("at")?, digest(kept, "record")?)));
        Ok(Self {
            resource: Resource::from_name(json.text("resource")?).ok_or(JoseError::Member("resource"))?,
            id: json.text("id")?.into(),
            scenario: json.text("scenario")?.to_owned(),
            until: json.seconds("until")?,
            holder: digest(&json, "holder")?,
            nonce: json.text("nonce")?.to_owned(),
            granted: granted.transpose()?,
            ended: json.member("ended").map(|_| json.seconds("ended")).transpose()?,
        })
    }
}
