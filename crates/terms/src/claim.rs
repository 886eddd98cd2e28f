//! The personal facts that can be disclosed, one by one.

/// A claim under `verified_claims.claims`. Each is always behind a digest of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClaimName {
    /// Name as on the document.
    Name,
    /// `YYYY-MM-DD`.
    Birthdate,
    /// `{"formatted": …}`.
    Address,
    /// `male`, `female`, `unknown` or `not_stated`.
    Gender,
    /// Three-letter codes.
    Nationalities,
    /// The identity number, a final X in upper case.
    IdNumber,
    /// The kind of document.
    IdType,
    /// `YYYY-MM-DD` or `long_term`.
    DocumentExpiry,
}

crate::names! {
    ClaimName {
        Name = "name",
        IdNumber = "id_number",
        IdType = "id_type",
        Birthdate = "birthdate",
        Gender = "gender",
        Nationalities = "nationalities",
        Address = "address",
        DocumentExpiry = "document_expiry",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_both_ways() {
        for claim in ClaimName::ALL {
            assert_eq!(ClaimName::from_name(claim.as_str()), Some(claim));
        }
        assert_eq!(ClaimName::from_name("Name"), None);
    }
}
