//! Memory that decoders write into.

use std::sync::Mutex;

/// Memory that is kept from one photo to the next. The system gives such large pieces out page by page and takes them back
/// whole, which costs a quarter of decoding 12 megapixels.
#[derive(Default)]
pub(super) struct Scratch(Mutex<Vec<u8>>);

impl Scratch {
    /// More is given back: 64 MiB hold 22 megapixels.
    const KEPT: usize = 64 << 20;

    /// Lends `length` bytes, which `work` has to leave wiped: it knows when they are in the cache. Of several threads one gets
    /// what was kept, and the others memory of their own.
    pub(super) fn with<R>(&self, length: usize, work: impl FnOnce(&mut [u8]) -> R) -> R {
        let mut memory = self.take();
        if memory.len() < length {
            // Given back before more is asked for.
            drop(std::mem::take(&mut memory));
            memory = vec![0; length];
        }
        let lent = memory.get_mut(..length).unwrap_or_default();
        let result = work(lent);
        debug_assert!(lent.iter().all(|byte| *byte == 0), "pixels were left behind");
        if memory.len() <= Self::KEPT
            && let Ok(mut kept) = self.0.try_lock()
            && kept.len() < memory.len()
        {
            *kept = memory;
        }
        result
    }

    /// Bytes that are kept.
    pub(super) fn kept(&self) -> u64 {
        self.0.try_lock().map_or(0, |kept| kept.len() as u64)
    }

    /// Takes out what is kept: to use it, or to give it back before other memory is used.
    pub(super) fn take(&self) -> Vec<u8> {
        self.0.try_lock().map(|mut kept| std::mem::take(&mut *kept)).unwrap_or_default()
    }
}

impl Clone for Scratch {
    /// Shares nothing.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let scratch = Scratch::default();
        let place = scratch.with(1000, |memory| memory.as_ptr());
        assert_eq!(scratch.with(10, |memory| (memory.as_ptr(), memory.len())), (place, 10));
        assert_eq!(scratch.with(1000, |memory| memory.as_ptr()), place);
        scratch.with(Scratch::KEPT + 1, |_| {});
        assert!(scratch.take().len() <= Scratch::KEPT);
    }

    #[test]
    fn a_second_borrower_gets_memory_of_its_own() {
        let scratch = Scratch::default();
        let (outer, inner) = scratch.with(100, |outer| {
            let outer = outer.as_ptr();
            (outer, scratch.with(200, |inner| inner.as_ptr()))
        });
        assert_ne!(outer, inner);
        assert_eq!(scratch.take().len(), 200);
        assert!(scratch.clone().take().is_empty());
    }
}
