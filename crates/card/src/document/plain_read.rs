//! A reading as plain data: what `reader read --json` prints.

use serde::Serialize;

use super::{CardRead, Flag, NumberCheck, Origin, Personal, PlainDocument, SamId};

/// A reading in the open, as JSON shows it. There is no way from here back to a [`CardRead`]. `Debug` shows neither facts
/// nor digests.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)] // Each field is the accessor of the same name on `CardRead` or its `Document`.
pub struct PlainCardRead {
    pub document: PlainDocument,
    pub number_check: NumberCheck,
    pub flags: Vec<Flag>,
    pub additional_address: Option<Personal>,
    pub sam_id: SamId,
    pub origin: Origin,
    pub photo: PlainPhoto,
    pub fingerprints: Vec<PlainFingerprint>,
    pub link: PlainLink,
    /// Whether two readings in a row were the same.
    pub confirmed: bool,
}

/// The chip's photo: its closed format isn't shown.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlainPhoto {
    /// Always `wlt`.
    pub format: &'static str,
    /// Bytes.
    pub length: usize,
    /// SHA-256 of the block, in hexadecimal digits.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub sha256: String,
}

/// A fingerprint's header; its template isn't shown.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)] // Each field is the accessor of the same name on `Fingerprint`.
pub struct PlainFingerprint {
    pub finger: u8,
    pub quality: u8,
    pub enrolment: u8,
    /// Bytes.
    pub length: usize,
}

/// What scripts rely on of the line: exactly these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(missing_docs)] // As in `LinkStats`.
pub struct PlainLink {
    pub discarded_bytes: u64,
    pub retries: u32,
}

impl From<&CardRead> for PlainCardRead {
    fn from(card: &CardRead) -> Self {
        let (document, photo, link) = (card.document(), card.photo(), card.link());
        let sha256 = photo.sha256().iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            document: document.to_plain(),
            number_check: document.number().check(),
            flags: document.flags().to_vec(),
            additional_address: card.additional_address().map(|address| address.as_str().into()),
            sam_id: card.sam_id(),
            origin: card.origin(),
            photo: PlainPhoto { format: "wlt", length: photo.bytes().len(), sha256 },
            fingerprints: card
                .fingerprints()
                .iter()
                .map(|print| PlainFingerprint {
                    finger: print.finger(),
                    quality: print.quality(),
                    enrolment: print.enrolment(),
                    length: print.bytes().len(),
                })
                .collect(),
            link: PlainLink { discarded_bytes: link.discarded_bytes, retries: link.retries },
            confirmed: link.confirmed,
        }
    }
}

impl CardRead {
    /// Everything in the open. Asking for it is asking for the person's data.
    pub fn to_plain(&self) -> PlainCardRead {
        self.into()
    }
}

impl std::fmt::Debug for PlainCardRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlainCardRead").field("document", &self.document).finish_non_exhaustive()
    }
}
