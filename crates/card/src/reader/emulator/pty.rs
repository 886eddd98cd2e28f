//! A pseudo-terminal: the host opens it by its path like any serial port.
#![allow(clippy::disallowed_methods)] // A transport touches files and the clock: that is its purpose.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::Errno;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};

use super::DeviceEnd;
use crate::reader::transport::{Transport, TransportError};

/// The device's end of a pseudo-terminal.
///
/// It keeps the host's end open itself, so a host may come and go; what nobody reads is dropped once the kernel's buffer is
/// full, as on a cable.
#[derive(Debug)]
pub struct Pty {
    master: OwnedFd,
    _slave: OwnedFd,
    path: PathBuf,
    link: Option<PathBuf>,
}

impl Pty {
    /// A new pseudo-terminal in raw mode.
    ///
    /// # Errors
    /// When the system has none left.
    pub fn open() -> io::Result<Self> {
        // Without CLOEXEC a program that the caller starts would keep the reader plugged in.
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = open(name.as_c_str(), flags, Mode::empty())?;
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        // A host that leaves the rate alone finds the reader's own.
        settings.set_speed(115_200)?;
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        fcntl_setfl(&master, fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
        let path = PathBuf::from(name.to_string_lossy().into_owned());
        Ok(Self { master, _slave: slave, path, link: None })
    }

    /// Also makes it reachable as `link`, a symbolic link that is removed with it. One that a pseudo-terminal left behind is
    /// replaced; one whose pseudo-terminal lives, and anything else, is not.
    ///
    /// # Errors
    /// [`AddrInUse`](io::ErrorKind::AddrInUse) when another one lives behind the link,
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists) when something else has the name, and when the link can't be made.
    pub fn linked(mut self, link: impl Into<PathBuf>) -> io::Result<Self> {
        let link = link.into();
        match std::fs::symlink_metadata(&link) {
            Ok(metadata) if metadata.file_type().is_symlink() => {
                let target = std::fs::read_link(&link)?;
                if !target.starts_with("/dev") {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                // A link to our own name was left by an owner that has ended: the system gave us the name since.
                if target != self.path && target.exists() {
                    return Err(io::Error::new(io::ErrorKind::AddrInUse, "another one lives behind it"));
                }
                std::fs::remove_file(&link)?;
            }
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => {}
        }
        std::os::unix::fs::symlink(&self.path, &link)?;
        self.link = Some(link);
        Ok(self)
    }

    /// What the host opens, like `/dev/pts/3`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn wait(&self, flags: PollFlags, timeout: Duration) -> Result<bool, TransportError> {
        let begin = Instant::now();
        loop {
            let left = timeout.saturating_sub(begin.elapsed());
            let limit = Timespec {
                tv_sec: left.as_secs().try_into().unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            };
            let mut waited = [PollFd::from_borrowed_fd(self.master.as_fd(), flags)];
            match poll(&mut waited, Some(&limit)) {
                Ok(count) => return Ok(count > 0),
                Err(Errno::INTR) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
        }
    }
}

impl Transport for Pty {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        if !self.wait(PollFlags::IN, timeout)? {
            return Ok(0);
        }
        match rustix::io::read(&self.master, buffer) {
            Ok(count) => Ok(count),
            Err(Errno::AGAIN | Errno::INTR) => Ok(0),
            Err(error) => Err(io::Error::from(error).into()),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(&self.master, rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(Errno::INTR) => {}
                // Nobody reads: the bytes are lost, as on a cable.
                Err(Errno::AGAIN) if !self.wait(PollFlags::OUT, Duration::from_millis(50))? => return Ok(()),
                Err(Errno::AGAIN) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
        }
        Ok(())
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        tcflush(&self.master, QueueSelector::IFlush).map_err(|error| io::Error::from(error).into())
    }
}

impl DeviceEnd for Pty {
    /// The kernel carries the host's settings across, though a pseudo-terminal itself has no rate.
    fn host_baud(&self) -> Option<u32> {
        tcgetattr(&self.master).ok().map(|settings| settings.output_speed()).filter(|&speed| speed > 0)
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Whoever has replaced it since keeps it.
        if let Some(link) =
            self.link.as_ref().filter(|link| std::fs::read_link(link).is_ok_and(|to| to == self.path))
        {
            let _ = std::fs::remove_file(link);
        }
    }
}
