//! Which demand is meant, and what answering it gave.

use super::{Record, UnverifiedPresentation, Verdict};
use crate::jose::Unverified;
use crate::profile::{ReasonCode, Refused};

/// What an answer gave.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The decision.
    pub verdict: Verdict,
    /// What is kept, when it was accepted. The store has it as well: see [`recorded`](crate::rely::recorded).
    pub record: Option<Record>,
}

impl From<Refused> for Answer {
    /// The answer to what was refused before there was anything to judge.
    fn from(Refused(code): Refused) -> Self {
        Self { verdict: Verdict::refused(code), record: None }
    }
}

/// Which demand the caller means.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum DemandRef<'a> {
    /// The one that the presentation names.
    ByPresentation,
    /// The one with that nonce.
    Nonce(&'a str),
    /// This one, in its compact form.
    Demand(&'a str),
}

impl std::fmt::Debug for DemandRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ByPresentation => "ByPresentation",
            Self::Nonce(_) => "Nonce",
            Self::Demand(_) => "Demand",
        })
    }
}

/// The nonce of the demand that is meant.
pub(super) fn nonce_of(
    asked: DemandRef<'_>,
    presentation: &UnverifiedPresentation<'_>,
) -> Result<String, Refused> {
    match asked {
        DemandRef::ByPresentation => {
            presentation.nonce().map(str::to_owned).ok_or(ReasonCode::NonceMismatch.into())
        }
        DemandRef::Nonce(nonce) => Ok(nonce.to_owned()),
        DemandRef::Demand(compact) => Unverified::parse(compact.trim_ascii())
            .ok()
            .and_then(|jws| Some(jws.peek().ok()?.member("nonce")?.as_str()?.to_owned()))
            .ok_or(ReasonCode::DemandMalformed.into()),
    }
}
