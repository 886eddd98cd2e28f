//! The end: one signed receipt per subscription, from which the 90 days count.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::statement::{combine, disclosure, number, open};
use super::steps::Identified;
use super::{Account, CancellationError, NoticeKind, StatementRefused, case, snapshot};
use crate::confirmation::{LedgerSecret, NaturalDay, PhoneNumber};
use crate::jose::{JoseError, Json, encode, random_id, sign};
use crate::profile::{CANCELLATION_TYP, Env, ReasonCode};
use crate::sd_jwt::{Combined, Disclosure, conceal};
use crate::store::{Entry, Put, Space, Store};
use crate::trust::TrustList;

/// How many whole natural days a cancelled number rests before it may be given to somebody else.
pub const QUARANTINE_DAYS: i32 = 90;
/// How long after that the record is kept: while the service lasts and two years (Order 25), in days.
const RETENTION_DAYS: i32 = 2 * 366;

/// A receipt as it travels: `<jws>~<disclosure of the number>~`. Without the disclosure it still verifies and names nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    jws: String,
    compact: Zeroizing<String>,
}

impl Receipt {
    fn new(jws: String, number: &Disclosure) -> Self {
        let compact = combine(&jws, [number]);
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

/// Signs the receipt and records it under the subscription, which is what happens once.
pub(super) fn commit(
    identified: &Identified,
    acknowledged: &Json,
    confirmed: &Json,
    store: &dyn Store,
    account: &Account,
    now: Timestamp,
) -> Result<Committed, CancellationError> {
    let (home, case) = (&identified.home, &identified.case);
    let number = number_disclosure(&home.secret, &case.id, &account.number)?;
    let today = NaturalDay::of(now);
    let last = today.after(QUARANTINE_DAYS).ok_or(CancellationError::Record)?;
    let mut members = vec![
        ("iss", Json::from(home.iss.as_str())),
        ("jti", random_id()?.into()),
        ("iat", now.as_second().into()),
        ("env", home.env.as_str().into()),
        ("case", case.id.as_str().into()),
        ("cancelled_on", today.to_string().into()),
        ("quarantine_until", last.to_string().into()),
        ("snapshot", encode(&snapshot::digest(&case.snapshot)).into()),
        ("demand_hash", case.demand_hash.as_str().into()),
        ("presentation_sha256", identified.presentation_sha256.as_str().into()),
        ("notices", Json::array(NoticeKind::ALL.map(NoticeKind::as_str))),
        ("acknowledged_at", taken_at(acknowledged)?),
        ("_sd_alg", "sha-256".into()),
        ("_sd", conceal([&number], 1)?),
    ];
    for name in ["grant", "unreachable"] {
        members.extend(confirmed.member(name).map(|how| (name, how.clone())));
    }
    let jws = sign(&*home.signer, CANCELLATION_TYP, [], &Json::object(members))?;
    let record =
        Json::object([("v", 1.into()), ("case", case.id.as_str().into()), ("receipt", jws.as_str().into())]);
    let expires_at = last.after(RETENTION_DAYS).map_or(Timestamp::MAX, NaturalDay::end);
    let key = &case.subscription_mac;
    if store.put(Space::Cancellation, key, &record.to_bytes(), expires_at)? == Put::Stored {
        return Ok(Committed::Now(Receipt::new(jws, &number)));
    }
    let entry = store.get(Space::Cancellation, key)?.ok_or(CancellationError::Record)?;
    match restore(&home.secret, &entry, &case.id, &account.number)? {
        Some(receipt) => Ok(Committed::Before(receipt)),
        None => Err(ReasonCode::CancellationDone.into()),
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

fn taken_at(step: &Json) -> Result<Json, CancellationError> {
    Ok(step.seconds("at").map_err(|_| CancellationError::Record)?.into())
}

fn number_disclosure(
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
    /// When, in seconds since 1970.
    pub cancelled_at: i64,
    /// The natural day of that.
    pub cancelled_on: NaturalDay,
    /// The last natural day on which the number must rest.
    pub quarantine_until: NaturalDay,
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
        let payload = open(&Combined::parse(compact)?, CANCELLATION_TYP, list, now)?;
        if self::number(&payload)? != *number {
            return Err(ReasonCode::StatementOtherNumber.into());
        }
        if payload.text("env")? != env.as_str() {
            return Err(ReasonCode::EnvMismatch.into());
        }
        let receipt = Self {
            iss: payload.text("iss")?.to_owned(),
            case: payload.text("case")?.to_owned(),
            cancelled_at: payload.seconds("iat")?,
            cancelled_on: NaturalDay::parse(payload.text("cancelled_on")?)?,
            quarantine_until: NaturalDay::parse(payload.text("quarantine_until")?)?,
        };
        let whole = Timestamp::from_second(receipt.cancelled_at)
            .is_ok_and(|at| NaturalDay::of(at) == receipt.cancelled_on)
            && receipt.cancelled_on.after(QUARANTINE_DAYS).is_some_and(|day| day <= receipt.quarantine_until);
        if whole { Ok(receipt) } else { Err(ReasonCode::ClaimMalformed.into()) }
    }

    /// Whether the number may be given to somebody else.
    pub fn may_be_given_again(&self, now: Timestamp) -> bool {
        NaturalDay::of(now) > self.quarantine_until
    }
}
