//! The vocabulary's words: how its values are written in JSON and in code maps. A dot separates a value from its detail.

use std::time::Duration;

use super::{
    Attribute, AuthorityError, DocumentStatus, Face, InactiveReason, Liveness, NotFoundHint, ProbeFault,
    QueryField, QuotaScope, Subject,
};

/// A part of the vocabulary of which every value has a word.
pub(super) trait Word: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// The value's word.
    fn word(self) -> &'static str;

    /// The value of a word. An unknown word has none: it is never guessed.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }
}

/// A part whose values hold nothing else has its names as words.
macro_rules! words {
    ($type:ident { $($name:ident = $word:literal),+ $(,)? }) => {
        realname_terms::names! { $type { $($name = $word),+ } }

        impl Word for $type {
            const ALL: &'static [Self] = &Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    };
}

// `Subject` and `Face` hold a detail, which `names!` doesn't know: their words are written out.
impl Word for Subject {
    const ALL: &'static [Self] = &[
        Self::Found,
        Self::NotFound { hint: None },
        Self::NotFound { hint: Some(NotFoundHint::NumberUnknown) },
        Self::NotFound { hint: Some(NotFoundHint::NameUnknown) },
        Self::NotFound { hint: Some(NotFoundHint::Moving) },
        Self::NotFound { hint: Some(NotFoundHint::KeptElsewhere) },
        Self::Inactive(InactiveReason::Deceased),
        Self::Inactive(InactiveReason::Cancelled),
        Self::Inactive(InactiveReason::Suspended),
        Self::Ambiguous,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::NotFound { hint: None } => "not_found",
            Self::NotFound { hint: Some(NotFoundHint::NumberUnknown) } => "not_found.number_unknown",
            Self::NotFound { hint: Some(NotFoundHint::NameUnknown) } => "not_found.name_unknown",
            Self::NotFound { hint: Some(NotFoundHint::Moving) } => "not_found.moving",
            Self::NotFound { hint: Some(NotFoundHint::KeptElsewhere) } => "not_found.kept_elsewhere",
            Self::Inactive(InactiveReason::Deceased) => "inactive.deceased",
            Self::Inactive(InactiveReason::Cancelled) => "inactive.cancelled",
            Self::Inactive(InactiveReason::Suspended) => "inactive.suspended",
            Self::Ambiguous => "ambiguous",
        }
    }
}

impl Word for Face {
    const ALL: &'static [Self] = &[
        Self::Same,
        Self::Different,
        Self::Inconclusive,
        Self::NoReference,
        Self::ReferenceUnusable,
        Self::ProbeUnusable { reason: ProbeFault::NoFace },
        Self::ProbeUnusable { reason: ProbeFault::SeveralFaces },
        Self::ProbeUnusable { reason: ProbeFault::TooSmall },
        Self::ProbeUnusable { reason: ProbeFault::Covered },
        Self::ProbeUnusable { reason: ProbeFault::Quality },
        Self::ProbeUnusable { reason: ProbeFault::Kind },
        Self::NotRun,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Inconclusive => "inconclusive",
            Self::NoReference => "no_reference",
            Self::ReferenceUnusable => "reference_unusable",
            Self::ProbeUnusable { reason: ProbeFault::NoFace } => "probe_unusable.no_face",
            Self::ProbeUnusable { reason: ProbeFault::SeveralFaces } => "probe_unusable.several_faces",
            Self::ProbeUnusable { reason: ProbeFault::TooSmall } => "probe_unusable.too_small",
            Self::ProbeUnusable { reason: ProbeFault::Covered } => "probe_unusable.covered",
            Self::ProbeUnusable { reason: ProbeFault::Quality } => "probe_unusable.quality",
            Self::ProbeUnusable { reason: ProbeFault::Kind } => "probe_unusable.kind",
            Self::NotRun => "not_run",
        }
    }
}

words! { Attribute {
    Match = "match",
    Mismatch = "mismatch",
    NotAvailable = "not_available",
    NotAsked = "not_asked",
    Withheld = "withheld",
} }

