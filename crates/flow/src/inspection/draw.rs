//! The draw: a function of seed, index and rate, and of nothing else.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Secret;
use super::terms::MILLION;
use crate::journal::tree::Hash;

/// The seed: SHA-256 of the operator's bytes, the witness' bytes and the root of the tree at the close.
pub fn seed(operator: &Secret, witness: &Secret, root: &Hash) -> [u8; 32] {
    let hash = Sha256::new().chain_update(operator.as_bytes()).chain_update(witness.as_bytes());
    hash.chain_update(root.as_bytes()).finalize().into()
}

/// Whether the entry of that index is drawn: HMAC-SHA-256 under the seed of the index in eight bytes, its first eight bytes read as a
/// fraction of 2^64 (the high byte first), is below the rate. No entry's chance depends on which others there are.
pub fn is_drawn(seed: &[u8; 32], index: u64, rate_ppm: u64) -> bool {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(seed) else { return false };
    mac.update(&index.to_be_bytes());
    let bytes = mac.finalize().into_bytes();
    let fraction = bytes.first_chunk::<8>().map_or(u64::MAX, |bytes| u64::from_be_bytes(*bytes));
    u128::from(fraction) * u128::from(MILLION) < u128::from(rate_ppm) << 64
}

/// An entry that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Its place in the journal.
    pub index: u64,
    /// Whose it is.
    pub agent: String,
    /// The digest of the record that the agent has to produce.
    pub record: Hash,
    /// The digest of the evidence, where the entry names one.
    pub evidence: Option<Hash>,
}
