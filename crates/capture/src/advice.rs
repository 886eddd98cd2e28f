//! What the person at the screen does next.

use serde::Serialize;

/// One sentence for a clerk or a buyer, in English and in Chinese. It never holds a personal value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}
