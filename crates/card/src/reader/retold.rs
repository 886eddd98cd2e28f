//! A card that was read, told once more as a reader tells it: for programs behind another one that has the reader.

use zeroize::Zeroizing;

use super::wire::{CardBlocks, Command, Status, StatusWord, encode_address};
use crate::document::CardRead;

impl CardRead {
    /// The body of the reply that a reader gives to `command` where this card lies: text and photo ([`Command::Read`]),
    /// fingerprints too ([`Command::ReadWithFingerprint`]), additional addresses. `None` for any other command.
    pub fn reply_to(&self, command: Command) -> Option<Zeroizing<Vec<u8>>> {
        match command {
            Command::Read | Command::ReadWithFingerprint => {
                self.blocks(command == Command::ReadWithFingerprint)
            }
            Command::ReadAddress => Some(self.addresses()),
            _ => None,
        }
    }

    fn blocks(&self, with_fingerprint: bool) -> Option<Zeroizing<Vec<u8>>> {
        let prints: Vec<&[u8]> = self.fingerprints().iter().map(|print| print.bytes()).collect();
        let fingerprints = Zeroizing::new(prints.concat());
        let text = self.text_block().try_into().ok()?;
        let blocks = CardBlocks { text, photo: self.photo().bytes(), fingerprints: &fingerprints };
        Some(Zeroizing::new(blocks.encode(with_fingerprint)))
    }

    fn addresses(&self) -> Zeroizing<Vec<u8>> {
        let known =
            self.additional_addresses().iter().filter_map(|address| encode_address(address.as_str()).ok());
        let known =
            Zeroizing::new(known.map(Zeroizing::new).fold(Vec::with_capacity(283), |mut all, address| {
                all.extend_from_slice(&address);
                all
            }));
        let word = if known.is_empty() { StatusWord::NoSuchItem } else { StatusWord::Done };
        let mut body = Zeroizing::new(Vec::with_capacity(3 + known.len()));
        body.extend_from_slice(&Status::new(word).encode());
        body.extend_from_slice(&known);
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
    use crate::reader::{ReadOptions, Reader};

    #[test]
    fn it_is_what_the_reader_said() {
        let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
        let json = r#"{"name": "测试戊", "sex": "female", "number": "119999199001010004"}"#;
        let print = vec![0x43; 512];
        let card = Card::from_json(json).unwrap().with_fingerprints(&[print]).unwrap();
        emulator.place(card.with_additional_addresses(&["测试省测试市", "测试路3号"]).unwrap());
        let mut reader = Reader::new(line);
        let read = reader.read_card(&ReadOptions::new().fingerprint(true)).unwrap();
        for command in [Command::Read, Command::ReadWithFingerprint, Command::ReadAddress] {
            let said = reader.exchange(command).unwrap();
            let mut body = said.reply().status.encode().to_vec();
            body.extend_from_slice(said.reply().data);
            assert_eq!(*read.reply_to(command).unwrap(), body, "{command}");
        }
        assert!(read.reply_to(Command::Find).is_none());
    }
}
