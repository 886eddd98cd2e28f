//! A decoder that runs as a program of its own.

use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::process::{Program, ProgramError};
use super::{ChipPhotoForm, PhotoDecodeError, PhotoDecoder};
use crate::Picture;

/// Bytes of a photo block.
const BLOCK: usize = 1024;

/// Runs a licensed decoder as a helper program: the block on its standard input, the picture on its standard output.
///
/// Vendors' libraries aren't thread-safe, drop files into the working directory, and some are 32-bit; so they stay in a
/// process of their own. It gets an empty environment, a private directory that is removed afterwards, and a time limit;
/// its output is checked byte for byte.
#[derive(Clone, Debug)]
pub struct HelperDecoder {
    program: Program,
    form: ChipPhotoForm,
    is_test: bool,
}

impl HelperDecoder {
    /// How long a helper has when nobody says otherwise. Decoding takes milliseconds; starting may take a second.
    pub const DEFAULT_LIMIT: Duration = Duration::from_secs(5);

    /// A helper that writes `form`.
    pub fn new(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = String>,
        form: ChipPhotoForm,
    ) -> Self {
        let arguments = arguments.into_iter().collect();
        let program = Program { path: program.into(), arguments, limit: Self::DEFAULT_LIMIT };
        Self { program, form, is_test: true }
    }

    /// Sets the time limit.
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.program.limit = limit;
        self
    }

    /// Says that the program is a licensed decoder and no stand-in: production asks no other.
    pub fn licensed(mut self) -> Self {
        self.is_test = false;
        self
    }
}

impl PhotoDecoder for HelperDecoder {
    fn id(&self) -> &str {
        "helper"
    }

    fn is_test(&self) -> bool {
        self.is_test
    }

    fn decode(&self, block: &[u8]) -> Result<Picture, PhotoDecodeError> {
        if block.len() != BLOCK {
            return Err(PhotoDecodeError::BlockSize { expected: BLOCK, got: block.len() });
        }
        self.form.parse(&self.program.run(Zeroizing::new(block.to_vec()), self.form.length())?)
    }
}

impl From<ProgramError> for PhotoDecodeError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Start(error) => Self::Start(error),
            ProgramError::TimedOut { limit_ms } => Self::TimedOut { limit_ms },
            ProgramError::Failed { status } => Self::Failed { status },
            ProgramError::TooLong => Self::Output { part: "length" },
        }
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use super::*;

    /// Our own helper, speaking the same convention: a shell script.
    fn helper(script: &str) -> HelperDecoder {
        let arguments = ["-c".to_owned(), script.to_owned()];
        HelperDecoder::new("/bin/sh", arguments, ChipPhotoForm::Bmp).with_limit(Duration::from_secs(20))
    }

    /// A helper that copies a prepared bitmap out after it has read the whole block.
    fn copying(path: &Path) -> String {
        format!("[ $(/bin/cat | /usr/bin/wc -c) -eq 1024 ] && /bin/cat '{}'", path.display())
    }

    fn prepared() -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("chip.bmp");
        std::fs::write(&path, super::super::chip_photo::tests::bmp(|x, _| [x as u8, 90, 200])).unwrap();
        (directory, path)
    }

    #[test]
    fn a_helper_that_speaks_the_convention() {
        let (_directory, path) = prepared();
        let picture = helper(&copying(&path)).decode(&[7; BLOCK]).unwrap();
        assert_eq!((picture.width(), picture.height()), (102, 126));
    }

    #[test]
    fn it_works_in_a_private_directory_that_is_gone_afterwards() {
        let (directory, path) = prepared();
        let note = directory.path().join("where");
        // Some vendors' libraries leave `zp.bmp` behind.
        let script = format!(
            "/bin/ls -ld . > '{n}'; pwd >> '{n}'; /usr/bin/env >> '{n}'; echo x > zp.bmp; {}",
            copying(&path),
            n = note.display()
        );
        assert!(helper(&script).decode(&[7; BLOCK]).is_ok());
        let told = std::fs::read_to_string(note).unwrap();
        assert!(told.starts_with("drwx------"), "{told}");
        let place = told.lines().nth(1).unwrap();
        assert!(!Path::new(place).exists(), "{place} is still there");
        assert!(!told.contains("HOME=") && !told.contains("PATH=/root"), "{told}");
    }

    #[test]
    fn helpers_that_go_wrong() {
        let (_directory, path) = prepared();
        let decode = |script: &str| helper(script).decode(&[7; BLOCK]).unwrap_err();
        assert!(matches!(decode("exit 3"), PhotoDecodeError::Failed { status: Some(3) }));
        assert!(matches!(decode("kill -9 $$"), PhotoDecodeError::Failed { status: None }));
        assert!(matches!(decode("true"), PhotoDecodeError::Output { part: "length" }));
        let twice = format!("{p}; /bin/cat '{}'", path.display(), p = copying(&path));
        assert!(matches!(decode(&twice), PhotoDecodeError::Output { part: "length" }));
        let after = format!("{}; exit 1", copying(&path));
        assert!(matches!(decode(&after), PhotoDecodeError::Failed { status: Some(1) }));
        let endless = decode("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
        assert!(matches!(endless, PhotoDecodeError::Output { part: "length" }));
        let missing = HelperDecoder::new("/nonexistent/decoder", [], ChipPhotoForm::Bmp).decode(&[7; BLOCK]);
        assert!(matches!(missing, Err(PhotoDecodeError::Start(_))));
        let short = helper("true").decode(&[7; 100]);
        assert!(matches!(short, Err(PhotoDecodeError::BlockSize { expected: 1024, got: 100 })));
    }

    #[test]
    fn helpers_that_hang_are_stopped() {
        for script in ["/bin/sleep 60", "exec 1>&-; /bin/sleep 60"] {
            let begin = Instant::now();
            let hung = helper(script).with_limit(Duration::from_millis(200)).decode(&[7; BLOCK]);
            assert!(matches!(hung, Err(PhotoDecodeError::TimedOut { limit_ms: 200 })), "{script}: {hung:?}");
            assert!(begin.elapsed() < Duration::from_secs(10));
        }
    }
}
