//! What we send.

use bytes::BytesMut;
use realname_flow::confirmation::PhoneNumber;
use rusmpp_core::CommandStatus;
use rusmpp_core::command::owned::Command;
use rusmpp_core::encode::owned::Encode;
use rusmpp_core::pdus::owned::{BindTransceiver, Pdu as Body, SubmitSm};
use rusmpp_core::types::owned::{COctetString, OctetString};
use rusmpp_core::values::{DataCoding, EsmClass, InterfaceVersion, Npi, RegisteredDelivery, Ton};
use zeroize::Zeroizing;

use super::Smpp;
use crate::protocol::Pdu;
use crate::text::{Coding, Piece};

/// command_length, then what the codec writes.
pub(super) fn command(status: CommandStatus, sequence: u32, body: impl Into<Body>) -> Pdu {
    let mut bytes = BytesMut::zeroed(4);
    Command::new(status, sequence, body).encode(&mut bytes);
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    if let Some(head) = bytes.first_chunk_mut() {
        *head = length;
    }
    Zeroizing::new(bytes.to_vec())
}

pub(super) fn bind(smpp: &Smpp, sequence: u32) -> Pdu {
    let bind = BindTransceiver::builder()
        .system_id(text(smpp.system_id.as_bytes()))
        .password(text(&smpp.password))
        .system_type(text(smpp.system_type.as_bytes()))
        .interface_version(InterfaceVersion::from(0x34))
        .build();
    command(CommandStatus::EsmeRok, sequence, bind)
}

pub(super) fn submit(smpp: &Smpp, sequence: u32, to: &PhoneNumber, piece: &Piece) -> Pdu {
    // 0x40: a header stands before the text.
    let class = if piece.part.is_some() { 0x40 } else { 0 };
    let coding = match piece.coding {
        Coding::Ascii | Coding::Gbk => 0,
        Coding::Latin1 => 3,
        Coding::Binary => 4,
        Coding::Ucs2 => 8,
    };
    let submit = SubmitSm::builder()
        .source_addr_ton(Ton::from(smpp.source_ton))
        .source_addr_npi(Npi::from(smpp.source_npi))
        .source_addr(text(smpp.source.as_bytes()))
        .dest_addr_ton(Ton::International)
        .dest_addr_npi(Npi::Isdn)
        .destination_addr(text(to.as_str().trim_start_matches('+').as_bytes()))
        .esm_class(EsmClass::from(class))
        .registered_delivery(RegisteredDelivery::from(u8::from(smpp.reports)))
        .data_coding(DataCoding::from(coding))
        .short_message(OctetString::from_vec(piece.content.to_vec()).unwrap_or_default())
        .build();
    command(CommandStatus::EsmeRok, sequence, submit)
}

/// The settings see to it that it fits.
fn text<const MIN: usize, const MAX: usize>(bytes: &[u8]) -> COctetString<MIN, MAX> {
    COctetString::from_vec([bytes, &[0]].concat()).unwrap_or_default()
}
