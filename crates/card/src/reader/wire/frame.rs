//! Frames in a stream of bytes (`reader-protocol` 2.1).
//!
//! ```text
//! AA AA AA 96 69 | length, big-endian u16 | body (length - 1 bytes) | XOR of everything after the preamble
//! ```
//!
//! The stream may hold anything: wake-up bytes, heart-beat text of gateways, frames of neighbouring protocols, damage.
//! So a frame counts only when its preamble, its length and its checksum hold; after a failure the search goes on **one
//! byte** further, never past the length that the failed frame claimed.

mod search;

use nom::bytes::streaming::{tag, take};
use nom::number::streaming::be_u16;
use nom::{Err, IResult, Needed, Parser};
use zeroize::Zeroize;

use self::search::Search;

/// What every frame begins with.
pub const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// The largest length field that is waited for. The largest reply known has 2314; a larger claim is damage, and waiting
/// for it would swallow what follows.
pub const MAX_LENGTH: u16 = 4096;

/// Smallest length field of a request: command, parameter, checksum.
pub const MIN_REQUEST_LENGTH: u16 = 3;

/// Smallest length field of a reply: three status bytes, checksum.
pub const MIN_REPLY_LENGTH: u16 = 4;

/// Preamble and length field.
const HEAD: usize = 7;

/// Room for three of the largest frames, so that moving a rest to the front is rare.
const CAPACITY: usize = 4 * (HEAD + MAX_LENGTH as usize);

/// One intact frame, borrowed from the [`Framer`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    body: &'a [u8],
}

impl<'a> Frame<'a> {
    /// What stands between the length field and the checksum.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame([{} bytes])", self.body.len())
    }
}

/// Appends the frame around `body` to `out`.
///
/// # Panics
/// Never: a body that the length field cannot hold is cut, which no caller can reach with the bodies of this protocol.
pub fn encode(body: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(body.len() + 1).unwrap_or(u16::MAX);
    let body = body.get(..usize::from(length) - 1).unwrap_or(body);
    out.extend_from_slice(&PREAMBLE);
    let checked = out.len();
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(body);
    let checksum = xor(out.get(checked..).unwrap_or_default());
    out.push(checksum);
}

/// Finds frames in bytes that come in pieces of any size, in time linear in the input and without allocating.
///
/// Its buffer holds whatever came over the line: it is wiped on [`clear`](Self::clear) and on drop, and `Debug` shows
/// counts only.
pub struct Framer {
    buffer: Box<[u8]>,
    begin: usize,
    end: usize,
    /// How much of the buffers holds something to wipe.
    dirty: usize,
    /// How many bytes must be there before looking again is worth it.
    needed: usize,
    /// Length of the frame handed out last; dropped at the next call.
    handed_out: usize,
    minimum: u16,
    /// `prefix[i] ^ prefix[j]` is the XOR of bytes `i..j`. Filled only over bytes that failed a checksum once, so that
    /// overlapping false frames cost one lookup each and hostile input stays linear.
    prefix: Box<[u8]>,
    prefix_known: usize,
    discarded: u64,
    rejected: u64,
}

impl Framer {
    /// For what a reader sends.
    pub fn replies() -> Self {
        Self::new(MIN_REPLY_LENGTH)
    }

    /// For what a host sends.
    pub fn requests() -> Self {
        Self::new(MIN_REQUEST_LENGTH)
    }

    fn new(minimum: u16) -> Self {
        Self {
            buffer: vec![0; CAPACITY].into_boxed_slice(),
            begin: 0,
            end: 0,
            dirty: 0,
            needed: HEAD,
            handed_out: 0,
            minimum,
            prefix: vec![0; CAPACITY + 1].into_boxed_slice(),
            prefix_known: 0,
            discarded: 0,
            rejected: 0,
        }
    }

