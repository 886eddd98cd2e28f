//! What the calls of a cancellation take and tell.

use jiff::Timestamp;
use realname::cancellation::{
    Account, Acknowledgement, CancellationError, Contract, DESK_CHECKS, Items, Notice, NoticeKind, Opening,
    Reach,
};
use realname::confirmation::{PhoneNumber, Price};
use realname::document::Personal;
use realname::profile::{Check, Reason, ReasonCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::Refusal;
use crate::hex::hex;
use crate::scope::Scope;
use crate::shown::ReasonShown;

/// A number's account as the home's systems have it at this moment.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountGiven {
    #[schema(value_type = String)]
    number: Personal,
    /// The home's own name for this customer's having of the number.
    #[schema(value_type = String, max_length = 64)]
    subscription: Personal,
    /// The identity number that it is registered to.
    #[schema(value_type = String)]
    holder_id: Personal,
    #[schema(value_type = String)]
    name: Personal,
    #[schema(value_type = String)]
    package: Personal,
    /// A day, as 2027-01-31, until which a contract is in force.
    #[schema(value_type = Option<String>, format = Date)]
    contract_until: Option<String>,
    bills_fen: u32,
    prepaid_fen: u32,
    arrears_fen: u32,
    /// `receives`, `suspended`, `reported_lost` or `absent`: whether the number still receives messages.
    reach: String,
}

/// A case to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCancellation {
    /// Of whom says itself what stands in the account. Needs the scope `demand`.
    pub(super) account: Option<AccountGiven>,
    /// Instead of it: the service looks the account up. Either scope.
    #[schema(value_type = Option<String>, example = "+8613900000001")]
    pub(super) number: Option<Personal>,
    #[serde(default)]
    checks: Vec<String>,
    pub(super) terminal: Option<String>,
    /// In the owner's own app instead of at a desk; `terminal` names the service that checks there. The number always confirms.
    #[serde(default)]
    own_app: bool,
    /// The home's region, as the desk shows it.
    pub(super) region: Option<String>,
    /// What the person is shown.
    pub(super) text: Option<String>,
}

/// The desk's presentation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identify {
    /// Of whom says itself what stands in the account. Needs the scope `demand`.
    pub(super) account: Option<AccountGiven>,
    /// Instead of it: the service looks the account up. Either scope.
    #[schema(value_type = Option<String>, example = "+8613900000001")]
    pub(super) number: Option<Personal>,
    #[schema(max_length = 65536)]
    pub(super) presentation: String,
    /// `en` or `zh` (the default): in which language the notices are.
    pub(super) locale: Option<String>,
}

/// What the person acknowledged, and the number's grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    /// Of whom says itself what stands in the account. Needs the scope `demand`.
    pub(super) account: Option<AccountGiven>,
    /// Instead of it: the service looks the account up. Either scope.
    #[schema(value_type = Option<String>, example = "+8613900000001")]
    pub(super) number: Option<Personal>,
    /// Every notice, once; needn't be repeated.
    #[serde(default)]
    pub(super) acknowledged: Vec<Read>,
    /// Of the second confirmation. Without it the number is asked.
    #[schema(value_type = Option<String>)]
    pub(super) grant: Option<Personal>,
    pub(super) locale: Option<String>,
}

/// A notice that was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Read {
    kind: String,
    /// Of the text that was read, in hexadecimal.
    text_sha256: String,
}

/// To cancel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Commit {
    /// Of whom says itself what stands in the account. Needs the scope `demand`.
    pub(super) account: Option<AccountGiven>,
    /// Instead of it: the service looks the account up. Either scope.
    #[schema(value_type = Option<String>, example = "+8613900000001")]
    pub(super) number: Option<Personal>,
}

/// A case that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct CancellationOpened {
    pub(super) cancellation: String,
    pub(super) nonce: String,
    /// For the desk.
    pub(super) demand: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

/// A no. The person is told the way to a human being.
#[derive(Serialize, ToSchema)]
pub(crate) struct CancellationRefused {
    /// `refused`.
    result: &'static str,
    #[schema(value_type = Vec<ReasonShown>)]
    reasons: Vec<Reason>,
}

