//! A conversation from a file, or into one.
#![allow(clippy::disallowed_methods)] // A transport waits on the clock: that is its purpose.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::{Transport, TransportError};
use crate::document::Origin;

/// Who sent a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The host, `>` in the file.
    Host,
    /// The reader, `<` in the file.
    Reader,
}

/// Bytes that passed in one piece.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Who sent it.
    pub direction: Direction,
    /// What. Personal data, unless the recording is synthetic.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({:?}, [{} bytes])", self.direction, self.bytes.len())
    }
}

/// A recorded conversation.
///
/// As text: a header, then one piece per line in hexadecimal. `#` begins a comment.
///
/// ```text
/// realname-recording 1
/// synthetic: yes
/// > AAAAAA9669000312FFEE
/// < AAAAAA96690014000090…
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Whether nobody's data is in it. A recording of a real card says `no` and doesn't belong into a repository.
    pub synthetic: bool,
    /// What passed, in order.
    pub chunks: Vec<Chunk>,
}

/// The text is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The first line isn't `realname-recording 1`.
    #[error("the first line is not 'realname-recording 1'")]
    Header,
    /// The second line doesn't say `synthetic: yes` or `synthetic: no`.
    #[error("the second line does not say 'synthetic: yes' or 'synthetic: no'")]
    Synthetic,
    /// A line is neither `> hex` nor `< hex`.
    #[error("line {line} is neither '> HEX' nor '< HEX'")]
    Line {
        /// Which, from 1.
        line: usize,
    },
}

const HEADER: &str = "realname-recording 1";

impl FromStr for Recording {
    type Err = RecordingError;

    fn from_str(text: &str) -> Result<Self, RecordingError> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(at, line)| (at + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        if lines.next().is_none_or(|(_, line)| line != HEADER) {
            return Err(RecordingError::Header);
        }
        let synthetic = match lines.next().map(|(_, line)| line) {
            Some("synthetic: yes") => true,
            Some("synthetic: no") => false,
            _ => return Err(RecordingError::Synthetic),
        };
        let chunks = lines
            .map(|(line, text)| chunk(text).ok_or(RecordingError::Line { line }))
            .collect::<Result<_, _>>()?;
        Ok(Self { synthetic, chunks })
    }
}

fn chunk(text: &str) -> Option<Chunk> {
    let direction = match text.as_bytes().first()? {
        b'>' => Direction::Host,
        b'<' => Direction::Reader,
        _ => return None,
    };
    let digits: Vec<u8> = text.bytes().skip(1).filter(|b| !b.is_ascii_whitespace()).collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|&[high, low]| Some(value(high)? << 4 | value(low)?)).collect();
    Some(Chunk { direction, bytes: Zeroizing::new(bytes?) })
}

impl std::fmt::Display for Recording {
    /// The text form. This *is* the data that passed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEADER}\nsynthetic: {}", if self.synthetic { "yes" } else { "no" })?;
        for chunk in &self.chunks {
            f.write_char(match chunk.direction {
                Direction::Host => '>',
                Direction::Reader => '<',
            })?;
            f.write_char(' ')?;
            chunk.bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))?;
            f.write_char('\n')?;
        }
        Ok(())
    }
}

/// Plays the reader's side of a recording. The host must say what the recorded one said.
#[derive(Debug)]
pub struct Replay {
    chunks: VecDeque<Chunk>,
    baud: Option<u32>,
}

impl Replay {
    /// From the start of `recording`.
    pub fn new(recording: Recording) -> Self {
        Self { chunks: recording.chunks.into(), baud: None }
    }
}

