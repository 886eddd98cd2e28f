//! How large a photo may be. Checked on the file's headers, before any decoder runs.

use super::CaptureError;

/// Bounds on one photo. The defaults take what phones send today (12 to 50 megapixels) and bound what a hostile file
/// can cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the file. Default 20 MB: a 50-megapixel phone photo has 10 to 15.
    pub max_bytes: usize,
    /// Width or height, whichever is longer. Default 12,000 pixels: the longest side of a 108-megapixel sensor.
    pub max_side: u32,
    /// Width times height. Default 52 million: what phones call 50 megapixels has up to 50.3 million.
    pub max_pixels: u64,
    /// Scans of a progressive JPEG. Default 20: encoders make 10, and each further scan costs a pass over all pixels (a
    /// bomb of 100 scans at 8000 × 8000 takes seconds).
    pub max_scans: u32,
    /// Bytes that decoding may hold at its peak beside the file itself, by the estimate that is made from the headers.
    /// Default 256 MiB.
    pub max_memory: u64,
    /// Time, as pixels times the passes that a decoder makes over them: one for an ordinary file, one for each scan and one
    /// more for a progressive JPEG. Default 500 million: twelve megapixels in twenty scans, or 36 in twelve. A decoder can't be
    /// stopped half-way, so this too is counted beforehand (`docs/captures.md` has what it comes to in seconds).
    pub max_work: u64,
}

impl Limits {
    /// The defaults as a constant.
    pub const DEFAULT: Limits = Limits {
        max_bytes: 20_000_000,
        max_side: 12_000,
        max_pixels: 52_000_000,
        max_scans: 20,
        max_memory: 256 << 20,
        max_work: 500_000_000,
    };

    pub(super) fn check_bytes(&self, bytes: usize) -> Result<(), CaptureError> {
        match bytes {
            0 => Err(CaptureError::Empty),
            _ if bytes > self.max_bytes => {
                Err(CaptureError::TooManyBytes { got: bytes, limit: self.max_bytes })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), CaptureError> {
        let side = width.max(height);
        if side > self.max_side {
            return Err(CaptureError::SideTooLong { got: side, limit: self.max_side });
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels {
            return Err(CaptureError::TooManyPixels { got: pixels, limit: self.max_pixels });
        }
        Ok(())
    }

    pub(super) fn check_memory(&self, needed: u64) -> Result<(), CaptureError> {
        if needed > self.max_memory {
            return Err(CaptureError::TooMuchMemory { needed, limit: self.max_memory });
        }
        Ok(())
    }

    pub(super) fn check_work(&self, needed: u64) -> Result<(), CaptureError> {
        if needed > self.max_work {
            return Err(CaptureError::TooMuchWork { needed, limit: self.max_work });
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
