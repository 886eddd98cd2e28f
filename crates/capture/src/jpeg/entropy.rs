//! The data of a scan: entropy-coded segments with restart markers between them (T.81 B.1.1.5).

use std::ops::Range;

/// Where a scan's data lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Data {
    pub(super) range: Range<usize>,
    /// Restart markers in it.
    pub(super) restarts: u32,
    /// Whether they are numbered in turn, as they must be.
    pub(super) in_turn: bool,
    /// Whether nothing lies behind the last one.
    pub(super) ends_in_restart: bool,
}

/// What lies behind the last code of a segment and was never read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOver {
    /// Nothing but the bits that fill the last byte.
    #[default]
    None,
    /// Bytes of nothing but zeros or ones, with which some cameras fill up.
    Fill,
    /// Other bytes: the picture was over before its data was, so some of the data isn't what it was.
    Bytes,
}

impl LeftOver {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [] => Self::None,
            // Stuffed ones come as 0xFF, 0x00.
            bytes if bytes.iter().all(|byte| matches!(byte, 0 | 0xFF)) => Self::Fill,
            _ => Self::Bytes,
        }
    }
}

/// Moves to the next marker that isn't a stuffed byte or a restart.
pub(super) fn skip(bytes: &[u8], at: &mut usize) -> Data {
    let mut data = Data { range: *at..*at, in_turn: true, ..Data::default() };
    loop {
        let rest = bytes.get(*at..).unwrap_or_default();
        let Some(found) = memchr::memchr(0xFF, rest) else {
            *at = bytes.len();
            break;
        };
        data.ends_in_restart &= found == 0;
        match rest.get(found + 1) {
            Some(0) => {
                data.ends_in_restart = false;
                *at += found + 2;
            }
            Some(code @ 0xD0..=0xD7) => {
                data.in_turn &= u32::from(code & 7) == data.restarts % 8;
                data.restarts = data.restarts.saturating_add(1);
                data.ends_in_restart = true;
                *at += found + 2;
            }
            Some(0xFF) => *at += found + 1,
            _ => {
                *at += found;
                break;
            }
        }
    }
    data.range.end = *at;
    data
}

/// The length of the segment that `data` begins with: up to a restart marker, or all of it.
pub(super) fn segment(data: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr(0xFF, data.get(at..).unwrap_or_default()) {
        at += found;
        match data.get(at + 1) {
            Some(0xD0..=0xD7) => return at,
            Some(0xFF) => at += 1,
            _ => at += 2,
        }
    }
    data.len()
}

/// How many zeros in a row no data has whose code for "the rest is plain" isn't all zeros: more than two blocks of the densest
/// code of the standard's tables (3 bits for each of 63 coefficients).
const ZEROS: usize = 64;

/// Whether there is a run of that many zeros which isn't what a camera fills up with at the end of a segment.
pub(super) fn is_zeroed(data: &[u8]) -> bool {
    let mut at = 0;
    // A run can't hide between two places that are looked at.
    while let Some(byte) = data.get(at) {
        let (begun, rest) = data.split_at(at);
        at += ZEROS / 2;
        if *byte != 0 {
            continue;
        }
        let zero = |byte: &&u8| **byte == 0;
        let behind = rest.iter().take_while(zero).count();
        let run = behind + begun.iter().rev().take_while(zero).count();
        let rest = rest.get(behind..).unwrap_or_default();
        at = at.max(begun.len() + behind);
        if run >= ZEROS && LeftOver::of(rest.get(..segment(rest)).unwrap_or_default()) == LeftOver::Bytes {
            return true;
        }
    }
    false
}

/// Bits of one segment, from the highest of each byte on, without the bytes that were stuffed in.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
    /// Bits that were asked for behind the end.
    missing: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0, missing: 0 }
    }

    /// The next sixteen bits. Behind the end come ones, which begin no code.
    pub(super) fn peek(&mut self) -> u16 {
        while self.count < 16 {
            let byte = self.data.get(self.at).copied();
            if byte.is_none() {
                self.missing += 8;
            }
            self.at += usize::from(byte.is_some());
            if byte == Some(0xFF) {
                // Fill bytes may stand before the zero that was stuffed in.
                while self.data.get(self.at) == Some(&0xFF) {
                    self.at += 1;
                }
                self.at += usize::from(self.data.get(self.at) == Some(&0));
            }
            self.held = self.held << 8 | u64::from(byte.unwrap_or(0xFF));
            self.count += 8;
        }
        (self.held >> (self.count - 16)) as u16
    }

    /// Goes past up to sixteen bits.
    pub(super) fn skip(&mut self, count: u32) {
        self.peek();
        self.count = self.count.saturating_sub(count.min(16));
    }

    /// Reads up to sixteen bits.
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let count = count.min(16);
        let value = u32::from(self.peek()) >> (16 - count);
        self.skip(count);
        value
    }

    /// Whether the bits that come next aren't all there.
    pub(super) fn is_at_end(&self) -> bool {
        self.missing > 0
    }

    /// Whether more was read than there is.
    pub(super) fn is_short(&self) -> bool {
        self.missing > self.count
    }

    /// What wasn't read, but for the bits that fill the last byte.
    pub(super) fn left_over(&self) -> LeftOver {
        let held = self.count.saturating_sub(self.missing) / 8;
        let begin = self.back(held);
        LeftOver::of(self.data.get(begin..).unwrap_or_default())
    }

    /// The place `bytes` unstuffed bytes before the one that is read next.
    fn back(&self, bytes: u32) -> usize {
        let mut at = self.at;
        for _ in 0..bytes {
            at = at.saturating_sub(1);
            if self.data.get(at) == Some(&0) && at > 0 && self.data.get(at - 1) == Some(&0xFF) {
                at -= 1;
            }
        }
        at
    }
}
