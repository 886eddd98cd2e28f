//! The one step that can't be taken back.

use jiff::Timestamp;

use super::case::Case;
use super::receipt::{QUARANTINE_DAYS, RETENTION_DAYS, Receipt, number_disclosure, restore};
use super::{Account, CancellationError, Committed, HomeSide, NoticeKind, Papers, snapshot};
use crate::confirmation::NaturalDay;
use crate::jose::{self, Json, encode, random_id};
use crate::profile::{CANCELLATION_TYP, ReasonCode};
use crate::sd_jwt::{Disclosure, conceal};
use crate::store::{Put, Putting, Store};

/// What the steps before left, and the receipt binds.
pub(super) struct Proofs<'a> {
    pub(super) presentation_sha256: &'a str,
    pub(super) acknowledged: &'a Json,
    pub(super) confirmed: &'a Json,
    pub(super) papers: &'a Papers,
}

/// A receipt that was signed, and counts once it is recorded under the subscription, which is what happens once.
pub(super) struct Signed<'a> {
    home: &'a HomeSide,
    case: &'a Case,
    account: &'a Account,
    number: Disclosure,
    jws: String,
    record: Vec<u8>,
    expires_at: Timestamp,
}

/// Signs the receipt.
pub(super) fn sign<'a>(
    home: &'a HomeSide,
    case: &'a Case,
    proofs: &Proofs<'_>,
    account: &'a Account,
    now: Timestamp,
) -> Result<Signed<'a>, CancellationError> {
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
        ("presentation_sha256", proofs.presentation_sha256.into()),
        ("notices", Json::array(NoticeKind::ALL.map(NoticeKind::as_str))),
        ("acknowledged_at", taken_at(proofs.acknowledged)?),
        ("_sd_alg", "sha-256".into()),
        ("_sd", conceal([&number], 1)?),
    ];
    members.extend(proofs.papers.to_json().map(|papers| ("papers", papers)));
    for name in ["grant", "unreachable"] {
        members.extend(proofs.confirmed.member(name).map(|how| (name, how.clone())));
    }
    let jws = jose::sign(&*home.signer, CANCELLATION_TYP, [], &Json::object(members))?;
    let record =
        Json::object([("v", 1.into()), ("case", case.id.as_str().into()), ("receipt", jws.as_str().into())]);
    let expires_at = last.after(RETENTION_DAYS).map_or(Timestamp::MAX, NaturalDay::end);
    Ok(Signed { home, case, account, number, jws, record: record.to_bytes().to_vec(), expires_at })
}

impl Signed<'_> {
    /// The receipt without its disclosure.
    pub(super) fn receipt(&self) -> &str {
        &self.jws
    }

    /// What is to be recorded.
    pub(super) fn putting(&self) -> Putting<'_> {
        let (key, value) = (&self.case.subscription_mac, &self.record);
        Putting { space: super::SPACE, key, value, expires_at: self.expires_at }
    }

    /// What it means that it was recorded, or that something stood there.
    pub(super) fn recorded(self, put: Put, store: &dyn Store) -> Result<Committed, CancellationError> {
        if put == Put::Stored {
            return Ok(Committed::Now(Receipt::new(self.jws, &self.number)));
        }
        let entry = store.get(super::SPACE, &self.case.subscription_mac)?.ok_or(CancellationError::Record)?;
        match restore(&self.home.secret, &entry, &self.case.id, &self.account.number)? {
            Some(receipt) => Ok(Committed::Before(receipt)),
            None => Err(ReasonCode::CancellationDone.into()),
        }
    }
}

fn taken_at(step: &Json) -> Result<Json, CancellationError> {
    Ok(step.seconds("at").map_err(|_| CancellationError::Record)?.into())
}
