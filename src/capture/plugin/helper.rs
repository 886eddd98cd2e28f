//! A decoder that runs as a program of its own.
#![allow(clippy::disallowed_methods)] // It starts a process and bounds its time: that is what it is for.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{ChipPhotoForm, PhotoDecodeError, PhotoDecoder};
use crate::capture::Picture;

/// Bytes of a photo block.
const BLOCK: usize = 1024;

/// Runs a licensed decoder as a helper program: the block on its standard input, the picture on its standard output.
///
/// Vendors' libraries aren't thread-safe, drop files into the working directory, and some are 32-bit; so they stay in a
/// process of their own. It gets an empty environment, a private directory that is removed afterwards, and a time limit;
/// its output is checked byte for byte.
#[derive(Clone, Debug)]
pub struct HelperDecoder {
    program: PathBuf,
    arguments: Vec<String>,
    form: ChipPhotoForm,
    limit: Duration,
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
        Self { program: program.into(), arguments, form, limit: Self::DEFAULT_LIMIT, is_test: true }
    }

    /// Sets the time limit.
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Says that the program is a licensed decoder and no stand-in: production asks no other.
    pub fn licensed(mut self) -> Self {
        self.is_test = false;
        self
    }

    fn start(&self, directory: &Path) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Feeds the block and collects the output. Both pipes have a thread, so that a helper that reads nothing, or writes
    /// without end, can be stopped.
    fn run(&self, child: &mut Child, block: &[u8]) -> Result<Vec<u8>, PhotoDecodeError> {
        let deadline = Instant::now() + self.limit;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(PhotoDecodeError::Start(std::io::ErrorKind::BrokenPipe.into()));
        };
        let block = zeroize::Zeroizing::new(block.to_vec());
        std::thread::spawn(move || {
            // A helper may close its input early; what it then writes is judged on its own.
            let _ = input.write_all(&block);
        });
        let (send, receive) = mpsc::channel();
        let most = self.form.length() as u64 + 1;
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = output.take(most).read_to_end(&mut bytes);
            let _ = send.send(read.map(|_| bytes));
        });
        let timed_out = PhotoDecodeError::TimedOut { limit_ms: self.limit.as_millis() as u64 };
        let left = || deadline.saturating_duration_since(Instant::now());
        let output = match receive.recv_timeout(left()) {
            Ok(read) => read.map_err(PhotoDecodeError::Start)?,
            Err(_) => return Err(timed_out),
        };
        if output.len() as u64 == most {
            return Err(PhotoDecodeError::Output { part: "length" });
        }
        loop {
            match child.try_wait().map_err(PhotoDecodeError::Start)? {
                Some(status) if status.success() => return Ok(output),
                Some(status) => return Err(PhotoDecodeError::Failed { status: status.code() }),
                None if left().is_zero() => return Err(timed_out),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
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
        let directory = PrivateDirectory::new().map_err(PhotoDecodeError::Start)?;
        let mut child = self.start(&directory.path).map_err(PhotoDecodeError::Start)?;
        let output = self.run(&mut child, block);
        // Whatever happened, nothing is left running.
        let _ = child.kill();
        let _ = child.wait();
        self.form.parse(&zeroize::Zeroizing::new(output?))
    }
}

/// A directory that only this user can enter, removed with everything in it.
struct PrivateDirectory {
    path: PathBuf,
}

impl PrivateDirectory {
    fn new() -> std::io::Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| std::io::Error::from(std::io::ErrorKind::Other))?;
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = std::env::temp_dir().join(format!("realname-{name}"));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Fails when it exists, so nobody can have prepared it.
        builder.create(&path)?;
        Ok(Self { path })
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
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
