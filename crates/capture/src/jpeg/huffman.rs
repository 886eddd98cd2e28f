//! Codes of a Huffman table (T.81, annex C), as far as it takes to find where data ends.

/// Symbols by the sixteen bits that begin with their code.
pub(super) struct Codes(Vec<u16>);

impl Codes {
    /// Of a table's counts and symbols as they lie in the file. `None` when they are no code: then no decoder reads them.
    pub(super) fn new(table: &[u8]) -> Option<Self> {
        let (counts, symbols) = table.split_at_checked(16)?;
        let mut codes = Vec::with_capacity(1 << 16);
        let mut symbols = symbols.iter();
        for (length, count) in (1u16..).zip(counts) {
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                // All sixteen bits that begin with this code. One place stays free: no code is all ones.
                let places = codes.len() + (1 << (16 - length));
                if places >= 1 << 16 {
                    return None;
                }
                codes.resize(places, length << 8 | u16::from(*symbol));
            }
        }
        Some(Self(codes))
    }

    /// The symbol and the length of the code that these bits begin with.
    pub(super) fn find(&self, bits: u16) -> Option<(u8, u32)> {
        let found = *self.0.get(usize::from(bits))?;
        Some((found as u8, u32::from(found >> 8)))
    }
}
