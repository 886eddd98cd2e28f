//! What was ordered, and what is asked beyond the flow's own checks.

use jiff::SignedDuration;

use super::HandoverError;
use crate::confirmation::PhoneNumber;
use crate::document::Personal;
use crate::profile::{Check, Expectation, IdNumber, is_id};

/// An order, as the shop's own system has it. It is given anew for every step and compared with what was opened.
#[derive(Clone, Debug)]
pub struct Order {
    id: String,
    number: PhoneNumber,
    name: Personal,
    id_number: Personal,
}

impl Order {
    /// The order of that id (1 to 64 of `A-Z a-z 0-9 . _ : -`, the shop's own and never used again), for that number, by the
    /// person of that name and document number, as typed.
    ///
    /// # Errors
    /// [`HandoverError::OrderId`].
    pub fn new(
        id: impl Into<String>,
        number: PhoneNumber,
        name: impl Into<Personal>,
        id_number: impl Into<Personal>,
    ) -> Result<Self, HandoverError> {
        let id = id.into();
        if !is_id(&id) {
            return Err(HandoverError::OrderId);
        }
        Ok(Self { id, number, name: name.into(), id_number: id_number.into() })
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The number that is sold.
    pub fn number(&self) -> &PhoneNumber {
        &self.number
    }

    /// The buyer's document number.
    pub(super) fn document(&self) -> IdNumber {
        IdNumber::new(self.id_number.as_str().trim())
    }

    /// Who must be checked, online and at the door.
    pub(super) fn buyer(&self) -> Expectation {
        Expectation::new(self.name.clone(), self.id_number.clone())
    }

    /// Whether these are the salted digests of its buyer.
    pub(super) fn is_bought_by(&self, expected: &crate::profile::SaltedExpectation) -> bool {
        expected.is_met_by(self.name.as_str(), self.id_number.as_str())
    }

    /// Buyer and phone number, for the order's row: the two numbers as one text, so that a store without either can tell
    /// whether both are the ones that were opened.
    pub(super) fn whole(&self) -> Expectation {
        Expectation::new(self.name.clone(), self.both_numbers())
    }

    pub(super) fn is_whole(&self, kept: &crate::profile::SaltedExpectation) -> bool {
        kept.is_met_by(self.name.as_str(), self.both_numbers().as_str())
    }

    fn both_numbers(&self) -> Personal {
        format!("{} {}", self.id_number.as_str().trim(), self.number.as_str()).into()
    }
}

/// What a demand of this flow asks beyond what it always does.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Asking {
    pub(super) checks: Vec<Check>,
    pub(super) terminal: Option<String>,
    pub(super) life: Option<SignedDuration>,
    pub(super) nonce: Option<[u8; 16]>,
}

impl Asking {
    /// Further checks that must have passed, such as `chip` at a door where couriers carry readers.
    pub fn checks(mut self, checks: impl IntoIterator<Item = Check>) -> Self {
        self.checks = checks.into_iter().collect();
        self
    }

    /// Only this terminal may answer: the courier's.
    pub fn terminal(mut self, terminal: impl Into<String>) -> Self {
        self.terminal = Some(terminal.into());
        self
    }

    /// Names the demand by these random bits instead of fresh ones, for whoever asks again after a crash:
    /// [`AskError::NonceTaken`](crate::demand::AskError::NonceTaken) says that it was made.
    pub fn nonce(mut self, bits: [u8; 16]) -> Self {
        self.nonce = Some(bits);
        self
    }

    /// How long it may be answered, for terminals that were told to answer more than ten minutes; at most a day.
    pub fn life(mut self, life: SignedDuration) -> Self {
        self.life = Some(life);
        self
    }
}
