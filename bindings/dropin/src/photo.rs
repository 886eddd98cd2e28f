//! The chip's photo as a picture, where the operator has a licensed decoder.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A BMP of 102 × 126 and 24 bit.
const BITMAP: usize = 38_862;
/// Bytes of a photo block.
const BLOCK: usize = 1024;
/// Decoding takes milliseconds; starting a program may take a second.
const LIMIT: Duration = Duration::from_secs(5);

/// The picture as a BMP of 38,862 bytes: from the helper program that `REALNAME_WLT_DECODER` names (the block on its standard
/// input, the BMP on its standard output). `None` without one, or when it fails.
pub fn bitmap(block: &[u8]) -> Option<Vec<u8>> {
    let program = std::env::var_os("REALNAME_WLT_DECODER").filter(|program| !program.is_empty())?;
    let program = std::fs::canonicalize(program).ok()?;
    if block.len() != BLOCK {
        return None;
    }
    // Vendors' decoders drop files where they run.
    let room = Room::new()?;
    let mut child = Command::new(program)
        .current_dir(&room.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
    let block = block.to_vec();
    let writer = thread::spawn(move || input.write_all(&block).is_ok());
    let reader = thread::spawn(move || {
        let mut bytes = Vec::with_capacity(BITMAP);
        // A byte too many is seen, endless output isn't read.
        output.take(BITMAP as u64 + 1).read_to_end(&mut bytes).ok().map(|_| bytes)
    });
    let begin = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begin.elapsed() < LIMIT => thread::sleep(Duration::from_millis(5)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
        }
    };
    let written = writer.join().unwrap_or(false);
    let bytes = reader.join().ok().flatten()?;
    let good = written && status.is_some_and(|status| status.success());
    (good && bytes.len() == BITMAP && bytes.starts_with(b"BM")).then_some(bytes)
}

/// A private directory that goes with it.
struct Room(PathBuf);

impl Room {
    fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("realname-photo-{}-{number}", std::process::id()));
        #[allow(unused_mut, reason = "on Unix it is for this user alone")]
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).ok()?;
        Some(Self(path))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
