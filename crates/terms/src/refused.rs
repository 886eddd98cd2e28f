//! A refusal as an error.

use crate::{Entry, Explain, Lang, Reason, ReasonCode};

/// Something was refused, for one reason: what functions return that stop at the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {}", .0.as_str())]
pub struct Refused(
    /// Why.
    pub ReasonCode,
);

impl Refused {
    /// Why.
    pub fn reason(self) -> ReasonCode {
        self.0
    }
}

impl From<ReasonCode> for Refused {
    fn from(code: ReasonCode) -> Self {
        Self(code)
    }
}

impl From<Refused> for Reason {
    fn from(refused: Refused) -> Self {
        refused.0.into()
    }
}

impl Explain for Refused {
    fn entry(&self) -> Entry {
        self.0.entry()
    }

    fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Zh => self.0.message(lang),
        }
    }
}
