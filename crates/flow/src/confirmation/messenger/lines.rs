//! Messages as lines of JSON, into a file or onto a console.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{Message, Messenger, MessengerError};
use crate::jose::Json;
use crate::profile::Lang;

/// Writes each message as one line of JSON: `id`, `to`, `body`, `reply`, `until`.
///
/// For tests, demonstrations, and a spool that another program sends from. The lines hold numbers and answers, so a
/// file is made for its owner only.
pub struct LineMessenger {
    out: Mutex<Box<dyn Write + Send>>,
}

impl LineMessenger {
    /// Into any writer.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self { out: Mutex::new(Box::new(out)) }
    }

    /// Onto standard output.
    pub fn console() -> Self {
        Self::new(io::stdout())
    }

    /// Appends to a file, which is made when absent, open to its owner only.
    #[allow(clippy::disallowed_methods, reason = "a messenger does the I/O that the core doesn't")]
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(Self::new)
    }
}

impl Messenger for LineMessenger {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        let mut line = Json::object([
            ("id", message.id().into()),
            ("to", message.number().as_str().into()),
            ("body", message.body(lang).as_str().into()),
            ("reply", message.reply().into()),
            ("until", message.until().to_string().into()),
        ])
        .to_bytes();
        line.push(b'\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // A part of the line may be out.
        out.write_all(&line).and_then(|()| out.flush()).map_err(|_| MessengerError::Indeterminate)
    }
}

impl std::fmt::Debug for LineMessenger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineMessenger").finish_non_exhaustive()
    }
}
