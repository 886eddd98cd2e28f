//! Loops over pixels, built for the vector instructions that the processor turns out to have.

use fearless_simd::{Level, dispatch};

/// Runs `work` in the build of it that suits this processor (on x86-64: SSE2, SSE4.2, AVX2 or AVX-512). Only what is inlined
/// into `work` is built for each of them, and `work` itself has to be marked `#[inline(always)]`.
///
/// Every build gives the same result: the compiler widens sums of integers, and keeps the order of those of floats.
#[inline(always)]
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    dispatch!(Level::new(), _ => work())
}
