//! China Mobile Peer to Peer, 2.0 and 3.0: the protocol between a service provider and the gateway (ISMG).

mod auth;
mod encode;
mod number;
mod read;

use jiff::Timestamp;
use realname_flow::confirmation::PhoneNumber;
use zeroize::Zeroizing;

use crate::protocol::{BadLength, Bare, Incoming, OpenError, Pdu, Protocol, Receipt, Taken};
use crate::text::Piece;

/// Bytes of a header: length, command, sequence.
const HEADER: usize = 12;

const CONNECT: u32 = 1;
const TERMINATE: u32 = 2;
const SUBMIT: u32 = 4;
const DELIVER: u32 = 5;
const ACTIVE_TEST: u32 = 8;
/// An answer has its request's command and this bit.
const ANSWER: u32 = 0x8000_0000;

/// Which version is spoken. The layouts of all bodies follow it, whatever the gateway answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub enum CmppVersion {
    /// 2.0
    #[serde(rename = "2.0")]
    V2,
    /// 3.0
    #[serde(rename = "3.0")]
    V3,
}

impl CmppVersion {
    /// As it stands in a CONNECT.
    fn byte(self) -> u8 {
        match self {
            Self::V2 => 0x20,
            Self::V3 => 0x30,
        }
    }

    /// Bytes of a terminal's number.
    fn terminal(self) -> usize {
        match self {
            Self::V2 => 21,
            Self::V3 => 32,
        }
    }

    /// The longest PDU that is looked at. Nothing that a gateway sends comes near it: a SUBMIT to ninety-nine receivers does.
    fn longest(self) -> u32 {
        match self {
            Self::V2 => 2477,
            Self::V3 => 3335,
        }
    }
}

/// What a service provider says of itself in CMPP.
pub(crate) struct Cmpp {
    pub(crate) version: CmppVersion,
    /// Six digits.
    pub(crate) sp_id: [u8; 6],
    pub(crate) secret: Zeroizing<Vec<u8>>,
    pub(crate) service_id: String,
    /// The number that the phone shows and replies to.
    pub(crate) source: String,
    pub(crate) fee_user: u8,
    pub(crate) fee_type: [u8; 2],
    pub(crate) fee_code: String,
    pub(crate) reports: bool,
    /// Whether a gateway that doesn't prove that it knows the secret is refused.
    pub(crate) proof: bool,
}

impl Protocol for Cmpp {
    fn length(&self, begin: &[u8]) -> Result<Option<usize>, BadLength> {
        read::length(begin, self.version.longest())
    }

    fn open(&self, sequence: u32, now: Timestamp) -> Pdu {
        encode::connect(self, sequence, now)
    }

    fn opened(&self, answer: &[u8], request: &[u8]) -> Result<(), OpenError> {
        auth::judge(self, answer, request)
    }

    fn submit(&self, sequence: u32, to: &PhoneNumber, piece: &Piece) -> Pdu {
        encode::submit(self, sequence, to, piece)
    }

    fn can_address(&self, to: &PhoneNumber) -> bool {
        number::national(to).is_some()
    }

    fn ask(&self, what: Bare, sequence: u32) -> Pdu {
        encode::bare(command(what), sequence)
    }

    fn answer(&self, what: Bare, sequence: u32) -> Pdu {
        match what {
            // An answer to ACTIVE_TEST has one reserved byte.
            Bare::Test => encode::with_body(ACTIVE_TEST | ANSWER, sequence, &[0]),
            Bare::Close => encode::bare(TERMINATE | ANSWER, sequence),
        }
    }

    fn receipt(&self, of: &Receipt, taken: Taken) -> Pdu {
        encode::deliver_answer(self.version, of, taken)
    }

    fn read(&self, pdu: &[u8]) -> Incoming {
        read::pdu(self.version, pdu)
    }
}

fn command(what: Bare) -> u32 {
    match what {
        Bare::Test => ACTIVE_TEST,
        Bare::Close => TERMINATE,
    }
}

#[cfg(test)]
pub(crate) mod tests;
