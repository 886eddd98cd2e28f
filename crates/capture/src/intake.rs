//! Taking a photo in.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::decode::{Decoded, decode};
use super::exif::Exif;
use super::plane::wipe;
use super::scratch::Scratch;
use super::{CaptureError, Format, Limits, PerceptualHash, Picture, Slot, trim};

/// Takes photos in under limits. One that takes in several photos is faster than one for each: it keeps the memory that
/// pixels are decoded into, wiped, up to 64 MiB.
///
/// ```
/// use realname_capture::{CaptureError, Intake, Slot};
/// use realname_terms::{Explain, Lang};
///
/// let now = "2026-11-21T08:00:00Z".parse().unwrap();
/// // What an iPhone sends when nobody asked it for JPEG.
/// let heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic".to_vec();
/// let refused = Intake::default().take(Slot::Live, heic, now).unwrap_err();
/// assert_eq!(refused.code(), "photo_heic");
/// println!("{}", refused.advice(Lang::En)); // what the buyer does next
/// ```
#[derive(Clone, Debug, Default)]
pub struct Intake {
    limits: Limits,
    scratch: Scratch,
}

/// Something about a photo's file that refuses nothing and is worth knowing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Note {
    /// Bytes follow the picture. Phones append previews (MPF), so this is common.
    TrailingBytes,
    /// A progressive JPEG: what editors and messengers make, cameras don't.
    Progressive,
    /// The file's name ends like another format.
    NameDisagrees,
    /// Plain bars on two sides were left out: what messengers, galleries and screens add.
    Bars,
}

impl Intake {
    /// With limits of your own.
    pub fn new(limits: Limits) -> Self {
        Self { limits, scratch: Scratch::default() }
    }

    /// Takes one photo in. `taken_at` is when it was taken or received, by the caller's clock; the file's own account of
    /// it is not believed.
    ///
    /// # Errors
    /// [`CaptureError`] names what is wrong with the file, before anything is decoded where the headers show it.
    pub fn take(&self, slot: Slot, bytes: Vec<u8>, taken_at: Timestamp) -> Result<Capture, CaptureError> {
        let bytes = Wiped(bytes);
        let Decoded { format, picture, exif, progressive, trailing } =
            decode(&bytes.0, &self.limits, &self.scratch)?;
        let mut notes = Vec::new();
        if trailing > 0 {
            notes.push(Note::TrailingBytes);
        }
        if progressive {
            notes.push(Note::Progressive);
        }
        let trimmed = trim::trimmed(&picture);
        if trimmed.is_some() {
            notes.push(Note::Bars);
        }
        let picture = trimmed.unwrap_or(picture);
        Ok(Capture {
            slot,
            format,
            taken_at,
            sha256: Sha256::digest(&bytes.0).into(),
            derived: Derived::default(),
            width: picture.width() as u32,
            height: picture.height() as u32,
            notes,
            exif,
            bytes: Some(bytes),
            picture: Some(picture),
        })
    }

    /// As [`take`](Self::take), for a photo that came as a named file. The name only adds a [`Note`] when its ending
    /// belongs to another format: content decides.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn take_named(
        &self,
        slot: Slot,
        name: &str,
        bytes: Vec<u8>,
        taken_at: Timestamp,
    ) -> Result<Capture, CaptureError> {
        let mut capture = self.take(slot, bytes, taken_at)?;
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        if extension.is_some_and(|extension| !capture.format.has_extension(extension)) {
            capture.notes.push(Note::NameDisagrees);
        }
        Ok(capture)
    }
}

/// A file's bytes, wiped when they are dropped.
#[derive(Clone, PartialEq, Eq)]
struct Wiped(Vec<u8>);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// What is worked out from the pixels when it is first asked for, or before they are dropped.
#[derive(Clone, Debug, Default)]
struct Derived {
    sha256: OnceLock<[u8; 32]>,
    hash: OnceLock<Option<PerceptualHash>>,
}

/// It follows from the pixels, so it makes no difference.
impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Derived {}

/// A photo that was taken in: its digests and size, and its content until that is dropped.
///
/// `Debug` shows no content; the file's bytes and the pixels are wiped when they are dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Capture {
    slot: Slot,
    format: Format,
    taken_at: Timestamp,
    sha256: [u8; 32],
    derived: Derived,
    width: u32,
    height: u32,
    notes: Vec<Note>,
    exif: Exif,
    bytes: Option<Wiped>,
    picture: Option<Picture>,
}

impl Capture {
    /// What it is meant to show.
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// The file's format, by its content.
    pub fn format(&self) -> Format {
        self.format
    }

    /// When it was taken or received, by the caller's clock.
    pub fn taken_at(&self) -> Timestamp {
        self.taken_at
    }

    /// SHA-256 of the file.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// SHA-256 of the decoded pixels: the same for one picture in two wrappings. Worked out when it is first asked for (an
    /// eighth of the time of decoding), and kept after [`forget`](Self::forget).
    pub fn pixels_sha256(&self) -> [u8; 32] {
        *self.derived.sha256.get_or_init(|| self.picture.as_ref().map_or([0; 32], Picture::sha256))
    }

    /// The perceptual hash, for a search that looks for one file in many captures; `None` for a photo without content.
    /// Worked out when it is first asked for, and kept after [`forget`](Self::forget).
    pub fn perceptual_hash(&self) -> Option<PerceptualHash> {
        *self.derived.hash.get_or_init(|| PerceptualHash::of(self.picture.as_ref()?.luma()))
    }

    /// Whether two captures hold one picture, pixel by pixel.
    pub(super) fn same_pixels(&self, other: &Self) -> bool {
        match (&self.picture, &other.picture) {
            (Some(a), Some(b)) => a == b,
            _ => self.pixels_sha256() == other.pixels_sha256(),
        }
    }

    /// Width in pixels, after turning as the file says.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// What is worth knowing about the file.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What the camera wrote about itself.
    pub(super) fn exif(&self) -> &Exif {
        &self.exif
    }

    /// The file, for an authority that compares faces; `None` after [`forget`](Self::forget).
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_ref().map(|bytes| bytes.0.as_slice())
    }

    /// The pixels; `None` after [`forget`](Self::forget).
    pub fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }

    /// Drops and wipes file and pixels. Digests and sizes stay: they are what a record keeps.
    pub fn forget(&mut self) {
        self.pixels_sha256();
        self.perceptual_hash();
        self.bytes = None;
        self.picture = None;
    }

    /// The same without file and pixels, for whoever can't drop them because others hold them too.
    pub(super) fn forgotten(&self) -> Self {
        self.pixels_sha256();
        self.perceptual_hash();
        Self {
            slot: self.slot,
            format: self.format,
            taken_at: self.taken_at,
            sha256: self.sha256,
            derived: self.derived.clone(),
            width: self.width,
            height: self.height,
            notes: self.notes.clone(),
            exif: self.exif.clone(),
            bytes: None,
            picture: None,
        }
    }
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capture")
            .field("slot", &self.slot)
            .field("format", &self.format)
            .field("size", &(self.width, self.height))
            .field("taken_at", &self.taken_at)
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}
