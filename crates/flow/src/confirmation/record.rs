//! What is kept of a question: never the number, never the code, never the text.

use jiff::Timestamp;

use super::{ConfirmationError, Form, Key, NaturalDay, Price, Question, ServiceId, Uses};
use crate::jose::{JoseError, Json, encode};
use crate::profile::Purpose;

/// Records are ours, and small.
const MAX_RECORD: usize = 64 * 1024;

/// A question as it is kept from when it was asked until its day is over.
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) service: ServiceId,
    pub(super) purpose: Purpose,
    pub(super) price: Price,
    pub(super) uses: Uses,
    pub(super) form: Form,
    pub(super) text_sha256: String,
    pub(super) day: NaturalDay,
    pub(super) asked_at: i64,
    /// The last moment for a reply.
    pub(super) until: Timestamp,
}

impl Kept {
    pub(super) fn of(
        question: &Question,
        id: String,
        day: NaturalDay,
        now: Timestamp,
        until: Timestamp,
    ) -> Self {
        Self {
            id,
            service: question.service.clone(),
            purpose: question.purpose.clone(),
            price: question.price,
            uses: question.uses,
            form: question.form,
            text_sha256: encode(&question.text_digest()),
            day,
            asked_at: now.as_second(),
            until,
        }
    }

    pub(super) fn to_json(&self) -> Json {
        let mut members = vec![
            ("v", Json::from(1)),
            ("id", self.id.as_str().into()),
            ("service", self.service.as_str().into()),
            ("purpose", self.purpose.as_str().into()),
            ("price", self.price.to_json()),
            ("uses", self.uses.as_str().into()),
            ("form", self.form.as_str().into()),
            ("text_sha256", self.text_sha256.as_str().into()),
            ("day", self.day.to_string().into()),
            ("asked_at", self.asked_at.into()),
            ("until", self.until.to_string().into()),
        ];
        if let Form::Voice { prompt_version, yes } = self.form {
            members.push(("prompt_version", i64::from(prompt_version).into()));
            members.push(("yes", yes.as_char().to_string().into()));
        }
        Json::object(members)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ConfirmationError> {
        let json = Json::parse(bytes, MAX_RECORD).map_err(|_| ConfirmationError::Record)?;
        Self::from_json(&json).map_err(|_| ConfirmationError::Record)
    }

    fn from_json(json: &Json) -> Result<Self, JoseError> {
        if json.seconds("v")? != 1 {
            return Err(JoseError::Member("v"));
        }
        Ok(Self {
            id: json.text("id")?.to_owned(),
            service: json.text("service")?.parse().map_err(|_| JoseError::Member("service"))?,
            purpose: json.text("purpose")?.parse().map_err(|_| JoseError::Member("purpose"))?,
            price: Price::from_json(json.member("price").ok_or(JoseError::Member("price"))?)?,
            uses: Uses::from_name(json.text("uses")?).ok_or(JoseError::Member("uses"))?,
            form: form(json)?,
            text_sha256: json.text("text_sha256")?.to_owned(),
            day: NaturalDay::parse(json.text("day")?)?,
            asked_at: json.seconds("asked_at")?,
            until: json.text("until")?.parse().map_err(|_| JoseError::Member("until"))?,
        })
    }
}

fn form(json: &Json) -> Result<Form, JoseError> {
    match json.text("form")? {
        "code" => Ok(Form::Code),
        "message" => Ok(Form::Message),
        "voice" => {
            let version = json.seconds("prompt_version")?;
            let mut signs = json.text("yes")?.chars();
            let (Some(sign), None) = (signs.next(), signs.next()) else {
                return Err(JoseError::Member("yes"));
            };
            Ok(Form::Voice {
                prompt_version: u32::try_from(version).map_err(|_| JoseError::Member("prompt_version"))?,
                yes: Key::new(sign).map_err(|_| JoseError::Member("yes"))?,
            })
        }
        _ => Err(JoseError::Member("form")),
    }
}

/// How a question ended. Recorded once, as the record's answer.
pub(super) enum Decision {
    /// The grant's JWS, without the disclosure that names the number.
    Granted(String),
    /// The customer said no.
    Declined,
}

impl Decision {
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Granted(jws) => {
                Json::object([("v", 1.into()), ("outcome", "granted".into()), ("grant", jws.as_str().into())])
            }
            Self::Declined => Json::object([("v", 1.into()), ("outcome", "declined".into())]),
        }
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ConfirmationError> {
        let json = Json::parse(bytes, MAX_RECORD).map_err(|_| ConfirmationError::Record)?;
        let read = || match (json.seconds("v")?, json.text("outcome")?) {
            (1, "granted") => Ok(Self::Granted(json.text("grant")?.to_owned())),
            (1, "declined") => Ok(Self::Declined),
            _ => Err(JoseError::Member("outcome")),
        };
        read().map_err(|_| ConfirmationError::Record)
    }
}
