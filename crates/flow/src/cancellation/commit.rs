//! The one step that can't be taken back.

use jiff::Timestamp;

use super::case::Case;
use super::receipt::{QUARANTINE_DAYS, RETENTION_DAYS, Receipt, number_disclosure, restore};
use super::{Account, CancellationError, Committed, HomeSide, NoticeKind, Papers, snapshot};
use crate::confirmation::NaturalDay;
use crate::jose::{Json, encode, random_id, sign};
use crate::profile::{CANCELLATION_TYP, ReasonCode};
use crate::sd_jwt::conceal;
use crate::store::{Put, Store};

/// What the steps before left, and the receipt binds.
pub(super) struct Proofs<'a> {
    pub(super) presentation_sha256: &'a str,
    pub(super) acknowledged: &'a Json,
    pub(super) confirmed: &'a Json,
    pub(super) papers: &'a Papers,
}

/// Signs the receipt and records it under the subscription, which is what happens once.
pub(super) fn commit(
    home: &HomeSide,
    case: &Case,
    proofs: &Proofs<'_>,
    store: &dyn Store,
    account: &Account,
    now: Timestamp,
) -> Result<Committed, CancellationError> {
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
    let jws = sign(&*home.signer, CANCELLATION_TYP, [], &Json::object(members))?;
    let record =
        Json::object([("v", 1.into()), ("case", case.id.as_str().into()), ("receipt", jws.as_str().into())]);
    let expires_at = last.after(RETENTION_DAYS).map_or(Timestamp::MAX, NaturalDay::end);
    let key = &case.subscription_mac;
    if store.put(super::SPACE, key, &record.to_bytes(), expires_at)? == Put::Stored {
        return Ok(Committed::Now(Receipt::new(jws, &number)));
    }
    let entry = store.get(super::SPACE, key)?.ok_or(CancellationError::Record)?;
    match restore(&home.secret, &entry, &case.id, &account.number)? {
        Some(receipt) => Ok(Committed::Before(receipt)),
        None => Err(ReasonCode::CancellationDone.into()),
    }
}

fn taken_at(step: &Json) -> Result<Json, CancellationError> {
    Ok(step.seconds("at").map_err(|_| CancellationError::Record)?.into())
}
