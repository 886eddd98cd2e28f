//! Whether a register may be told a phone number.

/// Whether registers are told the phone number of the case, under a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PhoneUse {
    /// No register is. One that can't be asked without it isn't asked.
    #[default]
    Withheld,
    /// Those are that can't be asked without it, and those that the case asks about it. The person has to have agreed to it
    /// as well ([`ConsentGiven::with_phone_number`](crate::appraisal::ConsentGiven::with_phone_number)).
    Told,
}

realname_terms::names! {
    PhoneUse {
        Withheld = "withheld",
        Told = "told",
    }
}
