//! The chip's photo: a closed format, decoded by a licensed library that somebody installs.

use crate::Picture;
use crate::plane::wipe;

/// Pixels of the chip's photo.
const WIDTH: usize = 102;
const HEIGHT: usize = 126;
/// Three bytes a pixel; a BMP pads its rows to a multiple of four.
const RAW_ROW: usize = WIDTH * 3;
const RAW: usize = RAW_ROW * HEIGHT;
const BMP_ROW: usize = RAW_ROW.next_multiple_of(4);
const BMP_HEADERS: usize = 54;
const BMP: usize = BMP_HEADERS + BMP_ROW * HEIGHT;

/// Turns the chip's photo block into a picture. Its absence never stops a card from being read: the block always travels
/// as it is.
pub trait PhotoDecoder: Send + Sync {
    /// Which decoder, for the operator's records.
    fn id(&self) -> &str;

    /// Whether it is a stand-in. The default is `true`: a real one has to say so on purpose, and production asks no other.
    fn is_test(&self) -> bool {
        true
    }

    /// Decodes the block of 1024 bytes.
    ///
    /// # Errors
    /// [`PhotoDecodeError`] names what failed; none says anything about the card's holder.
    fn decode(&self, block: &[u8]) -> Result<Picture, PhotoDecodeError>;
}

/// The block wasn't decoded.
#[derive(Debug, thiserror::Error)]
pub enum PhotoDecodeError {
    /// No decoder is installed.
    #[error("no decoder for the chip's photo is installed")]
    NotInstalled,
    /// The block hasn't the size that decoders take. The card's or the reader's fault.
    #[error("the chip's photo block has {got} bytes, expected {expected}")]
    BlockSize {
        /// What decoders take.
        expected: usize,
        /// What the card gave.
        got: usize,
    },
    /// The helper couldn't be started, or the pipe to it broke. The installation's fault.
    #[error("the photo decoder's helper program couldn't be run")]
    Start(#[source] std::io::Error),
    /// The helper took too long and was stopped.
    #[error("the photo decoder's helper program took longer than {limit_ms} ms")]
    TimedOut {
        /// The time it has, in milliseconds.
        limit_ms: u64,
    },
    /// The helper ended with a failure.
    #[error("the photo decoder's helper program failed with exit status {status:?}")]
    Failed {
        /// Its exit status; `None` when a signal ended it.
        status: Option<i32>,
    },
    /// The output isn't a picture of the expected form.
    #[error("the photo decoder's output isn't the expected picture: {part} is wrong")]
    Output {
        /// Which part.
        part: &'static str,
    },
}

/// No decoder is installed.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPhotoDecoder;

impl PhotoDecoder for NoPhotoDecoder {
    fn id(&self) -> &str {
        "none"
    }

    fn decode(&self, _: &[u8]) -> Result<Picture, PhotoDecodeError> {
        Err(PhotoDecodeError::NotInstalled)
    }
}

/// What a licensed decoder writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipPhotoForm {
    /// A complete BMP, 102 × 126 pixels of 24 bits, 38,862 bytes.
    Bmp,
    /// 38,556 bytes, R, G, B, rows bottom-up.
    Raw(RawOrder),
}

/// In which order raw columns come: published callers disagree, so it is a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawOrder {
    /// Left to right.
    LeftToRight,
    /// Right to left.
    RightToLeft,
}

impl ChipPhotoForm {
    /// Bytes of such an output.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Bmp => BMP,
            Self::Raw(_) => RAW,
        }
    }

    /// Checks every byte that isn't a pixel, then takes the pixels.
    pub(super) fn parse(self, output: &[u8]) -> Result<Picture, PhotoDecodeError> {
        if output.len() != self.length() {
            return Err(PhotoDecodeError::Output { part: "length" });
        }
        let mut pixels = Vec::with_capacity(RAW);
        match self {
            Self::Bmp => {
                let (headers, rows) = output.split_at(BMP_HEADERS);
                check_headers(headers)?;
                for row in rows.chunks_exact(BMP_ROW).rev() {
                    let (row, padding) = row.split_at(RAW_ROW);
                    if padding.iter().any(|byte| *byte != 0) {
                        return Err(PhotoDecodeError::Output { part: "row padding" });
                    }
                    pixels.extend(row.chunks_exact(3).flat_map(|pixel| pixel.iter().rev()));
                }
            }
            Self::Raw(order) => {
                for row in output.chunks_exact(RAW_ROW).rev() {
                    match order {
                        RawOrder::LeftToRight => pixels.extend_from_slice(row),
                        RawOrder::RightToLeft => pixels.extend(row.chunks_exact(3).rev().flatten()),
                    }
                }
            }
        }
        let picture = Picture::from_rgb(WIDTH, HEIGHT, &pixels);
        wipe(&mut pixels);
        Ok(picture)
    }
}

