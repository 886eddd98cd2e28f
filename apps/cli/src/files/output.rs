//! Writing what a command makes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use super::is_standard;
use super::lines::Lines;
use super::spared::{claim, directory_of, is_of_a_journal, is_of_a_store, never_overwritten, spare};
use crate::failure::Failure;
use crate::lang;
use crate::outside;

/// As much as the largest thing that is written after something was done that can't be done twice.
const ROOM: usize = 256 * 1024;
/// How long a pipe's other end has to be opened.
const PATIENCE: Duration = Duration::from_secs(10);

/// A place that can be written to, found out before something is done that can't be done twice.
#[derive(Debug)]
pub(crate) struct Output {
    path: PathBuf,
    place: Place,
    /// The input that it may take the place of.
    over: Option<PathBuf>,
}

#[derive(Debug)]
enum Place {
    Standard,
    /// A plain file, or none yet: it appears whole, or what was there stays. The path has no link in its last part.
    Whole(PathBuf),
    /// A device or a pipe: written into, never replaced.
    Into(File),
}

impl Output {
    /// Finds out whether it can be written there, and whether there is room. What this command has read isn't written over,
    /// nor is a key or a store: to be called when the inputs were read, and before what can't be done twice.
    pub(crate) fn prepare(path: &Path) -> Result<Self, Failure> {
        Self::prepare_over(path, None)
    }

    /// As [`prepare`](Self::prepare), where that input may be written over: a renewed list takes the place of the one before.
    pub(crate) fn prepare_over(path: &Path, input: Option<&Path>) -> Result<Self, Failure> {
        let output = Self { over: input.map(Path::to_owned), ..Self::open(path)? };
        output.spare_others()?;
        if let Place::Whole(path) = &output.place {
            claim(path)?;
            // The disk may be full: a file is made there at any time, its content isn't.
            let tried = temporary(path).and_then(|mut file| {
                file.write_all(&vec![0; ROOM])?;
                file.as_file().sync_data()
            });
            tried.map_err(|error| unwritable(path, &error))?;
        }
        Ok(output)
    }

    /// Refuses to take the place of what this command has read by now, of a key, of a store, and of a journal's files. Asked
    /// again before anything is written, for what was read in between.
    pub(crate) fn spare_others(&self) -> Result<(), Failure> {
        let Place::Whole(path) = &self.place else { return Ok(()) };
        spare(path, self.over.as_deref())
    }

    fn open(path: &Path) -> Result<Self, Failure> {
        let place = place_of(path).map_err(|error| unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), place, over: None })
    }

    /// Whether it is standard output, so that nothing else may go there.
    pub(crate) fn is_standard(&self) -> bool {
        matches!(self.place, Place::Standard)
    }

    /// Writes all of it.
    pub(crate) fn write(self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_with(|into| Ok(into.write_all(bytes)?))
    }

    /// Writes what is too large to be held in one piece. A failure of what makes it goes through, and leaves what was there.
    pub(crate) fn write_with<T>(
        self,
        make: impl FnOnce(&mut dyn Write) -> Result<T, Trouble>,
    ) -> Result<T, Failure> {
        self.spare_others()?;
        let made = match self.place {
            Place::Standard => to_standard_output(make),
            Place::Whole(path) => whole(&path, make),
            Place::Into(mut file) => make(&mut file).and_then(|made| Ok(file.flush().map(|()| made)?)),
        };
        made.map_err(|error| match error {
            Trouble::Io(error) => unwritable(&self.path, &error),
            Trouble::Other(failure) => failure,
        })
    }
}

impl Output {
    /// Adds lines to what is there, one after the other, instead of taking its place.
    pub(crate) fn lines(self) -> Result<Lines, Failure> {
        self.spare_others()?;
        let lines = match self.place {
            Place::Standard => Ok(Lines::to_standard_output()),
            Place::Whole(path) => Lines::into_file(&path),
            Place::Into(file) => Ok(Lines::into_device(file)),
        };
        lines.map_err(|error| unwritable(&self.path, &error))
    }
}

/// What can go wrong while something is made and written.
pub(crate) enum Trouble {
    /// It couldn't be written.
    Io(io::Error),
    /// It couldn't be made.
    Other(Failure),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes a file in one step: whoever looks sees all of it or none of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Output { over: Some(path.to_owned()), ..Output::open(path)? }.write(bytes)
}

