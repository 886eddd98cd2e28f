//! What is known of one report.

use zeroize::Zeroizing;

use super::ReportError;
use crate::campaign::Measure;
use crate::confirmation::PhoneNumber;
use crate::jose::{JoseError, Json, decode, encode};

/// Whose number it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "whoever judges has to know all")]
pub enum Match {
    /// A resource that is leased, by the lease's id.
    Lease(String),
    /// A subscriber's: the record of the registration, and who sold the number.
    Subscriber {
        /// SHA-256 of the record's issuer-signed JWT.
        record: [u8; 32],
        /// The agent.
        agent: Option<String>,
    },
    /// Nobody's here: unknown, or another operator's.
    Nobody,
}

/// Whether a report was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "these two are all that there is")]
pub enum Judged {
    /// It was spam, of a number of ours.
    Held,
    /// It wasn't, or the number isn't ours: which of them is told to nobody.
    NotHeld,
}

realname_terms::names! { Judged { Held = "held", NotHeld = "not_held" } }

/// A report's task. Its names stand in the store for ever.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) number: PhoneNumber,
    pub(super) received: i64,
    pub(super) deadline: i64,
    pub(super) outlet: Option<String>,
    pub(super) batch: Option<String>,
    pub(super) matched: Option<Match>,
    pub(super) judged: Option<(i64, Judged)>,
    pub(super) measured: Option<(i64, Measure)>,
    /// When, and the signed outcome.
    pub(super) answered: Option<(i64, String)>,
}

impl Item {
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self { answered: Some(_), .. } => "answered",
            Self { measured: Some(_), .. } => "measured",
            Self { judged: Some(_), .. } => "judged",
            Self { matched: Some(_), .. } => "matched",
            _ => "received",
        }
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut members = vec![
            ("v", Json::from(1)),
            ("number", self.number.as_str().into()),
            ("received", self.received.into()),
            ("deadline", self.deadline.into()),
        ];
        members.extend(self.outlet.as_deref().map(|outlet| ("outlet", outlet.into())));
        members.extend(self.batch.as_deref().map(|batch| ("batch", batch.into())));
        members.extend(self.matched.as_ref().map(|matched| ("matched", matched.to_json())));
        let at =
            |at: i64, name: &'static str, text: &str| Json::object([("at", at.into()), (name, text.into())]);
        members.extend(self.judged.map(|(when, judged)| ("judged", at(when, "outcome", judged.as_str()))));
        members
            .extend(self.measured.map(|(when, measure)| ("measured", at(when, "measure", measure.as_str()))));
        members.extend(self.answered.as_ref().map(|(when, jws)| ("answered", at(*when, "jws", jws))));
        Json::object(members).to_bytes()
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ReportError> {
        Self::read(bytes).map_err(|_| ReportError::Record)
    }

    fn read(bytes: &[u8]) -> Result<Self, JoseError> {
        let json = Json::parse(bytes, bytes.len().max(1))?;
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        let own = |name| Ok::<_, JoseError>(json.optional_text(name)?.map(str::to_owned));
        fn dated<T>(
            json: &Json,
            name: &'static str,
            member: &'static str,
            of: impl Fn(&str) -> Option<T>,
        ) -> Result<Option<(i64, T)>, JoseError> {
            let Some(kept) = json.member(name) else { return Ok(None) };
            Ok(Some((kept.seconds("at")?, of(kept.text(member)?).ok_or(JoseError::Member(member))?)))
        }
        Ok(Self {
            number: json.text("number")?.parse().map_err(|_| JoseError::Member("number"))?,
            received: json.seconds("received")?,
            deadline: json.seconds("deadline")?,
            outlet: own("outlet")?,
            batch: own("batch")?,
            matched: json.member("matched").map(Match::from_json).transpose()?,
            judged: dated(&json, "judged", "outcome", Judged::from_name)?,
            measured: dated(&json, "measured", "measure", Measure::from_name)?,
            answered: dated(&json, "answered", "jws", |jws| Some(jws.to_owned()))?,
        })
    }
}

impl Match {
    fn to_json(&self) -> Json {
        match self {
            Self::Lease(lease) => Json::object([("lease", lease.as_str().into())]),
            Self::Subscriber { record, agent } => {
                let agent = agent.as_deref().map(|agent| ("agent", agent.into()));
                Json::object([("record", encode(record).into())].into_iter().chain(agent))
            }
            Self::Nobody => Json::object([]),
        }
    }

    fn from_json(json: &Json) -> Result<Self, JoseError> {
        if let Some(lease) = json.optional_text("lease")? {
            return Ok(Self::Lease(lease.to_owned()));
        }
        let Some(record) = json.optional_text("record")? else { return Ok(Self::Nobody) };
        let record = decode(record)?.try_into().map_err(|_| JoseError::Member("record"))?;
        Ok(Self::Subscriber { record, agent: json.optional_text("agent")?.map(str::to_owned) })
    }
}
