//! Why a text is no policy.

use crate::profile::Purpose;

/// A policy that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It isn't TOML of this form.
    #[error("the policy isn't TOML of the expected form")]
    Toml(#[source] toml::de::Error),
    /// It isn't JSON of this form.
    #[error("the policy isn't JSON of the expected form")]
    Json(#[source] serde_json::Error),
    /// The id is blank, or not printable ASCII of at most 200 characters.
    #[error("the policy's id must be 1 to 200 printable ASCII characters")]
    Id,
    /// Version 0.
    #[error("the policy's version must be 1 or more")]
    Version,
    /// Nobody to turn to is named.
    #[error("the policy names no human route")]
    NoHumanRoute,
    /// There is no rule.
    #[error("the policy has no rule")]
    NoRule,
    /// A rule has nothing in a place where something must be: then it would pass, or match, nobody or everybody.
    #[error("rule {rule} of the policy has an empty {part}")]
    Empty {
        /// Which rule, from 1.
        rule: usize,
        /// Which part of it.
        part: &'static str,
    },
    /// A step-up has nothing in a place where something must be.
    #[error("step-up {step_up} of the policy has an empty {part}")]
    EmptyStepUp {
        /// Which, from 1.
        step_up: usize,
        /// Which part of it.
        part: &'static str,
    },
    /// Two rules name one purpose with the same kind of document.
    #[error("two rules of the policy name the purpose {purpose} with one kind of document")]
    DoublePurpose {
        /// Which.
        purpose: Purpose,
    },
    /// A table of terms doesn't begin at age 0, doesn't ascend, or has an entry without exactly one of `years` and
    /// `long_term`.
    #[error("table {table} of terms doesn't give each age, from 0 on, one term")]
    Terms {
        /// Which, from 1.
        table: usize,
    },
    /// A terminal has a blank id, no reader, or is listed twice.
    #[error("terminal {terminal} of the policy is blank, without a reader, or listed twice")]
    Terminal {
        /// Which, from 1.
        terminal: usize,
    },
}
