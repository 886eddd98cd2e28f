//! What the calls of a replacement or transfer take and tell.

use jiff::Timestamp;
use realname::cancellation::{Account, Opening};
use realname::change::{Admission, Change, ChangeError, Taker};
use realname::document::Personal;
use realname::profile::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Refusal;
use crate::api::cancellations::forms::{AccountGiven, NoticeShown, Read, checks};
use crate::shown::ReasonShown;

/// What is asked of a desk.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeskGiven {
    #[serde(default)]
    checks: Vec<String>,
    terminal: Option<String>,
    /// The home's region, as the desk shows it.
    region: Option<String>,
    /// What the person is shown.
    text: Option<String>,
}

/// Who is to have the number, as the home's systems have them at this moment.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakerGiven {
    #[schema(value_type = String)]
    name: Personal,
    #[schema(value_type = String)]
    id_number: Personal,
    /// `free`, `barred` (on a list of those who get no number) or `at_limit` (as many numbers as one document may have).
    admission: String,
}

/// A replacement to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReplacement {
    pub(super) account: AccountGiven,
    /// The new card's number (ICCID).
    #[schema(value_type = String, example = "89860012345678901234")]
    pub(super) card: Personal,
    #[serde(default)]
    pub(super) desk: DeskGiven,
}

/// A transfer to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTransfer {
    pub(super) account: AccountGiven,
    pub(super) taker: TakerGiven,
    /// Where the giver stands.
    #[serde(default)]
    pub(super) giver_desk: DeskGiven,
    /// Where the taker stands.
    #[serde(default)]
    pub(super) taker_desk: DeskGiven,
}

/// A desk's presentation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeProof {
    account: AccountGiven,
    /// Of a replacement.
    #[schema(value_type = Option<String>)]
    card: Option<Personal>,
    /// Of a transfer.
    taker: Option<TakerGiven>,
    #[schema(max_length = 65536)]
    pub(super) presentation: String,
    /// `en` or `zh` (the default): in which language the notices are.
    pub(super) locale: Option<String>,
}

/// What was acknowledged, and the number's grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeConfirm {
    account: AccountGiven,
    /// Of a replacement.
    #[schema(value_type = Option<String>)]
    card: Option<Personal>,
    /// Of a transfer.
    taker: Option<TakerGiven>,
    /// Every notice, once; needn't be repeated. A replacement has none.
    #[serde(default)]
    pub(super) acknowledged: Vec<Read>,
    /// Of the second confirmation. Without it the number is asked.
    #[schema(value_type = Option<String>)]
    pub(super) grant: Option<Personal>,
    pub(super) locale: Option<String>,
}

/// To do it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeCommit {
    account: AccountGiven,
    /// Of a replacement.
    #[schema(value_type = Option<String>)]
    card: Option<Personal>,
    /// Of a transfer.
    taker: Option<TakerGiven>,
}

/// A demand, and what names it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DemandOf {
    pub(super) nonce: String,
    /// For the desk.
    pub(super) demand: String,
    #[schema(value_type = String, format = DateTime)]
    pub(super) expires_at: Timestamp,
}

/// A replacement that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReplacementOpened {
    pub(super) replacement: String,
    pub(super) holder: DemandOf,
}

/// A transfer that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct TransferOpened {
    pub(super) transfer: String,
    pub(super) giver: DemandOf,
    pub(super) taker: DemandOf,
}

/// A no. The person is told the way to a human being.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeRefused {
    /// `refused`.
    result: &'static str,
    #[schema(value_type = Vec<ReasonShown>)]
    reasons: Vec<Reason>,
}

/// What came of a desk's presentation.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum ChangeIdentification {
    /// It is kept, and somebody else's is missing: `giver` or `taker`.
    Waiting { missing: Vec<&'static str> },
    /// Everybody is proven.
    Proven {
        /// For the desk of this presentation: docs/replacement-and-transfer.md says what it shows.
        snapshot: String,
        notices: Vec<NoticeShown>,
    },
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// Its reasons. A refusal is an answer; anything else isn't.
pub(super) fn settled(error: ChangeError) -> Result<Vec<Reason>, Refusal> {
    match error {
        ChangeError::Refused(reasons) => Ok(reasons),
        error => Err(error.into()),
    }
}

impl ChangeRefused {
    pub(super) fn new(reasons: Vec<Reason>) -> Self {
        Self { result: "refused", reasons }
    }
}

impl DeskGiven {
    pub(super) fn opening(&self) -> Result<Opening, Refusal> {
        let mut opening = Opening::default().checks(checks(&self.checks)?);
        if let Some(terminal) = &self.terminal {
            opening = opening.terminal(terminal.as_str());
        }
        if let Some(region) = &self.region {
            opening = opening.region(region.as_str());
        }
        if let Some(text) = &self.text {
            opening = opening.text(text.as_str());
        }
        Ok(opening)
    }
}

/// The card of a replacement, or the taker of a transfer.
pub(super) fn change(card: Option<&Personal>, taker: Option<&TakerGiven>) -> Result<Change, Refusal> {
    match (card, taker) {
        (Some(card), None) => Ok(Change::Replacement(card.as_str().parse()?)),
        (None, Some(TakerGiven { name, id_number, admission })) => {
            let problem = "it is free, barred or at_limit";
            let admission =
                Admission::from_name(admission).ok_or(Refusal::Value { member: "admission", problem })?;
            Ok(Change::Transfer(Taker::new(name.clone(), id_number.clone(), admission)))
        }
        _ => Err(Refusal::Members("a replacement has a card, and a transfer a taker")),
    }
}

/// What every step takes: the account as it is now, and what is to be done.
pub(super) trait Step {
    fn whose(&self) -> Result<(Account, Change), Refusal>;
}

macro_rules! steps {
    ($($form:ident),+) => {$(
        impl Step for $form {
            fn whose(&self) -> Result<(Account, Change), Refusal> {
                Ok((self.account.read()?, change(self.card.as_ref(), self.taker.as_ref())?))
            }
        }
    )+};
}

steps!(ChangeProof, ChangeConfirm, ChangeCommit);
