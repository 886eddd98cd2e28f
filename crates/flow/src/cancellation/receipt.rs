//! The end: one signed receipt per subscription, from which the 90 days count.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::statement::{combine, disclosure, number, open};
use super::{CancellationError, Papers, StatementRefused, case};
use crate::confirmation::{LedgerSecret, NaturalDay, PhoneNumber};
use crate::jose::{JoseError, instant};
use crate::profile::{CANCELLATION_TYP, Env, Purpose, ReasonCode, is_id};
use crate::sd_jwt::{Combined, Disclosure};
use crate::store::Entry;
use crate::trust::TrustList;

/// How many whole natural days a cancelled number rests before it may be given to somebody else.
pub const QUARANTINE_DAYS: i32 = 90;
/// How long after that the record is kept: while the service lasts and two years (Order 25), in days.
pub(crate) const RETENTION_DAYS: i32 = 2 * 366;

/// A receipt as it travels: `<jws>~<disclosure of the number>~`. Without the disclosure it still verifies and names nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    jws: String,
    compact: Zeroizing<String>,
}

impl Receipt {
    pub(super) fn new(jws: String, number: &Disclosure) -> Self {
        Self::with(jws, [number])
    }

    /// With other disclosures than the number's alone.
    pub(crate) fn with<'a>(jws: String, disclosures: impl IntoIterator<Item = &'a Disclosure>) -> Self {
        let compact = combine(&jws, disclosures);
        Self { jws, compact }
    }

    /// With the number, for the person and the desk.
    pub fn as_str(&self) -> &str {
        &self.compact
    }

    /// The JWS alone, to be kept: no personal data, and still verifiable.
    pub fn record(&self) -> &str {
        &self.jws
    }
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt").field("length", &self.compact.len()).finish_non_exhaustive()
    }
}

/// What committing led to.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Committed {
    /// This call cancelled the number.
    Now(Receipt),
    /// The same case was committed before, with this receipt: nothing happened again.
    Before(Receipt),
}

impl Committed {
    /// The receipt.
    pub fn receipt(&self) -> &Receipt {
        match self {
            Self::Now(receipt) | Self::Before(receipt) => receipt,
        }
    }
}

/// The receipt that was recorded for a subscription, if it is this case's.
pub(super) fn restore(
    secret: &LedgerSecret,
    entry: &Entry,
    id: &str,
    number: &PhoneNumber,
) -> Result<Option<Receipt>, CancellationError> {
    let json = case::parse(entry)?;
    let read = || Ok::<_, JoseError>((json.seconds("v")?, json.text("case")?, json.text("receipt")?));
    let (1, case, jws) = read().map_err(|_| CancellationError::Record)? else {
        return Err(CancellationError::Record);
    };
    if case != id {
        return Ok(None);
    }
    Ok(Some(Receipt::new(jws.to_owned(), &number_disclosure(secret, id, number)?)))
}

pub(crate) fn number_disclosure(
    secret: &LedgerSecret,
    case: &str,
    number: &PhoneNumber,
) -> Result<Disclosure, CancellationError> {
    Ok(disclosure(secret, case, "receipt", "number", number.as_str().into())?)
}

/// A receipt whose signature and signer held.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifiedReceipt {
    /// Who cancelled.
    pub iss: String,
    /// Which case.
    pub case: String,
    /// When, to the second.
    pub cancelled_at: Timestamp,
    /// The natural day of that.
    pub cancelled_on: NaturalDay,
    /// The last natural day on which the number must rest.
    pub quarantine_until: NaturalDay,
    /// The digests of papers that it binds: refund, invoice, settlement, work order.
    pub papers: Papers,
}

impl VerifiedReceipt {
    /// Verifies a receipt for a number, at any later time.
    pub fn verify(
        compact: &str,
        number: &PhoneNumber,
        env: Env,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<Self, StatementRefused> {
        let payload = open(&Combined::parse(compact)?, (CANCELLATION_TYP, &Purpose::SimCancel), list, now)?;
        if self::number(&payload)? != *number {
            return Err(ReasonCode::StatementOtherNumber.into());
        }
        if payload.text("env")? != env.as_str() {
            return Err(ReasonCode::EnvMismatch.into());
        }
        let receipt = Self {
            iss: payload.text("iss")?.to_owned(),
            case: payload.text("case")?.to_owned(),
            cancelled_at: instant(payload.seconds("iat")?),
            cancelled_on: NaturalDay::parse(payload.text("cancelled_on")?)?,
            quarantine_until: NaturalDay::parse(payload.text("quarantine_until")?)?,
            papers: match payload.member("papers") {
                None => Papers::default(),
                Some(papers) => Papers::from_json(papers).ok_or(ReasonCode::ClaimMalformed)?,
            },
        };
        // Whoever shows a case's id shows what another operator wrote: as everywhere, ids have an alphabet.
        let whole = is_id(&receipt.case)
            && NaturalDay::of(receipt.cancelled_at) == receipt.cancelled_on
            && receipt.cancelled_on.after(QUARANTINE_DAYS).is_some_and(|day| day <= receipt.quarantine_until);
        if whole { Ok(receipt) } else { Err(ReasonCode::ClaimMalformed.into()) }
    }

    /// Whether the number may be given to somebody else.
    pub fn may_be_given_again(&self, now: Timestamp) -> bool {
        NaturalDay::of(now) > self.quarantine_until
    }
}
