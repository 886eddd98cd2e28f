//! What a case is about.

use jiff::Timestamp;

use crate::appraisal::{ConsentGiven, PhoneUse, Policy, Reason, Rule, Signal};
use crate::document::{Personal, SamId};
use crate::profile::{Env, Purpose};

/// What a case is about.
#[derive(Clone, Debug)]
pub struct CaseRequest {
    pub(super) purpose: Purpose,
    pub(super) env: Env,
    pub(super) now: Timestamp,
    pub(super) enrolled: Vec<SamId>,
    pub(super) terminal: Option<String>,
    pub(super) signals: Vec<Signal>,
    pub(super) phone_number: Option<Personal>,
    pub(super) offered_phone_number: Option<Personal>,
}

impl CaseRequest {
    /// For `purpose`, to count or not, at `now`.
    pub fn new(purpose: Purpose, env: Env, now: Timestamp) -> Self {
        Self {
            purpose,
            env,
            now,
            enrolled: Vec::new(),
            terminal: None,
            signals: Vec::new(),
            phone_number: None,
            offered_phone_number: None,
        }
    }

    /// The readers enrolled for this terminal. Production takes no others; a SAM id is evidence, not proof.
    pub fn enrolled(mut self, sam_ids: impl IntoIterator<Item = SamId>) -> Self {
        self.enrolled = sam_ids.into_iter().collect();
        self
    }

    /// Which terminal this is. A policy that lists terminals takes the readers listed for this one and no others, and those
    /// of [`enrolled`](Self::enrolled), if any, only narrow them.
    pub fn terminal(mut self, id: impl Into<String>) -> Self {
        self.terminal = Some(id.into());
        self
    }

    /// What is out of the ordinary, as the caller knows it: the policy may require more then, never less.
    pub fn signals(mut self, signals: impl IntoIterator<Item = Signal>) -> Self {
        self.signals.extend(signals);
        self
    }

    /// Whether production may use this reader.
    pub(super) fn is_enrolled(&self, policy: &Policy, reader: SamId) -> bool {
        let listed = self.enrolled.contains(&reader);
        match policy.is_enrolled(self.terminal.as_deref(), reader) {
            None => listed,
            Some(enrolled) => enrolled && (listed || self.enrolled.is_empty()),
        }
    }

    /// Has a phone number at hand, such as the demand's, for a register that can't be asked without one: its answer about the
    /// number counts then. Other registers aren't told it, and their answer lacks nothing.
    ///
    /// Whether any register is told it is the policy's to say and the person's to agree to
    /// ([`PhoneUse`](crate::appraisal::PhoneUse)); else a register that needs it isn't asked.
    pub fn offering_phone_number(mut self, number: impl Into<Personal>) -> Self {
        self.offered_phone_number = Some(number.into());
        self
    }

    /// Asks the register also whether this phone number is the person's. A register that can't tell leaves the case open;
    /// [`offering_phone_number`](Self::offering_phone_number) asks only those that want one. Without the policy's and the
    /// person's word nobody is asked at all.
    pub fn phone_number(mut self, number: impl Into<Personal>) -> Self {
        self.phone_number = Some(number.into());
        self
    }

    /// Why no register is told the phone number that the case has; `None` when it has none, or they may be.
    pub(super) fn phone_withheld(&self, rule: &Rule, consent: &ConsentGiven) -> Option<Reason> {
        self.phone_number.as_ref().or(self.offered_phone_number.as_ref())?;
        match rule.phone_number {
            PhoneUse::Withheld => Some(Reason::PhoneNumberNotByPolicy),
            PhoneUse::Told if !consent.allows_phone_number() => Some(Reason::PhoneNumberNotConsented),
            PhoneUse::Told => None,
        }
    }
}
