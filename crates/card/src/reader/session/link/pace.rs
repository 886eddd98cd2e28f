//! How quick a reader is, learned from its answers.

use std::time::Duration;

use crate::reader::session::limits::Limits;
use crate::reader::wire::Command;

/// What is known of each command.
#[derive(Default)]
pub(super) struct Pace {
    known: [Known; 5],
}

#[derive(Clone, Copy, Default)]
enum Known {
    #[default]
    Nothing,
    /// An answer didn't come though the reader was idle: it got lost, so the next one isn't waited for as long.
    Lost,
    /// The longest that it took to do what it was asked for.
    Slowest(Duration),
}

impl Pace {
    /// How long the answer to `command` is waited for.
    pub(super) fn limit(&self, limits: Limits, command: Command) -> Duration {
        match kind(command).and_then(|kind| self.known.get(kind)) {
            None | Some(Known::Nothing) => limits.answer(command),
            Some(Known::Lost) => limits.prompt(command),
            Some(Known::Slowest(slowest)) => limits.learned(command, *slowest),
        }
    }

    /// How long the SAM id takes, as far as it is known.
    pub(super) fn of_sam_id(&self) -> Duration {
        match self.known.first() {
            Some(Known::Slowest(slowest)) => *slowest,
            _ => Duration::ZERO,
        }
    }

    /// The command was done, `took` after it was asked for.
    pub(super) fn answered(&mut self, command: Command, took: Duration) {
        if let Some(known) = kind(command).and_then(|kind| self.known.get_mut(kind)) {
            let slowest = match *known {
                Known::Slowest(slowest) => slowest.max(took),
                _ => took,
            };
            *known = Known::Slowest(slowest);
        }
    }

    /// No answer came, and the reader had nothing else to do.
    pub(super) fn lost(&mut self, command: Command) {
        if let Some(known @ Known::Nothing) = kind(command).and_then(|kind| self.known.get_mut(kind)) {
            *known = Known::Lost;
        }
    }
}

/// Commands that are learned of, each by itself. The others are answered without asking the card.
fn kind(command: Command) -> Option<usize> {
    match command {
        Command::SamId | Command::Status => Some(0),
        Command::Find => Some(1),
        Command::Select => Some(2),
        Command::Read | Command::ReadWithFingerprint => Some(3),
        Command::ReadAddress | Command::ReadManagement => Some(4),
        Command::Reset | Command::SetBaud(_) | Command::SetRfFrame(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_reader_is_waited_for_and_a_quick_one_is_missed_sooner() {
        let (limits, mut pace) = (Limits::new(None), Pace::default());
        let seconds = |pace: &Pace| pace.limit(limits, Command::Find).as_secs_f64();
        assert_eq!(seconds(&pace), 6.0, "nothing is known: shipping drivers allow 5 s");
        pace.lost(Command::Find);
        assert_eq!(seconds(&pace), 1.5);
        pace.answered(Command::Find, Duration::from_millis(40));
        assert_eq!(seconds(&pace), 1.5);
        pace.answered(Command::Find, Duration::from_millis(400));
        assert_eq!(seconds(&pace), 4.0);
        pace.answered(Command::Find, Duration::from_secs(7));
        assert_eq!(seconds(&pace), 15.5, "it was late, and is waited for from now on");
        pace.lost(Command::Find);
        assert_eq!(seconds(&pace), 15.5);
    }
}
