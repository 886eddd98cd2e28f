//! The files of a journal, behind a trait, so that the tests can end the world between any two bytes.

mod disk;
#[cfg(test)]
pub(crate) mod mortal;

pub use disk::Disk;

use std::io;

/// Files below one directory, named with `/`. What is written is safe from a power loss after [`settle`](Self::settle) or
/// [`sync`](Self::sync) only.
pub trait Files: Send + Sync {
    /// The content, or `None` when there is no such file.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// Its length, or `None` when there is no such file.
    fn length(&self, path: &str) -> io::Result<Option<u64>>;

    /// Names in a directory; none when there is no such directory.
    fn names(&self, directory: &str) -> io::Result<Vec<String>>;

    /// Makes the file, its directories too, or empties it; then writes it.
    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Writes at the end of a file, which is made when absent.
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to that length.
    fn cut(&self, path: &str, length: u64) -> io::Result<()>;

    /// Makes the content of a file that [`append`](Self::append) wrote safe.
    fn sync(&self, path: &str) -> io::Result<()>;

    /// Gives a file another name, in one step; a file of that name is replaced.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file, or an empty directory. That it isn't there is no error.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Makes content and names of all that was put, renamed or removed so far safe.
    fn settle(&self) -> io::Result<()>;

    /// Takes the right to write, until this value is dropped; `false` when another has it.
    fn lock(&self) -> io::Result<bool>;
}