impl Transport for Replay {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        match self.chunks.front_mut() {
            Some(Chunk { direction: Direction::Reader, bytes }) => {
                let count = buffer.len().min(bytes.len());
                for (slot, byte) in buffer.iter_mut().zip(bytes.drain(..count)) {
                    *slot = byte;
                }
                if bytes.is_empty() {
                    self.chunks.pop_front();
                }
                Ok(count)
            }
            Some(_) => {
                std::thread::sleep(timeout);
                Ok(0)
            }
            None => Err(TransportError::Disconnected),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        match self.chunks.front() {
            Some(Chunk { direction: Direction::Host, bytes: expected }) if expected.as_slice() == bytes => {
                self.chunks.pop_front();
                Ok(())
            }
            Some(_) => Err(TransportError::NotRecorded),
            None => Err(TransportError::Disconnected),
        }
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        Ok(())
    }

    fn origin(&self) -> Origin {
        Origin::Replay
    }

    fn baud(&self) -> Option<u32> {
        self.baud
    }
}

/// Keeps what passes through it.
#[derive(Debug)]
pub struct Recorder<T> {
    inner: T,
    recording: Recording,
}

impl<T: Transport> Recorder<T> {
    /// Records `inner`. What comes from a device is marked as not synthetic.
    pub fn new(inner: T) -> Self {
        let synthetic = !inner.origin().is_physical();
        Self { inner, recording: Recording { synthetic, chunks: Vec::new() } }
    }

    /// What was recorded so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    fn keep(&mut self, direction: Direction, bytes: &[u8]) {
        self.recording.chunks.push(Chunk { direction, bytes: Zeroizing::new(bytes.to_vec()) });
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        let count = self.inner.read(buffer, timeout)?;
        if let Some(bytes) = buffer.get(..count)
            && count > 0
        {
            self.keep(Direction::Reader, bytes);
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        self.inner.write(bytes)?;
        self.keep(Direction::Host, bytes);
        Ok(())
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        self.inner.clear_input()
    }

    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    fn baud(&self) -> Option<u32> {
        self.inner.baud()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.inner.set_baud(baud)
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.chunks.iter_mut().for_each(|chunk| chunk.bytes.zeroize());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "realname-recording 1\nsynthetic: yes\n> AAAAAA9669000312FFEE\n< 0102\n< 03\n";

    #[test]
    fn text_both_ways() {
        let recording: Recording = TEXT.parse().unwrap();
        assert_eq!(recording.chunks.len(), 3);
        assert_eq!(recording.to_string(), TEXT);
        assert_eq!(format!("{:?}", recording.chunks[1]), "Chunk(Reader, [2 bytes])");
    }

    #[test]
    fn other_text_is_refused() {
        for (text, error) in [
            ("", RecordingError::Header),
            ("realname-recording 2", RecordingError::Header),
            ("realname-recording 1\n> 00", RecordingError::Synthetic),
            ("realname-recording 1\nsynthetic: no\n> 0", RecordingError::Line { line: 3 }),
            ("realname-recording 1\nsynthetic: no\n\n# x\n= 00", RecordingError::Line { line: 5 }),
            ("realname-recording 1\nsynthetic: no\n<", RecordingError::Line { line: 3 }),
            ("realname-recording 1\nsynthetic: no\n< 0g", RecordingError::Line { line: 3 }),
        ] {
            assert_eq!(text.parse::<Recording>(), Err(error), "{text}");
        }
    }

    #[test]
    fn plays_what_was_recorded_to_who_asks_the_same() {
        let mut replay = Replay::new(TEXT.parse().unwrap());
        assert_eq!(replay.origin(), Origin::Replay);
        let mut buffer = [0; 8];
        assert_eq!(replay.read(&mut buffer, Duration::ZERO), Ok(0));
        assert_eq!(replay.write(&[1]), Err(TransportError::NotRecorded));
        replay.write(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x12, 0xFF, 0xEE]).unwrap();
        assert_eq!(replay.read(&mut buffer[..1], Duration::ZERO), Ok(1));
        assert_eq!(replay.read(&mut buffer, Duration::ZERO), Ok(1));
        assert_eq!(replay.read(&mut buffer, Duration::ZERO), Ok(1));
        assert_eq!(replay.read(&mut buffer, Duration::ZERO), Err(TransportError::Disconnected));
    }
}
