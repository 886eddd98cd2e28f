//! Why a photo isn't taken, and what its sender does next.

use super::{Foreign, Format};

/// A photo was refused at intake. The fault is always in the file; nothing here says anything about the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// There are no bytes.
    #[error("the photo is an empty file")]
    Empty,
    /// More bytes than the limit.
    #[error("the photo has {got} bytes, the limit is {limit}")]
    TooManyBytes {
        /// Bytes of the file.
        got: usize,
        /// The most that is taken.
        limit: usize,
    },
    /// A side longer than the limit.
    #[error("the photo declares a side of {got} pixels, the limit is {limit}")]
    SideTooLong {
        /// The longer side, in pixels.
        got: u32,
        /// The longest that is taken.
        limit: u32,
    },
    /// More pixels than the limit.
    #[error("the photo declares {got} pixels, the limit is {limit}")]
    TooManyPixels {
        /// Width times height.
        got: u64,
        /// The most that is taken.
        limit: u64,
    },
    /// Decoding would need more memory than the limit.
    #[error("decoding the photo would take {needed} bytes, the limit is {limit}")]
    TooMuchMemory {
        /// Estimated peak, in bytes.
        needed: u64,
        /// The most that is spent.
        limit: u64,
    },
    /// Decoding would take longer than the limit.
    #[error("decoding the photo would take {needed} pixel passes, the limit is {limit}")]
    TooMuchWork {
        /// Pixels times passes over them.
        needed: u64,
        /// The most that are made.
        limit: u64,
    },
    /// More scans than the limit.
    #[error("the JPEG has more than {limit} scans")]
    TooManyScans {
        /// The most that are taken.
        limit: u32,
    },
    /// A format that isn't taken.
    #[error("the photo is a {found} file, expected JPEG, PNG or WebP")]
    UnsupportedFormat {
        /// What it is.
        found: Foreign,
    },
    /// An animation or a sequence.
    #[error("the {format} is animated, expected a single picture")]
    Animated {
        /// Its format.
        format: Format,
    },
    /// Not grey and not three components: CMYK, as made for print.
    #[error("the JPEG has {components} colour components (print colours), expected 1 or 3")]
    PrintColours {
        /// How many it has.
        components: u8,
    },
    /// More than 8 bits a sample.
    #[error("the {format} has {bits} bits a sample, expected at most 8")]
    TooDeep {
        /// Its format.
        format: Format,
        /// Bits that it has.
        bits: u8,
    },
    /// A JPEG process that cameras don't use (lossless, hierarchical, arithmetic coding).
    #[error("the JPEG uses the coding process 0x{marker:02X}, expected baseline or progressive")]
    UnsupportedProcess {
        /// The second byte of its SOF marker (T.81 table B.1).
        marker: u8,
    },
    /// A JPEG whose brightness is coarser than its colours, or sampled in thirds: no camera writes it, and the decoder makes
    /// another picture of it than it holds.
    #[error("the JPEG samples its components in a way that isn't decoded rightly")]
    UnsupportedSampling,
    /// A JPEG with a scan for each component and colour at less than full size, or with restarts: rare, and the decoder makes
    /// another picture of it than it holds.
    #[error("the JPEG keeps its colours in {scans} separate scans, which isn't decoded rightly")]
    SeparateScans {
        /// How many it has.
        scans: u32,
    },
    /// The file is cut off or damaged.
    #[error("the {format} is damaged: {damage}")]
    Damaged {
        /// Its format.
        format: Format,
        /// How.
        damage: Damage,
    },
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// It ends before the picture does.
    #[error("it ends before the picture does")]
    Truncated,
    /// A header is missing or makes no sense.
    #[error("its header makes no sense")]
    Header,
    /// Width or height is zero or isn't stated.
    #[error("it states no size")]
    NoSize,
    /// It states its size twice, or the parts state different sizes.
    #[error("it states two sizes")]
    TwoSizes,
    /// The compressed data can't be decoded.
    #[error("its picture data can't be decoded")]
    Data,
}
