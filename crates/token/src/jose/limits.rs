//! Bounds of what is read, whoever reads it.

/// Deepest nesting that is read. The deepest token of the profile has nine levels.
pub const MAX_DEPTH: usize = 32;
/// Largest number of seconds that every JSON reader takes for the same: 2^53 - 1 (RFC 7493, section 2.2).
pub const MAX_SECONDS: i64 = (1 << 53) - 1;
