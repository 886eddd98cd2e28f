//! The six items, sealed before the person is known and shown afterwards.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::statement::{NAMES, combine, disclosure, number, open};
use super::{Account, CancellationError, Contract, Items, StatementRefused};
use crate::confirmation::{LedgerSecret, PhoneNumber, Price};
use crate::jose::{JoseError, Json, Signer, decode, sign};
use crate::profile::{DIGESTS, Env, OutsideText, Purpose, ReasonCode, SNAPSHOT_TYP};
use crate::sd_jwt::{Combined, Disclosure, conceal};
use crate::trust::TrustList;

/// The disclosures of an account under a case's salts. The same account gives the same ones, and any change another.
pub(crate) fn disclosures(
    secret: &LedgerSecret,
    case: &str,
    account: &Account,
) -> Result<Vec<Disclosure>, CancellationError> {
    let Items { name, package, contract, bills, prepaid, arrears } = &account.items;
    let contract = match contract {
        Contract::None => Json::Null,
        Contract::Until(date) => Json::object([("until", date.to_string().into())]),
    };
    let values = [
        account.number.as_str().into(),
        name.as_str().into(),
        package.as_str_raw().into(),
        contract,
        bills.to_json(),
        prepaid.to_json(),
        arrears.to_json(),
    ];
    NAMES
        .into_iter()
        .zip(values)
        .map(|(name, value)| Ok(disclosure(secret, case, "snapshot", name, value)?))
        .collect()
}

/// What makes two accounts the same: the digests of their disclosures, in order, and whose number it is. The holder isn't
/// among the six items, but a number that went to a namesake meanwhile is another account.
pub(crate) fn fingerprint(secret: &LedgerSecret, account: &Account, disclosures: &[Disclosure]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"realname snapshot 2\0");
    hash.update(secret.mac("cancellation holder", &[account.holder_id.as_str().as_bytes()]));
    disclosures.iter().for_each(|one| hash.update(one.digest().as_bytes()));
    hash.finalize().into()
}

/// Signs a snapshot. Nothing in it can be read or guessed until its disclosures are handed out.
pub(crate) fn seal(
    iss: &str,
    signer: &dyn Signer,
    env: Env,
    case: &str,
    disclosures: &[Disclosure],
    (iat, exp): (i64, i64),
) -> Result<String, CancellationError> {
    let payload = Json::object([
        ("iss", iss.into()),
        ("jti", case.into()),
        ("iat", iat.into()),
        ("exp", exp.into()),
        ("env", env.as_str().into()),
        ("_sd_alg", "sha-256".into()),
        ("_sd", conceal(disclosures, DIGESTS)?),
    ]);
    Ok(sign(signer, SNAPSHOT_TYP, [], &payload)?)
}

/// SHA-256 of the signed snapshot without its disclosures: what the demand carries.
pub(crate) fn digest(jws: &str) -> [u8; 32] {
    Sha256::digest(jws.as_bytes()).into()
}

/// A snapshot with its values, released to the desk: `<jws>~<disclosure>*~`.
pub struct Released {
    compact: Zeroizing<String>,
}

impl Released {
    pub(crate) fn new(jws: &str, disclosures: &[Disclosure]) -> Self {
        Self { compact: combine(jws, disclosures) }
    }

    /// What is sent to the desk.
    pub fn as_str(&self) -> &str {
        &self.compact
    }
}

impl std::fmt::Debug for Released {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Released").field("length", &self.compact.len()).finish_non_exhaustive()
    }
}

/// A snapshot as the desk reads it: signed by the home side, the one that the demand was bound to, and complete.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Snapshot {
    /// The number.
    pub number: PhoneNumber,
    /// The six items.
    pub items: Items,
    /// Who signed.
    pub iss: String,
}

impl Snapshot {
    /// Verifies a released snapshot. `digest` is the one in the transaction of the demand that the desk answered:
    /// [`Transaction::snapshot`](crate::demand::Transaction::snapshot).
    pub fn verify(
        compact: &str,
        digest: &str,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<Self, StatementRefused> {
        let payload = opened(compact, digest, &Purpose::SimCancel, list, now)?;
        if NAMES.iter().any(|name| payload.member(name).is_none()) {
            return Err(ReasonCode::ClaimMissing.into());
        }
        Ok(Self { number: number(&payload)?, items: items(&payload)?, iss: payload.text("iss")?.to_owned() })
    }
}

/// The payload of a snapshot that is the one of that digest, for that purpose, and in time.
pub(crate) fn opened(
    compact: &str,
    digest: &str,
    purpose: &Purpose,
    list: &TrustList,
    now: Timestamp,
) -> Result<Json, StatementRefused> {
    let combined = Combined::parse(compact)?;
    let same = self::digest(combined.issuer_jwt()).ct_eq(&decode(digest)?[..]);
    if !bool::from(same) {
        return Err(ReasonCode::SnapshotStale.into());
    }
    let payload = open(&combined, (SNAPSHOT_TYP, purpose), list, now)?;
    let exp = payload.seconds("exp").map_err(|_| ReasonCode::TimeMalformed)?;
    if exp <= now.as_second() {
        return Err(ReasonCode::Expired.into());
    }
    Ok(payload)
}

fn items(payload: &Json) -> Result<Items, JoseError> {
    let (package, contract, [bills, prepaid, arrears]) = what_comes_with(payload)?;
    Ok(Items { name: payload.text("name")?.into(), package, contract, bills, prepaid, arrears })
}

/// The items that aren't the person's.
pub(crate) fn what_comes_with(payload: &Json) -> Result<(OutsideText, Contract, [Price; 3]), JoseError> {
    let price = |name| Price::from_json(payload.member(name).ok_or(JoseError::Member(name))?);
    let contract = match payload.member("contract") {
        Some(Json::Null) => Contract::None,
        Some(contract) => {
            Contract::Until(contract.text("until")?.parse().map_err(|_| JoseError::Member("contract"))?)
        }
        None => return Err(JoseError::Member("contract")),
    };
    Ok((payload.text("package")?.into(), contract, [price("bills")?, price("prepaid")?, price("arrears")?]))
}
