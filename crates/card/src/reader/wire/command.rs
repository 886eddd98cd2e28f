//! What a host asks (`reader-protocol` 3).

use nom::combinator::all_consuming;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use super::frame;

/// The line rates that the readers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Baud {
    /// 115200, what readers leave the factory with.
    B115200,
    /// 57600.
    B57600,
    /// 38400.
    B38400,
    /// 19200.
    B19200,
    /// 9600.
    B9600,
}

impl Baud {
    /// All of them, in the order in which a rate is looked for.
    pub const ALL: [Self; 5] = [Self::B115200, Self::B57600, Self::B38400, Self::B19200, Self::B9600];

    /// Bits per second.
    pub fn rate(self) -> u32 {
        match self {
            Self::B115200 => 115_200,
            Self::B57600 => 57_600,
            Self::B38400 => 38_400,
            Self::B19200 => 19_200,
            Self::B9600 => 9_600,
        }
    }

    /// The rate with this many bits per second.
    pub fn from_rate(rate: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|baud| baud.rate() == rate)
    }

    fn parameter(self) -> u8 {
        match self {
            Self::B115200 => 0,
            Self::B57600 => 1,
            Self::B38400 => 2,
            Self::B19200 => 3,
            Self::B9600 => 4,
        }
    }
}

/// One request. Command byte and parameter in the comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Command {
    /// Reset the SAM, like power off and on (`10 FF`).
    Reset,
    /// SAM status (`11 FF`).
    Status,
    /// SAM id (`12 FF`).
    SamId,
    /// Find a card (`20 01`).
    Find,
    /// Select the card found (`20 02`).
    Select,
    /// Text and photo (`30 01`).
    Read,
    /// Text, photo and fingerprints (`30 10`).
    ReadWithFingerprint,
    /// The newest additional address (`30 03`).
    ReadAddress,
    /// Card management information (`30 05`); few modules answer it.
    ReadManagement,
    /// Change the line's rate (`60 pp`).
    SetBaud(Baud),
    /// Largest frame between SAM and antenna, in bytes (`61 FF nn`); 0x50 and 0x58 are in use.
    SetRfFrame(u8),
}

impl Command {
    /// The whole request, ready to send.
    pub fn encode(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(11);
        match self {
            Self::Reset => frame::encode(&[0x10, 0xFF], &mut out),
            Self::Status => frame::encode(&[0x11, 0xFF], &mut out),
            Self::SamId => frame::encode(&[0x12, 0xFF], &mut out),
            Self::Find => frame::encode(&[0x20, 0x01], &mut out),
            Self::Select => frame::encode(&[0x20, 0x02], &mut out),
            Self::Read => frame::encode(&[0x30, 0x01], &mut out),
            Self::ReadWithFingerprint => frame::encode(&[0x30, 0x10], &mut out),
            Self::ReadAddress => frame::encode(&[0x30, 0x03], &mut out),
            Self::ReadManagement => frame::encode(&[0x30, 0x05], &mut out),
            Self::SetBaud(baud) => frame::encode(&[0x60, baud.parameter()], &mut out),
            Self::SetRfFrame(bytes) => frame::encode(&[0x61, 0xFF, bytes], &mut out),
        }
        out
    }

    /// Its name, for programs that ask for it by name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Status => "status",
            Self::SamId => "sam_id",
            Self::Find => "find",
            Self::Select => "select",
            Self::Read => "read",
            Self::ReadWithFingerprint => "read_with_fingerprint",
            Self::ReadAddress => "read_address",
            Self::ReadManagement => "read_management",
            Self::SetBaud(_) => "set_baud",
            Self::SetRfFrame(_) => "set_rf_frame",
        }
    }

    /// The command of that [`name`](Self::name), of those without a value.
    pub fn from_name(name: &str) -> Option<Self> {
        const NAMED: [Command; 9] = [
            Command::Reset,
            Command::Status,
            Command::SamId,
            Command::Find,
            Command::Select,
            Command::Read,
            Command::ReadWithFingerprint,
            Command::ReadAddress,
            Command::ReadManagement,
        ];
        NAMED.into_iter().find(|command| command.name() == name)
    }

    /// The command in a request's body; `None` when the protocol has no such command (a reader answers status 21).
    pub fn decode(body: &[u8]) -> Option<Self> {
        all_consuming(command).parse(body).ok().and_then(|(_, command)| command)
    }

    /// How many bytes a full reply to it has at most, for time limits.
    pub(crate) fn largest_reply(self) -> usize {
        match self {
            Self::SamId => 27,
            Self::Find => 15,
            Self::Select => 19,
            Self::Read => 1295,
            Self::ReadWithFingerprint => 2321,
            Self::ReadAddress => 291,
            Self::ReadManagement => 39,
            Self::Reset | Self::Status | Self::SetBaud(_) | Self::SetRfFrame(_) => 11,
        }
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Reset => "reset",
            Self::Status => "status",
            Self::SamId => "SAM id",
            Self::Find => "find card",
            Self::Select => "select card",
            Self::Read => "read card",
            Self::ReadWithFingerprint => "read card with fingerprints",
            Self::ReadAddress => "read additional address",
            Self::ReadManagement => "read management information",
            Self::SetBaud(_) => "change the rate",
            Self::SetRfFrame(_) => "set the antenna's frame size",
        })
    }
}

