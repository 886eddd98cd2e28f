//! What checks persons and answers demands at this till: the program's, which the bridge carries.

use http::StatusCode;
use realname::document::CardRead;
use realname::profile::{Explain, Fault, Lang};
use serde_json::{Value, json};

/// Checks a person and answers a demand, as `realname attest` does on site.
pub trait Terminal: Send + Sync + 'static {
    /// Who asks, for what, and what would be disclosed: verified, before anything is read. What is certain to be refused later is
    /// refused here, the live photo included.
    ///
    /// # Errors
    /// When the asker isn't trusted to ask this, the demand is damaged or over, or the photo can't be used.
    fn ask(&self, demand: &str, live: &[u8]) -> Result<Value, Refused>;

    /// Checks the person, who has agreed, and answers.
    ///
    /// # Errors
    /// A refusal with all its checks; whatever the register said.
    fn attest(&self, demand: &str, live: Vec<u8>, card: CardRead) -> Result<String, Refused>;
}

/// Why a demand isn't answered: a code of the library's, and its words. No personal value is in it.
#[derive(Clone, Debug)]
#[allow(missing_docs, clippy::exhaustive_structs, reason = "a plain value; its fields say what they are")]
pub struct Refused {
    pub status: StatusCode,
    pub code: Box<str>,
    pub message: Box<str>,
    pub action_en: Box<str>,
    pub action_zh: Box<str>,
    /// The refusal with all its checks, where there is one.
    pub refusal: Option<Box<Value>>,
}

impl Refused {
    /// From whatever explains itself.
    pub fn of(error: &impl Explain) -> Self {
        let entry = error.entry();
        Self {
            status: status(entry.fault),
            code: entry.code.into(),
            message: error.message(Lang::En).into(),
            action_en: entry.advice.en.into(),
            action_zh: entry.advice.zh.into(),
            refusal: None,
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut value = json!({"error": {
            "code": self.code,
            "message": self.message,
            "action": {"en": self.action_en, "zh": self.action_zh},
        }});
        if let Some(refusal) = &self.refusal {
            value["refusal"] = Value::clone(refusal);
        }
        value
    }
}

/// What a rule refuses is 422, what may go by itself 503.
fn status(fault: Fault) -> StatusCode {
    match fault {
        Fault::Register
        | Fault::Network
        | Fault::Store
        | Fault::System
        | Fault::Setup
        | Fault::Reader
        | Fault::Line
        | Fault::Port => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Input | Fault::Caller => StatusCode::BAD_REQUEST,
        Fault::Nobody
        | Fault::Person
        | Fault::Request
        | Fault::Sender
        | Fault::Trust
        | Fault::Clock
        | Fault::Card => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
