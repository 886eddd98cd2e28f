//! Who is who: MD5 over a secret, as the protocol has it. It proves little, and nothing rests on it alone.

use md5::{Digest, Md5};
use nom::bytes::complete::take;
use nom::combinator::all_consuming;
use nom::number::complete::{be_u32, u8};
use nom::{IResult, Parser};
use subtle::ConstantTimeEq;

use super::{Cmpp, HEADER};
use crate::protocol::OpenError;

/// MD5( Source_Addr ‖ nine zero bytes ‖ secret ‖ timestamp ), the timestamp as ten digits with its leading zero.
pub(super) fn source(cmpp: &Cmpp, timestamp: u32) -> [u8; 16] {
    let mut hash = Md5::new();
    hash.update(cmpp.sp_id);
    hash.update([0; 9]);
    hash.update(&*cmpp.secret);
    hash.update(format!("{timestamp:010}"));
    hash.finalize().into()
}

/// MD5( Status ‖ AuthenticatorSource ‖ secret ), with a status of that many bytes: gateways differ.
fn gateway(status: &[u8], source: &[u8], secret: &[u8]) -> [u8; 16] {
    let mut hash = Md5::new();
    hash.update(status);
    hash.update(source);
    hash.update(secret);
    hash.finalize().into()
}

/// CONNECT_RESP: Status (1 byte in 2.0, 4 in 3.0), AuthenticatorISMG 16, Version 1.
pub(super) fn judge(cmpp: &Cmpp, answer: &[u8], request: &[u8]) -> Result<(), OpenError> {
    let body = answer.get(HEADER..).ok_or(OpenError::Unreadable)?;
    let (_, (status, proof)) =
        all_consuming(connect_answer(body.len())).parse(body).map_err(|_| OpenError::Unreadable)?;
    if status != 0 {
        return Err(OpenError::Refused(status));
    }
    // Source_Addr 6, then AuthenticatorSource 16.
    let source =
        request.get(HEADER.saturating_add(6)..HEADER.saturating_add(22)).ok_or(OpenError::Unreadable)?;
    let proven = [&[0_u8][..], &[0; 4]]
        .iter()
        .any(|status| bool::from(gateway(status, source, &cmpp.secret).ct_eq(proof)));
    if proven || !cmpp.proof { Ok(()) } else { Err(OpenError::Proof) }
}

fn connect_answer<'a>(length: usize) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], (u32, &'a [u8])> {
    move |input| {
        let (input, status) = if length == 18 {
            u8(input).map(|(rest, byte)| (rest, u32::from(byte)))?
        } else {
            be_u32(input)?
        };
        let (input, proof) = take(16_usize)(input)?;
        let (input, _version) = u8(input)?;
        Ok((input, (status, proof)))
    }
}
