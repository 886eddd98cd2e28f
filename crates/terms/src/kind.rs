//! Which card, and the sex code.

/// The four documents that a SAM reader reads (type flag at byte 248 of the text block).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Resident identity card.
    #[default]
    Resident,
    /// Residence permit for Hong Kong, Macao and Taiwan residents, flag `J`.
    ResidencePermit,
    /// Foreigner's permanent residence card of 2017, flag `I`.
    PermanentResident2017,
    /// Foreigner's permanent residence card of 2023, flag `Y`.
    PermanentResident2023,
}

crate::names! {
    DocumentKind {
        Resident = "resident",
        ResidencePermit = "residence_permit",
        PermanentResident2017 = "permanent_resident_2017",
        PermanentResident2023 = "permanent_resident_2023",
    }
}

/// Sex as the card codes it (GB/T 2261.1): 0 unknown, 1 male, 2 female, 9 not stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Code 0, and any code that the standard doesn't have (then flagged).
    #[default]
    Unknown,
    /// Code 1.
    Male,
    /// Code 2.
    Female,
    /// Code 9.
    NotStated,
}

crate::names! {
    Sex {
        Unknown = "unknown",
        Male = "male",
        Female = "female",
        NotStated = "not_stated",
    }
}
