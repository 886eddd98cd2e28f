//! What a JPEG says of itself, by one walk over its markers (ITU-T T.81, annex B). Nothing is decoded.

use super::{CaptureError, Damage, Format, Limits, Picture};

/// A JPEG's own account of itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Survey<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u8,
    /// Sampling factors per component, as horizontal times vertical, in the order of the frame header.
    pub(super) sampling: Vec<u8>,
    pub(super) progressive: bool,
    pub(super) scans: u32,
    /// Whether the first scan holds all components; otherwise a decoder has to keep coefficients.
    pub(super) interleaved: bool,
    /// The TIFF structure of the EXIF segment.
    pub(super) exif: Option<&'a [u8]>,
    /// Length up to and with the end marker.
    pub(super) end: usize,
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;

/// Walks the markers and checks the limits that don't need pixels.
pub(super) fn survey<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Survey<'a>, CaptureError> {
    let mut survey = Survey {
        width: 0,
        height: 0,
        components: 0,
        sampling: Vec::new(),
        progressive: false,
        scans: 0,
        interleaved: true,
        exif: None,
        end: 0,
    };
    let mut at = 2; // behind SOI
    loop {
        let marker = next_marker(bytes, &mut at)?;
        match marker {
            EOI => break,
            // A second start, or a restart outside a scan: not a file that a camera makes.
            SOI | 0xD0..=0xD7 => return Err(damaged(Damage::Header)),
            0x01 => continue, // TEM has no length
            _ => {}
        }
        let segment = segment(bytes, &mut at)?;
        match marker {
            0xC0..=0xC2 => frame_header(marker, segment, &mut survey, limits)?,
            0xC4 | 0xC8 | 0xCC => {} // tables, reserved, arithmetic conditioning
            0xC3 | 0xC5..=0xCF => return Err(CaptureError::UnsupportedProcess { marker }),
            APP1 if survey.exif.is_none() => survey.exif = segment.strip_prefix(b"Exif\0\0"),
            SOS => {
                if survey.components == 0 {
                    return Err(damaged(Damage::Header));
                }
                survey.scans += 1;
                if survey.scans > limits.max_scans {
                    return Err(CaptureError::TooManyScans { limit: limits.max_scans });
                }
                if survey.scans == 1 {
                    survey.interleaved = segment.first() == Some(&survey.components);
                }
                skip_entropy_coded(bytes, &mut at);
            }
            _ => {}
        }
    }
    if survey.scans == 0 {
        return Err(damaged(Damage::Header));
    }
    survey.end = at;
    Ok(survey)
}

impl Survey<'_> {
    /// Pixels times the passes that a decoder makes over them: coefficients that are kept are gone through once more.
    pub(super) fn work(&self) -> u64 {
        let passes = if self.keeps_coefficients() { u64::from(self.scans) + 1 } else { 1 };
        u64::from(self.width) * u64::from(self.height) * passes
    }

    /// A progressive or non-interleaved file is kept as coefficients until its last scan.
    fn keeps_coefficients(&self) -> bool {
        self.progressive || !self.interleaved
    }

    /// Bytes that the decoder and our planes hold at the peak. Samples are 8 bits, coefficients 16.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.width.next_multiple_of(16)) * u64::from(self.height.next_multiple_of(16));
        let output = pixels * u64::from(self.components);
        let coefficients = if self.keeps_coefficients() {
            let most = self.sampling.iter().copied().max().unwrap_or(1).max(1);
            let share: u64 = self.sampling.iter().map(|factor| u64::from(*factor)).sum();
            2 * pixels * share / u64::from(most)
        } else {
            0
        };
        coefficients + output + Picture::memory(pixels)
    }
}

fn frame_header(
    marker: u8,
    segment: &[u8],
    survey: &mut Survey<'_>,
    limits: &Limits,
) -> Result<(), CaptureError> {
    // A decoder might believe the second header where this walk believed the first.
    if survey.components != 0 {
        return Err(damaged(Damage::TwoSizes));
    }
    let [precision, h1, h0, w1, w0, components, rest @ ..] = segment else {
        return Err(damaged(Damage::Header));
    };
    let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
    // Height 0 means that a DNL segment follows the first scan: no camera does that.
    if width == 0 || height == 0 {
        return Err(damaged(Damage::NoSize));
    }
    limits.check_size(width.into(), height.into())?;
    if *precision != 8 {
        return Err(CaptureError::TooDeep { format: Format::Jpeg, bits: *precision });
    }
    if !matches!(components, 1 | 3) {
        return Err(CaptureError::PrintColours { components: *components });
    }
    let factors = rest.chunks_exact(3).map(|part| (part[1] >> 4) * (part[1] & 15));
    survey.sampling = factors.take(usize::from(*components)).collect();
    if survey.sampling.len() != usize::from(*components) || survey.sampling.contains(&0) {
        return Err(damaged(Damage::Header));
    }
    survey.width = width.into();
    survey.height = height.into();
    survey.components = *components;
    survey.progressive = marker == 0xC2;
    Ok(())
}

/// The code of the marker at `at`, any number of fill bytes before it (T.81 B.1.1.2).
fn next_marker(bytes: &[u8], at: &mut usize) -> Result<u8, CaptureError> {
    if *bytes.get(*at).ok_or(damaged(Damage::Truncated))? != 0xFF {
        return Err(damaged(Damage::Header));
    }
    loop {
        *at += 1;
        match bytes.get(*at).ok_or(damaged(Damage::Truncated))? {
            0xFF => {}
            0 => return Err(damaged(Damage::Header)),
            code => {
                *at += 1;
                return Ok(*code);
            }
        }
    }
}

/// The payload of the segment whose length field is at `at`.
fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], CaptureError> {
    let rest = bytes.get(*at..).unwrap_or_default();
    let length = usize::from(u16::from_be_bytes(*rest.first_chunk().ok_or(damaged(Damage::Truncated))?));
    if length < 2 {
        return Err(damaged(Damage::Header));
    }
    let payload = rest.get(2..length).ok_or(damaged(Damage::Truncated))?;
    *at += length;
    Ok(payload)
}

/// Moves to the next marker that isn't a stuffed byte or a restart.
fn skip_entropy_coded(bytes: &[u8], at: &mut usize) {
    loop {
        let rest = bytes.get(*at..).unwrap_or_default();
        let Some(found) = memchr::memchr(0xFF, rest) else {
            *at = bytes.len();
            return;
        };
        match rest.get(found + 1) {
            Some(0 | 0xD0..=0xD7) => *at += found + 2,
            Some(0xFF) => *at += found + 1,
            _ => {
                *at += found;
                return;
            }
        }
    }
}

fn damaged(damage: Damage) -> CaptureError {
    CaptureError::Damaged { format: Format::Jpeg, damage }
}
