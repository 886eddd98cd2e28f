//! Random bytes from the operating system.

use zeroize::{Zeroize, Zeroizing};

use super::{JoseError, encode};

/// `N` bytes that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N], JoseError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| JoseError::Random)?;
    Ok(bytes)
}

/// A random value of 128 bits in base64url, drawn evenly from those that don't begin with a hyphen: people give it to command
/// lines, which would take it for an option. For nonces, salts, `jti`, `sub`.
pub fn random_id() -> Result<String, JoseError> {
    id_of(random)
}

/// The first of what is drawn that doesn't begin with a hyphen; one in 64 does.
fn id_of(mut draw: impl FnMut() -> Result<[u8; 16], JoseError>) -> Result<String, JoseError> {
    loop {
        let id = encode(&draw()?);
        if !id.starts_with('-') {
            return Ok(id);
        }
    }
}

/// Bytes fetched at a time: the most that an attestation takes, its session's key included.
const FETCHED: usize = 400;

/// The operating system's randomness, fetched in one call and handed out piece by piece: a token takes a key and a dozen
/// salts, decoys and ids, and a call for each costs as much as a signature. Lives as long as one token is made; every piece is
/// wiped when it is handed out, and the rest when this is dropped.
pub struct Randomness {
    bytes: Zeroizing<[u8; FETCHED]>,
    used: usize,
}

impl Randomness {
    /// Fetches nothing yet.
    pub fn new() -> Self {
        Self { bytes: Zeroizing::new([0; FETCHED]), used: FETCHED }
    }

    /// `N` bytes that nobody can guess and that nobody else got.
    pub fn take<const N: usize>(&mut self) -> Result<[u8; N], JoseError> {
        const { assert!(N <= FETCHED, "more than is fetched at a time") };
        if FETCHED - self.used < N {
            // Should this fail, what was left isn't handed out either.
            self.used = FETCHED;
            getrandom::fill(&mut self.bytes[..]).map_err(|_| JoseError::Random)?;
            self.used = 0;
        }
        let left = self.bytes.get_mut(self.used..).unwrap_or_default();
        let piece = left.first_chunk_mut::<N>().ok_or(JoseError::Random)?;
        let taken = *piece;
        piece.zeroize();
        self.used += N;
        Ok(taken)
    }

    /// As [`random_id`].
    pub fn id(&mut self) -> Result<String, JoseError> {
        id_of(|| self.take())
    }
}

impl Default for Randomness {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Randomness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Randomness").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_begins_with_no_hyphen() {
        let mut drawn = [[0xfb; 16], [0xf8; 16], [0x41; 16]].into_iter();
        assert_eq!(id_of(|| drawn.next().ok_or(JoseError::Random)), Ok(encode(&[0x41; 16])));
        assert!(encode(&[0xfb; 16]).starts_with('-') && encode(&[0xf8; 16]).starts_with('-'));
    }

    #[test]
    fn no_piece_is_handed_out_twice() {
        let mut randomness = Randomness::new();
        let mut seen = HashSet::new();
        // Beyond several refills, with pieces that don't divide what is fetched.
        for _ in 0..1000 {
            assert!(seen.insert(randomness.take::<24>().unwrap().to_vec()));
            assert!(seen.insert(randomness.take::<16>().unwrap().to_vec()));
            assert!(randomness.bytes[..randomness.used].iter().all(|byte| *byte == 0));
        }
        assert!(seen.iter().all(|piece| piece.iter().any(|byte| *byte != 0)));
        let whole = randomness.take::<FETCHED>().unwrap();
        assert!(whole.iter().filter(|byte| **byte == 0).count() < 40);
    }
}
