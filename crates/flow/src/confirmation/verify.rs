//! Reading a grant, offline.

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::{NaturalDay, PhoneNumber, Price, ServiceId, Uses};
use crate::jose::{JoseError, Json, Unverified, decode, instant};
use crate::profile::{DEFAULT_SKEW, Env, GRANT_TYP, Purpose, ReasonCode};
use crate::rely::sd_jwt_code;
use crate::sd_jwt::{Combined, Disclosure, SdJwtError, reveal};
use crate::trust::{TrustError, TrustList, jose_code};

/// What a grant must be for.
#[derive(Clone, Debug)]
#[must_use]
pub struct Order {
    number: PhoneNumber,
    service: ServiceId,
    price: Price,
    purpose: Purpose,
    env: Env,
}

impl Order {
    /// An order of that service by that number at that price, for the purpose `service.order` in production.
    pub fn new(number: PhoneNumber, service: ServiceId, price: Price) -> Self {
        Self { number, service, price, purpose: Purpose::ServiceOrder, env: Env::Production }
    }

    /// For another purpose.
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// In another environment.
    pub fn env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }
}

/// A grant was refused: nothing may be charged or done on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the grant was refused: {}", codes(.reasons))]
#[non_exhaustive]
pub struct GrantRefused {
    /// Every reason that was found, in the order in which they were looked for.
    pub reasons: Vec<ReasonCode>,
}

/// A grant whose signature, signer and time held, and which is for the order. Used up by [`redeem`](Self::redeem).
#[must_use]
pub struct VerifiedGrant {
    pub(super) jti: String,
    iss: String,
    pub(super) uses: Uses,
    pub(super) day: NaturalDay,
    confirmed_at: Timestamp,
}

/// A grant as it came. Nothing in it can be believed.
pub struct UnverifiedGrant<'a> {
    jws: Unverified<'a>,
    number: Disclosure,
}

impl<'a> UnverifiedGrant<'a> {
    /// Splits a grant with its disclosure.
    pub fn parse(compact: &'a str) -> Result<Self, GrantRefused> {
        let combined = Combined::parse(compact)?;
        if combined.key_binding().is_some() {
            return Err(ReasonCode::KeyBindingMisplaced.into());
        }
        let mut disclosures = combined.disclosures();
        let (Some(number), None) = (disclosures.next(), disclosures.next()) else {
            return Err(ReasonCode::ClaimMissing.into());
        };
        Ok(Self { jws: Unverified::parse(combined.issuer_jwt())?, number: Disclosure::parse(number)? })
    }

    /// Verifies: signature and signer (the trust list must allow it to ask for the purpose), time, and that it is for this
    /// number, service, price and natural day.
    pub fn verify(
        self,
        list: &TrustList,
        order: &Order,
        now: Timestamp,
    ) -> Result<VerifiedGrant, GrantRefused> {
        let kid = self.jws.kid().ok_or(ReasonCode::KeyUnknown)?.to_owned();
        let jws = self.jws.verify(list.resolve_asker(&kid)?, GRANT_TYP)?;
        let read = Read::from_payload(jws.payload())?;
        list.judge_asker(&kid, &read.iss, &read.purpose, &[], instant(read.iat), now)?;
        let revealed = reveal(jws.into_payload(), std::slice::from_ref(&self.number))?;
        let number = revealed.payload().text("number")?;

        let seconds = now.as_second();
        let day = NaturalDay::of(now);
        let whole = read.exp == read.day.end().as_second()
            && (read.day.begin().as_second()..read.exp).contains(&read.iat);
        let same_number = bool::from(number.as_bytes().ct_eq(order.number.as_str().as_bytes()));
        let reasons: Vec<_> = [
            (!whole, ReasonCode::ClaimMalformed),
            (read.iat > seconds.saturating_add(DEFAULT_SKEW.as_secs()), ReasonCode::IssuedInFuture),
            (read.day != day, ReasonCode::GrantOtherDay),
            (read.env != order.env, ReasonCode::EnvMismatch),
            (!same_number, ReasonCode::GrantOtherNumber),
            (read.service != order.service || read.purpose != order.purpose, ReasonCode::GrantOtherService),
            (read.price != order.price, ReasonCode::GrantOtherPrice),
        ]
        .into_iter()
        .filter_map(|(wrong, code)| wrong.then_some(code))
        .collect();
        if !reasons.is_empty() {
            return Err(GrantRefused { reasons });
        }
        Ok(VerifiedGrant {
            jti: read.jti,
            iss: read.iss,
            uses: read.uses,
            day: read.day,
            confirmed_at: instant(read.iat),
        })
    }
}

