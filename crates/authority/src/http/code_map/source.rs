//! Where a row of a map comes from.

use super::CodeMapError;

/// Who says what a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) enum Source {
    /// The vendor's own client.
    Sdk,
    /// The vendor's own page.
    Docs,
    /// The contract of whoever uses the map.
    Contract,
    /// This crate's own interface.
    Own,
    /// Somebody else: for trying out.
    SecondHand,
}

impl Source {
    /// Reads `kind: what exactly`; who reads the map must be able to look it up.
    pub(in crate::http) fn read(at: &str, code: &str, written: &str) -> Result<Self, CodeMapError> {
        let wrong = || CodeMapError::Source { at: at.to_owned(), code: code.to_owned() };
        let (kind, what) = written.split_once(": ").ok_or_else(wrong)?;
        if what.trim().is_empty() {
            return Err(wrong());
        }
        match kind {
            "sdk" => Ok(Self::Sdk),
            "docs" => Ok(Self::Docs),
            "contract" => Ok(Self::Contract),
            "own" => Ok(Self::Own),
            "second-hand" => Ok(Self::SecondHand),
            _ => Err(wrong()),
        }
    }

    pub(super) fn is_first_hand(&self) -> bool {
        match self {
            Self::Sdk | Self::Docs | Self::Contract | Self::Own => true,
            Self::SecondHand => false,
        }
    }
}
