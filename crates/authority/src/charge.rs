//! Whether a question was charged for, also where it had no answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What is noted of a question on its way: whether any register says that it is charged for. Clones share the note, so that
/// whoever asked learns of it through retries, other deadlines and second registers.
#[derive(Clone, Default)]
pub(crate) struct Charge(Arc<AtomicU8>);

const FREE: u8 = 1;
const CHARGED: u8 = 2;

impl Charge {
    /// What one register says. Of several one that charges counts.
    pub(crate) fn note(&self, billed: Option<bool>) {
        let said = billed.map_or(0, |billed| if billed { CHARGED } else { FREE });
        self.0.fetch_max(said, Ordering::Relaxed);
    }

    /// What was said so far.
    pub(crate) fn said(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            said => Some(said == CHARGED),
        }
    }
}

/// Two questions are the same whatever they cost.
impl PartialEq for Charge {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Charge {}
