//! What is sealed when a case is opened, and what each desk is shown of it.

use jiff::Timestamp;

use super::{Act, Change, ChangeError, Part};
use crate::cancellation::statement::{disclosure, number};
use crate::cancellation::{Account, Contract, Released, StatementRefused, snapshot};
use crate::confirmation::{LedgerSecret, PhoneNumber, Price};
use crate::document::Personal;
use crate::jose::{JoseError, Json};
use crate::profile::{OutsideText, ReasonCode};
use crate::sd_jwt::Disclosure;
use crate::trust::TrustList;

/// Number, six items, and the card or the taker's name.
pub(super) fn disclosures(
    secret: &LedgerSecret,
    case: &str,
    (account, change): (&Account, &Change),
) -> Result<Vec<Disclosure>, ChangeError> {
    let mut all = snapshot::disclosures(secret, case, account)?;
    let (name, value) = change.sealed();
    all.push(disclosure(secret, case, "snapshot", name, value)?);
    Ok(all)
}

/// What that part's desk is shown: whoever gets a card, which one; who gives a number, what goes with it and to whom; who takes it, what
/// comes with it. The giver's name isn't the taker's to be told.
pub(super) fn release(sealed: &str, part: Part, disclosures: &[Disclosure]) -> Released {
    let shown = disclosures.iter().zip(NAMES).filter(|(_, name)| shows(part, name));
    let shown: Vec<Disclosure> = shown.map(|(disclosure, _)| disclosure.clone()).collect();
    Released::new(sealed, &shown)
}

/// The names of the disclosures in their order; the last is the card or the taker.
const NAMES: [&str; 8] = ["number", "name", "package", "contract", "bills", "prepaid", "arrears", "change"];

fn shows(part: Part, name: &str) -> bool {
    match part {
        Part::Holder => matches!(name, "number" | "change"),
        Part::Giver => true,
        Part::Taker => !matches!(name, "name" | "change"),
    }
}

/// A snapshot of a replacement or transfer as a desk reads it: signed by the home side, and the one that its demand was bound to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChangeSnapshot {
    /// Who signed.
    pub iss: String,
    /// The number.
    pub number: PhoneNumber,
    /// The new card, at the holder's desk.
    pub card: Option<Personal>,
    /// The taker's name, at the giver's desk.
    pub taker: Option<Personal>,
    /// What goes with the number, at both desks of a transfer.
    pub comes_with: Option<ComesWith>,
}

/// What a number brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComesWith {
    /// The package.
    pub package: OutsideText,
    /// A contract plan.
    pub contract: Contract,
    /// Charges that aren't billed yet.
    pub bills: Price,
    /// What was paid in advance.
    pub prepaid: Price,
    /// What is owed.
    pub arrears: Price,
}

impl ChangeSnapshot {
    /// Verifies a released snapshot. `digest` is the one in the transaction of the demand that the desk answered
    /// ([`Transaction::snapshot`](crate::demand::Transaction::snapshot)).
    pub fn verify(
        compact: &str,
        act: Act,
        digest: &str,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<Self, StatementRefused> {
        let payload = snapshot::opened(compact, digest, &act.purpose(), list, now)?;
        let shown = |name| payload.member(name).and_then(Json::as_str).map(Personal::from);
        let snapshot = Self {
            iss: payload.text("iss")?.to_owned(),
            number: number(&payload)?,
            card: shown("card"),
            taker: shown("taker"),
            comes_with: payload.member("package").map(|_| ComesWith::read(&payload)).transpose()?,
        };
        let whole = match act {
            Act::Replacement => snapshot.card.is_some(),
            Act::Transfer => snapshot.comes_with.is_some(),
        };
        if whole { Ok(snapshot) } else { Err(ReasonCode::ClaimMissing.into()) }
    }
}

impl ComesWith {
    fn read(payload: &Json) -> Result<Self, JoseError> {
        let (package, contract, [bills, prepaid, arrears]) = snapshot::what_comes_with(payload)?;
        Ok(Self { package, contract, bills, prepaid, arrears })
    }
}
