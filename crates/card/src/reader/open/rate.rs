//! The rate at which a reader answers, looked for in bounded time.
#![allow(clippy::disallowed_methods)] // Waits on a line: that is its purpose.

#[cfg(feature = "serial")]
use std::collections::BTreeMap;
#[cfg(feature = "serial")]
use std::path::{Path, PathBuf};
#[cfg(feature = "serial")]
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroize;

use crate::reader::transport::{Transport, TransportError};
use crate::reader::wire::{Baud, Command, Framer, Reply};

/// How long an answer is waited for at the first rate, where most readers are, in each of two rounds. The second is for a
/// reader that boots, and for one that is slow.
const FIRST: [Duration; 2] = [Duration::from_millis(700), Duration::from_millis(1_500)];
/// The same at each of the other four. All together take less than six seconds.
const OTHERS: [Duration; 2] = [Duration::from_millis(450), Duration::from_millis(450)];

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Found {
    /// A reader answers at the rate that is set now.
    Reader,
    /// Nothing was heard at any rate.
    Nothing,
    /// Something was heard, and none of it was an intact answer.
    Garbage {
        /// Questions.
        attempts: u32,
        /// Bytes.
        discarded: u64,
    },
}

/// Asks for the SAM id at each rate, `before` first. Any intact answer proves the rate, a refusal as well.
pub(super) fn search(transport: &mut dyn Transport, before: Option<u32>) -> Result<Found, TransportError> {
    let known = before.and_then(Baud::from_rate);
    let rates = known.into_iter().chain(Baud::ALL.into_iter().filter(|baud| Some(*baud) != known));
    let (mut attempts, mut discarded) = (0, 0);
    for round in 0..2 {
        for (at, baud) in rates.clone().enumerate() {
            transport.set_baud(baud.rate())?;
            let limit = if at == 0 { FIRST[round] } else { OTHERS[round] };
            attempts += 1;
            match listen(transport, limit)? {
                None => return Ok(Found::Reader),
                Some(bytes) => discarded += bytes,
            }
        }
    }
    Ok(if discarded == 0 { Found::Nothing } else { Found::Garbage { attempts, discarded } })
}

/// Asks once. `None`: an intact answer came; else how many bytes came that were none.
fn listen(transport: &mut dyn Transport, limit: Duration) -> Result<Option<u64>, TransportError> {
    let end = Instant::now() + limit;
    transport.clear_input()?;
    transport.write(&Command::SamId.encode())?;
    let mut framer = Framer::replies();
    let mut buffer = [0; 512];
    let mut count = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Some(count));
        }
        let got = transport.read(&mut buffer, left)?;
        count += got as u64;
        let mut bytes = buffer.get(..got).unwrap_or_default();
        while framer.advance(&mut bytes) {
            if framer.current().is_some_and(|frame| Reply::decode(frame).is_ok()) {
                buffer.zeroize();
                return Ok(None);
            }
        }
    }
}

#[cfg(feature = "serial")]
static REMEMBERED: Mutex<BTreeMap<PathBuf, u32>> = Mutex::new(BTreeMap::new());

/// The rate at which this process found a reader at `path` before.
#[cfg(feature = "serial")]
pub(super) fn remembered(path: &Path) -> Option<u32> {
    REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied()
}

/// Remembers the rate of the reader at `path`.
#[cfg(feature = "serial")]
pub(super) fn remember(path: &Path, rate: Option<u32>) {
    if let Some(rate) = rate {
        REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::testkit;

    /// A line to a reader at `rate` that takes `thinking` for an answer; at the other rates `noise` comes all the time.
    struct Line {
        rate: u32,
        thinking: Duration,
        noise: &'static [u8],
        set: u32,
        answer_at: Option<Instant>,
        tried: Vec<u32>,
    }

    impl Transport for Line {
        fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
            let answer = testkit::sam_id();
            let due = self.answer_at.filter(|_| self.set == self.rate);
            let wait = match due {
                Some(at) => at.saturating_duration_since(Instant::now()).min(timeout),
                None if self.noise.is_empty() => timeout,
                None => Duration::from_millis(5).min(timeout),
            };
            std::thread::sleep(wait);
            let bytes = match due {
                Some(at) if at <= Instant::now() => {
                    self.answer_at = None;
                    answer.as_slice()
                }
                Some(_) => &[],
                None => self.noise,
            };
            buffer[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        }

        fn write(&mut self, _: &[u8]) -> Result<(), TransportError> {
            self.answer_at = (self.set == self.rate).then(|| Instant::now() + self.thinking);
            Ok(())
        }

        fn clear_input(&mut self) -> Result<(), TransportError> {
            Ok(())
        }

        fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
            self.set = baud;
            self.tried.push(baud);
            Ok(())
        }
    }

    fn line(rate: u32, thinking: u64, noise: &'static [u8]) -> Line {
        let thinking = Duration::from_millis(thinking);
        Line { rate, thinking, noise, set: 0, answer_at: None, tried: Vec::new() }
    }

    /// All at once: each search is mostly waiting.
    #[test]
    fn a_search_is_bounded_whatever_the_line_says() {
        std::thread::scope(|scope| {
            for (rate, thinking, noise, found) in [
                // Slow readers, at the usual rate and at the last; garbage at the others.
                (115_200, 600, &[][..], true),
                (9_600, 400, &[0x00, 0xF8, 0x80][..], true),
                (115_200, 1_400, &[][..], true),
                // A receiver that talks all day, and nothing at all.
                (300, 0, b"$GPGGA,120000.00,,,,,0,00,99.99,,,,,,*66\r\n", false),
                (300, 0, &[], false),
            ] {
                scope.spawn(move || {
                    let mut line = line(rate, thinking, noise);
                    let begin = Instant::now();
                    let result = search(&mut line, None).unwrap();
                    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
                    assert_eq!(result == Found::Reader, found, "{rate}, {thinking} ms: {result:?}");
                    assert_eq!(line.set == rate, found);
                    if !found {
                        assert_eq!(result == Found::Nothing, noise.is_empty());
                    }
                });
            }
        });
    }

    #[test]
    fn the_rate_of_before_comes_first() {
        let mut known = line(19_200, 0, &[]);
        assert_eq!(search(&mut known, Some(19_200)), Ok(Found::Reader));
        assert_eq!(known.tried, [19_200]);
        let mut moved = line(115_200, 0, &[]);
        assert_eq!(search(&mut moved, Some(19_200)), Ok(Found::Reader));
        assert_eq!(moved.tried, [19_200, 115_200]);
        let mut unknown = line(115_200, 0, &[]);
        assert_eq!(
            search(&mut unknown, Some(300)),
            Ok(Found::Reader),
            "a rate that readers don't have is no hint"
        );
    }
}
