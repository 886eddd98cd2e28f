//! What a careful reader should know about a document's fields.

use super::{DocumentParts, NumberCheck, Sex, ValidUntil};

/// A remark about one document. A flag never refuses a card by itself; a policy may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flag {
    /// A private-use code point in the name: the register may hold another, so a mismatch on it isn't fraud.
    NamePrivateUse,
    /// A private-use code point in the address.
    AddressPrivateUse,
    /// A surrogate pair cut at a field's end.
    CutSurrogate,
    /// The name fills its field: the card may have cut it.
    NameFull,
    /// The English name fills its field.
    EnglishNameFull,
    /// The address fills its field.
    AddressFull,
    /// Padding other than U+0020 at the end of a field (some integrations pad with NUL).
    NulPadding,
    /// The number's check character is wrong.
    NumberCheckInvalid,
    /// The number has none of the known forms.
    NumberFormUnknown,
    /// The number says another birth date than the card.
    BirthDateDisagrees,
    /// The number says another sex than the card.
    SexDisagrees,
    /// The sex code isn't one of 0, 1, 2, 9.
    SexCodeUnknown,
    /// The birth date field holds no date.
    BirthDateUnreadable,
    /// A validity field holds no date.
    ValidityUnreadable,
    /// The end of validity lies before its begin.
    ValidityReversed,
    /// Long-term validity on a card issued before its holder was 46.
    LongTermUnexpected,
    /// The additional address was asked for and couldn't be read, so there may be a newer one than the printed. The reader
    /// doesn't have the command, doesn't answer it, or answers what is no address.
    AdditionalAddressUnread,
}

realname_terms::names! {
    Flag {
        NamePrivateUse = "name_private_use",
        AddressPrivateUse = "address_private_use",
        CutSurrogate = "cut_surrogate",
        NameFull = "name_full",
        EnglishNameFull = "english_name_full",
        AddressFull = "address_full",
        NulPadding = "nul_padding",
        NumberCheckInvalid = "number_check_invalid",
        NumberFormUnknown = "number_form_unknown",
        BirthDateDisagrees = "birth_date_disagrees",
        SexDisagrees = "sex_disagrees",
        SexCodeUnknown = "sex_code_unknown",
        BirthDateUnreadable = "birth_date_unreadable",
        ValidityUnreadable = "validity_unreadable",
        ValidityReversed = "validity_reversed",
        LongTermUnexpected = "long_term_unexpected",
        AdditionalAddressUnread = "additional_address_unread",
    }
}

impl Flag {
    /// Whether damage on the line could have made it: then the driver reads again before it believes the card.
    pub fn is_semantic(self) -> bool {
        match self {
            Self::NumberCheckInvalid
            | Self::NumberFormUnknown
            | Self::BirthDateDisagrees
            | Self::SexDisagrees
            | Self::SexCodeUnknown
            | Self::BirthDateUnreadable
            | Self::ValidityUnreadable
            | Self::ValidityReversed => true,
            Self::NamePrivateUse
            | Self::AddressPrivateUse
            | Self::CutSurrogate
            | Self::NameFull
            | Self::EnglishNameFull
            | Self::AddressFull
            | Self::NulPadding
            | Self::LongTermUnexpected
            | Self::AdditionalAddressUnread => false,
        }
    }
}

/// Adds the flags that follow from comparing fields with one another, then sorts them.
pub(super) fn add_semantic_flags(parts: &mut DocumentParts) {
    match parts.number.check() {
        NumberCheck::Valid => {}
        NumberCheck::Invalid => parts.flags.push(Flag::NumberCheckInvalid),
        NumberCheck::Unknown => parts.flags.push(Flag::NumberFormUnknown),
    }
    let birth = parts.birth_date.map(|date| date.to_date());
    if birth.and_then(|date| parts.number.agrees_with_birth(date)) == Some(false) {
        parts.flags.push(Flag::BirthDateDisagrees);
    }
    if let (Some(said), Sex::Male | Sex::Female) = (parts.number.sex(), parts.sex)
        && said != parts.sex
    {
        parts.flags.push(Flag::SexDisagrees);
    }
    match (parts.valid_from, parts.valid_until) {
        (Some(from), Some(ValidUntil::Day(until))) if until < from => {
            parts.flags.push(Flag::ValidityReversed)
        }
        (Some(from), Some(ValidUntil::LongTerm)) => {
            // Order of the Resident Identity Card Law, article 5: long-term from 46 on.
            let too_young = birth.is_some_and(|birth| from.to_date().year() - birth.year() < 46);
            if too_young {
                parts.flags.push(Flag::LongTermUnexpected);
            }
        }
        _ => {}
    }
    if parts.name.has_private_use() || parts.english_name.as_ref().is_some_and(|name| name.has_private_use())
    {
        parts.flags.push(Flag::NamePrivateUse);
    }
    if parts.address.as_ref().is_some_and(|address| address.has_private_use()) {
        parts.flags.push(Flag::AddressPrivateUse);
    }
    let texts =
        [Some(&parts.name), parts.english_name.as_ref(), parts.address.as_ref(), parts.authority.as_ref()];
    if texts.into_iter().flatten().any(|text| text.has_lone_surrogate()) {
        parts.flags.push(Flag::CutSurrogate);
    }
    parts.flags.sort_unstable();
    parts.flags.dedup();
}
