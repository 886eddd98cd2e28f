//! What can't be meant in a policy.

mod find;

use super::Requirement;
use crate::document::DocumentKind;
use crate::profile::{Check, Purpose};

/// Something that can't be met, or can't be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// Evidence may not be older than it is: every case is stale.
    #[error("the session's greatest age is 0: every piece of evidence is stale")]
    NoTime,
    /// Evidence of different days counts as one session.
    #[error("a session of {seconds} s lets a card and a photo of different days go together")]
    LongSession {
        /// As the policy says.
        seconds: u64,
    },
    /// A limit of zero refuses everybody.
    #[error("a limit of 0 refuses everybody")]
    LimitOfNothing,
    /// A signal that begins where the limit ends is never seen.
    #[error("{signal} from {from} on is never seen: the limit is {limit}")]
    IdleSignal {
        /// The member of `[limits]`.
        signal: &'static str,
        /// From this count on.
        from: u32,
        /// And this is where counting ends.
        limit: u32,
    },
    /// Minors would be attested by a machine.
    #[error("a minimum age of {years} lets a machine attest minors (under 18)")]
    MinorsAttested {
        /// As the policy says.
        years: u8,
    },
    /// Nobody is that old.
    #[error("a minimum age of {years} refuses everybody")]
    AgeOfNobody {
        /// As the policy says.
        years: u8,
    },
    /// Nothing can satisfy a requirement at this place.
    #[error("rule {rule} requires {requirement}, which can't be made at this place")]
    NeverMet {
        /// From 1.
        rule: usize,
        /// Which.
        requirement: Requirement,
    },
    /// One of several alternatives can't be made at this place, so it never matters.
    #[error("rule {rule} has the alternative {check}, which can't be made at this place")]
    DeadAlternative {
        /// From 1.
        rule: usize,
        /// Which.
        check: Check,
    },
    /// One of several is required alone as well, so the others never matter.
    #[error("rule {rule} requires {requirement}, and one of them alone as well")]
    IdleAlternative {
        /// From 1.
        rule: usize,
        /// Which.
        requirement: Requirement,
    },
    /// The same thing twice.
    #[error("rule {rule} says {requirement} twice")]
    SaidTwice {
        /// From 1.
        rule: usize,
        /// Which.
        requirement: Requirement,
    },
    /// The same document twice.
    #[error("rule {rule} takes {kind} twice")]
    KindTwice {
        /// From 1.
        rule: usize,
        /// Which.
        kind: DocumentKind,
    },
    /// Who could rob somebody of a number is checked from afar: relying parties refuse that.
    #[error("rule {rule} allows {purpose} from afar; relying parties demand an on-site check for it")]
    HighRiskRemote {
        /// From 1.
        rule: usize,
        /// Which.
        purpose: Purpose,
    },
    /// Neither chip nor register is required.
    #[error("rule {rule} requires neither the chip nor the register: nobody vouches for the person")]
    NobodyVouches {
        /// From 1.
        rule: usize,
    },
    /// No comparison of faces is required.
    #[error("rule {rule} requires no comparison of faces: anybody may bring anybody's document")]
    NoFace {
        /// From 1.
        rule: usize,
    },
    /// An expired or lost document would do.
    #[error("rule {rule} doesn't require document_validity: an expired document would do")]
    ValidityIgnored {
        /// From 1.
        rule: usize,
    },
    /// The check must be done sooner than its evidence gets old, or at once.
    #[error("rule {rule} must be done within {hours} h: no session fits into that")]
    NoTimeToComplete {
        /// From 1.
        rule: usize,
        /// As the policy says.
        hours: u16,
    },
    /// Registers are told a phone number, and none is required to be asked.
    #[error("rule {rule} lets registers be told the phone number, and requires none of their checks")]
    PhoneForNobody {
        /// From 1.
        rule: usize,
    },
    /// A live capture is asked for, and nothing that it would show.
    #[error("rule {rule} takes a live capture, and doesn't require liveness")]
    IdleLiveCapture {
        /// From 1.
        rule: usize,
    },
    /// A terminal makes this check, and who relies on it can't.
    #[error("rule {rule} leaves {check} to who relies on it, who can't make it")]
    NotAfterwards {
        /// From 1.
        rule: usize,
        /// Which.
        check: Check,
    },
    /// No source is given.
    #[error("rule {rule} doesn't say where it comes from")]
    NoSource {
        /// From 1.
        rule: usize,
    },
    /// A step-up requires what can't be had: it refuses.
    #[error("step-up {step_up} requires {requirement}, which can't be made at this place")]
    StepUpNeverMet {
        /// From 1.
        step_up: usize,
        /// Which.
        requirement: Requirement,
    },
    /// A step-up is for no purpose of the policy, on a signal that can't be seen here, or asks for nothing that isn't
    /// required anyway.
    #[error("step-up {step_up} changes nothing")]
    IdleStepUp {
        /// From 1.
        step_up: usize,
    },
    /// Two tables give terms for one kind of document: only the first counts.
    #[error("two tables give terms for {kind}")]
    TermsTwice {
        /// Which.
        kind: DocumentKind,
    },
    /// Unusual terms mean something, and there is no table to tell them by.
    #[error("there is no table of terms")]
    NoTerms,
    /// No source is given.
    #[error("table {table} of terms doesn't say where it comes from")]
    TermsWithoutSource {
        /// From 1.
        table: usize,
    },
    /// One reader at two terminals: then nobody knows where it stands.
    #[error("the reader {sam_id} is enrolled for two terminals")]
    SharedReader {
        /// Which.
        sam_id: String,
    },
    /// Terminals with readers in a policy for checks from afar, where no card is read.
    #[error("terminals are enrolled, and no card is read at this place")]
    IdleTerminals,
}

#[cfg(test)]
mod tests;
