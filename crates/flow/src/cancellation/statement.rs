//! What snapshot and receipt have in common: an SD-JWT without key binding, signed by the home side, whose personal
//! values stand behind salted digests.

use zeroize::Zeroizing;

use super::StatementRefused;
use crate::confirmation::{LedgerSecret, PhoneNumber};
use crate::jose::{JoseError, Json, Unverified, encode, instant};
use crate::profile::{DEFAULT_SKEW, Purpose, ReasonCode};
use crate::sd_jwt::{Combined, Disclosure, SdJwtError, reveal};
use crate::trust::TrustList;

/// Number and six items.
pub(crate) const NAMES: [&str; 7] = ["number", "name", "package", "contract", "bills", "prepaid", "arrears"];
/// What a change of the number adds: its new card, its new holder.
pub(crate) const CHANGED: [&str; 2] = ["card", "taker"];

/// A disclosure whose salt only the secret's holder can make again, so that no value and no salt need be kept.
pub(crate) fn disclosure(
    secret: &LedgerSecret,
    case: &str,
    kind: &str,
    name: &'static str,
    value: Json,
) -> Result<Disclosure, SdJwtError> {
    let salt = secret.salt("disclosure", &[case.as_bytes(), kind.as_bytes(), name.as_bytes()]);
    let parts = Json::array([Json::from(encode(&salt)), name.into(), value]);
    Disclosure::parse(&encode(&parts.to_bytes()))
}

/// `<jws>~<disclosure>*~`
pub(crate) fn combine<'a>(
    jws: &str,
    disclosures: impl IntoIterator<Item = &'a Disclosure>,
) -> Zeroizing<String> {
    let mut compact = Zeroizing::new(format!("{jws}~"));
    for disclosure in disclosures {
        compact.push_str(disclosure.encoded());
        compact.push('~');
    }
    compact
}

/// Verifies signature and signer (the trust list must allow it to ask for that purpose) and puts the disclosed values
/// into their places. The time is the caller's to judge, apart from a future `iat`.
pub(crate) fn open(
    combined: &Combined<'_>,
    (typ, purpose): (&'static str, &Purpose),
    list: &TrustList,
    now: jiff::Timestamp,
) -> Result<Json, StatementRefused> {
    if combined.key_binding().is_some() {
        return Err(ReasonCode::KeyBindingMisplaced.into());
    }
    let jws = Unverified::parse(combined.issuer_jwt())?;
    let kid = jws.kid().ok_or(ReasonCode::KeyUnknown)?.to_owned();
    let payload = jws.verify(list.resolve_asker(&kid)?, typ)?.into_payload();
    let time = |name| payload.seconds(name).map_err(|_| StatementRefused(ReasonCode::TimeMalformed));
    let iat = time("iat")?;
    if iat > now.as_second().saturating_add(DEFAULT_SKEW.as_secs()) {
        return Err(ReasonCode::IssuedInFuture.into());
    }
    list.judge_asker(&kid, payload.text("iss")?, purpose, &[], instant(iat), now)?;
    let disclosures: Vec<_> = combined.disclosures().map(Disclosure::parse).collect::<Result<_, _>>()?;
    // A value that may be disclosed must have been: one that stands in plain sight would be in every record.
    if NAMES.iter().chain(&CHANGED).any(|name| payload.member(name).is_some()) {
        return Err(ReasonCode::ClaimInPlainSight.into());
    }
    Ok(reveal(payload, &disclosures)?.payload().clone())
}

/// A number that was disclosed.
pub(crate) fn number(payload: &Json) -> Result<PhoneNumber, StatementRefused> {
    let text = payload.member("number").ok_or(ReasonCode::ClaimMissing)?.as_str();
    Ok(text.and_then(|text| text.parse().ok()).ok_or(JoseError::Member("number"))?)
}
