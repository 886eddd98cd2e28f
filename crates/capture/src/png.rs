//! What a PNG says of itself, by one walk over its chunks (W3C PNG, third edition, section 5). Nothing is decoded.

use super::{CaptureError, Damage, Format, Limits, Picture};

/// A PNG's own account of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Survey<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bytes a pixel has when decoded, by colour type, and once more without transparency where that is a copy. Palettes
    /// become RGB or RGBA.
    bytes_per_pixel: u8,
    /// The TIFF structure of the `eXIf` chunk.
    pub(super) exif: Option<&'a [u8]>,
    /// The `iCCP` chunk.
    pub(super) profile: Option<&'a [u8]>,
    /// Where the chunks lie that make the picture.
    pub(super) picture_chunks: Vec<std::ops::Range<usize>>,
    /// Length up to and with the last chunk.
    pub(super) end: usize,
}

const SIGNATURE: usize = 8;

/// Walks the chunks and checks the limits that don't need pixels.
pub(super) fn survey<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Survey<'a>, CaptureError> {
    let mut survey = header(bytes, limits)?;
    let mut at = SIGNATURE;
    loop {
        let (name, data, next) = chunk(bytes, at)?;
        match name {
            b"IHDR" if at != SIGNATURE => return Err(damaged(Damage::TwoSizes)),
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" => {
                // IDATs come in hundreds: neighbours are kept as one range.
                match survey.picture_chunks.last_mut() {
                    Some(range) if range.end == at => range.end = next,
                    _ => survey.picture_chunks.push(at..next),
                }
            }
            b"acTL" => return Err(CaptureError::Animated { format: Format::Png }),
            b"eXIf" if survey.exif.is_none() => survey.exif = Some(data),
            b"iCCP" if survey.profile.is_none() => survey.profile = Some(data),
            b"IEND" => {
                survey.picture_chunks.push(at..next);
                survey.end = next;
                return Ok(survey);
            }
            // A critical chunk that isn't known here changes what the picture means.
            [first, ..] if first.is_ascii_uppercase() => return Err(damaged(Damage::Header)),
            _ => {}
        }
        at = next;
    }
}

impl Survey<'_> {
    /// The file with nothing but the chunks that make the picture. Text, profiles and XMP never reach the decoder:
    /// it would inflate them without a bound.
    pub(super) fn bare(&self, bytes: &[u8]) -> Vec<u8> {
        let length: usize = self.picture_chunks.iter().map(|range| range.len()).sum();
        let mut bare = Vec::with_capacity(SIGNATURE + length);
        bare.extend_from_slice(bytes.get(..SIGNATURE).unwrap_or_default());
        for range in &self.picture_chunks {
            bare.extend_from_slice(bytes.get(range.clone()).unwrap_or_default());
        }
        bare
    }

    /// Bytes that the decoder and our planes hold at the peak.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let copy: u64 = self.picture_chunks.iter().map(|range| range.len() as u64).sum();
        copy + pixels * u64::from(self.bytes_per_pixel) + Picture::memory(pixels)
    }
}

fn header<'a>(bytes: &[u8], limits: &Limits) -> Result<Survey<'a>, CaptureError> {
    let (name, data, _) = chunk(bytes, SIGNATURE)?;
    let (b"IHDR", [w3, w2, w1, w0, h3, h2, h1, h0, depth, colour, ..]) = (name, data) else {
        return Err(damaged(Damage::Header));
    };
    let width = u32::from_be_bytes([*w3, *w2, *w1, *w0]);
    let height = u32::from_be_bytes([*h3, *h2, *h1, *h0]);
    if width == 0 || height == 0 {
        return Err(damaged(Damage::NoSize));
    }
    limits.check_size(width, height)?;
    if *depth > 8 {
        return Err(CaptureError::TooDeep { format: Format::Png, bits: *depth });
    }
    let bytes_per_pixel = match colour {
        0 => 1,
        2 => 3,
        4 => 2 + 1,
        3 | 6 => 4 + 3,
        _ => return Err(damaged(Damage::Header)),
    };
    Ok(Survey {
        width,
        height,
        bytes_per_pixel,
        exif: None,
        profile: None,
        picture_chunks: Vec::new(),
        end: 0,
    })
}

/// Name, data and the place behind the chunk at `at`.
fn chunk(bytes: &[u8], at: usize) -> Result<(&[u8; 4], &[u8], usize), CaptureError> {
    let truncated = damaged(Damage::Truncated);
    let rest = bytes.get(at..).unwrap_or_default();
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(truncated.clone())?;
    let (name, rest) = rest.split_first_chunk::<4>().ok_or(truncated.clone())?;
    let length = u32::from_be_bytes(*length) as usize;
    let data = rest.get(..length).ok_or(truncated.clone())?;
    rest.get(length..length + 4).ok_or(truncated)?;
    Ok((name, data, at + 12 + length))
}

fn damaged(damage: Damage) -> CaptureError {
    CaptureError::Damaged { format: Format::Png, damage }
}
