//! File formats: those that are taken, and those that are recognised so that the answer can name them.

use serde::Serialize;

/// A format that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Format {
    /// JPEG (ITU-T T.81), baseline or progressive, grey or three components.
    Jpeg,
    /// PNG (W3C), at most 8 bits a sample, not animated.
    Png,
    /// WebP (RFC 9649), not animated.
    WebP,
}

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    /// Whether a file name's ending belongs to this format.
    pub(crate) fn has_extension(self, extension: &str) -> bool {
        let known: &[&str] = match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::WebP => &["webp"],
        };
        known.iter().any(|name| name.eq_ignore_ascii_case(extension))
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}

/// What a file is that isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Foreign {
    /// HEIC or HEIF: what iPhones keep. No decoder with a free licence exists; phones convert when asked for JPEG.
    Heic,
    /// AVIF.
    Avif,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF, and most cameras' raw files.
    Tiff,
    /// JPEG XL.
    JpegXl,
    /// PDF.
    Pdf,
    /// A video.
    Video,
    /// None that is known here.
    Unknown,
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::JpegXl => "JPEG XL",
            Self::Pdf => "PDF",
            Self::Video => "video",
            Self::Unknown => "unknown",
        })
    }
}