words! { DocumentStatus {
    Valid = "valid",
    Expired = "expired",
    LostOrRevoked = "lost_or_revoked",
    Superseded = "superseded",
    NotAvailable = "not_available",
} }

words! { Liveness {
    Live = "live",
    Spoof = "spoof",
    Inconclusive = "inconclusive",
    NotRun = "not_run",
} }

/// The error's word. Times are not part of it.
pub(super) fn error_word(error: &AuthorityError) -> String {
    match error {
        AuthorityError::Transient { .. } => "transient".into(),
        AuthorityError::Quota { scope, .. } => format!("quota.{}", scope_word(*scope)),
        AuthorityError::InvalidInput { field } => format!("invalid_input.{field}"),
        AuthorityError::Denied => "denied".into(),
        AuthorityError::PolicyBlocked => "policy_blocked".into(),
        AuthorityError::Unsupported => "unsupported".into(),
        AuthorityError::BadRequest => "bad_request".into(),
        AuthorityError::Protocol => "protocol".into(),
        AuthorityError::Indeterminate => "indeterminate".into(),
    }
}

/// The error of a word, with the time after which the register wants to be asked again.
pub(super) fn error_from_word(word: &str, retry_after: Option<Duration>) -> Option<AuthorityError> {
    let quota = |scope| AuthorityError::Quota { scope, reset: None };
    Some(match word {
        "transient" => AuthorityError::Transient { retry_after },
        "quota.rate" => quota(QuotaScope::Rate),
        "quota.daily" => quota(QuotaScope::Daily),
        "quota.contract" => quota(QuotaScope::Contract),
        "quota.person" => quota(QuotaScope::Person),
        "denied" => AuthorityError::Denied,
        "policy_blocked" => AuthorityError::PolicyBlocked,
        "unsupported" => AuthorityError::Unsupported,
        "bad_request" => AuthorityError::BadRequest,
        "protocol" => AuthorityError::Protocol,
        "indeterminate" => AuthorityError::Indeterminate,
        _ => {
            let name = word.strip_prefix("invalid_input.")?;
            let field = QueryField::from_name(name)?;
            AuthorityError::InvalidInput { field }
        }
    })
}

/// Only ever behind `quota.`, and told to people in another form, so it is no `names!`.
fn scope_word(scope: QuotaScope) -> &'static str {
    match scope {
        QuotaScope::Rate => "rate",
        QuotaScope::Daily => "daily",
        QuotaScope::Contract => "contract",
        QuotaScope::Person => "person",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trips<W: Word + PartialEq + std::fmt::Debug>() -> usize {
        for value in W::ALL {
            assert_eq!(W::from_word(value.word()), Some(*value));
        }
        assert_eq!(W::from_word("maybe"), None);
        W::ALL.len()
    }

    #[test]
    fn every_word_means_one_value() {
        assert_eq!(round_trips::<Subject>(), 10);
        assert_eq!(round_trips::<Attribute>(), 5);
        assert_eq!(round_trips::<DocumentStatus>(), 5);
        assert_eq!(round_trips::<Face>(), 12);
        assert_eq!(round_trips::<Liveness>(), 4);
    }

    #[test]
    fn every_error_has_a_word() {
        let scopes = [QuotaScope::Rate, QuotaScope::Daily, QuotaScope::Contract, QuotaScope::Person];
        let errors = scopes
            .map(|scope| AuthorityError::Quota { scope, reset: None })
            .into_iter()
            .chain(QueryField::ALL.map(|field| AuthorityError::InvalidInput { field }))
            .chain([
                AuthorityError::Transient { retry_after: None },
                AuthorityError::Denied,
                AuthorityError::PolicyBlocked,
                AuthorityError::Unsupported,
                AuthorityError::BadRequest,
                AuthorityError::Protocol,
                AuthorityError::Indeterminate,
            ]);
        for error in errors {
            assert_eq!(error_from_word(&error_word(&error), None), Some(error));
        }
        assert_eq!(error_from_word("invalid_input.mood", None), None);
        assert_eq!(error_from_word("fine", None), None);
    }
}
