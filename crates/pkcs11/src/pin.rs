//! Where a PIN comes from.

use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

/// Where a PIN comes from. It is asked for each time that the user has to log in: at the beginning, and after the token was
/// pulled.
#[derive(Clone)]
pub struct Pin(Arc<dyn Fn() -> Option<Zeroizing<String>> + Send + Sync>);

impl Pin {
    /// From whatever the caller does: asks somebody, or a service. `None` is "nobody gave one".
    pub fn asked(ask: impl Fn() -> Option<Zeroizing<String>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// From a variable of the environment.
    pub fn in_environment(variable: impl Into<String>) -> Self {
        let variable = variable.into();
        Self::asked(move || std::env::var(&variable).ok().map(Zeroizing::new))
    }

    /// From a file, without the line end that editors leave.
    #[allow(clippy::disallowed_methods)] // The file is named for this.
    pub fn in_file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_owned();
        Self::asked(move || {
            let text = Zeroizing::new(std::fs::read_to_string(&path).ok()?);
            Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
        })
    }

    /// None: for tokens that don't ask, or have a keypad of their own.
    pub fn none() -> Self {
        Self::asked(|| None)
    }

    pub(crate) fn get(&self) -> Option<Zeroizing<String>> {
        (self.0)()
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin([redacted])")
    }
}