/// What came of the desk's presentation.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Identification {
    /// It is the holder's.
    Identified {
        /// The six items, sealed and opened; docs/cancellation.md has them.
        snapshot: String,
        notices: Vec<NoticeShown>,
    },
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// What the person reads and acknowledges.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
pub(crate) struct NoticeShown {
    pub(super) kind: &'static str,
    pub(super) text: String,
    /// In hexadecimal; it comes back with the acknowledgement.
    pub(super) text_sha256: String,
}

/// What came of the acknowledgement and the number's answer.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum ConfirmationStep {
    Confirmed,
    Waiting {
        /// The question that the number was asked: reply to it, and come again with the grant.
        confirmation: String,
    },
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// What came of committing.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Committal {
    Committed {
        /// Signed, without the number.
        receipt: String,
    },
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// Its reasons. A refusal is an answer; anything else isn't.
pub(super) fn settled(error: CancellationError) -> Result<Vec<Reason>, Refusal> {
    match error {
        CancellationError::Refused(reasons) => Ok(reasons),
        error => Err(error.into()),
    }
}

impl ConfirmationStep {
    pub(crate) fn refused(code: ReasonCode) -> Self {
        Self::Refused { reasons: vec![code.into()] }
    }
}

impl CancellationRefused {
    pub(super) fn new(reasons: Vec<Reason>) -> Self {
        Self { result: "refused", reasons }
    }
}

/// Checks by their names.
pub(crate) fn checks(names: &[String]) -> Result<Vec<Check>, Refusal> {
    let known = |name: &String| Check::from_name(name).ok_or(value("checks", "it isn't one that is known"));
    names.iter().map(known).collect()
}

impl NoticeShown {
    pub(crate) fn new(notice: Notice) -> Self {
        let text_sha256 = hex(&Sha256::digest(notice.text.as_bytes()));
        Self { kind: notice.kind.as_str(), text: notice.text, text_sha256 }
    }
}

fn value(member: &'static str, problem: &'static str) -> Refusal {
    Refusal::Value { member, problem }
}

impl AccountGiven {
    pub(crate) fn read(&self) -> Result<Account, Refusal> {
        let number: PhoneNumber = self.number.as_str().parse().map_err(Refusal::PhoneNumber)?;
        let contract = match self.contract_until.as_deref() {
            None => Contract::None,
            Some(day) => {
                let bad = |_| value("contract_until", "it is a day, as 2027-01-31");
                Contract::Until(day.parse().map_err(bad)?)
            }
        };
        let items = Items {
            name: self.name.clone(),
            package: self.package.as_str().into(),
            contract,
            bills: Price::fen(self.bills_fen),
            prepaid: Price::fen(self.prepaid_fen),
            arrears: Price::fen(self.arrears_fen),
        };
        let reach = Reach::from_name(&self.reach).ok_or(value("reach", "it isn't one that is known"))?;
        Ok(Account::new(number, self.subscription.as_str(), self.holder_id.clone(), items, reach)?)
    }
}

impl NewCancellation {
    /// `at_desk` for a desk's own call: it may ask itself for more than [`DESK_CHECKS`], not for less, and is no app.
    pub(super) fn opening(&self, at_desk: bool) -> Result<Opening, Refusal> {
        let mut wanted = checks(&self.checks)?;
        if at_desk {
            if self.own_app {
                return Err(Refusal::ScopeMissing(Scope::Demand));
            }
            wanted.extend(DESK_CHECKS);
        }
        let mut opening = Opening::default().checks(wanted);
        opening = match &self.terminal {
            Some(terminal) if self.own_app => opening.own_app(terminal.as_str()),
            Some(terminal) => opening.terminal(terminal.as_str()),
            None if self.own_app => return Err(value("terminal", "own_app needs the service's terminal")),
            None => opening,
        };
        if let Some(region) = &self.region {
            opening = opening.region(region.as_str());
        }
        if let Some(text) = &self.text {
            opening = opening.text(text.as_str());
        }
        Ok(opening)
    }
}

impl Read {
    pub(crate) fn acknowledgement(&self) -> Result<Acknowledgement, Refusal> {
        let kind = NoticeKind::from_name(&self.kind).ok_or(value("kind", "it isn't one that is known"))?;
        let pairs = self.text_sha256.as_bytes().as_chunks::<2>().0;
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        let digest = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let text_sha256 = digest.ok_or(value("text_sha256", "it is 64 digits in hexadecimal"))?;
        Ok(Acknowledgement { kind, text_sha256 })
    }
}
