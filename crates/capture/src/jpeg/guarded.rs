//! What the decoder reads, so that it can't read past the end of the picture's data without being noticed.

use std::cell::Cell;

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

use super::entropy::{self, LeftOver};

/// What was seen while the decoder read.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Whether it read into what stands behind the last segment.
    at_end: Cell<bool>,
    /// Whether it read on to the marker behind that.
    beyond: Cell<bool>,
    left_over: Cell<LeftOver>,
}

impl Found {
    /// Whether the decoder asked for more than there is, by more than it reads ahead.
    pub(super) fn short(&self) -> bool {
        self.beyond.get()
    }

    /// Whether the decoder has seen the end of the data. When it fails then, it failed for want of data.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end.get()
    }

    pub(super) fn left_over(&self) -> LeftOver {
        self.left_over.get()
    }

    /// The worst of all segments counts.
    pub(super) fn set_left_over(&self, left_over: LeftOver) {
        self.left_over.set(self.left_over().max(left_over));
    }
}

/// What stands before the marker that ends a segment: ones. No Huffman code is all ones (T.81, annex C), so a decoder that
/// needs more than the segment has fails at once, where it would go on with zeros behind a marker. Longer than what it
/// reads ahead (eight bytes).
const GUARD: [u8; 32] = {
    let mut guard = [0; 32];
    let mut at = 0;
    while at < guard.len() {
        guard[at] = 0xFF;
        at += 2;
    }
    guard
};
const END: [u8; 2] = [0xFF, super::EOI];

/// Reads the parts of a file that make the picture, and a guard behind each segment of its data.
///
/// The decoder has two ways of reading: four bytes or one without an error where it reads ahead in data, one byte with an
/// error where it looks for a marker. By these it is told what it does. Tests with damaged files hold that on to the
/// decoder's version.
pub(crate) struct Guarded<'a> {
    /// What comes before the data, last piece first.
    head: Vec<&'a [u8]>,
    data: Option<&'a [u8]>,
    piece: &'a [u8],
    at: usize,
    /// Bytes of the pieces before.
    before: usize,
    kind: Kind,
    found: &'a Found,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Head,
    Data,
    Guard,
    Restart,
    End,
}

impl<'a> Guarded<'a> {
    /// `head` comes before the data, each segment of which gets a guard.
    pub(super) fn new(head: Vec<&'a [u8]>, data: &'a [u8], found: &'a Found) -> Self {
        Self { data: Some(data), ..Self::unguarded(head, found) }
    }

    /// Without a guard: for data that is checked otherwise.
    pub(super) fn unguarded(mut pieces: Vec<&'a [u8]>, found: &'a Found) -> Self {
        pieces.reverse();
        Self { head: pieces, data: None, piece: &[], at: 0, before: 0, kind: Kind::Head, found }
    }

    /// Goes on to the next piece; `false` behind the last one.
    #[cold]
    fn advance(&mut self) -> bool {
        let (kind, piece): (Kind, &[u8]) = match (self.kind, self.data) {
            (Kind::End, _) => return false,
            (Kind::Head, None) if self.head.is_empty() => (Kind::End, &END),
            (Kind::Head | Kind::Restart, Some(data)) if self.head.is_empty() => {
                let (segment, rest) = data.split_at(entropy::segment(data));
                self.data = Some(rest);
                (Kind::Data, segment)
            }
            (Kind::Data, _) => (Kind::Guard, &GUARD),
            (Kind::Guard, Some(data)) if !data.is_empty() => {
                // The restart marker.
                let (marker, rest) = data.split_at(data.len().min(2));
                self.data = Some(rest);
                (Kind::Restart, marker)
            }
            (Kind::Guard, _) => (Kind::End, &END),
            _ => (Kind::Head, self.head.pop().unwrap_or_default()),
        };
        self.found
            .at_end
            .set(kind == Kind::Guard && self.data.is_none_or(<[u8]>::is_empty) || self.found.at_end());
        self.before += self.piece.len();
        (self.kind, self.piece, self.at) = (kind, piece, 0);
        true
    }
}

impl ZByteReaderTrait for Guarded<'_> {
    #[inline]
    fn read_byte_no_error(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.piece.get(self.at) {
                self.at += 1;
                if matches!(self.kind, Kind::Restart | Kind::End) && self.data.is_some() {
                    self.found.beyond.set(true);
                }
                return *byte;
            }
            if !self.advance() {
                return 0;
            }
        }
    }

    #[inline]
    fn read_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        loop {
            if self.kind == Kind::Data && buf.len() == 1 {
                let rest = self.piece.get(self.at..).unwrap_or_default();
                self.found.set_left_over(LeftOver::of(rest));
                self.at = self.piece.len();
            }
            let end = self.at + buf.len();
            if let Some(bytes) = self.piece.get(self.at..end) {
                buf.copy_from_slice(bytes);
                self.at = end;
                return Ok(());
            }
            // A decoder that reads ahead reads byte by byte then.
            if self.at < self.piece.len() || buf.len() != 1 && self.kind != Kind::Head || !self.advance() {
                return Err(ZByteIoError::NotEnoughBytes(0, buf.len()));
            }
        }
    }

    fn read_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buf.len());
        self.read_exact_bytes(&mut buf[..count])?;
        Ok(count)
    }

    fn peek_bytes(&mut self, buf: &mut [u8]) -> Result<usize, ZByteIoError> {
        let at = self.at;
        let count = self.read_bytes(buf)?;
        self.at = at;
        Ok(count)
    }

    fn peek_exact_bytes(&mut self, buf: &mut [u8]) -> Result<(), ZByteIoError> {
        let at = self.at;
        let bytes = self.piece.get(at..at + buf.len()).ok_or(ZByteIoError::NotEnoughBytes(0, buf.len()))?;
        buf.copy_from_slice(bytes);
        Ok(())
    }

    /// Inside a piece: segments are skipped, and the four bytes that were read last are read again.
    #[inline]
    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let ZSeekFrom::Current(by) = from else { return Err(ZByteIoError::SeekError("only from here")) };
        let to = self.at.checked_add_signed(by as isize).filter(|to| *to <= self.piece.len());
        self.at = to.ok_or(ZByteIoError::SeekError("only inside a piece"))?;
        self.z_position()
    }

    #[inline]
    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(self.kind == Kind::End && self.at >= self.piece.len())
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok((self.before + self.at) as u64)
    }

    fn read_remaining(&mut self, _: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        Err(ZByteIoError::Generic("a JPEG isn't read to its end"))
    }
}
