//! A program of its own that is fed bytes and answers with bytes.
#![allow(clippy::disallowed_methods)] // It starts a process and bounds its time: that is what it is for.

use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// A program that reads its standard input, writes its standard output and ends.
///
/// It gets an empty environment, a private directory that is removed afterwards, and a time limit.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) limit: Duration,
}

/// The program gave no answer.
#[derive(Debug)]
pub(super) enum ProgramError {
    /// It couldn't be started, or the pipe to it broke.
    Start(Error),
    /// It took longer than its limit and was stopped.
    TimedOut { limit_ms: u64 },
    /// It ended with a failure; `None` when a signal ended it.
    Failed { status: Option<i32> },
    /// It wrote more than was asked for.
    TooLong,
}

impl Program {
    /// Feeds `input` and collects at most `most` bytes of output.
    pub(super) fn run(
        &self,
        input: Zeroizing<Vec<u8>>,
        most: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
        let directory = PrivateDirectory::new().map_err(ProgramError::Start)?;
        let mut child = self.start(&directory.path).map_err(ProgramError::Start)?;
        let output = self.talk(&mut child, input, most);
        // Whatever happened, nothing is left running.
        let _ = child.kill();
        let _ = child.wait();
        output
    }

    fn start(&self, directory: &Path) -> std::io::Result<Child> {
        Command::new(&self.path)
            .args(&self.arguments)
            .env_clear()
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Both pipes have a thread, so that a program that reads nothing, or writes without end, can be stopped.
    fn talk(
        &self,
        child: &mut Child,
        bytes: Zeroizing<Vec<u8>>,
        most: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ProgramError> {
        let deadline = Instant::now() + self.limit;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ProgramError::Start(ErrorKind::BrokenPipe.into()));
        };
        std::thread::spawn(move || {
            // A program may close its input early; what it then writes is judged on its own.
            let _ = input.write_all(&bytes);
        });
        let (send, receive) = mpsc::channel();
        let one_more = most as u64 + 1;
        std::thread::spawn(move || {
            let mut bytes = Zeroizing::new(Vec::new());
            let read = output.take(one_more).read_to_end(&mut bytes);
            let _ = send.send(read.map(|_| bytes));
        });
        let timed_out = ProgramError::TimedOut { limit_ms: self.limit.as_millis() as u64 };
        let left = || deadline.saturating_duration_since(Instant::now());
        let output = match receive.recv_timeout(left()) {
            Ok(read) => read.map_err(ProgramError::Start)?,
            Err(_) => return Err(timed_out),
        };
        if output.len() > most {
            return Err(ProgramError::TooLong);
        }
        loop {
            match child.try_wait().map_err(ProgramError::Start)? {
                Some(status) if status.success() => return Ok(output),
                Some(status) => return Err(ProgramError::Failed { status: status.code() }),
                None if left().is_zero() => return Err(timed_out),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

/// A directory that only this user can enter, removed with everything in it.
struct PrivateDirectory {
    path: PathBuf,
}

impl PrivateDirectory {
    fn new() -> std::io::Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Error::from(ErrorKind::Other))?;
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = std::env::temp_dir().join(format!("realname-{name}"));
        #[allow(unused_mut, reason = "on Unix it is for this user alone")]
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
