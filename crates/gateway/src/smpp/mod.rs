//! Short Message Peer to Peer, 3.4: the protocol between a service and a message centre. Bodies are coded by `rusmpp-core`; frames are
//! ours to judge.

mod encode;
mod number;
mod read;

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use realname_flow::confirmation::PhoneNumber;
use rusmpp_core::CommandStatus;
use rusmpp_core::pdus::owned::{DeliverSmResp, Pdu as Body};
use zeroize::Zeroizing;

use crate::protocol::{BadLength, Bare, Incoming, OpenError, Pdu, Protocol, Receipt, Taken};
use crate::text::Piece;

/// What a service says of itself in SMPP.
pub(crate) struct Smpp {
    pub(crate) system_id: String,
    pub(crate) password: Zeroizing<Vec<u8>>,
    pub(crate) system_type: String,
    pub(crate) source: String,
    pub(crate) source_ton: u8,
    pub(crate) source_npi: u8,
    pub(crate) reports: bool,
    pub(crate) country: Option<String>,
    /// Random for every line. A delivery has no name but its sequence number, which every line begins anew.
    pub(crate) line: AtomicU64,
}

impl Protocol for Smpp {
    fn length(&self, begin: &[u8]) -> Result<Option<usize>, BadLength> {
        read::length(begin)
    }

    fn open(&self, sequence: u32, _now: Timestamp) -> Pdu {
        let line = realname_token::jose::random::<8>().map_or(0, u64::from_be_bytes);
        self.line.store(line, Ordering::Relaxed);
        encode::bind(self, sequence)
    }

    fn opened(&self, answer: &[u8], _request: &[u8]) -> Result<(), OpenError> {
        match read::status(answer) {
            Some(0) => Ok(()),
            Some(status) => Err(OpenError::Refused(status)),
            None => Err(OpenError::Unreadable),
        }
    }

    fn submit(&self, sequence: u32, to: &PhoneNumber, piece: &Piece) -> Pdu {
        encode::submit(self, sequence, to, piece)
    }

    fn can_address(&self, _to: &PhoneNumber) -> bool {
        true
    }

    fn ask(&self, what: Bare, sequence: u32) -> Pdu {
        let body = match what {
            Bare::Test => Body::EnquireLink,
            Bare::Close => Body::Unbind,
        };
        encode::command(CommandStatus::EsmeRok, sequence, body)
    }

    fn answer(&self, what: Bare, sequence: u32) -> Pdu {
        let body = match what {
            Bare::Test => Body::EnquireLinkResp,
            Bare::Close => Body::UnbindResp,
        };
        encode::command(CommandStatus::EsmeRok, sequence, body)
    }

    fn receipt(&self, of: &Receipt, taken: Taken) -> Pdu {
        let status = match taken {
            Taken::Kept => CommandStatus::EsmeRok,
            Taken::Unreadable => CommandStatus::EsmeRxPAppn,
        };
        encode::command(status, of.sequence, DeliverSmResp::default())
    }

    fn read(&self, pdu: &[u8]) -> Incoming {
        read::pdu(self, pdu)
    }
}

#[cfg(test)]
pub(crate) mod tests;
