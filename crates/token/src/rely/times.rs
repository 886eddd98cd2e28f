//! `iat`, `nbf`, `exp` of an issuer's payload.

use jiff::Timestamp;

use super::Limits;
use crate::jose::{Json, Texts};
use crate::profile::{ReasonCode, Refused};

/// The times of a payload, well-formed and in their order.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) iat: i64,
    pub(super) exp: i64,
}

impl Times {
    /// Reads them; whether they hold is said by [`judge`](Self::judge).
    pub(super) fn read<S: Texts>(payload: &Json<S>) -> Result<(Self, Option<i64>), Refused> {
        let time = |name: &str| match payload.member(name) {
            None => Ok(None),
            Some(value) => value.as_seconds().map(Some).ok_or(ReasonCode::TimeMalformed),
        };
        let (iat, nbf, exp) = (time("iat")?, time("nbf")?, time("exp")?);
        let times = Self { iat: iat.ok_or(ReasonCode::IatMissing)?, exp: exp.ok_or(ReasonCode::ExpMissing)? };
        Ok((times, nbf))
    }

    /// Skew is allowed for `iat` and `nbf`, never for `exp`.
    pub(super) fn judge(self, nbf: Option<i64>, now: i64, limits: &Limits) -> Option<ReasonCode> {
        let latest = now.saturating_add(limits.skew.as_secs());
        if self.exp <= now {
            Some(ReasonCode::Expired)
        } else if self.iat > latest {
            Some(ReasonCode::IssuedInFuture)
        } else if nbf.is_some_and(|nbf| nbf > latest) {
            Some(ReasonCode::NotYetValid)
        } else if self.exp.saturating_sub(self.iat) > limits.max_life.as_secs() {
            Some(ReasonCode::LifeTooLong)
        } else {
            None
        }
    }
}

/// RFC 3339 in UTC, with `T` and `Z`, as the profile writes it.
pub(super) fn instant<S: Texts>(json: Option<&Json<S>>) -> Option<Timestamp> {
    let text = json?.as_str()?;
    let shape = text.len() >= 20 && text.is_ascii() && text.get(10..11) == Some("T") && text.ends_with('Z');
    if shape { text.parse().ok() } else { None }
}