    /// Takes bytes from the front of `input` until a frame is complete or `input` is used up (`None`).
    pub fn next<'a>(&'a mut self, input: &mut &[u8]) -> Option<Frame<'a>> {
        if self.advance(input) { self.current() } else { None }
    }

    /// As [`next`](Self::next); the frame is then at [`current`](Self::current).
    pub fn advance(&mut self, input: &mut &[u8]) -> bool {
        self.begin += std::mem::take(&mut self.handed_out);
        loop {
            while self.waiting() < self.needed {
                if input.is_empty() {
                    return false;
                }
                self.fill(input);
            }
            match self.look() {
                Look::Frame(length) => {
                    self.handed_out = length;
                    self.needed = HEAD;
                    return true;
                }
                Look::Needs(more) => self.needed = self.waiting() + more,
            }
        }
    }

    /// The frame found last, until the next call that moves on.
    pub fn current(&self) -> Option<Frame<'_>> {
        if self.handed_out == 0 {
            return None;
        }
        let body = self.begin + HEAD..self.begin + self.handed_out - 1;
        self.buffer.get(body).map(|body| Frame { body })
    }

    /// Gives up the frame that is being waited for, because the line fell silent: drops its first byte, so that the next
    /// call looks at what stands behind it. Returns whether there was anything to drop.
    pub fn give_up(&mut self) -> bool {
        self.begin += std::mem::take(&mut self.handed_out);
        let anything = self.waiting() > 0;
        if anything {
            self.drop_front(1);
            self.needed = HEAD.min(self.waiting()).max(1);
        }
        anything
    }

    /// Forgets and wipes what is buffered, and counts it as discarded. The counters stay.
    pub fn clear(&mut self) {
        self.begin += std::mem::take(&mut self.handed_out);
        self.discarded += self.waiting() as u64;
        self.wipe();
        (self.begin, self.end, self.needed, self.prefix_known) = (0, 0, HEAD, 0);
    }

    fn wipe(&mut self) {
        self.buffer[..self.dirty].zeroize();
        // Sums over the buffer's bytes are as personal as the bytes.
        self.prefix[..=self.dirty].zeroize();
        self.dirty = 0;
    }

    /// Bytes that wait for the rest of their frame.
    pub fn waiting(&self) -> usize {
        self.end - self.begin - self.handed_out
    }

    /// Those bytes.
    pub(crate) fn rest(&self) -> &[u8] {
        self.buffer.get(self.begin + self.handed_out..self.end).unwrap_or_default()
    }

    /// Bytes dropped so far because they belonged to no intact frame.
    pub fn discarded(&self) -> u64 {
        self.discarded
    }

    /// Frames refused so far for their checksum.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    fn drop_front(&mut self, bytes: usize) {
        self.begin += bytes;
        self.discarded += bytes as u64;
    }

    fn fill(&mut self, input: &mut &[u8]) {
        if self.begin == self.end {
            (self.begin, self.end, self.prefix_known) = (0, 0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.begin..self.end, 0);
            if self.prefix_known > self.begin {
                self.prefix.copy_within(self.begin..=self.prefix_known, 0);
            }
            self.prefix_known = self.prefix_known.saturating_sub(self.begin);
            (self.begin, self.end) = (0, self.end - self.begin);
        }
        let room = &mut self.buffer[self.end..];
        let count = room.len().min(input.len());
        let (now, later) = input.split_at(count);
        room[..count].copy_from_slice(now);
        self.end += count;
        self.dirty = self.dirty.max(self.end);
        *input = later;
    }

    /// Looks at what is buffered, dropping what can't begin a frame.
    fn look(&mut self) -> Look {
        loop {
            let window = &self.buffer[self.begin..self.end];
            // No preamble begins inside another, so behind one the search goes on behind it.
            let mut from = PREAMBLE.len();
            match head(window, self.minimum) {
                Ok((_, length)) => {
                    if self.checksum_holds(length) {
                        return Look::Frame(length);
                    }
                    self.rejected += 1;
                }
                Err(Err::Incomplete(Needed::Size(more))) => return Look::Needs(more.get()),
                Err(Err::Incomplete(Needed::Unknown)) => return Look::Needs(1),
                // A preamble with an impossible length.
                Err(Err::Failure(_)) => {}
                Err(Err::Error(_)) => from = 1,
            }
            let mut search = Search {
                window: &self.buffer[self.begin..self.end],
                minimum: self.minimum,
                prefix: self.prefix.get(self.begin..=self.prefix_known).unwrap_or_default(),
                rejected: 0,
            };
            let skip = search.run(from);
            let nothing_left = skip == search.window.len();
            self.rejected += search.rejected;
            self.drop_front(skip);
            if nothing_left {
                return Look::Needs(HEAD);
            }
        }
    }

    /// Whether the XOR over length field, body and checksum of the frame at `begin` is zero.
    fn checksum_holds(&mut self, length: usize) -> bool {
        let (from, to) = (self.begin + PREAMBLE.len(), self.begin + length);
        if from < self.prefix_known {
            if to > self.prefix_known {
                self.extend_prefix();
            }
            return self.prefix[from] == self.prefix[to];
        }
        let holds = xor(&self.buffer[from..to]) == 0;
        if !holds {
            self.prefix[from] = 0;
            self.prefix_known = from;
            self.extend_prefix();
        }
        holds
    }

    /// Up to the end of what is buffered: false frames come in crowds.
    fn extend_prefix(&mut self) {
        let (from, to) = (self.prefix_known, self.end);
        let before = self.prefix[from];
        search::sum_up(before, &self.buffer[from..to], &mut self.prefix[from + 1..=to]);
        self.prefix_known = to;
    }
}

impl Drop for Framer {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl std::fmt::Debug for Framer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Framer")
            .field("waiting", &self.waiting())
            .field("discarded", &self.discarded)
            .field("rejected", &self.rejected)
            .finish_non_exhaustive()
    }
}

enum Look {
    /// An intact frame of this many bytes in all.
    Frame(usize),
    Needs(usize),
}

/// A frame's span: preamble, a believable length, and that many bytes. `Error`: no preamble here. `Failure`: a preamble
/// with an impossible length.
#[inline]
fn head(input: &[u8], minimum: u16) -> IResult<&[u8], usize, ()> {
    let (rest, _) = tag(PREAMBLE.as_slice()).parse(input)?;
    let (rest, length) = be_u16.parse(rest)?;
    if !is_believable(length, minimum) {
        return Err(Err::Failure(()));
    }
    let (rest, _) = take(length).parse(rest)?;
    Ok((rest, HEAD + usize::from(length)))
}

#[inline]
fn is_believable(length: u16, minimum: u16) -> bool {
    // The subtraction wraps around below the minimum, so one comparison tests both ends.
    length.wrapping_sub(minimum) <= MAX_LENGTH - minimum
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

#[cfg(test)]
mod tests;
