//! What was found.

use serde::Serialize;

use super::Identity;

/// How a capture was used before. The order is from the gravest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReuseKind {
    /// Somebody else sent this very file.
    SameFile,
    /// Somebody else sent this picture, in another file.
    SamePixels,
    /// Somebody else sent a photo of a person that is nearly this one.
    Near,
    /// This identity was seen with another photo of a person.
    SameIdentityOtherPhotos,
}

realname_terms::names! {
    ReuseKind {
        SameFile = "same_file",
        SamePixels = "same_pixels",
        Near = "near",
        SameIdentityOtherPhotos = "same_identity_other_photos",
    }
}

/// One finding. It serialises without whom it is about: that is for the person who looks at it, in the operator's own system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ReuseFinding {
    /// How.
    pub kind: ReuseKind,
    /// Bits of 256 that differ between the two photos of persons; absent where none was compared.
    pub distance: Option<u32>,
    /// Whose the other capture is.
    #[serde(skip)]
    pub other: Identity,
}

impl ReuseFinding {
    /// For indexes.
    pub fn new(kind: ReuseKind, distance: Option<u32>, other: Identity) -> Self {
        Self { kind, distance, other }
    }
}
