//! Status words (`reader-protocol` 4, `pos-apis` 3).

use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

/// The three status bytes of a reply: what the card answered to the SAM (often zero), and what the SAM says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status {
    /// SW1 SW2: the card's own status where the SAM passes it on.
    pub card: u16,
    /// SW3.
    pub word: StatusWord,
}

/// The SAM's own status, SW3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusWord {
    /// `90`: done.
    Done,
    /// `9F`: a card was found.
    Found,
    /// `91`: the card has no such item.
    NoSuchItem,
    /// `10`: the checksum of the host's frame was wrong.
    HostChecksum,
    /// `11`: the length of the host's frame was wrong.
    HostLength,
    /// `21`: the command is wrong.
    WrongCommand,
    /// `23`: not permitted.
    NotPermitted,
    /// `24`: an error that the SAM doesn't name.
    Unspecified,
    /// `31`: the card rejected the SAM.
    CardRejectedSam,
    /// `32`: the SAM rejected the card.
    SamRejectedCard,
    /// `33`: the data's signature on the card did not hold.
    DataNotAuthentic,
    /// `34`: no card has been found yet, so nothing can be done to it.
    NothingFound,
    /// `37`: the fingerprints' signature on the card did not hold.
    FingerprintNotAuthentic,
    /// `3F`: the information has the wrong length.
    WrongInformationLength,
    /// `40`: not a card of this system.
    WrongCardType,
    /// `41`: the read failed, or no card is selected.
    ReadFailed,
    /// `47`: the card gave no random number.
    NoRandom,
    /// `50`: writing failed.
    WriteFailed,
    /// `61`: the user's login failed.
    LoginFailed,
    /// `60`: the SAM failed its self-test and takes no command.
    SelfTestFailed,
    /// `66`: the SAM is not authorised.
    NotAuthorised,
    /// `80`: no card, or the same card still lies there.
    NoCard,
    /// `81`: selecting failed.
    SelectFailed,
    /// Any other value, kept.
    Other(u8),
}

/// Code and word of everything in the table.
const TABLE: [(u8, StatusWord); 23] = [
    (0x90, StatusWord::Done),
    (0x9F, StatusWord::Found),
    (0x91, StatusWord::NoSuchItem),
    (0x10, StatusWord::HostChecksum),
    (0x11, StatusWord::HostLength),
    (0x21, StatusWord::WrongCommand),
    (0x23, StatusWord::NotPermitted),
    (0x24, StatusWord::Unspecified),
    (0x31, StatusWord::CardRejectedSam),
    (0x32, StatusWord::SamRejectedCard),
    (0x33, StatusWord::DataNotAuthentic),
    (0x34, StatusWord::NothingFound),
    (0x37, StatusWord::FingerprintNotAuthentic),
    (0x3F, StatusWord::WrongInformationLength),
    (0x40, StatusWord::WrongCardType),
    (0x41, StatusWord::ReadFailed),
    (0x47, StatusWord::NoRandom),
    (0x50, StatusWord::WriteFailed),
    (0x60, StatusWord::SelfTestFailed),
    (0x61, StatusWord::LoginFailed),
    (0x66, StatusWord::NotAuthorised),
    (0x80, StatusWord::NoCard),
    (0x81, StatusWord::SelectFailed),
];

impl StatusWord {
    /// From SW3.
    pub fn from_code(code: u8) -> Self {
        TABLE.iter().find(|entry| entry.0 == code).map_or(Self::Other(code), |entry| entry.1)
    }

    /// SW3.
    pub fn code(self) -> u8 {
        match self {
            Self::Other(code) => code,
            known => TABLE.iter().find(|entry| entry.1 == known).map_or(0, |entry| entry.0),
        }
    }
}

impl Status {
    /// A status without a card's word.
    pub fn new(word: StatusWord) -> Self {
        Self { card: 0, word }
    }

    /// Parses SW1, SW2, SW3.
    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], Self, ()> {
        let (rest, (sw1, sw2, sw3)) = (byte, byte, byte).parse(input)?;
        Ok((rest, Self { card: u16::from_be_bytes([sw1, sw2]), word: StatusWord::from_code(sw3) }))
    }

    /// SW1, SW2, SW3.
    pub fn encode(self) -> [u8; 3] {
        let [sw1, sw2] = self.card.to_be_bytes();
        [sw1, sw2, self.word.code()]
    }
}

impl std::fmt::Display for Status {
    /// Hexadecimal, as vendor manuals print it: `81`, or `41 (card 6A82)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02X}", self.word.code())?;
        if self.card != 0 {
            write!(f, " (card {:04X})", self.card)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_both_ways() {
        for code in 0..=u8::MAX {
            assert_eq!(StatusWord::from_code(code).code(), code);
        }
        assert_eq!(StatusWord::from_code(0x05), StatusWord::Other(0x05));
        // What more than one maker's list of words has beside the protocol's own.
        assert_eq!(StatusWord::from_code(0x34), StatusWord::NothingFound);
        assert_eq!(
            [0x37, 0x3F, 0x50, 0x61].map(StatusWord::from_code).map(StatusWord::code),
            [0x37, 0x3F, 0x50, 0x61]
        );
        assert!(
            ![0x34, 0x37, 0x3F, 0x50, 0x61]
                .iter()
                .any(|&code| StatusWord::from_code(code) == StatusWord::Other(code))
        );
    }

    #[test]
    fn shown_as_in_manuals() {
        let passed_on = Status { card: 0x6A82, word: StatusWord::ReadFailed };
        assert_eq!(passed_on.to_string(), "41 (card 6A82)");
        assert_eq!(Status::new(StatusWord::NoCard).to_string(), "80");
        assert_eq!(passed_on.encode(), [0x6A, 0x82, 0x41]);
    }
}
