//! One reading of one card, and where it came from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{Document, SamId};

/// Where the bytes of a reading came from. A pty counts as [`Emulated`](Self::Emulated).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A serial port.
    Serial,
    /// A native USB reader (bulk pipes).
    Usb,
    /// A USB HID reader.
    Hid,
    /// A reader in software.
    Emulated,
    /// A recording.
    Replay,
}

realname_terms::names! {
    Origin {
        Serial = "serial",
        Usb = "usb",
        Hid = "hid",
        Emulated = "emulated",
        Replay = "replay",
    }
}

impl Origin {
    /// Whether it is a device at all. Readings that are not can only be attested as `env: test`.
    pub fn is_physical(self) -> bool {
        match self {
            Self::Serial | Self::Usb | Self::Hid => true,
            Self::Emulated | Self::Replay => false,
        }
    }
}

/// A [`Document`] that came off a chip through a SAM.
///
/// Only the reader's session makes one, from bytes. `chip: pass` in an attestation rests on it and means: *the SAM
/// authenticated the chip, and this host says so*. The host verifies no signature of the card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardRead {
    parts: CardReadParts,
}

/// What the session puts together. Private to the crate.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CardReadParts {
    pub(crate) document: Document,
    pub(crate) text: Zeroizing<Vec<u8>>,
    pub(crate) photo: PhotoBlock,
    pub(crate) fingerprints: Vec<Fingerprint>,
    pub(crate) additional_addresses: Vec<super::CardText>,
    pub(crate) sam_id: SamId,
    pub(crate) origin: Origin,
    pub(crate) read_at: Timestamp,
    pub(crate) link: LinkStats,
}

impl CardRead {
    /// The one origin of a `CardRead`. Called by `reader::session` alone.
    pub(crate) fn from_session(parts: CardReadParts) -> Self {
        Self { parts }
    }

    /// What the card says.
    pub fn document(&self) -> &Document {
        &self.parts.document
    }

    /// The chip's text block as it was read: 256 bytes, for programs that take it apart themselves.
    pub fn text_block(&self) -> &[u8] {
        &self.parts.text
    }

    /// The chip's photo, opaque.
    pub fn photo(&self) -> &PhotoBlock {
        &self.parts.photo
    }

    /// Fingerprints, none to two, when they were asked for and the card has them.
    pub fn fingerprints(&self) -> &[Fingerprint] {
        &self.parts.fingerprints
    }

    /// The newest address written to the chip after the card was issued.
    pub fn additional_address(&self) -> Option<&super::CardText> {
        self.parts.additional_addresses.last()
    }

    /// All of them that the reader gives, oldest first: at most four, and newer readers give the newest alone.
    pub fn additional_addresses(&self) -> &[super::CardText] {
        &self.parts.additional_addresses
    }

    /// The id that the reader's security module stated.
    pub fn sam_id(&self) -> SamId {
        self.parts.sam_id
    }

    /// Where the bytes came from.
    pub fn origin(&self) -> Origin {
        self.parts.origin
    }

    /// When the reply was complete, by the host's clock.
    pub fn read_at(&self) -> Timestamp {
        self.parts.read_at
    }

    /// What happened on the line meanwhile.
    pub fn link(&self) -> LinkStats {
        self.parts.link
    }
}

impl std::fmt::Debug for CardRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardRead")
            .field("document", &self.parts.document)
            .field("sam_id", &self.parts.sam_id)
            .field("origin", &self.parts.origin)
            .field("read_at", &self.parts.read_at)
            .field("link", &self.parts.link)
            .finish_non_exhaustive()
    }
}

/// The chip's photo in its closed 1024-byte format. Opaque here: only a licensed decoder turns it into a picture.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct PhotoBlock {
    bytes: Vec<u8>,
}

impl PhotoBlock {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec() }
    }

    /// The block as read; 1024 bytes on every card described.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the block.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }

    /// Whether it begins as every block described does (`57 4C 66 00 7E 00`). A different one is worth a warning, never
    /// an error.
    pub fn has_usual_header(&self) -> bool {
        self.bytes.starts_with(&[0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00])
    }
}

impl std::fmt::Debug for PhotoBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PhotoBlock([{} bytes])", self.bytes.len())
    }
}

/// One fingerprint block of 512 bytes: seven header fields, then a closed template (GA 1012).
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Fingerprint {
    bytes: Vec<u8>,
}

impl Fingerprint {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec() }
    }

    /// The whole block.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn header(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Enrolment code: 1 done, 2 failed, 3 not enrolled, 9 unknown.
    pub fn enrolment(&self) -> u8 {
        self.header(4)
    }

    /// Finger code: `0x0B`–`0x0F` right thumb to little, `0x10`–`0x14` left, `0x61`–`0x63` unsure.
    pub fn finger(&self) -> u8 {
        self.header(5)
    }

    /// Quality 1 (worst) to 100 (best); 0 unknown.
    pub fn quality(&self) -> u8 {
        self.header(6)
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint([{} bytes])", self.bytes.len())
    }
}

/// What the driver met on the line during one reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkStats {
    /// Bytes dropped while looking for a frame.
    pub discarded_bytes: u64,
    /// Commands sent again.
    pub retries: u32,
    /// Whether two readings in a row were the same, byte by byte. `false`: one was believed, because nothing spoke against it.
    #[serde(default)]
    pub confirmed: bool,
}
