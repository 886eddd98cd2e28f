//! What a JPEG says of itself, by one walk over its markers (ITU-T T.81, annex B). Nothing is decoded.

mod entropy;
mod guarded;
mod huffman;
mod scan;
mod walk;

use std::ops::Range;

use super::{CaptureError, Damage, Format, Limits, Picture};

pub(super) use guarded::{Found, Guarded};
use scan::{Component, Scan, Tables};

/// A JPEG's own account of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Survey<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    components: Vec<Component>,
    pub(super) progressive: bool,
    scans: Vec<Scan<'a>>,
    /// Where the parts lie that make the picture, without what lies between segments and with the picture's data.
    parts: Vec<Range<usize>>,
    /// The TIFF structure of the EXIF segment.
    pub(super) exif: Option<&'a [u8]>,
    /// Parts of an ICC profile with their numbers, as they come (ICC.1:2022, annex B.4).
    pub(super) profile: Vec<(u8, &'a [u8])>,
    /// Whether an end marker closes the picture.
    closed: bool,
    /// Whether nothing follows a picture that isn't closed.
    bare: bool,
    /// Length up to and with the end marker. Without one: up to the end of the last scan.
    pub(super) end: usize,
}

/// Between how many parts other bytes may lie: cameras leave some once or twice.
const MOST_GAPS: usize = 64;
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;

/// Walks the markers and checks the limits that don't need pixels.
pub(super) fn survey<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Survey<'a>, CaptureError> {
    // SOI.
    let mut survey = Survey { parts: vec![0..2], ..Survey::default() };
    let mut tables = Tables::default();
    let mut at = 2;
    loop {
        let begin = at;
        let read = next_marker(bytes, &mut at).and_then(|(begin, marker)| {
            let segment =
                if matches!(marker, EOI | SOI | 0x01 | 0xD0..=0xD7) { &[] } else { segment(bytes, &mut at)? };
            Ok((begin, marker, segment))
        });
        let (begin, marker, segment) = match read {
            // Behind a scan this is what somebody appended to a picture that wasn't closed. Whether the picture is whole
            // shows when its data is gone through.
            Err(_) | Ok((_, SOI, _)) if !survey.scans.is_empty() => {
                survey.end = begin;
                let rest = bytes.get(begin..).unwrap_or_default();
                survey.bare = rest.iter().all(|byte| *byte == 0xFF);
                return Ok(survey);
            }
            other => other?,
        };
        match marker {
            EOI => break,
            // A second start, or a restart outside a scan: not a file that a camera makes.
            SOI | 0xD0..=0xD7 => return Err(damaged(Damage::Header)),
            0xC0..=0xC2 => frame_header(marker, segment, &mut survey, limits)?,
            0xC4 => tables.add(segment).ok_or(damaged(Damage::Header))?,
            0xDD => tables.set_restart_interval(segment).ok_or(damaged(Damage::Header))?,
            0xC8 | 0xCC => {} // reserved, arithmetic conditioning
            0xC3 | 0xC5..=0xCF => return Err(CaptureError::UnsupportedProcess { marker }),
            APP1 if survey.exif.is_none() => survey.exif = segment.strip_prefix(b"Exif\0\0"),
            // At most 255 parts: more contradict themselves, and the profile doesn't count.
            APP2 if survey.profile.len() < 256 => {
                survey.profile.extend(segment.strip_prefix(b"ICC_PROFILE\0").and_then(profile_part));
            }
            _ => {}
        }
        survey.add_part(begin..at)?;
        if marker == SOS {
            let begin = at;
            let data = entropy::skip(bytes, &mut at);
            survey.add_scan(segment, &tables, data, limits)?;
            survey.add_part(begin..at)?;
        }
    }
    if survey.scans.is_empty() {
        return Err(damaged(Damage::Header));
    }
    survey.closed = true;
    survey.end = at;
    Ok(survey)
}

impl<'a> Survey<'a> {
    fn add_part(&mut self, part: Range<usize>) -> Result<(), CaptureError> {
        let parts = self.parts.len();
        match self.parts.last_mut() {
            Some(last) if last.end == part.start => last.end = part.end,
            _ if parts >= MOST_GAPS => return Err(damaged(Damage::Header)),
            _ => self.parts.push(part),
        }
        Ok(())
    }

    fn add_scan(
        &mut self,
        header: &[u8],
        tables: &Tables<'a>,
        data: entropy::Data,
        limits: &Limits,
    ) -> Result<(), CaptureError> {
        if self.components.is_empty() {
            return Err(damaged(Damage::Header));
        }
        if self.scans.len() >= limits.max_scans as usize {
            return Err(CaptureError::TooManyScans { limit: limits.max_scans });
        }
        self.scans.push(Scan::read(header, &self.components, tables, data).ok_or(damaged(Damage::Header))?);
        Ok(())
    }

    /// Pixels times the passes that a decoder makes over them: coefficients that are kept are gone through once more.
    pub(super) fn work(&self) -> u64 {
        let passes = if self.keeps_coefficients() { self.scans.len() as u64 + 1 } else { 1 };
        u64::from(self.width) * u64::from(self.height) * passes
    }

    /// A progressive or non-interleaved file is kept as coefficients until its last scan.
    fn keeps_coefficients(&self) -> bool {
        let first = self.scans.first().map_or(0, |scan| scan.parts.len());
        self.progressive || first != self.components.len()
    }

    /// Bytes that the decoder and our planes hold at the peak. Samples are 8 bits, coefficients 16.
    pub(super) fn memory(&self) -> u64 {
        let pixels = u64::from(self.width.next_multiple_of(16)) * u64::from(self.height.next_multiple_of(16));
        let output = pixels * self.components.len() as u64;
        let coefficients = if self.keeps_coefficients() {
            let most = self.components.iter().map(Component::factor).max().unwrap_or(1).max(1);
            let share: u64 = self.components.iter().map(Component::factor).sum();
            // Sixteen bits each, and one more to know which are written.
            (2 * pixels + pixels / 8) * share / most
        } else {
            0
        };
        coefficients + output + Picture::memory(pixels)
    }