/// Writes a secret or somebody's picture: mode 0600 from the first byte on, never over an existing file, and whole or not
/// at all.
pub(crate) fn write_new_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if is_standard(path) {
        if io::stdout().is_terminal() {
            return Err(Failure::usage(
                lang::pick("a secret isn't shown on a terminal", "机密内容不在终端上显示"),
                lang::pick(
                    "name a file, or lead standard output somewhere",
                    "请指定文件，或将标准输出重定向",
                ),
            ));
        }
        return write(path, bytes);
    }
    if is_of_a_journal(path) || is_of_a_store(path) {
        return Err(never_overwritten(path, lang::pick("belongs to a journal or a store", "属于日志或存储")));
    }
    claim(path)?;
    // A name that is taken by anything, a dangling link included, is refused before a byte is written.
    let written = match fs::symlink_metadata(path) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => temporary(path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(path).map_err(|error| error.error)?;
            keep_name(path);
            Ok(())
        }),
    };
    written.map_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return unwritable(path, &error);
        }
        never_overwritten(path, lang::pick("is already there", "已存在"))
    })
}

fn place_of(path: &Path) -> io::Result<Place> {
    if is_standard(path) {
        return Ok(Place::Standard);
    }
    let Ok(own) = fs::symlink_metadata(path) else { return Ok(Place::Whole(path.to_owned())) };
    if own.is_file() {
        return Ok(Place::Whole(path.to_owned()));
    }
    // Follows links: a dangling one is an error, because what it points to is nobody's to make.
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if is_standard_output(&kind) {
        return Ok(Place::Standard);
    }
    if kind.is_file() {
        return fs::canonicalize(path).map(Place::Whole);
    }
    if !may_be_written_into(&kind) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a disk or a socket, not a file"));
    }
    open_within(path, PATIENCE).map(Place::Into)
}

/// `/dev/stdout` and its like.
#[cfg(unix)]
fn is_standard_output(kind: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/dev/fd/1").is_ok_and(|own| (own.dev(), own.ino()) == (kind.dev(), kind.ino()))
}

#[cfg(not(unix))]
fn is_standard_output(_: &fs::Metadata) -> bool {
    false
}

/// Terminals, `/dev/null`, pipes. A disk's own device isn't overwritten.
#[cfg(unix)]
fn may_be_written_into(kind: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.file_type().is_char_device() || kind.file_type().is_fifo()
}

#[cfg(not(unix))]
fn may_be_written_into(_: &fs::Metadata) -> bool {
    true
}

/// Opening a pipe waits for its reader, who may never come.
fn open_within(path: &Path, patience: Duration) -> io::Result<File> {
    let (send, receive) = mpsc::channel();
    let path = path.to_owned();
    std::thread::spawn(move || {
        let _ = send.send(OpenOptions::new().write(true).open(path));
    });
    let late = || io::Error::new(io::ErrorKind::TimedOut, "nobody reads from this pipe");
    receive.recv_timeout(patience).map_err(|_| late())?
}

fn to_standard_output<T>(make: impl FnOnce(&mut dyn Write) -> Result<T, Trouble>) -> Result<T, Trouble> {
    /// Remembers how it ended.
    struct Last<W>(W, u8);
    impl<W: Write> Write for Last<W> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let written = self.0.write(bytes)?;
            self.1 = bytes.get(..written).and_then(<[u8]>::last).copied().unwrap_or(self.1);
            Ok(written)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }
    let mut out = Last(io::stdout().lock(), b'\n');
    let made = make(&mut out)?;
    if out.0.is_terminal() && out.1 != b'\n' {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(made)
}

fn whole<T>(path: &Path, make: impl FnOnce(&mut dyn Write) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let mut file = io::BufWriter::new(temporary(path)?);
    let made = make(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    keep_name(path);
    Ok(made)
}

/// Sees to it that a power loss doesn't take the new name back. Not every file system can, and the content is safe.
fn keep_name(path: &Path) {
    if cfg!(unix) {
        let _ = File::open(directory_of(path)).and_then(|directory| directory.sync_all());
    }
}

fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(directory_of(path))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::trouble(
        "file",
        format!("{} {}: {}", lang::pick("can't write", "无法写入"), place_name(path), lang::of_system(error)),
        lang::pick("check the path, its permissions and the disk", "请检查路径、权限和磁盘"),
    )
}

fn place_name(path: &Path) -> String {
    if is_standard(path) {
        lang::pick("standard output", "标准输出").to_owned()
    } else {
        outside::path(path)
    }
}
