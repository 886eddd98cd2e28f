//! What a gateway reads and writes, in CMPP and in SMPP: from the tables, not with the code that is tried.

use super::gateway::{Delivering, Gateway, Seed};
use crate::cmpp::CmppVersion;

#[derive(Clone, Copy)]
pub(super) enum Wire {
    Cmpp(CmppVersion),
    Smpp,
}

impl Wire {
    /// Takes a whole PDU, and gives what is said to it.
    pub(super) fn take(self, gateway: &mut Gateway, whole: &[u8], seed: &mut Seed) -> Vec<u8> {
        match self {
            Self::Cmpp(version) => Cmpp(version).take(gateway, whole, seed),
            Self::Smpp => smpp_take(gateway, whole, seed),
        }
    }

    /// A text from a phone.
    pub(super) fn deliver(self, sequence: u32, delivering: &Delivering) -> Vec<u8> {
        match self {
            Self::Cmpp(version) => Cmpp(version).deliver(sequence, delivering),
            Self::Smpp => smpp_deliver(sequence, delivering),
        }
    }
}

fn word(whole: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(*whole[at..].first_chunk().unwrap())
}

fn field(text: &str, width: usize) -> Vec<u8> {
    let mut field = text.as_bytes().to_vec();
    field.resize(width, 0);
    field
}

struct Cmpp(CmppVersion);

fn cmpp(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + body.len()).unwrap();
    [[length, command, sequence].map(u32::to_be_bytes).as_flattened(), body].concat()
}

impl Cmpp {
    fn is_wide(&self) -> bool {
        self.0 == CmppVersion::V3
    }

