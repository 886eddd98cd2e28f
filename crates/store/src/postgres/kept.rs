//! Which records are known to be kept.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::store::Space;

/// How many are remembered. What was forgotten is asked of the server again.
const MAX: usize = 1 << 16;

/// Records that this store has seen committed to the end, standbys included, so that looking at them needs no proof.
#[derive(Default)]
pub(super) struct Kept(Mutex<HashSet<[u8; 16]>>);

impl Kept {
    /// Remembers a record by what it says: its answer, or its value while there is none.
    pub(super) fn add(&self, space: Space, key: &[u8], said: Said<'_>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX {
            kept.clear();
        }
        kept.insert(digest(space, key, said));
    }

    /// Whether it is known.
    pub(super) fn has(&self, space: Space, key: &[u8], said: Said<'_>) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&digest(space, key, said))
    }
}

/// What a record says.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    Value(&'a [u8]),
    Answer(&'a [u8]),
}

/// Keys may be personal, so they aren't kept themselves. What the record says belongs to it: the key of one that expired may
/// be used again.
fn digest(space: Space, key: &[u8], said: Said<'_>) -> [u8; 16] {
    let (tag, said) = match said {
        Said::Value(value) => (b'v', value),
        Said::Answer(answer) => (b'a', answer),
    };
    let mut hash = Sha256::new();
    hash.update([tag]);
    hash.update(space.as_str());
    // Keys have at most 255 bytes, so the length fits one byte.
    hash.update([0, u8::try_from(key.len()).unwrap_or(u8::MAX)]);
    hash.update(key);
    hash.update(said);
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_record_by_all_that_it_says() {
        let kept = Kept::default();
        kept.add(realname_token::demand::SPACE, b"key", Said::Value(b"v"));
        assert!(kept.has(realname_token::demand::SPACE, b"key", Said::Value(b"v")));
        for (space, key, said) in [
            (realname_token::demand::SPACE, &b"key"[..], Said::Answer(b"v")),
            (realname_token::demand::SPACE, b"key", Said::Value(b"w")),
            (realname_token::demand::SPACE, b"ke", Said::Value(b"yv")),
            (Space::new("quota"), b"key", Said::Value(b"v")),
        ] {
            assert!(!kept.has(space, key, said));
        }
    }

    #[test]
    fn stays_bounded() {
        let kept = Kept::default();
        for number in 0..=u32::try_from(MAX).unwrap() {
            kept.add(realname_token::demand::SPACE, &number.to_be_bytes(), Said::Answer(b""));
        }
        assert_eq!(kept.0.lock().unwrap().len(), 1);
    }
}