impl std::fmt::Debug for UnverifiedGrant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedGrant").finish_non_exhaustive()
    }
}

impl VerifiedGrant {
    /// The grant's own id.
    pub fn id(&self) -> &str {
        &self.jti
    }

    /// Who asked the customer.
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// When the customer confirmed.
    pub fn confirmed_at(&self) -> Timestamp {
        self.confirmed_at
    }

    /// How often it may be used.
    pub fn uses(&self) -> Uses {
        self.uses
    }
}

impl std::fmt::Debug for VerifiedGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedGrant").field("id", &self.jti).field("day", &self.day).finish_non_exhaustive()
    }
}

/// The members of a grant.
struct Read {
    iss: String,
    jti: String,
    iat: i64,
    exp: i64,
    env: Env,
    purpose: Purpose,
    service: ServiceId,
    price: Price,
    day: NaturalDay,
    uses: Uses,
}

impl Read {
    fn from_payload(payload: &Json) -> Result<Self, GrantRefused> {
        // A number in plain sight would be in every record.
        if payload.member("number").is_some() {
            return Err(ReasonCode::ClaimInPlainSight.into());
        }
        let time = |name| payload.seconds(name).map_err(|_| GrantRefused::from(ReasonCode::TimeMalformed));
        let (iat, exp) = (time("iat")?, time("exp")?);
        let read = || {
            let jti = payload.text("jti")?;
            if decode(jti)?.len() < 16 {
                return Err(JoseError::Member("jti"));
            }
            Ok(Self {
                iss: payload.text("iss")?.to_owned(),
                jti: jti.to_owned(),
                iat,
                exp,
                env: payload.text("env")?.parse().map_err(|_| JoseError::Member("env"))?,
                purpose: payload.text("purpose")?.parse().map_err(|_| JoseError::Member("purpose"))?,
                service: payload.text("service")?.parse().map_err(|_| JoseError::Member("service"))?,
                price: Price::from_json(payload.member("price").ok_or(JoseError::Member("price"))?)?,
                day: NaturalDay::parse(payload.text("day")?)?,
                uses: Uses::from_name(payload.text("uses")?).ok_or(JoseError::Member("uses"))?,
            })
        };
        read().map_err(|_: JoseError| ReasonCode::ClaimMalformed.into())
    }
}

impl From<ReasonCode> for GrantRefused {
    fn from(code: ReasonCode) -> Self {
        Self { reasons: vec![code] }
    }
}

impl From<JoseError> for GrantRefused {
    fn from(error: JoseError) -> Self {
        jose_code(&error).into()
    }
}

impl From<SdJwtError> for GrantRefused {
    fn from(error: SdJwtError) -> Self {
        sd_jwt_code(&error).into()
    }
}

impl From<TrustError> for GrantRefused {
    fn from(error: TrustError) -> Self {
        // No store is asked here, so there is always a code.
        error.reason().unwrap_or(ReasonCode::KeyUnknown).into()
    }
}

fn codes(reasons: &[ReasonCode]) -> String {
    reasons.iter().map(|code| code.as_str()).collect::<Vec<_>>().join(", ")
}
