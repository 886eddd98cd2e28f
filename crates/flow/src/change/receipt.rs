//! The end: one signed receipt for each act.

use jiff::Timestamp;
use realname_journal::tree::Hash;

use super::{Act, Change, ChangeError};
use crate::cancellation::receipt::number_disclosure;
use crate::cancellation::statement::{disclosure, number, open};
use crate::cancellation::{Receipt, StatementRefused};
use crate::confirmation::{LedgerSecret, NaturalDay, PhoneNumber};
use crate::jose::instant;
use crate::journal::entry::{Event, Stated};
use crate::profile::{CHANGE_TYP, Env, ReasonCode, is_id};
use crate::sd_jwt::{Combined, Disclosure};
use crate::trust::TrustList;

/// The number, and the card of a replacement. Who took a number stands in their own record, under `presentation_sha256`.
pub(super) fn disclosures(
    secret: &LedgerSecret,
    case: &str,
    (phone, change): (&PhoneNumber, &Change),
) -> Result<Vec<Disclosure>, ChangeError> {
    let mut all = vec![number_disclosure(secret, case, phone)?];
    if let Change::Replacement(card) = change {
        all.push(disclosure(secret, case, "receipt", "card", card.as_str().into())?);
    }
    Ok(all)
}

/// The receipt that was recorded.
pub(super) fn restore(
    secret: &LedgerSecret,
    answer: &[u8],
    case: &str,
    whose: (&PhoneNumber, &Change),
) -> Result<Receipt, ChangeError> {
    let jws = std::str::from_utf8(answer).map_err(|_| ChangeError::Record)?;
    Ok(Receipt::with(jws.to_owned(), &disclosures(secret, case, whose)?))
}

impl Act {
    /// The event `replaced` or `transferred` for the journal. `record` is the receipt's JWS without its disclosures ([`Receipt::record`]).
    pub fn to_event(self, record: &str) -> Event {
        let name = match self {
            Self::Replacement => "replaced",
            Self::Transfer => "transferred",
        };
        Event::new(name).with("record", Stated::Digest(Hash::of(record.as_bytes())))
    }
}

/// A receipt of a replacement or transfer whose signature and signer held.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifiedChange {
    /// Who did it.
    pub iss: String,
    /// Which case.
    pub case: String,
    /// When, to the second.
    pub changed_at: Timestamp,
    /// The natural day of that.
    pub changed_on: NaturalDay,
}

impl VerifiedChange {
    /// Verifies the receipt of that act for a number, at any later time.
    pub fn verify(
        compact: &str,
        act: Act,
        number: &PhoneNumber,
        env: Env,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<Self, StatementRefused> {
        let payload = open(&Combined::parse(compact)?, (CHANGE_TYP, &act.purpose()), list, now)?;
        if payload.text("act")? != act.as_str() {
            return Err(ReasonCode::ActMismatch.into());
        }
        if self::number(&payload)? != *number {
            return Err(ReasonCode::StatementOtherNumber.into());
        }
        if payload.text("env")? != env.as_str() {
            return Err(ReasonCode::EnvMismatch.into());
        }
        let receipt = Self {
            iss: payload.text("iss")?.to_owned(),
            case: payload.text("case")?.to_owned(),
            changed_at: instant(payload.seconds("iat")?),
            changed_on: NaturalDay::parse(payload.text("changed_on")?)?,
        };
        let whole = is_id(&receipt.case) && NaturalDay::of(receipt.changed_at) == receipt.changed_on;
        if whole { Ok(receipt) } else { Err(ReasonCode::ClaimMalformed.into()) }
    }
}
