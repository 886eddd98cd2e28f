//! What an answer looks like on the line, faults included.

use std::time::Instant;

use zeroize::Zeroize;

use super::Emulator;
use crate::reader::emulator::card::Card;
use crate::reader::emulator::fault::Kind;
use crate::reader::wire::{CardBlocks, Command, Status, StatusWord, encode_frame};

/// Bytes that leave in one piece when the line is paced: little enough that nobody waits for a piece to fill.
const PIECE: usize = 16;

impl Emulator {
    /// The body of the answer of a reader without faults, but for those that change what it says.
    pub(super) fn execute(&mut self, start: Instant, command: Command, faults: &[Kind]) -> Vec<u8> {
        let status = |word| Status::new(word).encode().to_vec();
        let done = |data: &[u8]| [&Status::new(StatusWord::Done).encode(), data].concat();
        let placed = self.card.is_some().then(|| *self.placed.get_or_insert(start));
        let restless = placed.zip(self.config.faults.restless()).is_some_and(|(at, time)| start < at + time);
        let lying = self.was_read && !self.config.faults.has(Kind::Refind);
        let spent = self.was_read && self.config.faults.has(Kind::Once);
        let filler = if self.config.faults.has(Kind::Filled) { 0x5A } else { 0 };
        match (command, &self.card) {
            (Command::SamId, _) => {
                let mut id = self.config.sam_id.to_bytes();
                if faults.contains(&Kind::WrongId) {
                    id[8] ^= 0xFF;
                }
                done(&id)
            }
            (Command::Reset, _) => {
                (self.selected, self.was_read) = (false, false);
                status(StatusWord::Done)
            }
            (Command::Status | Command::SetBaud(_) | Command::SetRfFrame(_), _) => status(StatusWord::Done),
            (Command::Find, Some(_)) if !lying => {
                self.selected = false;
                [Status::new(StatusWord::Found).encode().as_slice(), &[filler; 4]].concat()
            }
            (Command::Find, _) => status(StatusWord::NoCard),
            (Command::Select, Some(_))
                if !(restless || spent || self.was_read && self.config.faults.has(Kind::Strict)) =>
            {
                self.selected = true;
                done(&[filler; 8])
            }
            (Command::Select, None) => status(self.config.faults.empty().unwrap_or(StatusWord::SelectFailed)),
            (Command::Select, _) => status(StatusWord::SelectFailed),
            (Command::Read | Command::ReadWithFingerprint, Some(card)) if self.selected && !spent => {
                let with_fingerprint = match command {
                    _ if self.config.faults.has(Kind::Long) => true,
                    _ if self.config.faults.has(Kind::Short) => false,
                    command => command == Command::ReadWithFingerprint,
                };
                let body = card_body(card, with_fingerprint, faults);
                self.reads += 1;
                self.was_read = true;
                if (self.config.again || !self.next.is_empty()) && self.change.is_none() {
                    self.change = Some((start + self.config.linger, false));
                }
                body
            }
            (Command::ReadAddress, Some(card)) if self.selected => {
                if card.addresses.is_empty() {
                    status(StatusWord::NoSuchItem)
                } else if self.config.faults.has(Kind::Unpadded) {
                    let padding = card.addresses.rchunks(2).take_while(|unit| **unit == [0x20, 0]).count();
                    done(card.addresses.get(..card.addresses.len() - 2 * padding).unwrap_or_default())
                } else {
                    done(&card.addresses)
                }
            }
            (Command::ReadManagement, Some(_)) if self.selected => done(&[0; 28]),
            _ => status(StatusWord::ReadFailed),
        }
    }

    /// Puts a body on the line, with what the faults do to it.
    pub(super) fn send(&mut self, start: Instant, body: &[u8], faults: &[Kind]) {
        let mut frame = Vec::with_capacity(body.len() + 64);
        for fault in faults {
            match fault {
                Kind::Garbage => {
                    frame.extend((0..24).map(|_| self.random.bits() as u8));
                    // A preamble whose frame ends inside the answer.
                    frame.extend_from_slice(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x07, 0x11]);
                }
                Kind::Oversize => frame.extend_from_slice(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0xFF, 0xF0]),
                Kind::Neighbour => {
                    frame.extend_from_slice(&[0xAA, 0xAA, 0xAA, 0x69, 0x96, 0, 3, 0x18, 1, 0x1A]);
                    frame.extend_from_slice(&[0x55, 0xAA, 0x03, 0x00, 0x01, 0xFD]);
                    frame.extend_from_slice(&[0x02, 0x00, 0x02, 0x80, 0x00, 0x80, 0x03]);
                }
                Kind::Preamble => frame.extend_from_slice(&[0xAA, 0xAA]),
                // A card's data have this size; any other reply has no stranger's in front.
                Kind::Stranger if body.len() > 1_000 => {
                    let mut strange = body.to_vec();
                    // 丁, in a name in either form of the reply.
                    if let Some(unit) = strange.get_mut(9..11) {
                        unit.copy_from_slice(&[0x01, 0x4E]);
                    }
                    encode_frame(&strange, &mut frame);
                    strange.zeroize();
                }
                _ => {}
            }
        }
        let answer = frame.len();
        encode_frame(body, &mut frame);
        if faults.contains(&Kind::Cut) {
            frame.truncate(answer + (frame.len() - answer) / 2);
        }
        if faults.contains(&Kind::Double) {
            frame.extend_from_within(answer..);
        }
        if self.config.pace {
            for (at, piece) in frame.chunks(PIECE).enumerate() {
                let sent = (at * PIECE + piece.len()).min(frame.len());
                self.out.push_back((start + self.wire(sent), piece.to_vec()));
            }
        } else {
            self.out.push_back((start, frame.clone()));
        }
        self.busy = Some(start + self.wire(frame.len()));
        frame.zeroize();
    }
}

/// A card's data, with what the faults do to it.
pub(super) fn card_body(card: &Card, with_fingerprint: bool, faults: &[Kind]) -> Vec<u8> {
    let mut text = card.text.clone();
    for fault in faults {
        match fault {
            // The same bit of two bytes: the XOR over the frame stays as it was.
            Kind::Collide => {
                text[0] ^= 0x04;
                text[2] ^= 0x04;
            }
            // A low surrogate alone, which no field's end can have cut.
            Kind::Units => text[0..2].copy_from_slice(&[0x0B, 0xDC]),
            // The year of birth; the card of 2017 has it elsewhere.
            Kind::Disagree => {
                let at = if text[248] == b'I' { 226 } else { 42 };
                text[at] ^= 0x01;
            }
            Kind::Letter(letter) => text[248..250].copy_from_slice(&[*letter, 0]),
            Kind::Blank => text.as_chunks_mut::<2>().0.fill([0x20, 0]),
            Kind::Zeros => text.fill(0),
            Kind::Nul => {
                for unit in text.as_chunks_mut::<2>().0 {
                    if *unit == [0x20, 0] {
                        *unit = [0, 0];
                    }
                }
            }
            _ => {}
        }
    }
    let blocks = CardBlocks { text: &text, photo: &card.photo, fingerprints: &card.fingerprints };
    let mut body = blocks.encode(with_fingerprint);
    if faults.contains(&Kind::Lie)
        && let Some(length) = body.get_mut(6)
    {
        *length ^= 0x10;
    }
    text.zeroize();
    body
}
