//! What a campaign knows of one number.

use zeroize::Zeroizing;

use super::CampaignError;
use crate::confirmation::PhoneNumber;
use crate::jose::{JoseError, Json, decode, encode};
use crate::profile::SaltedExpectation;

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "these five are all that there is")]
pub enum Outcome {
    /// The holder was told.
    Reached,
    /// Nobody took the call.
    NoAnswer,
    /// The telephone was off.
    SwitchedOff,
    /// The holder won't come.
    Refused,
    /// Somebody else has the number.
    WrongPerson,
}

realname_terms::names! {
    Outcome {
        Reached = "reached",
        NoAnswer = "no_answer",
        SwitchedOff = "switched_off",
        Refused = "refused",
        WrongPerson = "wrong_person",
    }
}

/// Most demands that are remembered of a number; each lives ten minutes.
const DEMANDS: usize = 64;

/// One attempt; without an outcome its caller hasn't said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) at: i64,
    pub(super) outcome: Option<Outcome>,
    pub(super) channel: Option<String>,
}

/// A number's task. Its names stand in the store for ever.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) number: PhoneNumber,
    /// The record that is to be superseded.
    pub(super) record: Option<[u8; 32]>,
    pub(super) expected: Option<SaltedExpectation>,
    pub(super) deadline: i64,
    pub(super) attempts: Vec<Attempt>,
    /// Nonces of its own demands.
    pub(super) demands: Vec<String>,
    pub(super) noticed: Option<i64>,
    pub(super) measured: Option<i64>,
    /// When it was verified, and the new record.
    pub(super) verified: Option<(i64, [u8; 32])>,
}

impl Item {
    pub(super) fn state(&self) -> &'static str {
        match self {
            Self { verified: Some(_), .. } => "verified",
            Self { measured: Some(_), .. } => "measured",
            Self { attempts, .. } if attempts.is_empty() => "due",
            _ => "attempted",
        }
    }

    /// Attempts of which it is known what came of them.
    pub(super) fn told(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.outcome.is_some()).count()
    }

    /// Remembers a demand; the oldest is forgotten when there are too many.
    pub(super) fn asks(&mut self, nonce: String) {
        if self.demands.len() == DEMANDS {
            self.demands.remove(0);
        }
        self.demands.push(nonce);
    }

    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut members = vec![
            ("v", Json::from(1)),
            ("number", self.number.as_str().into()),
            ("deadline", self.deadline.into()),
            ("attempts", Json::Array(self.attempts.iter().map(Attempt::to_json).collect())),
            ("demands", Json::array(self.demands.iter().map(String::as_str))),
        ];
        members.extend(self.record.map(|record| ("record", encode(&record).into())));
        members.extend(self.expected.map(|expected| {
            let SaltedExpectation { salt, name, id_number } = expected;
            let parts = [("salt", &salt[..]), ("name", &name[..]), ("id_number", &id_number[..])];
            ("expected", Json::object(parts.map(|(member, bytes)| (member, encode(bytes).into()))))
        }));
        members.extend(self.noticed.map(|at| ("noticed", at.into())));
        members.extend(self.measured.map(|at| ("measured", at.into())));
        members.extend(self.verified.map(|(at, record)| {
            ("verified", Json::object([("at", at.into()), ("record", encode(&record).into())]))
        }));
        Json::object(members).to_bytes()
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, CampaignError> {
        Self::read(bytes).map_err(|_| CampaignError::Record)
    }

    fn read(bytes: &[u8]) -> Result<Self, JoseError> {
        let json = Json::parse(bytes, bytes.len().max(1))?;
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        let seconds = |name| json.member(name).map(|_| json.seconds(name)).transpose();
        let expected = json.member("expected").map(|kept| {
            let (salt, name, id_number) =
                (bytes_of(kept, "salt")?, bytes_of(kept, "name")?, bytes_of(kept, "id_number")?);
            Ok::<_, JoseError>(SaltedExpectation { salt, name, id_number })
        });
        let verified = json
            .member("verified")
            .map(|kept| Ok::<_, JoseError>((kept.seconds("at")?, bytes_of(kept, "record")?)));
        let attempts =
            json.member("attempts").and_then(Json::as_array).ok_or(JoseError::Member("attempts"))?;
        Ok(Self {
            number: json.text("number")?.parse().map_err(|_| JoseError::Member("number"))?,
            record: json.member("record").map(|_| bytes_of(&json, "record")).transpose()?,
            expected: expected.transpose()?,
            deadline: json.seconds("deadline")?,
            attempts: attempts.iter().map(Attempt::from_json).collect::<Result<_, _>>()?,
            demands: json.list("demands", |nonce| Some(nonce.to_owned()))?,
            noticed: seconds("noticed")?,
            measured: seconds("measured")?,
            verified: verified.transpose()?,
        })
    }
}

impl Attempt {
    fn to_json(&self) -> Json {
        let mut members = vec![("at", Json::from(self.at))];
        members.extend(self.outcome.map(|outcome| ("outcome", outcome.as_str().into())));
        members.extend(self.channel.as_deref().map(|channel| ("channel", channel.into())));
        Json::object(members)
    }

    fn from_json(json: &Json) -> Result<Self, JoseError> {
        let outcome = json
            .member("outcome")
            .map(|outcome| outcome.as_str().and_then(Outcome::from_name).ok_or(JoseError::Member("outcome")));
        let channel = json.optional_text("channel")?.map(str::to_owned);
        Ok(Self { at: json.seconds("at")?, outcome: outcome.transpose()?, channel })
    }
}

fn bytes_of<const N: usize>(json: &Json, name: &'static str) -> Result<[u8; N], JoseError> {
    decode(json.text(name)?)?.try_into().map_err(|_| JoseError::Member(name))
}
