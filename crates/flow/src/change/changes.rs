//! The home side of replacements and transfers.

use super::Act;
use crate::cancellation::{Account, HomeSide, Reach};
use crate::profile::{Check, ReasonCode};

/// The home side of replacements and transfers: who has the numbers, and what it asks for beside the persons' proof.
#[derive(Clone, Debug)]
pub struct Changes {
    pub(super) home: HomeSide,
    replacement: Silent,
    transfer: Silent,
}

/// The policy for a number that receives nothing, so that it can't confirm: of a lost card above all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "it is done or it isn't")]
pub enum Silent {
    /// These checks must have passed as well, with everybody who has to be proven.
    Needs(Vec<Check>),
    /// Nothing is done from afar.
    Refused,
}

impl Changes {
    /// With the policy that a lost card is replaced when chip, register and a face comparison by the register passed, and that a number
    /// which can't confirm isn't transferred: its card is replaced first.
    pub fn new(home: HomeSide) -> Self {
        let needs = vec![Check::Chip, Check::Registry, Check::FaceRegistry];
        Self { home, replacement: Silent::Needs(needs), transfer: Silent::Refused }
    }

    /// With another policy for numbers that receive nothing.
    #[must_use]
    pub fn with_silent(mut self, act: Act, silent: Silent) -> Self {
        match act {
            Act::Replacement => self.replacement = silent,
            Act::Transfer => self.transfer = silent,
        }
        self
    }

    /// What is asked of a number in that state beside its demand's own checks.
    pub(super) fn step_up(&self, act: Act, account: &Account) -> Result<&[Check], ReasonCode> {
        let silent = match act {
            Act::Replacement => &self.replacement,
            Act::Transfer => &self.transfer,
        };
        match (account.reach(), silent) {
            // It confirms.
            (Reach::Receives, _) => Ok(&[]),
            (_, Silent::Needs(checks)) => Ok(checks),
            (_, Silent::Refused) => Err(ReasonCode::NumberSilent),
        }
    }
}
