//! The language of the clerk's texts.

use std::sync::OnceLock;

use crate::args::Lang;

static CHOSEN: OnceLock<Lang> = OnceLock::new();

/// Fixes the language for this run: what was asked for, else what the locale says, else English.
pub(crate) fn choose(asked: Option<Lang>) {
    let _ = CHOSEN.set(asked.unwrap_or_else(from_locale));
}

/// Picks between two texts.
pub(crate) fn pick<T>(english: T, chinese: T) -> T {
    match CHOSEN.get().copied().unwrap_or(Lang::En) {
        Lang::En => english,
        Lang::Zh => chinese,
    }
}

/// POSIX order of precedence; on other systems the variables are simply absent.
fn from_locale() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default();
    if locale.starts_with("zh") { Lang::Zh } else { Lang::En }
}