/// A bitmap file header and a 40-byte information header for exactly this picture. Image size and resolution may be zero:
/// writers disagree, and nothing depends on them.
fn check_headers(headers: &[u8]) -> Result<(), PhotoDecodeError> {
    let word =
        |at: usize| headers.get(at..at + 4).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b));
    let half =
        |at: usize| headers.get(at..at + 2).and_then(|b| b.first_chunk()).map(|b| u16::from_le_bytes(*b));
    let image_size = (BMP - BMP_HEADERS) as u32;
    for (part, right) in [
        ("signature", headers.starts_with(b"BM")),
        ("file size", word(2) == Some(BMP as u32)),
        ("reserved field", word(6) == Some(0)),
        ("pixel offset", word(10) == Some(BMP_HEADERS as u32)),
        ("header size", word(14) == Some(40)),
        ("width", word(18) == Some(WIDTH as u32)),
        ("height", word(22) == Some(HEIGHT as u32)),
        ("planes", half(26) == Some(1)),
        ("bits", half(28) == Some(24)),
        ("compression", word(30) == Some(0)),
        ("image size", word(34) == Some(0) || word(34) == Some(image_size)),
        ("palette", word(46) == Some(0) && word(50) == Some(0)),
    ] {
        if !right {
            return Err(PhotoDecodeError::Output { part });
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A BMP as vendors' libraries write it, from a function of place.
    pub(in crate::plugin) fn bmp(colour: impl Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
        let mut bytes = b"BM".to_vec();
        for word in [BMP as u32, 0, 54, 40, 102, 126] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend([1, 0, 24, 0]);
        bytes.extend([0; 24]);
        for y in (0..HEIGHT).rev() {
            for x in 0..WIDTH {
                let [r, g, b] = colour(x, y);
                bytes.extend([b, g, r]);
            }
            bytes.extend([0, 0]);
        }
        bytes
    }

    fn corner(x: usize, y: usize) -> [u8; 3] {
        if x < 51 && y < 63 { [200, 30, 30] } else { [240, 240, 240] }
    }

    #[test]
    fn the_sizes_are_those_of_the_vendors() {
        assert_eq!((BMP, RAW), (38_862, 38_556));
    }

    #[test]
    fn a_bitmap_the_right_way_up() {
        let picture = ChipPhotoForm::Bmp.parse(&bmp(corner)).unwrap();
        assert_eq!((picture.width(), picture.height()), (102, 126));
        assert!(picture.luma().at(10, 10) < 120 && picture.luma().at(90, 10) > 220);
        assert!(picture.luma().at(10, 110) > 220);
        assert!(picture.red().at(2, 2) > 180);
    }

    #[test]
    fn raw_in_both_orders_says_the_same() {
        let rows = |flip: bool| {
            let mut bytes = Vec::new();
            for y in (0..HEIGHT).rev() {
                for x in 0..WIDTH {
                    bytes.extend(corner(if flip { WIDTH - 1 - x } else { x }, y));
                }
            }
            bytes
        };
        let straight = ChipPhotoForm::Raw(RawOrder::LeftToRight).parse(&rows(false)).unwrap();
        let flipped = ChipPhotoForm::Raw(RawOrder::RightToLeft).parse(&rows(true)).unwrap();
        assert_eq!(straight, flipped);
        assert_eq!(straight, ChipPhotoForm::Bmp.parse(&bmp(corner)).unwrap());
    }

    #[test]
    fn every_header_byte_that_matters_is_checked() {
        let good = bmp(corner);
        for at in 0..BMP_HEADERS {
            let mut bad = good.clone();
            bad[at] ^= 0x41;
            let free = (38..46).contains(&at); // resolution
            assert_eq!(ChipPhotoForm::Bmp.parse(&bad).is_ok(), free, "byte {at}");
        }
        let mut padded = good.clone();
        padded[BMP_HEADERS + BMP_ROW - 1] = 1;
        assert!(ChipPhotoForm::Bmp.parse(&padded).is_err());
        assert!(ChipPhotoForm::Bmp.parse(&good[..BMP - 1]).is_err());
        assert!(ChipPhotoForm::Bmp.parse(&[]).is_err());
    }
}
