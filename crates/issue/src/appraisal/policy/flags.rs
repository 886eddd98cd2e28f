//! What remarks on a card mean.

use serde::{Deserialize, Serialize};

use crate::document::Flag;
use crate::profile::Outcome;

/// What a remark on a card means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::appraisal) enum FlagEffect {
    Ignore,
    Inconclusive,
    Fail,
}

impl FlagEffect {
    pub(in crate::appraisal) fn outcome(self) -> Outcome {
        match self {
            Self::Ignore => Outcome::Pass,
            Self::Inconclusive => Outcome::Inconclusive,
            Self::Fail => Outcome::Fail,
        }
    }
}

/// Every remark that can be about what the card *says* has to be decided on; those on spelling and padding never refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagRules {
    number_check_invalid: FlagEffect,
    number_form_unknown: FlagEffect,
    birth_date_disagrees: FlagEffect,
    sex_disagrees: FlagEffect,
    sex_code_unknown: FlagEffect,
    birth_date_unreadable: FlagEffect,
    validity_unreadable: FlagEffect,
    validity_reversed: FlagEffect,
    long_term_unexpected: FlagEffect,
    /// Came later than the others: a policy without it means what it meant.
    #[serde(default = "ignore")]
    additional_address_unread: FlagEffect,
}

fn ignore() -> FlagEffect {
    FlagEffect::Ignore
}

impl FlagRules {
    pub(super) fn all(effect: FlagEffect) -> Self {
        Self {
            number_check_invalid: effect,
            number_form_unknown: effect,
            birth_date_disagrees: effect,
            sex_disagrees: effect,
            sex_code_unknown: effect,
            birth_date_unreadable: effect,
            validity_unreadable: effect,
            validity_reversed: effect,
            long_term_unexpected: effect,
            additional_address_unread: effect,
        }
    }

    pub(super) fn effect(&self, flag: Flag) -> FlagEffect {
        match flag {
            Flag::NumberCheckInvalid => self.number_check_invalid,
            Flag::NumberFormUnknown => self.number_form_unknown,
            Flag::BirthDateDisagrees => self.birth_date_disagrees,
            Flag::SexDisagrees => self.sex_disagrees,
            Flag::SexCodeUnknown => self.sex_code_unknown,
            Flag::BirthDateUnreadable => self.birth_date_unreadable,
            Flag::ValidityUnreadable => self.validity_unreadable,
            Flag::ValidityReversed => self.validity_reversed,
            Flag::LongTermUnexpected => self.long_term_unexpected,
            Flag::AdditionalAddressUnread => self.additional_address_unread,
            Flag::NamePrivateUse
            | Flag::AddressPrivateUse
            | Flag::CutSurrogate
            | Flag::NameFull
            | Flag::EnglishNameFull
            | Flag::AddressFull
            | Flag::NulPadding => FlagEffect::Ignore,
        }
    }
}
