//! What the two protocols have in common: requests with a sequence number, answered in any order.

use jiff::Timestamp;
use realname_flow::confirmation::PhoneNumber;
use zeroize::Zeroizing;

use crate::text::{Coding, PartOf, Piece};

/// Bytes for the line. They hold numbers, answers and digests of the secret, so they are wiped.
pub(crate) type Pdu = Zeroizing<Vec<u8>>;

/// How one protocol puts things. No state, no clock, no socket.
pub(crate) trait Protocol: Send + Sync + 'static {
    /// How long the PDU is that begins with these bytes; `None` while that can't be seen. Nothing is kept for a length that
    /// is refused.
    fn length(&self, begin: &[u8]) -> Result<Option<usize>, BadLength>;

    /// The request that opens the line.
    fn open(&self, sequence: u32, now: Timestamp) -> Pdu;

    /// Judges the answer to it.
    fn opened(&self, answer: &[u8], request: &[u8]) -> Result<(), OpenError>;

    /// One message's part.
    fn submit(&self, sequence: u32, to: &PhoneNumber, piece: &Piece) -> Pdu;

    /// Whether a message can be addressed to that number at all.
    fn can_address(&self, to: &PhoneNumber) -> bool;

    /// A request without a body.
    fn ask(&self, what: Bare, sequence: u32) -> Pdu;

    /// The answer to one.
    fn answer(&self, what: Bare, sequence: u32) -> Pdu;

    /// The answer to something that was delivered.
    fn receipt(&self, of: &Receipt, taken: Taken) -> Pdu;

    /// Reads a whole PDU.
    fn read(&self, pdu: &[u8]) -> Incoming;
}

/// The length that a PDU gives itself is too small or too large: nobody knows where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadLength;

/// Requests that say nothing but what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bare {
    /// Is anybody there?
    Test,
    /// The line is to be closed.
    Close,
}

/// What a gateway did with what it delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is kept, and needn't come again.
    Kept,
    /// It can't be read, and coming again wouldn't help.
    Unreadable,
}

/// Why the line wasn't opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// The gateway said no, with this status.
    Refused(u32),
    /// What the gateway proves itself with isn't made with our secret.
    Proof,
    /// The answer can't be read.
    Unreadable,
}

/// What names a delivery in its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) sequence: u32,
    pub(crate) id: [u8; 8],
}

/// What came down the line.
pub(crate) enum Incoming {
    /// The answer to the opening; the protocol judges it with the request beside it.
    Opened,
    /// The answer to a submit.
    Submitted { sequence: u32, outcome: Outcome },
    /// A text or a report.
    Delivered { receipt: Receipt, what: Delivery },
    /// A request without a body.
    Asked { what: Bare, sequence: u32 },
    /// The answer to ours.
    Answered { what: Bare },
    /// A request or an answer that isn't used here, or can't be read; with what is said to it.
    Other { answer: Option<Pdu> },
}

/// What is known of one part after it was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The gateway took it, under this id.
    Accepted(Vec<u8>),
    /// It didn't, and wants to be asked more slowly.
    Throttled,
    /// It didn't, and won't.
    Refused(u32),
    /// Nobody knows.
    Unknown,
}

/// What was delivered.
pub(crate) enum Delivery {
    /// A text that somebody sent to our number.
    Text(Incident),
    /// What became of one that we sent.
    Report(StatusReport),
    /// Something that can't be read.
    Unreadable,
}

/// A text, or a part of one, as it came.
pub(crate) struct Incident {
    /// The gateway's name for it: the same when it comes again.
    pub(crate) id: Vec<u8>,
    /// From which number; none when that isn't a number, as a pseudonym.
    pub(crate) from: Option<PhoneNumber>,
    /// To which of our numbers, its extension included.
    pub(crate) to: String,
    pub(crate) coding: Coding,
    pub(crate) part: Option<PartOf>,
    /// Without its header.
    pub(crate) content: Zeroizing<Vec<u8>>,
}

/// A status report as it came.
pub(crate) struct StatusReport {
    /// The submit's id, as its answer gave it.
    pub(crate) id: Vec<u8>,
    pub(crate) state: ReportState,
}

/// What became of a message, as far as the network tells.
///
/// That a phone took a text proves that a phone took it; never that anybody read it, and nothing of what they think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReportState {
    /// A phone took it.
    Delivered,
    /// It is on its way; another report follows.
    OnItsWay,
    /// It wasn't delivered, for whatever reason.
    NotDelivered,
}

impl ReportState {
    /// From the seven signs of a report. Whatever isn't known isn't delivered.
    pub(crate) fn of(signs: &[u8]) -> Self {
        match signs {
            b"DELIVRD" => Self::Delivered,
            b"ACCEPTD" | b"ENROUTE" => Self::OnItsWay,
            _ => Self::NotDelivered,
        }
    }
}
