//! What an emulated reader does wrong, on request.

use std::str::FromStr;
use std::time::Duration;

use crate::reader::transport::fault::{LineFaults, ParseFaultError};
use crate::reader::wire::{Command, Status, StatusWord};

/// A bad line and a bad reader.
///
/// As text, entries separated by commas. Those of the line are [`LineFaults`]'. Those of the reader have the form
/// `name[=value][@command][*times]`, where the command is one of `reset`, `status`, `sam_id`, `find`, `select`, `read`, `address`,
/// `management`, `baud`, `rf_frame` (any when left out), and times counts from the start (always when left out):
///
/// | entry | the reader |
/// |---|---|
/// | `answer=6A8241` | answers this status word, three bytes or the last one alone |
/// | `mute` | doesn't answer |
/// | `late=MS` | answers so many milliseconds late |
/// | `cut` | stops in the middle of its answer |
/// | `garbage` | sends junk with a false frame in it before its answer |
/// | `oversize` | sends a preamble with an impossible length before its answer |
/// | `neighbour` | sends a frame of each neighbouring protocol (`69 96`, `55 AA`, `02`…`03`) before its answer |
/// | `preamble` | begins its answer with two bytes AA too many |
/// | `double` | answers twice |
/// | `lie` | sends card data whose length fields don't add up |
/// | `collide` | flips the same bit of two bytes of the card's name: the checksum holds |
/// | `units` | sends card data with a code unit in the name that is no text |
/// | `disagree` | sends card data with another year of birth: it contradicts the number |
/// | `lift` | loses the card while it answers |
/// | `wrong_id` | states another SAM id |
/// | `strict` | doesn't let a card be selected again that lies there since it was read |
/// | `once` | gives a card's data once, and then neither selects nor reads it until it is lifted |
/// | `refind` | finds a card again that lies there since it was read |
/// | `long` / `short` | always sends card data in the form with / without fingerprints |
/// | `nul` | pads the card's texts with NUL |
/// | `filled` | fills the card and chip numbers that are usually zero |
/// | `boot=MS` | hears nothing for so many milliseconds after the first byte of a host and after a reset |
/// | `needs_reset=24` | answers this status word to every command until it is reset |
/// | `empty=34` | answers this status word to the selection when no card lies there |
/// | `restless=MS` | finds a card that was laid down, and neither selects nor reads it for so many milliseconds |
/// | `letter=Z` | sends card data with this ASCII letter as type flag |
/// | `blank` / `zeros` | sends card data whose text is nothing but spaces / zeros |
/// | `unpadded` | sends an additional address without its padding |
/// | `stranger` | sends another card's intact data before the card's own |
/// | `heartbeat=MS` | sends `AAAA` every so many milliseconds, as some network bridges do |
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Faults {
    /// The line.
    pub line: LineFaults,
    /// The reader.
    pub(super) device: Vec<DeviceFault>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DeviceFault {
    pub(super) kind: Kind,
    on: Option<Group>,
    left: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Answer(Status),
    Mute,
    Late(Duration),
    Cut,
    Garbage,
    Oversize,
    Neighbour,
    Preamble,
    Double,
    Lie,
    Collide,
    Units,
    Disagree,
    Lift,
    WrongId,
    Strict,
    Once,
    Refind,
    Long,
    Short,
    Nul,
    Filled,
    Heartbeat(Duration),
    Boot(Duration),
    NeedsReset(StatusWord),
    Empty(StatusWord),
    Restless(Duration),
    Letter(u8),
    Blank,
    Zeros,
    Unpadded,
    Stranger,
}

/// Commands that a fault can be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Reset,
    Status,
    SamId,
    Find,
    Select,
    Read,
    Address,
    Management,
    Baud,
    RfFrame,
}

impl Group {
    fn has(self, command: Command) -> bool {
        match self {
            Self::Reset => command == Command::Reset,
            Self::Status => command == Command::Status,
            Self::SamId => command == Command::SamId,
            Self::Find => command == Command::Find,
            Self::Select => command == Command::Select,
            Self::Read => matches!(command, Command::Read | Command::ReadWithFingerprint),
            Self::Address => command == Command::ReadAddress,
            Self::Management => command == Command::ReadManagement,
            Self::Baud => matches!(command, Command::SetBaud(_)),
            Self::RfFrame => matches!(command, Command::SetRfFrame(_)),
        }
    }
}

impl Faults {
    /// The faults that strike an answer to `command`, each counted down by one.
    pub(super) fn strike(&mut self, command: Command) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for fault in &mut self.device {
            if fault.on.is_some_and(|group| !group.has(command)) || fault.left == Some(0) {
                continue;
            }
            if let Some(left) = &mut fault.left {
                *left -= 1;
            }
            kinds.push(fault.kind);
        }
        kinds
    }

    /// Whether the reader has this lasting habit.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.device.iter().any(|fault| fault.kind == kind)
    }

    /// The value of a lasting habit.
    fn value<T>(&self, of: impl Fn(Kind) -> Option<T>) -> Option<T> {
        self.device.iter().find_map(|fault| of(fault.kind))
    }

    pub(super) fn heartbeat(&self) -> Option<Duration> {
        self.value(|kind| if let Kind::Heartbeat(interval) = kind { Some(interval) } else { None })
    }

    pub(super) fn boot(&self) -> Option<Duration> {
        self.value(|kind| if let Kind::Boot(time) = kind { Some(time) } else { None })
    }

    pub(super) fn needs_reset(&self) -> Option<StatusWord> {
        self.value(|kind| if let Kind::NeedsReset(word) = kind { Some(word) } else { None })
    }

    pub(super) fn empty(&self) -> Option<StatusWord> {
        self.value(|kind| if let Kind::Empty(word) = kind { Some(word) } else { None })
    }

    pub(super) fn restless(&self) -> Option<Duration> {
        self.value(|kind| if let Kind::Restless(time) = kind { Some(time) } else { None })
    }
}

