//! What we get.

use nom::bytes::complete::take;
use nom::combinator::{all_consuming, map, verify};
use nom::multi::length_data;
use nom::number::complete::{be_u32, u8};
use nom::{IResult, Parser};
use zeroize::Zeroizing;

use super::{ACTIVE_TEST, ANSWER, CONNECT, CmppVersion, DELIVER, HEADER, SUBMIT, TERMINATE, number};
use crate::protocol::{
    BadLength, Bare, Delivery, Incident, Incoming, Outcome, Receipt, ReportState, StatusReport,
};
use crate::text::{Coding, cut_header};

/// Total_Length, once its four bytes are there.
pub(super) fn length(begin: &[u8], longest: u32) -> Result<Option<usize>, BadLength> {
    let Ok((_, length)) = be_u32::<_, nom::error::Error<_>>(begin) else { return Ok(None) };
    let fits = u32::try_from(HEADER).is_ok_and(|least| (least..=longest).contains(&length));
    let length = usize::try_from(length).ok().filter(|_| fits);
    length.map(Some).ok_or(BadLength)
}

/// A whole PDU.
pub(super) fn pdu(version: CmppVersion, pdu: &[u8]) -> Incoming {
    let Ok((body, (_, command, sequence))) = header(pdu) else { return Incoming::Other { answer: None } };
    match command {
        command if command == CONNECT | ANSWER => Incoming::Opened,
        command if command == SUBMIT | ANSWER => {
            let outcome = all_consuming(submit_answer(version)).parse(body);
            Incoming::Submitted {
                sequence,
                outcome: outcome.map_or(Outcome::Unknown, |(_, outcome)| outcome),
            }
        }
        DELIVER => deliver(version, sequence, body),
        ACTIVE_TEST => Incoming::Asked { what: Bare::Test, sequence },
        TERMINATE => Incoming::Asked { what: Bare::Close, sequence },
        command if command == ACTIVE_TEST | ANSWER => Incoming::Answered { what: Bare::Test },
        command if command == TERMINATE | ANSWER => Incoming::Answered { what: Bare::Close },
        // Nothing says no to a command; the other side waits in vain, which it can tell.
        _ => Incoming::Other { answer: None },
    }
}

fn header(input: &[u8]) -> IResult<&[u8], (u32, u32, u32)> {
    (be_u32, be_u32, be_u32).parse(input)
}

/// SUBMIT_RESP: Msg_Id 8, Result 1 (2.0) or 4 (3.0).
fn submit_answer<'a>(
    version: CmppVersion,
) -> impl Parser<&'a [u8], Output = Outcome, Error = nom::error::Error<&'a [u8]>> {
    map((take(8_usize), result(version)), |(id, result): (&[u8], u32)| match result {
        0 => Outcome::Accepted(id.to_vec()),
        8 => Outcome::Throttled,
        // "Sequence repeated": one of that number is with the gateway, and nobody knows whether it is this one.
        3 => Outcome::Unknown,
        result => Outcome::Refused(result),
    })
}

fn result<'a>(version: CmppVersion) -> impl Fn(&'a [u8]) -> IResult<&'a [u8], u32> {
    move |input| match version {
        CmppVersion::V2 => map(u8, u32::from).parse(input),
        CmppVersion::V3 => be_u32(input),
    }
}

/// The fields of a DELIVER that are used.
struct Fields<'a> {
    id: [u8; 8],
    to: &'a [u8],
    header: bool,
    format: u8,
    from: &'a [u8],
    pseudonym: bool,
    report: bool,
    content: &'a [u8],
}

fn deliver(version: CmppVersion, sequence: u32, body: &[u8]) -> Incoming {
    let id = body.first_chunk().copied().unwrap_or_default();
    let receipt = Receipt { sequence, id };
    let fields = all_consuming(|input| deliver_fields(version, input)).parse(body);
    let what = match fields {
        Err(_) => Delivery::Unreadable,
        Ok((_, fields)) if fields.report => match all_consuming(report).parse(fields.content) {
            Ok((_, report)) => Delivery::Report(report),
            Err(_) => Delivery::Unreadable,
        },
        Ok((_, fields)) => text(&fields).map_or(Delivery::Unreadable, Delivery::Text),
    };
    Incoming::Delivered { receipt, what }
}

/// Msg_Id 8, Dest_Id 21, Service_Id 10, TP_pid, TP_udhi, Msg_Fmt, Src_terminal_Id 21 or 32 (and its type in 3.0),
/// Registered_Delivery, Msg_Length, Msg_Content, Reserved 8 or LinkID 20.
fn deliver_fields(version: CmppVersion, input: &[u8]) -> IResult<&[u8], Fields<'_>> {
    let (input, id) = id(input)?;
    let (input, to) = octets(21)(input)?;
    let (input, (_service, _pid, header, format)) = (take(10_usize), u8, u8, u8).parse(input)?;
    let (input, from) = octets(version.terminal())(input)?;
    let (input, kind) = match version {
        CmppVersion::V2 => (input, 0),
        CmppVersion::V3 => u8(input)?,
    };
    let (input, report) = verify(u8, |kind| *kind <= 1).parse(input)?;
    let (input, content) = length_data(u8).parse(input)?;
    let (input, _link) = take(if version == CmppVersion::V3 { 20_usize } else { 8 })(input)?;
    let fields = Fields {
        id,
        to,
        header: header & 1 == 1,
        format,
        from,
        pseudonym: kind != 0,
        report: report == 1,
        content,
    };
    Ok((input, fields))
}

/// Msg_Id 8 (the SUBMIT's), Stat 7, Submit_time 10, Done_time 10, Dest_terminal_Id 21 or 32, SMSC_sequence 4. The width of the
/// number is what the length leaves for it.
fn report(input: &[u8]) -> IResult<&[u8], StatusReport> {
    let terminal = if input.len() == 60 { 21 } else { 32_usize };
    let (input, (id, state, _submitted, _done)) =
        (id, octets(7), take(10_usize), take(10_usize)).parse(input)?;
    let (input, _) = (take(terminal), be_u32).parse(input)?;
    Ok((input, StatusReport { id: id.to_vec(), state: ReportState::of(state) }))
}

fn text(fields: &Fields<'_>) -> Option<Incident> {
    let coding = match fields.format {
        0 => Coding::Ascii,
        8 => Coding::Ucs2,
        15 => Coding::Gbk,
        _ => Coding::Binary,
    };
    let (part, content) = if fields.header { cut_header(fields.content)? } else { (None, fields.content) };
    let from = std::str::from_utf8(fields.from).ok().filter(|_| !fields.pseudonym).and_then(number::read);
    Some(Incident {
        id: fields.id.to_vec(),
        from,
        to: std::str::from_utf8(fields.to).ok()?.to_owned(),
        coding,
        part,
        content: Zeroizing::new(content.to_vec()),
    })
}

fn id(input: &[u8]) -> IResult<&[u8], [u8; 8]> {
    let (input, bytes) = take(8_usize)(input)?;
    Ok((input, bytes.first_chunk().copied().unwrap_or_default()))
}

/// An octet string of fixed width, up to its first zero byte.
fn octets<'a>(width: usize) -> impl Fn(&'a [u8]) -> IResult<&'a [u8], &'a [u8]> {
    move |input| {
        let (input, field) = take(width)(input)?;
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        Ok((input, field.get(..end).unwrap_or_default()))
    }
}
