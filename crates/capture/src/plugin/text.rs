//! Reading what is printed on a card.

use super::Measured;
use crate::Picture;
use crate::document::Personal;

/// A printed field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextField {
    /// The identity number on the portrait side.
    IdNumber,
    /// The name on the portrait side.
    Name,
    /// The validity on the emblem side.
    Validity,
}

realname_terms::names! { TextField { IdNumber = "id_number", Name = "name", Validity = "validity" } }

/// Reads one field of a card that lies flat in the picture.
///
/// One in eleven random misreadings passes the number's check character, so a reading that differs from the chip or from
/// what was declared is a matter for a person, never a silent pass.
pub trait TextReader: Send + Sync {
    /// Which reader, for the operator's records.
    fn id(&self) -> &str;

    /// Whether it is a stand-in. The default is `true`: a real one has to say so on purpose, and production asks no other.
    fn is_test(&self) -> bool {
        true
    }

    /// Reads `field` from the rectified card.
    fn read(&self, card: &Picture, field: TextField) -> TextVerdict;
}

/// What a reading says.
#[derive(Clone, Debug, PartialEq)]
pub enum TextVerdict {
    /// Read, with some certainty.
    Read(Personal, Measured),
    /// There is something that can't be read.
    Illegible,
    /// Nothing was read.
    NotRun,
}

/// No reader is installed: nothing is ever read.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTextReader;

impl TextReader for NoTextReader {
    fn id(&self) -> &str {
        "none"
    }

    fn read(&self, _: &Picture, _: TextField) -> TextVerdict {
        TextVerdict::NotRun
    }
}
