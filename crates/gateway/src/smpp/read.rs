//! What we get.

use std::sync::atomic::Ordering;

use bytes::BytesMut;
use nom::number::complete::be_u32;
use nom::{IResult, Parser};
use rusmpp_core::command::owned::Command;
use rusmpp_core::decode::owned::DecodeWithLength;
use rusmpp_core::pdus::owned::{DeliverSm, Pdu as Body};
use rusmpp_core::tlvs::owned::TlvValue;
use rusmpp_core::{CommandId, CommandStatus};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Smpp, encode, number};
use crate::protocol::{
    BadLength, Bare, Delivery, Incident, Incoming, Outcome, Receipt, ReportState, StatusReport,
};
use crate::text::{Coding, cut_header};

/// The longest PDU that is looked at. A text in a message_payload may be long; none that is a reply is.
const LONGEST: u32 = 8192;

/// Throttled, and message queue full: slow down.
const SLOW: [u32; 2] = [0x58, 0x14];
/// System error: nobody says what happened to the message.
const SYSTEM_ERROR: u32 = 0x08;

/// command_length, once its four bytes are there.
pub(super) fn length(begin: &[u8]) -> Result<Option<usize>, BadLength> {
    let Ok((_, length)) = be_u32::<_, nom::error::Error<_>>(begin) else { return Ok(None) };
    let length = usize::try_from(length).ok().filter(|_| (16..=LONGEST).contains(&length));
    length.map(Some).ok_or(BadLength)
}

/// command_status.
pub(super) fn status(pdu: &[u8]) -> Option<u32> {
    header(pdu).ok().map(|(_, (_, _, status, _))| status)
}

fn header(input: &[u8]) -> IResult<&[u8], (u32, u32, u32, u32)> {
    (be_u32, be_u32, be_u32, be_u32).parse(input)
}

/// A whole PDU.
pub(super) fn pdu(smpp: &Smpp, pdu: &[u8]) -> Incoming {
    let Ok((body, (_, command, status, sequence))) = header(pdu) else {
        return Incoming::Other { answer: None };
    };
    match CommandId::from(command) {
        CommandId::BindTransceiverResp => Incoming::Opened,
        CommandId::SubmitSmResp => Incoming::Submitted { sequence, outcome: submitted(status, pdu) },
        // It answers what couldn't be understood, so it did nothing.
        CommandId::GenericNack => Incoming::Submitted { sequence, outcome: Outcome::Refused(status) },
        CommandId::DeliverSm => {
            let what = match decode(pdu) {
                Some(Body::DeliverSm(deliver)) => delivered(smpp, sequence, body, &deliver),
                _ => Delivery::Unreadable,
            };
            Incoming::Delivered { receipt: Receipt { sequence, id: [0; 8] }, what }
        }
        CommandId::EnquireLink => Incoming::Asked { what: Bare::Test, sequence },
        CommandId::Unbind => Incoming::Asked { what: Bare::Close, sequence },
        CommandId::EnquireLinkResp => Incoming::Answered { what: Bare::Test },
        CommandId::UnbindResp => Incoming::Answered { what: Bare::Close },
        // An answer isn't answered; a request that isn't known is.
        _ if command & 0x8000_0000 != 0 => Incoming::Other { answer: None },
        _ => Incoming::Other {
            answer: Some(encode::command(CommandStatus::EsmeRinvcmdid, sequence, Body::GenericNack)),
        },
    }
}

fn decode(pdu: &[u8]) -> Option<Body> {
    let mut bytes = BytesMut::from(pdu.get(4..)?);
    let length = bytes.len();
    let (command, _) = Command::decode(&mut bytes, length).ok()?;
    command.pdu().cloned()
}

fn submitted(status: u32, pdu: &[u8]) -> Outcome {
    match status {
        0 => match decode(pdu) {
            Some(Body::SubmitSmResp(taken)) => {
                Outcome::Accepted(taken.message_id().as_str().as_bytes().to_vec())
            }
            // It was taken, under a name that can't be read.
            _ => Outcome::Accepted(Vec::new()),
        },
        status if SLOW.contains(&status) => Outcome::Throttled,
        SYSTEM_ERROR => Outcome::Unknown,
        status => Outcome::Refused(status),
    }
}

fn delivered(smpp: &Smpp, sequence: u32, body: &[u8], deliver: &DeliverSm) -> Delivery {
    let class = u8::from(deliver.esm_class);
    let payload: Option<&[u8]> = deliver.tlvs().iter().find_map(|tlv| match tlv.value() {
        Some(TlvValue::MessagePayload(payload)) => Some(payload.value.as_ref()),
        _ => None,
    });
    let whole = payload.unwrap_or(deliver.short_message().as_ref());
    let content = if class & 0x40 == 0 { Some((None, whole)) } else { cut_header(whole) };
    let Some((part, content)) = content else { return Delivery::Unreadable };
    match class & 0x3c {
        0 => {}
        0x04 => return receipt(content).map_or(Delivery::Unreadable, Delivery::Report),
        0x20 => return Delivery::Report(StatusReport { id: Vec::new(), state: ReportState::OnItsWay }),
        _ => return Delivery::Unreadable,
    }
    let mut name = Sha256::new();
    name.update(smpp.line.load(Ordering::Relaxed).to_be_bytes());
    name.update(sequence.to_be_bytes());
    name.update(body);
    let ton = u8::from(deliver.source_addr_ton);
    Delivery::Text(Incident {
        id: name.finalize().to_vec(),
        from: number::read(deliver.source_addr.as_str(), ton, smpp.country.as_deref()),
        to: deliver.destination_addr.as_str().to_owned(),
        coding: coding(u8::from(deliver.data_coding)),
        part,
        content: Zeroizing::new(content.to_vec()),
    })
}

/// data_coding, and the general groups of GSM 03.38 that centres pass through.
fn coding(code: u8) -> Coding {
    match code {
        0 | 1 | 0xf0..=0xf3 | 0x10..=0x13 => Coding::Ascii,
        3 => Coding::Latin1,
        8 | 0x18..=0x1b => Coding::Ucs2,
        _ => Coding::Binary,
    }
}

/// `id:… sub:… dlvrd:… submit date:… done date:… stat:DELIVRD err:… text:…`: a custom, no rule.
fn receipt(content: &[u8]) -> Option<StatusReport> {
    let text = std::str::from_utf8(content).ok()?;
    let value = |name: &str| {
        let (_, rest) = text.split_once(name)?;
        rest.split_ascii_whitespace().next()
    };
    let id = value("id:").unwrap_or_default().as_bytes().to_vec();
    Some(StatusReport { id, state: ReportState::of(value("stat:")?.as_bytes()) })
}
