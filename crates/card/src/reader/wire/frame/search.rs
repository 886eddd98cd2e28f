//! The search for what may begin a frame, at the speed of memory where there is nothing, and in one pass where there is a
//! crowd of false frames. The vector code is the compiler's: blocks of fixed size, no branch inside.

use super::{HEAD, PREAMBLE, is_believable};

/// How many positions are looked at together, and how many bytes behind them belong to the last one's head.
const BLOCK: usize = 64;
const REACH: usize = 11;

type Block = [u8; BLOCK + REACH];

/// The preamble as a word's upper five bytes.
const PREAMBLE_WORD: u64 = 0x6996_AAAA_AA00_0000;

/// A one in each byte.
const EACH: u64 = 0x0101_0101_0101_0101;

pub(super) struct Search<'a> {
    pub(super) window: &'a [u8],
    pub(super) minimum: u16,
    /// Sums of the window's bytes, as far as they are known: `prefix[i] ^ prefix[j]` is the XOR of `i..j`.
    pub(super) prefix: &'a [u8],
    /// Frames passed over because their checksum is known to be wrong.
    pub(super) rejected: u64,
}

impl Search<'_> {
    /// Where the first frame at or behind `from` may begin, its preamble perhaps cut by the end; else the end.
    pub(super) fn run(&mut self, from: usize) -> usize {
        let window = self.window;
        let mut at = from;
        while let Some(block) = window.get(at..).and_then(|rest| rest.first_chunk()) {
            if may_hold_preamble(block)
                && let Some(found) = self.in_block(at, block)
            {
                return found;
            }
            at += BLOCK;
        }
        (at..window.len()).find(|&at| self.begins_near_the_end(at)).unwrap_or(window.len())
    }

    /// The first frame that may begin at one of the block's first [`BLOCK`] positions; the block stands at `at`.
    fn in_block(&mut self, at: usize, block: &Block) -> Option<usize> {
        // Counted here and not in the structure: in a crowd that would be the longest wait of the loop.
        let mut rejected = 0;
        let mut found = None;
        'block: for base in (0..BLOCK / 8).map(|index| index * 8) {
            let mut hits = zero_bytes(
                (word(block, base + 3) ^ (EACH * u64::from(PREAMBLE[3])))
                    | (word(block, base + 4) ^ (EACH * u64::from(PREAMBLE[4]))),
            );
            while hits != 0 {
                let offset = base + ((hits.trailing_zeros() as usize / 8) & 7);
                hits &= hits - 1;
                let head = word(block, offset);
                let length = ((head >> 40) as u16).swap_bytes();
                if head << 24 != PREAMBLE_WORD || !is_believable(length, self.minimum) {
                    continue;
                }
                if self.is_false(at + offset, length) {
                    rejected += 1;
                    continue;
                }
                found = Some(at + offset);
                break 'block;
            }
        }
        self.rejected += rejected;
        found
    }

    /// Whether a frame may begin at `at`, whose head may be cut by the end of the window.
    fn begins_near_the_end(&mut self, at: usize) -> bool {
        match self.window.get(at..) {
            Some([0xAA, 0xAA, 0xAA, 0x96, 0x69, high, low, ..]) => {
                let length = u16::from_be_bytes([*high, *low]);
                let is_false = is_believable(length, self.minimum) && self.is_false(at, length);
                self.rejected += u64::from(is_false);
                is_believable(length, self.minimum) && !is_false
            }
            Some(head) => PREAMBLE.iter().zip(head).all(|(expected, byte)| expected == byte),
            None => false,
        }
    }

    /// Whether the frame of this length at `at` is known to have a wrong checksum.
    #[inline]
    fn is_false(&self, at: usize, length: u16) -> bool {
        let before = self.prefix.get(at + PREAMBLE.len());
        let behind = self.prefix.get(at + HEAD + usize::from(length));
        matches!((before, behind), (Some(before), Some(behind)) if before != behind)
    }
}

/// Writes the sums over `bytes` to `sums`, beginning with the byte `before`.
pub(super) fn sum_up(before: u8, bytes: &[u8], sums: &mut [u8]) {
    // The sum so far, in each byte.
    let mut before = EACH * u64::from(before);
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let (slots, last) = sums.as_chunks_mut::<BLOCK>();
    for (block, slot) in blocks.iter().zip(slots) {
        let mut within = [0_u64; BLOCK / 8];
        for (word, bytes) in within.iter_mut().zip(block.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
            *word ^= *word << 8;
            *word ^= *word << 16;
            *word ^= *word << 32;
        }
        for (word, slot) in within.iter().zip(slot.as_chunks_mut::<8>().0) {
            *slot = (word ^ before).to_le_bytes();
            before ^= EACH * (word >> 56);
        }
    }
    let mut sum = before as u8;
    for (byte, slot) in rest.iter().zip(last) {
        sum ^= byte;
        *slot = sum;
    }
}

/// Whether a preamble's last two bytes stand together in the block.
#[inline]
fn may_hold_preamble(block: &Block) -> bool {
    let pairs = block[3..3 + BLOCK].iter().zip(&block[4..4 + BLOCK]);
    pairs.fold(false, |hit, (&a, &b)| hit | ((a == PREAMBLE[3]) & (b == PREAMBLE[4])))
}

/// Eight bytes from `at` on, the first one lowest.
#[inline]
fn word(block: &Block, at: usize) -> u64 {
    block.get(at..at + 8).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The high bit of every byte that is zero, and of some that follow one (Warren, Hacker's Delight, 6-1).
#[inline]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word & (EACH << 7)
}
