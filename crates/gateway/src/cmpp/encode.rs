//! What we send.

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use realname_flow::confirmation::PhoneNumber;
use zeroize::Zeroizing;

use super::{ANSWER, CONNECT, Cmpp, CmppVersion, DELIVER, HEADER, SUBMIT, auth, number};
use crate::protocol::{Pdu, Receipt, Taken};
use crate::text::{Coding, Piece};

/// A request or an answer of nothing but a header.
pub(super) fn bare(command: u32, sequence: u32) -> Pdu {
    with_body(command, sequence, &[])
}

/// Total_Length, Command_Id, Sequence_Id, body. Bodies here are below a kilobyte.
pub(super) fn with_body(command: u32, sequence: u32, body: &[u8]) -> Pdu {
    let length = u32::try_from(HEADER.saturating_add(body.len())).unwrap_or(u32::MAX);
    let head = [length, command, sequence].map(u32::to_be_bytes);
    Zeroizing::new([head.as_flattened(), body].concat())
}

/// CONNECT: Source_Addr 6, AuthenticatorSource 16, Version 1, Timestamp 4.
pub(super) fn connect(cmpp: &Cmpp, sequence: u32, now: Timestamp) -> Pdu {
    let timestamp = timestamp(now);
    let body = Zeroizing::new(
        [&cmpp.sp_id[..], &auth::source(cmpp, timestamp), &[cmpp.version.byte()], &timestamp.to_be_bytes()]
            .concat(),
    );
    with_body(CONNECT, sequence, &body)
}

/// MMDDHHMMSS at UTC+8, as a number.
fn timestamp(now: Timestamp) -> u32 {
    let time = now.to_zoned(TimeZone::fixed(tz::offset(8))).datetime();
    let digits = [time.month(), time.day(), time.hour(), time.minute(), time.second()];
    digits
        .iter()
        .fold(0_u32, |sum, pair| sum.saturating_mul(100).saturating_add(u32::from(pair.unsigned_abs())))
}

/// SUBMIT with one receiver: of a batch one Msg_Id would cover all.
pub(super) fn submit(cmpp: &Cmpp, sequence: u32, to: &PhoneNumber, piece: &Piece) -> Pdu {
    let (total, number) = piece.part.map_or((1, 1), |part| (part.total, part.number));
    let terminal = cmpp.version.terminal();
    let v3 = cmpp.version == CmppVersion::V3;
    let mut body = Fields(Zeroizing::new(Vec::with_capacity(400)));
    body.fixed(b"", 8); // Msg_Id, which the gateway gives.
    body.bytes(&[total, number]);
    body.bytes(&[u8::from(cmpp.reports), 0]); // Registered_Delivery, Msg_level
    body.fixed(cmpp.service_id.as_bytes(), 10);
    body.bytes(&[cmpp.fee_user]);
    body.fixed(b"", terminal); // Fee_terminal_Id: it counts for Fee_UserType 3 alone.
    if v3 {
        body.bytes(&[0]);
    }
    body.bytes(&[0, u8::from(piece.part.is_some()), format(piece.coding)]); // TP_pid, TP_udhi, Msg_Fmt
    body.bytes(&cmpp.sp_id);
    body.bytes(&cmpp.fee_type);
    body.fixed(cmpp.fee_code.as_bytes(), 6);
    body.fixed(b"", 17); // ValId_Time
    body.fixed(b"", 17); // At_Time
    body.fixed(cmpp.source.as_bytes(), 21);
    body.bytes(&[1]); // DestUsr_tl
    body.fixed(number::national(to).unwrap_or_default().as_bytes(), terminal);
    if v3 {
        body.bytes(&[0]);
    }
    body.bytes(&[u8::try_from(piece.content.len()).unwrap_or(u8::MAX)]);
    body.bytes(&piece.content);
    body.fixed(b"", if v3 { 20 } else { 8 }); // LinkID or Reserve
    with_body(SUBMIT, sequence, &body.0)
}

/// DELIVER_RESP: Msg_Id 8, Result 1 (2.0) or 4 (3.0).
pub(super) fn deliver_answer(version: CmppVersion, of: &Receipt, taken: Taken) -> Pdu {
    let result = match taken {
        Taken::Kept => 0,
        Taken::Unreadable => 1_u8,
    };
    let mut body = of.id.to_vec();
    if version == CmppVersion::V3 {
        body.extend([0; 3]);
    }
    body.push(result);
    with_body(DELIVER | ANSWER, of.sequence, &body)
}

/// Msg_Fmt. Nothing of ours is sent in another coding.
fn format(coding: Coding) -> u8 {
    match coding {
        Coding::Ascii | Coding::Latin1 => 0,
        Coding::Binary => 4,
        Coding::Ucs2 => 8,
        Coding::Gbk => 15,
    }
}

/// Octet strings of fixed width, filled with zeros on the right. The settings see to it that nothing is too long.
struct Fields(Pdu);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn fixed(&mut self, bytes: &[u8], width: usize) {
        self.0.extend(bytes.iter().copied().chain(std::iter::repeat(0)).take(width));
    }
}
