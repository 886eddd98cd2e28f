//! What a WebP says of itself, by one walk over its chunks (RFC 9649, section 2). Nothing is decoded.

use super::{CaptureError, Damage, Format, Limits, Picture};

/// A WebP's own account of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Survey<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// The TIFF structure of the `EXIF` chunk.
    pub(super) exif: Option<&'a [u8]>,
    /// The `ICCP` chunk.
    pub(super) profile: Option<&'a [u8]>,
    alpha: Option<&'a [u8]>,
    picture: (&'a [u8; 4], &'a [u8]),
    /// Length up to and with the last chunk.
    pub(super) end: usize,
}

const ALPHA: u8 = 0x10;
const ANIMATION: u8 = 0x02;

/// Walks the chunks and checks the limits that don't need pixels.
pub(super) fn survey<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Survey<'a>, CaptureError> {
    let size = bytes.get(4..8).and_then(|size| size.first_chunk()).map(|size| u32::from_le_bytes(*size));
    let end = size.map_or(0, |size| size as usize).saturating_add(8);
    let mut rest = bytes.get(12..end).ok_or(damaged(Damage::Truncated))?;
    let (mut canvas, mut alpha, mut exif, mut profile, mut picture) = (None, None, None, None, None);
    while !rest.is_empty() {
        let (name, data, next) = chunk(rest)?;
        match name {
            b"VP8X" => {
                if canvas.is_some() || picture.is_some() {
                    return Err(damaged(Damage::TwoSizes));
                }
                canvas = Some(canvas_size(data)?);
            }
            b"ANIM" | b"ANMF" => return Err(CaptureError::Animated { format: Format::WebP }),
            b"ALPH" if alpha.is_none() => alpha = Some(data),
            b"EXIF" if exif.is_none() => exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            b"ICCP" if profile.is_none() => profile = Some(data),
            b"VP8 " | b"VP8L" => {
                if picture.is_some() {
                    return Err(damaged(Damage::TwoSizes));
                }
                picture = Some((name, data));
            }
            _ => {}
        }
        rest = next;
    }
    let picture = picture.ok_or(damaged(Damage::Header))?;
    let (width, height) =
        if picture.0 == b"VP8L" { lossless_size(picture.1) } else { lossy_size(picture.1) }?;
    if canvas.is_some_and(|canvas| canvas != (width, height)) {
        return Err(damaged(Damage::TwoSizes));
    }
    if width == 0 || height == 0 {
        return Err(damaged(Damage::NoSize));
    }
    limits.check_size(width, height)?;
    Ok(Survey { width, height, exif, profile, alpha, picture, end })
}

impl Survey<'_> {
    /// The file with nothing but its picture and transparency: profiles and metadata never reach the decoder.
    pub(super) fn bare(&self) -> Vec<u8> {
        let mut chunks = Vec::with_capacity(self.picture.1.len() + 64);
        if let (Some(alpha), b"VP8 ") = (self.alpha, self.picture.0) {
            let mut extended = vec![ALPHA, 0, 0, 0];
            for side in [self.width - 1, self.height - 1] {
                extended.extend(side.to_le_bytes().into_iter().take(3));
            }
            push(&mut chunks, b"VP8X", &extended);
            push(&mut chunks, b"ALPH", alpha);
        }
        push(&mut chunks, self.picture.0, self.picture.1);
        let mut file = b"RIFF".to_vec();
        file.extend((chunks.len() as u32 + 4).to_le_bytes());
        file.extend(b"WEBP");
        file.extend(chunks);
        file
    }

    /// Bytes that the decoder and our planes hold at the peak: up to two copies with transparency (the lossless
    /// transforms, or Y, U, V and A beside the output), RGB, then the planes.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        2 * self.picture.1.len() as u64 + pixels * (4 + 4 + 3) + Picture::memory(pixels)
    }
}

fn push(chunks: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    chunks.extend(name);
    chunks.extend((data.len() as u32).to_le_bytes());
    chunks.extend(data);
    if data.len() % 2 == 1 {
        chunks.push(0);
    }
}

/// Name, data and what follows.
type Chunk<'a> = (&'a [u8; 4], &'a [u8], &'a [u8]);

fn chunk(rest: &[u8]) -> Result<Chunk<'_>, CaptureError> {
    let truncated = damaged(Damage::Truncated);
    let (name, rest) = rest.split_first_chunk::<4>().ok_or(truncated.clone())?;
    let (size, rest) = rest.split_first_chunk::<4>().ok_or(truncated.clone())?;
    let size = u32::from_le_bytes(*size) as usize;
    let data = rest.get(..size).ok_or(truncated)?;
    // Chunks are padded to even sizes; the last one's padding is often forgotten.
    Ok((name, data, rest.get(size + size % 2..).unwrap_or_default()))
}

fn canvas_size(data: &[u8]) -> Result<(u32, u32), CaptureError> {
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2, ..] = data else { return Err(damaged(Damage::Header)) };
    if flags & ANIMATION != 0 {
        return Err(CaptureError::Animated { format: Format::WebP });
    }
    Ok((u32::from_le_bytes([*w0, *w1, *w2, 0]) + 1, u32::from_le_bytes([*h0, *h1, *h2, 0]) + 1))
}

/// A key frame's header (RFC 6386, section 9.1).
fn lossy_size(data: &[u8]) -> Result<(u32, u32), CaptureError> {
    let [tag, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..] = data else { return Err(damaged(Damage::Header)) };
    if tag & 1 != 0 {
        return Err(damaged(Damage::Header));
    }
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Ok((side(*w0, *w1), side(*h0, *h1)))
}

/// The lossless header: 14 bits each, minus one (RFC 9649, section 3.4).
fn lossless_size(data: &[u8]) -> Result<(u32, u32), CaptureError> {
    let [0x2F, a, b, c, d, ..] = data else { return Err(damaged(Damage::Header)) };
    let bits = u32::from_le_bytes([*a, *b, *c, *d]);
    Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
}

fn damaged(damage: Damage) -> CaptureError {
    CaptureError::Damaged { format: Format::WebP, damage }
}
