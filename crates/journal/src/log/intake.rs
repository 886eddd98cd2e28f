//! The file `pending`: frames of events, each synced before anybody is told that they were taken.
//!
//! A crash may leave the last frame in any state, because nobody was told of it; all before it were synced. So a frame that can't be
//! read is a torn end, unless a later one can be: then something else damaged the file, and acknowledged events are lost.

use super::bundle;
use crate::tree::Hash;

/// What a frame begins with.
const MAGIC: &[u8; 8] = b"rnjrnl\x01\n";
/// Magic, first index, count of events, length of what follows, its digest, and a digest of all this.
const HEAD: usize = 8 + 8 + 4 + 4 + 32 + 8;

/// A frame of events that begin at that index.
pub(super) fn frame(first: u64, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 2).sum());
    entries.iter().for_each(|entry| bundle::add(&mut body, entry));
    let mut frame = Vec::with_capacity(HEAD + body.len());
    frame.extend_from_slice(MAGIC);
    frame.extend_from_slice(&first.to_be_bytes());
    // Both are far below 2^32: a call takes at most as many as are pending at most.
    frame.extend_from_slice(&u32::try_from(entries.len()).unwrap_or(u32::MAX).to_be_bytes());
    frame.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    frame.extend_from_slice(Hash::of(&body).as_bytes());
    let check = *Hash::of(&frame).as_bytes();
    frame.extend_from_slice(check.first_chunk::<8>().unwrap_or(&[0; 8]));
    frame.extend_from_slice(&body);
    frame
}

/// What the file holds for a tree of a given size.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The events that aren't in the tree.
    pub(super) entries: Vec<Vec<u8>>,
    /// Where the last whole frame ends.
    pub(super) end: u64,
}

/// Reads the file. `None` when acknowledged events are lost.
pub(super) fn read(bytes: &[u8], size: u64) -> Option<Found> {
    let mut found = Found { entries: Vec::new(), end: 0 };
    let mut at = 0;
    while at < bytes.len() {
        let next = size + found.entries.len() as u64;
        let Some(frame) = Frame::read(bytes.get(at..).unwrap_or_default()) else {
            let lost = (at + 1..bytes.len()).any(|later| {
                Frame::read(bytes.get(later..).unwrap_or_default()).is_some_and(|frame| frame.end() > next)
            });
            return (!lost).then_some(found);
        };
        // What is in the tree already stays in the file until it is cut.
        if frame.end() > size {
            if frame.first != next {
                return None;
            }
            found.entries.extend(frame.entries.iter().map(|entry| entry.to_vec()));
        }
        at += frame.length;
        found.end = at as u64;
    }
    Some(found)
}

struct Frame<'a> {
    first: u64,
    entries: Vec<&'a [u8]>,
    length: usize,
}

impl<'a> Frame<'a> {
    fn end(&self) -> u64 {
        self.first.saturating_add(self.entries.len() as u64)
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let after = bytes.strip_prefix(MAGIC)?;
        let (first, after) = after.split_first_chunk::<8>()?;
        let (count, after) = after.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (digest, after) = after.split_first_chunk::<32>()?;
        let (check, after) = after.split_first_chunk::<8>()?;
        if !Hash::of(bytes.get(..HEAD - 8)?).as_bytes().starts_with(check) {
            return None;
        }
        let body = after.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        if Hash::of(body).as_bytes() != digest {
            return None;
        }
        let entries = bundle::exactly(body, usize::try_from(u32::from_be_bytes(*count)).ok()?)?;
        Some(Self { first: u64::from_be_bytes(*first), entries, length: HEAD + body.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> (Vec<u8>, Vec<usize>) {
        let mut bytes = Vec::new();
        let mut ends = vec![0];
        for first in [5u64, 7, 9] {
            bytes.extend(frame(first, &[vec![first as u8; 3], vec![first as u8; 400]]));
            ends.push(bytes.len());
        }
        (bytes, ends)
    }

    #[test]
    fn a_cut_loses_no_whole_frame() {
        let (bytes, ends) = three();
        for length in 0..=bytes.len() {
            let found = read(&bytes[..length], 5).unwrap();
            let whole = ends.iter().filter(|end| **end <= length && **end > 0).count();
            assert_eq!((found.entries.len(), found.end), (2 * whole, ends[whole] as u64), "{length}");
        }
        assert_eq!(read(&bytes, 7).unwrap().entries.len(), 4);
        assert_eq!(read(&bytes, 11).unwrap(), Found { entries: vec![], end: bytes.len() as u64 });
    }

    #[test]
    fn damage_before_the_end_is_no_torn_end() {
        let (bytes, ends) = three();
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x20;
            match read(&damaged, 5) {
                None => assert!(place < ends[2]),
                Some(found) => {
                    assert!(place >= ends[2], "{place}");
                    assert_eq!(found.entries.len(), 4);
                }
            }
        }
        assert_eq!(read(&bytes[ends[1]..], 5), None, "a frame is missing");
        // Damage in frames whose events are in the tree already loses nothing.
        let mut old = bytes[..ends[1]].to_vec();
        old[3] ^= 1;
        old.extend_from_slice(&bytes[..ends[1]]);
        assert_eq!(read(&old, 7).unwrap(), Found { entries: vec![], end: 0 });
    }
}
