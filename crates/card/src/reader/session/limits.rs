//! How long to wait for what (`reader-protocol` 1.2 to 1.4).
//!
//! A limit is the time that the reader may think, plus the time that the bytes take on the line at its rate. Nothing here is
//! slept: a limit only counts when the reader doesn't answer. How long a request goes on is the [`Patience`]'s matter.

use std::time::Duration;

use crate::reader::wire::Command;

/// Bits on the line per byte, with start and stop bit.
const BITS_PER_BYTE: u64 = 10;

/// Time limits of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    baud: Option<u32>,
}

impl Limits {
    /// For a line of this rate; `None` for one whose bytes take no time worth counting.
    pub(super) fn new(baud: Option<u32>) -> Self {
        Self { baud }
    }

    /// The time `bytes` take on the line.
    pub(super) fn wire(self, bytes: usize) -> Duration {
        match self.baud {
            Some(baud) if baud > 0 => {
                Duration::from_nanos(bytes as u64 * BITS_PER_BYTE * 1_000_000_000 / u64::from(baud))
            }
            _ => Duration::ZERO,
        }
    }

    /// From sending a command to the last byte of its answer, for a reader of which nothing is known. Twice the wire time
    /// leaves room for bridges that pass bytes on in batches.
    pub(super) fn answer(self, command: Command) -> Duration {
        let thinking = match command {
            // Shipping drivers allow up to 5 s for what goes to the card, and readers use it.
            Command::Find | Command::Select | Command::ReadAddress | Command::ReadManagement => {
                Duration::from_millis(6_000)
            }
            other => return self.prompt(other),
        };
        thinking + 2 * self.wire(11 + command.largest_reply())
    }

    /// The same for a reader that is known to be quick: anything later is lost.
    pub(super) fn prompt(self, command: Command) -> Duration {
        let thinking = match command {
            // The usual limit of shipping drivers for a card's contact-less transfer.
            Command::Read | Command::ReadWithFingerprint => Duration::from_millis(3_500),
            Command::Find | Command::Select | Command::ReadAddress | Command::ReadManagement => {
                Duration::from_millis(1_500)
            }
            Command::Reset => Duration::from_millis(1_000),
            _ => Duration::from_millis(800),
        };
        thinking + 2 * self.wire(11 + command.largest_reply())
    }

    /// The same for a reader whose slowest answer to it so far took `slowest`.
    pub(super) fn learned(self, command: Command, slowest: Duration) -> Duration {
        let prompt = self.prompt(command);
        let most = self.answer(command).max(prompt + 2 * slowest);
        (10 * slowest).clamp(prompt, most)
    }

    /// How long a reading that has begun may go on when its time is up: it has a card, or a line that brings pieces of one.
    /// The slowest shipping command twice, and forty readings' time on the line.
    pub(super) fn grace(self) -> Duration {
        Duration::from_secs(20) + 40 * self.wire(11 + Command::Read.largest_reply())
    }

    /// From one piece of an answer to the next. USB-serial bridges hold bytes back for 16 ms, radio for longer.
    pub(super) fn gap(self) -> Duration {
        Duration::from_millis(250) + self.wire(64)
    }

    /// How long a line is silent before it counts as quiet.
    pub(super) fn quiet(self) -> Duration {
        Duration::from_millis(60) + self.wire(64)
    }

    /// How long a line may go on talking after a failure before it is asked all the same.
    pub(super) fn babble(self) -> Duration {
        Duration::from_millis(500) + 2 * self.wire(2 * Command::ReadWithFingerprint.largest_reply())
    }

    /// How long to listen for a byte too many behind the last reply. It would be on the line right behind it, so four
    /// bytes' time is enough where the line is what is slow.
    pub(super) fn settle(self) -> Duration {
        self.wire(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_scale_with_the_rate() {
        // Section 1.2: 1295 bytes at 115200 take 0.112 s, at 9600 1.349 s.
        assert_eq!(Limits::new(Some(115_200)).wire(1295).as_millis(), 112);
        assert_eq!(Limits::new(Some(9_600)).wire(1295).as_millis(), 1348);
        for command in [Command::Find, Command::Read, Command::ReadWithFingerprint] {
            let slow = Limits::new(Some(9_600)).answer(command);
            assert!(slow > Limits::new(Some(115_200)).answer(command));
            assert!(
                slow > Limits::new(Some(9_600)).wire(11 + command.largest_reply())
                    + Duration::from_millis(500)
            );
        }
        assert_eq!(Limits::new(None).settle(), Duration::ZERO);
        assert_eq!(Limits::new(Some(0)).wire(10), Duration::ZERO);
    }
}