impl FromStr for Faults {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let mut faults = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
            if !faults.line.set(name, value)? {
                faults.device.push(entry.parse()?);
            }
        }
        Ok(faults)
    }
}

impl FromStr for DeviceFault {
    type Err = ParseFaultError;

    fn from_str(entry: &str) -> Result<Self, ParseFaultError> {
        let (entry, left) = match entry.split_once('*') {
            Some((entry, times)) => {
                let times = times.parse();
                (entry, Some(times.map_err(|_| ParseFaultError::Value { name: "*", needs: "a count" })?))
            }
            None => (entry, None),
        };
        let (entry, on) = match entry.split_once('@') {
            Some((entry, command)) => (entry, Some(group(command)?)),
            None => (entry, None),
        };
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        let time = |name| {
            let milliseconds =
                value.parse().map_err(|_| ParseFaultError::Value { name, needs: "milliseconds" });
            milliseconds.map(Duration::from_millis)
        };
        let kind = match name {
            "answer" => Kind::Answer(status("answer", value)?),
            "mute" => Kind::Mute,
            "late" => Kind::Late(time("late")?),
            "cut" => Kind::Cut,
            "garbage" => Kind::Garbage,
            "oversize" => Kind::Oversize,
            "neighbour" => Kind::Neighbour,
            "preamble" => Kind::Preamble,
            "double" => Kind::Double,
            "lie" => Kind::Lie,
            "collide" => Kind::Collide,
            "units" => Kind::Units,
            "disagree" => Kind::Disagree,
            "lift" => Kind::Lift,
            "wrong_id" => Kind::WrongId,
            "strict" => Kind::Strict,
            "once" => Kind::Once,
            "refind" => Kind::Refind,
            "long" => Kind::Long,
            "short" => Kind::Short,
            "nul" => Kind::Nul,
            "filled" => Kind::Filled,
            "heartbeat" => Kind::Heartbeat(time("heartbeat")?.max(Duration::from_millis(1))),
            "boot" => Kind::Boot(time("boot")?),
            "needs_reset" => Kind::NeedsReset(status("needs_reset", value)?.word),
            "empty" => Kind::Empty(status("empty", value)?.word),
            "restless" => Kind::Restless(time("restless")?),
            "letter" => match value.as_bytes() {
                [letter] if letter.is_ascii_graphic() => Kind::Letter(*letter),
                _ => return Err(ParseFaultError::Value { name: "letter", needs: "one ASCII letter" }),
            },
            "blank" => Kind::Blank,
            "zeros" => Kind::Zeros,
            "unpadded" => Kind::Unpadded,
            "stranger" => Kind::Stranger,
            _ => return Err(ParseFaultError::Name),
        };
        Ok(Self { kind, on, left })
    }
}

fn group(name: &str) -> Result<Group, ParseFaultError> {
    Ok(match name {
        "reset" => Group::Reset,
        "status" => Group::Status,
        "sam_id" => Group::SamId,
        "find" => Group::Find,
        "select" => Group::Select,
        "read" => Group::Read,
        "address" => Group::Address,
        "management" => Group::Management,
        "baud" => Group::Baud,
        "rf_frame" => Group::RfFrame,
        _ => {
            let needs = "reset, status, sam_id, find, select, read, address, management, baud or rf_frame";
            return Err(ParseFaultError::Value { name: "@", needs });
        }
    })
}

fn status(name: &'static str, text: &str) -> Result<Status, ParseFaultError> {
    let needs = ParseFaultError::Value { name, needs: "two or six hexadecimal digits" };
    let is_hex = matches!(text.len(), 2 | 6) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let value = u32::from_str_radix(text, 16).ok().filter(|_| is_hex).ok_or(needs)?;
    let [_, sw1, sw2, sw3] = value.to_be_bytes();
    Ok(Status { card: u16::from_be_bytes([sw1, sw2]), word: StatusWord::from_code(sw3) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_both_good_and_bad() {
        let mut faults: Faults = "flip=0.01, answer=6A8241@read*2,late=5000@find,strict".parse().unwrap();
        assert_eq!(faults.line.flip, 0.01);
        assert!(faults.has(Kind::Strict));
        let struck = faults.strike(Command::ReadWithFingerprint);
        assert_eq!(struck.len(), 2);
        assert_eq!(struck[0], Kind::Answer(Status { card: 0x6A82, word: StatusWord::ReadFailed }));
        faults.strike(Command::Read);
        assert_eq!(faults.strike(Command::Read), [Kind::Strict], "used up");
        assert_eq!(faults.strike(Command::Find), [Kind::Late(Duration::from_secs(5)), Kind::Strict]);
        for bad in [
            "answer=6",
            "answer=+1",
            "answer",
            "mute@card",
            "mute*x",
            "late",
            "bogus",
            "drop=x",
            "boot",
            "letter=",
            "empty=x",
        ] {
            assert!(bad.parse::<Faults>().is_err(), "{bad}");
        }
    }
}
