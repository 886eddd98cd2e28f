//! The gateway, its phones, and everything that it does wrong.

use std::collections::BTreeMap;

use crate::cmpp::CmppVersion;
use crate::text::cut_header;

pub(super) struct Seed(pub(super) u64);

impl Seed {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What a phone got and sends back.
#[derive(Default)]
pub(super) struct Phone {
    /// By reference: parts of texts.
    pub(super) parts: BTreeMap<u8, BTreeMap<u8, Vec<u8>>>,
    pub(super) texts: Vec<String>,
    pub(super) got_a_part: bool,
}

/// A DELIVER on its way, until it is answered.
pub(super) struct Delivering {
    pub(super) id: [u8; 8],
    pub(super) from: String,
    pub(super) header: bool,
    pub(super) format: u8,
    pub(super) content: Vec<u8>,
}

pub(super) struct Gateway {
    pub(super) version: CmppVersion,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) delivering: Vec<Delivering>,
    pub(super) ids: u64,
    pub(super) sequence: u32,
    pub(super) came: Vec<u8>,
    /// Answers that it keeps back for a while.
    pub(super) late: Vec<Vec<u8>>,
    pub(super) faults: bool,
}

fn pdu(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + body.len()).unwrap();
    [[length, command, sequence].map(u32::to_be_bytes).as_flattened(), body].concat()
}

impl Gateway {
    pub(super) fn wide(&self) -> bool {
        self.version == CmppVersion::V3
    }

    /// Takes bytes, gives bytes.
    pub(super) fn input(&mut self, bytes: &[u8], seed: &mut Seed) -> Vec<u8> {
        self.came.extend(bytes);
        let mut out = Vec::new();
        while self.came.len() >= 12 {
            let length = u32::from_be_bytes(*self.came.first_chunk().unwrap()) as usize;
            if self.came.len() < length {
                break;
            }
            let whole: Vec<u8> = self.came.drain(..length).collect();
            let command = u32::from_be_bytes(*whole[4..].first_chunk().unwrap());
            let sequence = u32::from_be_bytes(*whole[8..].first_chunk().unwrap());
            match command {
                1 => {
                    use md5::Digest;
                    let status: &[u8] = if self.wide() { &[0; 4] } else { &[0] };
                    let proof = md5::Md5::digest([status, &whole[18..34], b"CANARY"].concat());
                    out.extend(pdu(0x8000_0001, sequence, &[status, &proof[..], &[0x30]].concat()));
                }
                4 => out.extend(self.submit(&whole, sequence, seed)),
                8 => out.extend(pdu(0x8000_0008, sequence, &[0])),
                0x8000_0005 => {
                    let id: [u8; 8] = *whole[12..].first_chunk().unwrap();
                    assert_eq!(whole.last(), Some(&0), "everything that is sent here can be read");
                    self.delivering.retain(|delivering| delivering.id != id);
                }
                _ => {}
            }
        }
        out
    }

    pub(super) fn submit(&mut self, whole: &[u8], sequence: u32, seed: &mut Seed) -> Vec<u8> {
        let result = match seed.below(if self.faults { 12 } else { 1 << 40 }) {
            0 => 8_u8,
            1 => 13,
            _ => 0,
        };
        if result == 0 {
            let terminal = if self.wide() { 32 } else { 21 };
            let extra = usize::from(self.wide());
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
            self.phones.entry(number).or_default().take(header, format, &whole[begin..begin + length]);
        }
        self.ids += 1;
        let mut body = self.ids.to_be_bytes().to_vec();
        body.extend(vec![0; if self.wide() { 3 } else { 0 }]);
        body.push(result);
        let answer = pdu(0x8000_0004, sequence, &body);
        match seed.below(if self.faults { 10 } else { 1 << 40 }) {
            // Never.
            0 => Vec::new(),
            1 => {
                self.late.push(answer);
                Vec::new()
            }
            _ => answer,
        }
    }

    /// The phone sends a text: whole or in parts.
    pub(super) fn reply(&mut self, from: &str, text: &str, seed: &mut Seed) {
        let from = if seed.one_in(2) { format!("86{from}") } else { from.to_owned() };
        let content: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let parts: Vec<Vec<u8>> = if seed.one_in(3) && content.len() >= 4 {
            let cut = 1 + seed.below(content.len() as u64 - 1) as usize;
            let wide = seed.one_in(2);
            let reference = [seed.below(2) as u8, seed.below(3) as u8];
            [&content[..cut], &content[cut..]]
                .iter()
                .zip(1_u8..)
                .map(|(text, number)| {
                    let mut part = if wide {
                        vec![6, 8, 4, reference[0], reference[1]]
                    } else {
                        vec![5, 0, 3, reference[1]]
                    };
                    part.extend([2, number]);
                    part.extend(*text);
                    part
                })
                .collect()
        } else {
            vec![content]
        };
        let header = parts.len() > 1;
        for content in parts {
            self.ids += 1;
            let delivering =
                Delivering { id: self.ids.to_be_bytes(), from: from.clone(), header, format: 8, content };
            let at = seed.below(self.delivering.len() as u64 + 1) as usize;
            self.delivering.insert(at, delivering);
        }
    }

    /// Everything that isn't answered yet, some of it twice.
    pub(super) fn deliver(&mut self, seed: &mut Seed) -> Vec<u8> {
        let mut out = Vec::new();
        let terminal = if self.wide() { 32 } else { 21 };
        for delivering in &self.delivering {
            let times = if seed.one_in(4) { 2 } else { 1 };
            for _ in 0..times {
                self.sequence += 1;
                let mut body = delivering.id.to_vec();
                body.extend(field("10086001", 21));
                body.extend(field("CONFIRM", 10));
                body.extend([0, u8::from(delivering.header), delivering.format]);
                body.extend(field(&delivering.from, terminal));
                body.extend(vec![0; usize::from(self.version == CmppVersion::V3)]);
                body.extend([0, u8::try_from(delivering.content.len()).unwrap()]);
                body.extend(&delivering.content);
                body.extend(vec![0; if self.version == CmppVersion::V3 { 20 } else { 8 }]);
                out.extend(pdu(5, self.sequence, &body));
            }
        }
        out
    }
}

fn field(text: &str, width: usize) -> Vec<u8> {
    let mut field = text.as_bytes().to_vec();
    field.resize(width, 0);
    field
}

impl Phone {
    pub(super) fn take(&mut self, header: bool, format: u8, content: &[u8]) {
        self.got_a_part = true;
        let read = |bytes: &[u8]| match format {
            0 => String::from_utf8(bytes.to_vec()).unwrap(),
            _ => {
                let units: Vec<u16> =
                    bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16(&units).unwrap()
            }
        };
        if !header {
            return self.texts.push(read(content));
        }
        let (part, text) = cut_header(content).unwrap();
        let part = part.unwrap();
        let parts = self.parts.entry(u8::try_from(part.reference).unwrap()).or_default();
        parts.insert(part.number, text.to_vec());
        if parts.len() == usize::from(part.total) {
            let whole = parts.values().map(|part| read(part)).collect();
            self.texts.push(whole);
        }
    }

    /// The answer that the text asks for, as a person reads it.
    pub(super) fn code(&self) -> Option<String> {
        let text = self.texts.last()?;
        let (_, rest) = text.split_once("确认请回复")?;
        Some(rest.split_once('，')?.0.to_owned())
    }
}