fn command(body: &[u8]) -> IResult<&[u8], Option<Command>, ()> {
    let (rest, (command, parameter)) = (byte, byte).parse(body)?;
    if (command, parameter) == (0x61, 0xFF) {
        let (rest, bytes) = byte.parse(rest)?;
        return Ok((rest, Some(Command::SetRfFrame(bytes))));
    }
    let known = match (command, parameter) {
        (0x10, 0xFF) => Some(Command::Reset),
        (0x11, 0xFF) => Some(Command::Status),
        (0x12, 0xFF) => Some(Command::SamId),
        (0x20, 0x01) => Some(Command::Find),
        (0x20, 0x02) => Some(Command::Select),
        (0x30, 0x01) => Some(Command::Read),
        (0x30, 0x10) => Some(Command::ReadWithFingerprint),
        (0x30, 0x03) => Some(Command::ReadAddress),
        (0x30, 0x05) => Some(Command::ReadManagement),
        (0x60, parameter) => {
            Baud::ALL.into_iter().find(|baud| baud.parameter() == parameter).map(Command::SetBaud)
        }
        _ => None,
    };
    Ok((rest, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 3 and `reader-vectors.py`: command, parameter and data, then the checksum.
    const PUBLISHED: [(Command, &[u8]); 16] = [
        (Command::Reset, &[0x10, 0xFF, 0xEC]),
        (Command::Status, &[0x11, 0xFF, 0xED]),
        (Command::SamId, &[0x12, 0xFF, 0xEE]),
        (Command::Find, &[0x20, 0x01, 0x22]),
        (Command::Select, &[0x20, 0x02, 0x21]),
        (Command::Read, &[0x30, 0x01, 0x32]),
        (Command::ReadAddress, &[0x30, 0x03, 0x30]),
        (Command::ReadManagement, &[0x30, 0x05, 0x36]),
        (Command::ReadWithFingerprint, &[0x30, 0x10, 0x23]),
        (Command::SetBaud(Baud::B115200), &[0x60, 0x00, 0x63]),
        (Command::SetBaud(Baud::B57600), &[0x60, 0x01, 0x62]),
        (Command::SetBaud(Baud::B38400), &[0x60, 0x02, 0x61]),
        (Command::SetBaud(Baud::B19200), &[0x60, 0x03, 0x60]),
        (Command::SetBaud(Baud::B9600), &[0x60, 0x04, 0x67]),
        (Command::SetRfFrame(0x50), &[0x61, 0xFF, 0x50, 0xCA]),
        (Command::SetRfFrame(0x58), &[0x61, 0xFF, 0x58, 0xC2]),
    ];

    #[test]
    fn as_published_both_ways() {
        for (command, tail) in PUBLISHED {
            let mut expected = vec![0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, u8::try_from(tail.len()).unwrap()];
            expected.extend_from_slice(tail);
            assert_eq!(command.encode(), expected, "{command}");
            assert_eq!(Command::decode(&tail[..tail.len() - 1]), Some(command));
        }
    }

    #[test]
    fn other_bodies_are_no_commands() {
        for body in [&[][..], &[0x20], &[0x20, 0x03], &[0x20, 0x01, 0x00], &[0x60, 0x05], &[0x61, 0xFF]] {
            assert_eq!(Command::decode(body), None, "{body:02X?}");
        }
    }
}