    /// What the decoder reads. A picture in one scan is read under guard: the decoder itself doesn't tell when data ends too
    /// early, or goes on behind the picture.
    pub(super) fn reader(&self, bytes: &'a [u8], found: &'a Found) -> Guarded<'a> {
        let pieces = |end: usize| {
            let parts = self.parts.iter().map(move |part| part.start..part.end.min(end));
            parts.filter_map(|part| bytes.get(part)).filter(|part| !part.is_empty()).collect()
        };
        match self.scans.as_slice() {
            [scan] if !self.progressive => {
                let Range { start, end } = scan.data.range;
                Guarded::new(pieces(start), bytes.get(start..end).unwrap_or_default(), found)
            }
            _ => Guarded::unguarded(pieces(bytes.len()), found),
        }
    }

    /// Whether restarts are complete, and the data of several scans whole. One scan's is checked while it is decoded.
    ///
    /// # Errors
    /// [`CaptureError`]: damage, or scans that the decoder doesn't decode rightly.
    pub(super) fn check_scans(&self, bytes: &[u8], found: &Found) -> Result<(), CaptureError> {
        for scan in &self.scans {
            scan.check_restarts(self.size(), &self.components).map_err(damaged)?;
        }
        // Such files the decoder decodes into another picture, or not at all (`tests/jpeg_decoding.rs`).
        let thirds = self.components.iter().any(|component| component.sampling.contains(&3));
        let largest = scan::largest(&self.components);
        let dull = self.components.first().is_none_or(|brightness| brightness.sampling != largest);
        if self.components.len() > 1 && (thirds || dull) {
            return Err(CaptureError::UnsupportedSampling);
        }
        let coarse = self.components.iter().any(|component| component.factor() != 1);
        let restarts = self.scans.iter().any(|scan| scan.restart_interval > 0);
        if !self.progressive && self.scans.len() > 1 && (coarse || restarts) {
            return Err(CaptureError::SeparateScans { scans: self.scans.len() as u32 });
        }
        if !self.progressive && self.scans.iter().any(|scan| scan.is_zeroed(bytes)) {
            return Err(damaged(Damage::Data));
        }
        if self.scans.len() > 1 || self.progressive {
            let left_over = walk::walk(self, bytes).map_err(damaged)?;
            found.set_left_over(left_over);
            self.check_end(left_over)?;
        }
        Ok(())
    }

    /// What follows from how the guarded data was read.
    ///
    /// # Errors
    /// [`CaptureError::Damaged`].
    pub(super) fn check_found(&self, found: &Found) -> Result<(), CaptureError> {
        if self.scans.len() > 1 || self.progressive {
            return Ok(()); // Walked before.
        }
        if found.short() {
            return Err(damaged(Damage::Truncated));
        }
        self.check_end(found.left_over())
    }

    /// A picture that isn't closed must be followed by something: that is a maker's trailer. Otherwise it was cut.
    fn check_end(&self, left_over: entropy::LeftOver) -> Result<(), CaptureError> {
        match (self.closed, left_over) {
            (true, entropy::LeftOver::Bytes) => Err(damaged(Damage::Data)),
            (false, entropy::LeftOver::None) if self.bare => Err(damaged(Damage::Truncated)),
            _ => Ok(()),
        }
    }

    /// Bytes behind the picture. Without an end marker nobody knows where it ended, and what was left over counts as one.
    pub(super) fn trailing(&self, bytes: &[u8], found: &Found) -> usize {
        let left_over = !self.closed && found.left_over() != entropy::LeftOver::None;
        (bytes.len() - self.end).max(usize::from(left_over))
    }

    fn size(&self) -> [u32; 2] {
        [self.width, self.height]
    }
}

fn profile_part(part: &[u8]) -> Option<(u8, &[u8])> {
    match part {
        [number, _, rest @ ..] => Some((*number, rest)),
        _ => None,
    }
}

fn frame_header(
    marker: u8,
    segment: &[u8],
    survey: &mut Survey<'_>,
    limits: &Limits,
) -> Result<(), CaptureError> {
    // A decoder might believe the second header where this walk believed the first.
    if !survey.components.is_empty() {
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
    survey.components =
        rest.chunks_exact(3).take(usize::from(*components)).filter_map(Component::read).collect();
    if survey.components.len() != usize::from(*components) {
        return Err(damaged(Damage::Header));
    }
    survey.width = width.into();
    survey.height = height.into();
    survey.progressive = marker == 0xC2;
    Ok(())
}

/// Where the next marker begins, and its code. Any number of fill bytes may be before it (T.81 B.1.1.2); other bytes
/// between segments are skipped as every decoder does: old cameras leave some.
fn next_marker(bytes: &[u8], at: &mut usize) -> Result<(usize, u8), CaptureError> {
    loop {
        let rest = bytes.get(*at..).unwrap_or_default();
        let found = memchr::memchr(0xFF, rest).ok_or(damaged(Damage::Truncated))?;
        let fill = rest.get(found..).unwrap_or_default();
        let fill = fill.iter().position(|byte| *byte != 0xFF).ok_or(damaged(Damage::Truncated))?;
        let code = found + fill;
        *at += code + 1;
        match rest.get(code) {
            Some(0) | None => {}
            Some(marker) => return Ok((*at - 2, *marker)),
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

fn damaged(damage: Damage) -> CaptureError {
    CaptureError::Damaged { format: Format::Jpeg, damage }
}
