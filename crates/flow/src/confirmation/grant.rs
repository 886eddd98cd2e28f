//! The signed grant.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::record::Kept;
use super::{ConfirmationError, Form, PhoneNumber};
use crate::jose::{Json, Signer, decode, encode, random_id, sign as sign_jws};
use crate::profile::{Env, GRANT_TYP};
use crate::sd_jwt::{Disclosure, conceal};

/// A grant as it travels: `<jws>~<disclosure of the number>~` (RFC 9901, without key binding).
///
/// The number stands behind a salted digest. Who charges gets the disclosure and checks it; a record keeps the JWS alone,
/// which still verifies and names nobody. A digest whose salt stood beside it in the token would hide nothing: all numbers
/// are tried in a minute.
#[derive(Clone)]
pub struct Grant {
    jws: String,
    compact: Zeroizing<String>,
}

impl Grant {
    pub(super) fn new(jws: String, number: &Disclosure) -> Self {
        let compact = Zeroizing::new(format!("{jws}~{}~", number.encoded()));
        Self { jws, compact }
    }

    /// With the number, for who charges or acts.
    pub fn as_str(&self) -> &str {
        &self.compact
    }

    /// The JWS alone, to be kept: no personal data, and still verifiable.
    pub fn record(&self) -> &str {
        &self.jws
    }
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant").field("length", &self.compact.len()).finish_non_exhaustive()
    }
}

/// The disclosure of the number, under a salt that only the secret's holder can make again.
pub(super) fn number_disclosure(
    salt: [u8; 16],
    number: &PhoneNumber,
) -> Result<Disclosure, ConfirmationError> {
    let parts = Json::array([Json::from(encode(&salt)), "number".into(), number.as_str().into()]);
    Ok(Disclosure::parse(&encode(&parts.to_bytes()))?)
}

/// The id in one of our own grants.
pub(super) fn jti(jws: &str) -> Result<String, ConfirmationError> {
    let payload = jws.split('.').nth(1).ok_or(ConfirmationError::Record)?;
    let json = Json::parse(&decode(payload)?, jws.len())?;
    Ok(json.text("jti")?.to_owned())
}

/// Signs what was asked and confirmed. It holds until its natural day ends.
pub(super) fn sign(
    iss: &str,
    signer: &dyn Signer,
    env: Env,
    kept: &Kept,
    number: &Disclosure,
    now: Timestamp,
) -> Result<String, ConfirmationError> {
    let mut members = vec![
        ("iss", Json::from(iss)),
        ("jti", random_id()?.into()),
        ("iat", now.as_second().into()),
        ("exp", kept.day.end().as_second().into()),
        ("env", env.as_str().into()),
        ("purpose", kept.purpose.as_str().into()),
        ("service", kept.service.as_str().into()),
        ("price", kept.price.to_json()),
        ("day", kept.day.to_string().into()),
        ("uses", kept.uses.as_str().into()),
        ("form", kept.form.as_str().into()),
        ("text_sha256", kept.text_sha256.as_str().into()),
        ("asked_at", kept.asked_at.into()),
        ("challenge", kept.id.as_str().into()),
        ("_sd_alg", "sha-256".into()),
        ("_sd", conceal([number], 1)?),
    ];
    if let Form::Voice { prompt_version, .. } = kept.form {
        members.push(("prompt_version", i64::from(prompt_version).into()));
    }
    Ok(sign_jws(signer, GRANT_TYP, [], &Json::object(members))?)
}