    fn take(&self, gateway: &mut Gateway, whole: &[u8], seed: &mut Seed) -> Vec<u8> {
        let sequence = word(whole, 8);
        match word(whole, 4) {
            1 => {
                use md5::Digest;
                let status: &[u8] = if self.is_wide() { &[0; 4] } else { &[0] };
                let proof = md5::Md5::digest([status, &whole[18..34], b"CANARY"].concat());
                cmpp(0x8000_0001, sequence, &[status, &proof[..], &[0x30]].concat())
            }
            4 => self.submit(gateway, whole, sequence, seed),
            8 => cmpp(0x8000_0008, sequence, &[0]),
            0x8000_0005 => {
                let id: [u8; 8] = *whole[12..].first_chunk().unwrap();
                assert_eq!(whole.last(), Some(&0), "everything that is sent here can be read");
                gateway.delivering.retain(|delivering| delivering.id != id);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn submit(&self, gateway: &mut Gateway, whole: &[u8], sequence: u32, seed: &mut Seed) -> Vec<u8> {
        let result = match seed.below(if gateway.faults { 12 } else { 1 << 40 }) {
            0 => 8_u8,
            1 => 13,
            _ => 0,
        };
        if result == 0 {
            let terminal = if self.is_wide() { 32 } else { 21 };
            let extra = usize::from(self.is_wide());
            let at = 12 + 8 + 4 + 10 + 1 + terminal + extra;
            let header = whole[at + 1] == 1;
            let format = whole[at + 2];
            let to = at + 3 + 6 + 2 + 6 + 17 + 17 + 21 + 1;
            let number: String = whole[to..to + terminal]
                .iter()
                .take_while(|byte| **byte != 0)
                .map(|byte| char::from(*byte))
                .collect();
            let length = usize::from(whole[to + terminal + extra]);
            let begin = to + terminal + extra + 1;
            let content = &whole[begin..begin + length];
            gateway.phones.entry(number).or_default().take(header, format, content);
        }
        gateway.ids += 1;
        let mut body = gateway.ids.to_be_bytes().to_vec();
        body.extend(vec![0; if self.is_wide() { 3 } else { 0 }]);
        body.push(result);
        gateway.told(cmpp(0x8000_0004, sequence, &body), seed)
    }

    fn deliver(&self, sequence: u32, delivering: &Delivering) -> Vec<u8> {
        let mut body = delivering.id.to_vec();
        body.extend(field("10086001", 21));
        body.extend(field("CONFIRM", 10));
        body.extend([0, u8::from(delivering.header), delivering.format]);
        body.extend(field(&delivering.from, if self.is_wide() { 32 } else { 21 }));
        body.extend(vec![0; usize::from(self.is_wide())]);
        body.extend([0, u8::try_from(delivering.content.len()).unwrap()]);
        body.extend(&delivering.content);
        body.extend(vec![0; if self.is_wide() { 20 } else { 8 }]);
        cmpp(5, sequence, &body)
    }
}

fn smpp(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).unwrap();
    [[length, command, status, sequence].map(u32::to_be_bytes).as_flattened(), body].concat()
}

fn smpp_take(gateway: &mut Gateway, whole: &[u8], seed: &mut Seed) -> Vec<u8> {
    let sequence = word(whole, 12);
    match word(whole, 4) {
        9 => smpp(0x8000_0009, 0, sequence, b"centre\0"),
        4 => smpp_submit(gateway, whole, sequence, seed),
        0x15 => smpp(0x8000_0015, 0, sequence, b""),
        0x8000_0005 => {
            assert_eq!(word(whole, 8), 0, "everything that is sent here can be read");
            gateway.delivering.retain(|delivering| !delivering.sequences.contains(&sequence));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn smpp_submit(gateway: &mut Gateway, whole: &[u8], sequence: u32, seed: &mut Seed) -> Vec<u8> {
    let mut rest = &whole[16..];
    // service_type; source and destination: type, plan and address.
    let _ = (text(&mut rest), rest_of(&mut rest, 2));
    let _source = text(&mut rest);
    rest_of(&mut rest, 2);
    let to = text(&mut rest);
    // esm_class, protocol_id, priority; two times; report, replace, coding, default message, length.
    let class = rest_of(&mut rest, 3)[0];
    let _ = (text(&mut rest), text(&mut rest));
    let [_, _, coding, _, length] = *rest_of(&mut rest, 5).first_chunk().unwrap();
    let content = rest_of(&mut rest, usize::from(length));
    // Throttled, queue full, a bad address; a system error, after which nobody knows whether it was taken.
    let status = match seed.below(if gateway.faults { 16 } else { 1 << 40 }) {
        0 => 0x58,
        1 => 0x14,
        2 => 0x0b,
        3 => 0x08,
        _ => 0,
    };
    if status == 0 || (status == 8 && seed.one_in(2)) {
        let national = to.strip_prefix("86").unwrap().to_owned();
        gateway.phones.entry(national).or_default().take(class & 0x40 != 0, coding, content);
    }
    gateway.ids += 1;
    let id = format!("{:x}\0", gateway.ids);
    // A refusal has no body.
    let body = if status == 0 { id.as_bytes() } else { b"" };
    gateway.told(smpp(0x8000_0004, status, sequence, body), seed)
}

/// A text that ends with a zero.
fn text(rest: &mut &[u8]) -> String {
    let end = rest.iter().position(|byte| *byte == 0).unwrap();
    let text = rest_of(rest, end).to_vec();
    rest_of(rest, 1);
    String::from_utf8(text).unwrap()
}

fn rest_of<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, after) = rest.split_at(length);
    *rest = after;
    taken
}

fn smpp_deliver(sequence: u32, delivering: &Delivering) -> Vec<u8> {
    let mut body = b"\0\x01\x01".to_vec();
    let international = if delivering.from.starts_with("86") {
        delivering.from.clone()
    } else {
        format!("86{}", delivering.from)
    };
    body.extend(international.as_bytes());
    body.extend(b"\0\0\x0010086001\0");
    body.extend([if delivering.header { 0x40 } else { 0 }, 0, 0, 0, 0, 0, 0, delivering.format, 0]);
    body.push(u8::try_from(delivering.content.len()).unwrap());
    body.extend(&delivering.content);
    smpp(5, 0, sequence, &body)
}
