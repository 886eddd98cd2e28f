//! The gateway, its phones, and everything that it does wrong.

use std::collections::BTreeMap;

use super::wire::{Said, Text, Wire};
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
    /// Under which sequence numbers it went out.
    pub(super) sequences: Vec<u32>,
    pub(super) from: String,
    pub(super) header: bool,
    pub(super) format: u8,
    pub(super) content: Vec<u8>,
}

pub(super) struct Gateway {
    pub(super) wire: Wire,
    pub(super) phones: BTreeMap<String, Phone>,
    pub(super) delivering: Vec<Delivering>,
    pub(super) ids: u64,
    pub(super) sequence: u32,
    pub(super) came: Vec<u8>,
    /// Answers that it keeps back for a while.
    pub(super) late: Vec<Vec<u8>>,
    pub(super) faults: bool,
}

impl Gateway {
    /// Takes bytes, gives bytes.
    pub(super) fn input(&mut self, bytes: &[u8], seed: &mut Seed) -> Vec<u8> {
        self.came.extend(bytes);
        let mut out = Vec::new();
        while let Some(length) = self.came.first_chunk().map(|begin| u32::from_be_bytes(*begin) as usize) {
            if self.came.len() < length {
                break;
            }
            let whole: Vec<u8> = self.came.drain(..length).collect();
            match self.wire.read(&whole) {
                Said::Answered(answer) => out.extend(answer),
                Said::Submit { sequence, to, header, format, content } => {
                    let status = self.take(to, (header, format, &content), seed);
                    self.ids += 1;
                    out.extend(self.told(self.wire.submitted(sequence, self.ids, status), seed));
                }
                Said::Taken(sequence) => {
                    self.delivering.retain(|delivering| !delivering.sequences.contains(&sequence));
                }
                Said::Nothing => {}
            }
        }
        out
    }

    /// Hands a message to its phone, or doesn't; says what the client is told.
    fn take(&mut self, to: String, (header, format, content): (bool, u8, &[u8]), seed: &mut Seed) -> u8 {
        let refusals = self.wire.refusals();
        let at = seed.below(if self.faults { refusals.len() as u64 * 5 } else { 1 << 40 });
        let status = usize::try_from(at).ok().and_then(|at| refusals.get(at)).copied().unwrap_or(0);
        if status == 0 || (self.wire.is_open(status) && seed.one_in(2)) {
            self.phones.entry(to).or_default().take(header, format, content);
        }
        status
    }

    /// The answer to a submit: at once, late, or never.
    fn told(&mut self, answer: Vec<u8>, seed: &mut Seed) -> Vec<u8> {
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
            let delivering = Delivering {
                id: self.ids.to_be_bytes(),
                sequences: Vec::new(),
                from: from.clone(),
                header,
                format: 8,
                content,
            };
            let at = seed.below(self.delivering.len() as u64 + 1) as usize;
            self.delivering.insert(at, delivering);
        }
    }

    /// Everything that isn't answered yet, some of it twice.
    pub(super) fn deliver(&mut self, seed: &mut Seed) -> Vec<u8> {
        let mut out = Vec::new();
        for delivering in &mut self.delivering {
            let times = if seed.one_in(4) { 2 } else { 1 };
            for _ in 0..times {
                self.sequence += 1;
                delivering.sequences.push(self.sequence);
                let text = Text {
                    id: delivering.id,
                    from: &delivering.from,
                    header: delivering.header,
                    format: delivering.format,
                    content: &delivering.content,
                };
                out.extend(self.wire.deliver(self.sequence, &text));
            }
        }
        out
    }
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
