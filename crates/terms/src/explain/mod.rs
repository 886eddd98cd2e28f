//! What every error, refusal, reason and verdict says of itself: a stable code, whose fault it is, what happened, what to do
//! next.
//!
//! A program maps faults to exit codes or HTTP statuses and prints the text; it owns neither.

mod body;
mod fault;
mod reasons;
mod table;

pub use body::ErrorBody;
pub use fault::Fault;

use crate::Lang;

/// What to do next, in both languages. The one text for it: nothing that prints an error has words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Advice {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Advice {
    /// The text in that language.
    pub fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// The first clause of the Chinese text. Where the text is a clerk's, it says what happened.
    pub fn opening(self) -> &'static str {
        self.zh.split(['，', '。']).next().unwrap_or_default()
    }
}

/// A row of a table of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stable code: snake_case, and it never changes its meaning.
    pub code: &'static str,
    /// Whose fault it is.
    pub fault: Fault,
    /// What to do next.
    pub advice: Advice,
}

/// Says what it is. On every public error, refusal, reason and verdict of these crates, so that whoever shows one (the
/// program, a service, a binding) needs no list of them.
///
/// Implemented with [`explain!`](crate::explain!), which leaves no variant without a code.
pub trait Explain {
    /// Code, fault and advice at once.
    fn entry(&self) -> Entry;

    /// The stable code, as in `docs/codes.md`.
    fn code(&self) -> &'static str {
        self.entry().code
    }

    /// Whose fault it is.
    fn fault(&self) -> Fault {
        self.entry().fault
    }

    /// What happened, in one line. No personal value is ever in it; a path, an id or what an engine said may be, so whoever shows
    /// it escapes it ([`Outside`](crate::Outside)).
    fn message(&self, lang: Lang) -> String {
        let advice = self.entry().advice;
        match lang {
            Lang::En => advice.en.split_inclusive('.').next().unwrap_or_default(),
            Lang::Zh => advice.opening(),
        }
        .to_owned()
    }

    /// What the clerk, or whoever runs the program, does next. No personal value is ever in it.
    fn advice(&self, lang: Lang) -> &'static str {
        self.entry().advice.text(lang)
    }
}

/// Lists what a type can say. `docs/codes.md` is printed from these lists.
pub trait Codes: Explain {
    /// The type's name.
    const NAME: &'static str;

    /// Its own rows, in the order in which they are declared. Those of an error that it wraps are the other's.
    const ENTRIES: &'static [Entry];
}

impl<E: Explain + ?Sized> Explain for &E {
    fn entry(&self) -> Entry {
        (**self).entry()
    }

    fn message(&self, lang: Lang) -> String {
        (**self).message(lang)
    }
}

impl<E: Explain + ?Sized> Explain for Box<E> {
    fn entry(&self) -> Entry {
        (**self).entry()
    }

    fn message(&self, lang: Lang) -> String {
        (**self).message(lang)
    }
}

#[cfg(test)]
mod tests;
