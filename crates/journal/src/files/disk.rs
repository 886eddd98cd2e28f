//! A directory of this machine.
#![allow(clippy::disallowed_methods, reason = "this is where the files are")]

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Files;

/// The file that is locked by who writes.
const LOCK: &str = "lock";
/// Files that are synced one by one; of more, the whole file system is, where it can be.
const ONE_BY_ONE: usize = 12;

/// A directory. Nothing is made in it before something is written.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    state: Mutex<State>,
}

/// What tells a file from every other.
type Identity = (u64, u64);

#[derive(Debug, Default)]
struct State {
    /// Files and directories that aren't safe yet.
    unsafe_: BTreeSet<PathBuf>,
    /// The file that was appended to last, kept open.
    open: Option<(PathBuf, File)>,
    lock: Option<File>,
}

impl State {
    /// Refuses to go on when the directory was moved or removed, or another put in its place: an open file follows a move, so
    /// what is written would be missing where everybody else looks.
    fn still_here(&self, lock: &Path) -> io::Result<()> {
        let Some(held) = &self.lock else { return Ok(()) };
        let here = fs::metadata(lock).ok().as_ref().and_then(identity);
        if here == identity(&held.metadata()?) && (here.is_some() || !cfg!(unix)) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "the directory was moved or replaced while it was open"))
    }
}

impl Disk {
    /// The directory of that name.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    /// Makes the directories above a file, and remembers those whose names changed.
    fn make_way(&self, path: &Path, state: &mut State) -> io::Result<()> {
        let mut missing = Vec::new();
        for directory in path.ancestors().skip(1) {
            if directory.as_os_str().is_empty() || directory.is_dir() {
                state.unsafe_.insert(directory.to_owned());
                break;
            }
            missing.push(directory.to_owned());
        }
        for directory in missing.into_iter().rev() {
            match fs::create_dir(&directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => state.unsafe_.insert(directory),
            };
        }
        Ok(())
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match File::open(self.path(path)).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        match fs::metadata(self.path(path)) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Ok(None),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn names(&self, directory: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.path(directory)) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(path);
        let mut state = self.state();
        state.still_here(&self.path(LOCK))?;
        self.make_way(&path, &mut state)?;
        File::create(&path)?.write_all(bytes)?;
        state.unsafe_.insert(path);
        Ok(())
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(path);
        let mut state = self.state();
        if state.open.as_ref().is_none_or(|(open, _)| *open != path) {
            self.make_way(&path, &mut state)?;
            let file = OpenOptions::new().append(true).create(true).open(&path)?;
            state.open = Some((path, file));
        }
        state.open.as_mut().map_or(Ok(()), |(_, file)| file.write_all(bytes))
    }

    fn cut(&self, path: &str, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(self.path(path))?.set_len(length)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        let state = self.state();
        match &state.open {
            Some((open, file)) if *open == path => file.sync_data(),
            _ => File::open(path)?.sync_data(),
        }?;
        // The path is looked at last: acknowledged events must stand where the next process looks for them.
        state.still_here(&self.path(LOCK))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        let mut state = self.state();
        state.still_here(&self.path(LOCK))?;
        self.make_way(&to, &mut state)?;
        fs::rename(&from, &to)?;
        if state.unsafe_.remove(&from) {
            state.unsafe_.insert(to);
        }
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        let removed = if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if !is_absent(&error) => Err(error),
            _ => Ok(()),
        }
    }

    fn settle(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.unsafe_.len() > ONE_BY_ONE && whole_file_system(&self.root)? {
            state.unsafe_.clear();
            return Ok(());
        }
        for path in &state.unsafe_ {
            // Directories can be synced on Unix only; elsewhere names are safe with the files.
            if cfg!(unix) || !path.is_dir() {
                let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
                File::open(path)?.sync_all()?;
            }
        }
        state.unsafe_.clear();
        Ok(())
    }

    fn lock(&self) -> io::Result<bool> {
        let path = self.path(LOCK);
        let mut state = self.state();
        if state.lock.is_some() {
            return Ok(true);
        }
        self.make_way(&path, &mut state)?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {
                state.lock = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems don't say")]
fn identity(found: &fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

/// Elsewhere a directory with an open file can't be moved.
#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> Option<Identity> {
    None
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// One call for thousands of files. Since Linux 5.8 it tells of writes that failed.
#[cfg(target_os = "linux")]
fn whole_file_system(root: &Path) -> io::Result<bool> {
    rustix::fs::syncfs(File::open(root)?)?;
    Ok(true)
}

#[cfg(not(target_os = "linux"))]
fn whole_file_system(_: &Path) -> io::Result<bool> {
    Ok(false)
}
