//! What a gateway reads and writes, in CMPP and in SMPP: from the tables, not with the code that is tried.

use crate::cmpp::CmppVersion;

#[derive(Clone, Copy)]
pub(super) enum Wire {
    Cmpp(CmppVersion),
    Smpp,
}

/// What a client said.
pub(super) enum Said {
    /// Something that has this answer and no more.
    Answered(Vec<u8>),
    /// A message.
    Submit {
        sequence: u32,
        to: String,
        header: bool,
        format: u8,
        content: Vec<u8>,
    },
    /// It has what was delivered under that sequence number.
    Taken(u32),
    Nothing,
}

/// A text from a phone.
pub(super) struct Text<'a> {
    pub(super) id: [u8; 8],
    pub(super) from: &'a str,
    pub(super) header: bool,
    pub(super) format: u8,
    pub(super) content: &'a [u8],
}

impl Wire {
    /// Reads a whole PDU.
    pub(super) fn read(self, whole: &[u8]) -> Said {
        match self {
            Self::Cmpp(version) => Cmpp(version).read(whole),
            Self::Smpp => smpp_read(whole),
        }
    }

    /// The answer to a message.
    pub(super) fn submitted(self, sequence: u32, id: u64, status: u8) -> Vec<u8> {
        match self {
            Self::Cmpp(version) => {
                let mut body = id.to_be_bytes().to_vec();
                body.extend(vec![0; if version == CmppVersion::V3 { 3 } else { 0 }]);
                body.push(status);
                cmpp(0x8000_0004, sequence, &body)
            }
            Self::Smpp => {
                let id = format!("{id:x}\0");
                // A refusal has no body.
                smpp(0x8000_0004, status.into(), sequence, if status == 0 { id.as_bytes() } else { b"" })
            }
        }
    }

    /// A text from a phone, on its way to the client.
    pub(super) fn deliver(self, sequence: u32, text: &Text<'_>) -> Vec<u8> {
        match self {
            Self::Cmpp(version) => Cmpp(version).deliver(sequence, text),
            Self::Smpp => smpp_deliver(sequence, text),
        }
    }

    /// Why it may not take a message.
    pub(super) fn refusals(self) -> &'static [u8] {
        match self {
            // Slow down; a bad receiver.
            Self::Cmpp(_) => &[8, 13],
            // Throttled, queue full, a bad address, a system error.
            Self::Smpp => &[0x58, 0x14, 0x0b, 0x08],
        }
    }

    /// Whether after that answer nobody knows whether the message was taken.
    pub(super) fn is_open(self, status: u8) -> bool {
        matches!(self, Self::Smpp) && status == 8
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

    fn read(&self, whole: &[u8]) -> Said {
        let sequence = word(whole, 8);
        match word(whole, 4) {
            1 => {
                use md5::Digest;
                let status: &[u8] = if self.is_wide() { &[0; 4] } else { &[0] };
                let proof = md5::Md5::digest([status, &whole[18..34], b"CANARY"].concat());
                Said::Answered(cmpp(0x8000_0001, sequence, &[status, &proof[..], &[0x30]].concat()))
            }
            4 => self.submit(whole, sequence),
            8 => Said::Answered(cmpp(0x8000_0008, sequence, &[0])),
            0x8000_0005 => {
                assert_eq!(whole.last(), Some(&0), "everything that is sent here can be read");
                Said::Taken(sequence)
            }
            _ => Said::Nothing,
        }
    }

    fn submit(&self, whole: &[u8], sequence: u32) -> Said {
        let terminal = if self.is_wide() { 32 } else { 21 };
        let extra = usize::from(self.is_wide());
        let at = 12 + 8 + 4 + 10 + 1 + terminal + extra;
        let to = at + 3 + 6 + 2 + 6 + 17 + 17 + 21 + 1;
        let number = whole[to..to + terminal].iter().take_while(|byte| **byte != 0);
        let length = usize::from(whole[to + terminal + extra]);
        let begin = to + terminal + extra + 1;
        Said::Submit {
            sequence,
            to: number.map(|byte| char::from(*byte)).collect(),
            header: whole[at + 1] == 1,
            format: whole[at + 2],
            content: whole[begin..begin + length].to_vec(),
        }
    }

    fn deliver(&self, sequence: u32, text: &Text<'_>) -> Vec<u8> {
        let mut body = text.id.to_vec();
        body.extend(field("10086001", 21));
        body.extend(field("CONFIRM", 10));
        body.extend([0, u8::from(text.header), text.format]);
        body.extend(field(text.from, if self.is_wide() { 32 } else { 21 }));
        body.extend(vec![0; usize::from(self.is_wide())]);
        body.extend([0, u8::try_from(text.content.len()).unwrap()]);
        body.extend(text.content);
        body.extend(vec![0; if self.is_wide() { 20 } else { 8 }]);
        cmpp(5, sequence, &body)
    }
}

fn smpp(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).unwrap();
    [[length, command, status, sequence].map(u32::to_be_bytes).as_flattened(), body].concat()
}

fn smpp_read(whole: &[u8]) -> Said {
    let sequence = word(whole, 12);
    match word(whole, 4) {
        9 => Said::Answered(smpp(0x8000_0009, 0, sequence, b"centre\0")),
        4 => smpp_submit(&whole[16..], sequence),
        0x15 => Said::Answered(smpp(0x8000_0015, 0, sequence, b"")),
        0x8000_0005 => {
            assert_eq!(word(whole, 8), 0, "everything that is sent here can be read");
            Said::Taken(sequence)
        }
        _ => Said::Nothing,
    }
}

fn smpp_submit(mut rest: &[u8], sequence: u32) -> Said {
    // service_type; source and destination: type, plan and address.
    let _ = (text(&mut rest), taken(&mut rest, 2));
    let _source = text(&mut rest);
    taken(&mut rest, 2);
    let to = text(&mut rest);
    // esm_class, protocol_id, priority; two times; report, replace, coding, default message, length.
    let class = taken(&mut rest, 3)[0];
    let _ = (text(&mut rest), text(&mut rest));
    let [_, _, format, _, length] = *taken(&mut rest, 5).first_chunk().unwrap();
    let content = taken(&mut rest, usize::from(length)).to_vec();
    let to = to.strip_prefix("86").unwrap().to_owned();
    Said::Submit { sequence, to, header: class & 0x40 != 0, format, content }
}

/// A text that ends with a zero.
fn text(rest: &mut &[u8]) -> String {
    let end = rest.iter().position(|byte| *byte == 0).unwrap();
    let text = taken(rest, end).to_vec();
    taken(rest, 1);
    String::from_utf8(text).unwrap()
}

fn taken<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, after) = rest.split_at(length);
    *rest = after;
    taken
}

fn smpp_deliver(sequence: u32, text: &Text<'_>) -> Vec<u8> {
    let mut body = b"\0\x01\x01".to_vec();
    let bare = text.from.strip_prefix("86").unwrap_or(text.from);
    body.extend(format!("86{bare}").as_bytes());
    body.extend(b"\0\0\x0010086001\0");
    body.extend([if text.header { 0x40 } else { 0 }, 0, 0, 0, 0, 0, 0, text.format, 0]);
    body.push(u8::try_from(text.content.len()).unwrap());
    body.extend(text.content);
    smpp(5, 0, sequence, &body)
}
