//! What the calls of an order take and tell.

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::Declared;
use realname::confirmation::PhoneNumber;
use realname::document::Personal;
use realname::handover::{Activation, Asking, HandoverError, Order};
use realname::profile::{Check, Reason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Refusal;
use crate::shown::ReasonShown;

/// The longest life of a demand, in seconds.
const LONGEST: i64 = 3_600;

/// An order to open, or to ask for once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    /// The shop's own id, used once.
    #[schema(pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    pub(super) order: String,
    pub(super) buyer: BuyerGiven,
    #[serde(default)]
    pub(super) asking: AskingGiven,
}

/// Who buys which number, as the shop's own system has it: the same at every step. Name and document number are kept as salted digests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Buyer)]
pub(crate) struct BuyerGiven {
    /// The number that is sold (E.164).
    #[schema(value_type = String, pattern = r"^\+[0-9]{5,15}$", example = "+8613900000001")]
    number: Personal,
    #[schema(value_type = String, max_length = 200)]
    name: Personal,
    #[schema(value_type = String, max_length = 50)]
    id_number: Personal,
}

/// What a demand asks beyond what it always does.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Asking)]
pub(crate) struct AskingGiven {
    /// Further checks that must have passed, e.g. `chip` at a door where couriers carry readers.
    #[serde(default)]
    checks: Vec<String>,
    /// Only this terminal may answer.
    terminal: Option<String>,
    /// How long it may be answered, in seconds; 600 unless said.
    #[schema(minimum = 1, maximum = 3600)]
    ttl: Option<i64>,
}

/// To ask for the check at the door.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskDoor {
    pub(super) buyer: BuyerGiven,
    #[serde(default)]
    pub(super) asking: AskingGiven,
}

/// An answer to a demand of this order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderAnswer {
    pub(super) buyer: BuyerGiven,
    #[schema(max_length = 65536)]
    pub(super) presentation: String,
}

/// A demand for the order's next check.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderAsked {
    pub(super) order: String,
    /// For whoever checks the person.
    pub(super) demand: String,
    pub(super) nonce: String,
    /// The first second in which it can't be answered.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

/// A no. It uses nothing up, and the person is told the way to a human being.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderRefused {
    /// `refused`.
    result: &'static str,
    #[schema(value_type = Vec<ReasonShown>)]
    reasons: Vec<Reason>,
}

/// What came of the online check's answer.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Acceptance {
    /// The order may be sent.
    Sold,
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// What came of the door's answer.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum ActivationStep {
    /// Switch the number on.
    Activated {
        /// Whether this very call activated it; `false` when it was activated before on this answer.
        first: bool,
        #[schema(value_type = String, format = DateTime)]
        at: Timestamp,
        /// The nonce of the sale's demand.
        sale: String,
        /// The nonce of the door's demand.
        door: String,
    },
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// How far an order is.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderProgress {
    pub(super) order: String,
    /// `opened`, `sold` or `activated`.
    pub(super) state: &'static str,
    /// The first second in which no step is taken any more.
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
    /// When it was activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) at: Option<Timestamp>,
    /// The nonce of the sale's demand, once it is activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sale: Option<String>,
    /// The nonce of the door's demand, once it is activated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) door: Option<String>,
}

/// Its reasons. A refusal is an answer; anything else isn't.
pub(super) fn settled(error: HandoverError) -> Result<Vec<Reason>, Refusal> {
    match error {
        HandoverError::Refused(reasons) => Ok(reasons),
        error => Err(error.into()),
    }
}

impl OrderRefused {
    pub(super) fn new(reasons: Vec<Reason>) -> Self {
        Self { result: "refused", reasons }
    }
}

impl ActivationStep {
    pub(super) fn activated(first: bool, activation: &Activation) -> Self {
        let Activation { at, sale, door, .. } = activation;
        Self::Activated { first, at: *at, sale: sale.clone(), door: door.clone() }
    }
}

impl BuyerGiven {
    pub(super) fn order(&self, id: &str) -> Result<Order, Refusal> {
        let number: PhoneNumber = self.number.as_str().parse().map_err(Refusal::PhoneNumber)?;
        // A number with a wrong check character is nobody's: the true holder would be refused as another person.
        Declared::new(self.name.as_str(), self.id_number.as_str())?;
        Ok(Order::new(id, number, self.name.clone(), self.id_number.clone())?)
    }
}

impl AskingGiven {
    pub(super) fn read(&self) -> Result<Asking, Refusal> {
        let value = |member, problem| Refusal::Value { member, problem };
        let known =
            |name: &String| Check::from_name(name).ok_or(value("checks", "it isn't one that is known"));
        let checks = self.checks.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        let ttl = self.ttl.unwrap_or(600);
        if !(1..=LONGEST).contains(&ttl) {
            return Err(value("ttl", "a demand lives from 1 to 3600 seconds"));
        }
        let asking = Asking::default().checks(checks).life(SignedDuration::from_secs(ttl));
        Ok(match &self.terminal {
            Some(terminal) => asking.terminal(terminal.as_str()),
            None => asking,
        })
    }
}
