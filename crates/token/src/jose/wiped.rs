//! Bytes that are wiped when they are given back.

use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Bytes that may be a person's. Dropping fills all of their memory with zeros, in one sweep that the optimiser is told is
/// looked at: the volatile writes of `Zeroizing`, one for each byte, cost as much as parsing what is in them.
#[derive(Default)]
pub(crate) struct Wiped(Vec<u8>);

impl Wiped {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.clear();
        self.0.resize(self.0.capacity(), 0);
        optimization_barrier(self.0.as_slice());
    }
}

impl ZeroizeOnDrop for Wiped {}

impl std::ops::Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Wiped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}
