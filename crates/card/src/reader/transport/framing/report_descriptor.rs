//! What a HID device says of its reports: just enough of the report descriptor to know their sizes.
//!
//! Device Class Definition for Human Interface Devices 1.11, section 6.2.2.

use std::collections::BTreeMap;

use super::{ReportFormat, ReportShape};

/// Reports that can carry frames have at least this many bytes; a keyboard's lamps have one, its keys eight.
const SMALLEST: usize = 9;

/// Linux takes no larger report either (`HID_MAX_BUFFER_SIZE`).
const LARGEST: usize = 16_384;

/// How deep a descriptor may push; real ones push once, if at all.
const DEPTH: usize = 16;

impl ReportFormat {
    /// Reads a report descriptor. Of several reports in one direction the largest is taken. `None`: the descriptor is
    /// damaged, or has no report that could carry a frame in one of the directions.
    pub fn from_descriptor(descriptor: &[u8]) -> Option<Self> {
        let mut reader = Descriptor::default();
        let mut rest = descriptor;
        while !rest.is_empty() {
            rest = reader.item(rest)?;
        }
        Some(Self { input: largest(&reader.input)?, output: largest(&reader.output)? })
    }
}

/// Bits by report number; 0 stands for "not numbered", which the standard keeps free for it.
type Sizes = BTreeMap<u8, u64>;

#[derive(Default)]
struct Descriptor {
    global: Global,
    pushed: Vec<Global>,
    input: Sizes,
    output: Sizes,
}

#[derive(Clone, Copy, Default)]
struct Global {
    bits: u32,
    count: u32,
    number: u8,
}

impl Descriptor {
    /// Takes one item off the front. `None`: it is cut short or nonsense.
    fn item<'a>(&mut self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        const LONG: u8 = 0xFE;
        let (&prefix, rest) = bytes.split_first()?;
        if prefix == LONG {
            let (&size, rest) = rest.split_first()?;
            return rest.get(1 + usize::from(size)..);
        }
        let size = [0, 1, 2, 4][usize::from(prefix & 0b11)];
        let (data, rest) = rest.split_at_checked(size)?;
        let value = data.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
        match prefix & !0b11 {
            0x74 => self.global.bits = value,
            0x94 => self.global.count = value,
            0x84 => self.global.number = u8::try_from(value).ok()?,
            0xA4 if self.pushed.len() < DEPTH => self.pushed.push(self.global),
            0xA4 => return None,
            0xB4 => self.global = self.pushed.pop()?,
            0x80 => self.global.add(&mut self.input),
            0x90 => self.global.add(&mut self.output),
            _ => {}
        }
        Some(rest)
    }
}

impl Global {
    fn add(self, sizes: &mut Sizes) {
        let bits = u64::from(self.bits) * u64::from(self.count);
        let sum = sizes.entry(self.number).or_default();
        *sum = sum.saturating_add(bits);
    }
}

fn largest(sizes: &Sizes) -> Option<ReportShape> {
    sizes
        .iter()
        .filter_map(|(&number, bits)| {
            let size = usize::try_from(bits.div_ceil(8)).ok()?;
            let shape = ReportShape { number: (number != 0).then_some(number), size };
            (SMALLEST..=LARGEST).contains(&size).then_some(shape)
        })
        .max_by_key(|shape| shape.size)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vendor-defined collection with 64 bytes each way, as readers have it.
    const PLAIN: [u8; 29] = [
        0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09,
        0x01, 0x81, 0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xC0, 0xA4, 0xB4,
    ];

    #[test]
    fn reports_without_numbers() {
        assert_eq!(ReportFormat::from_descriptor(&PLAIN), Some(ReportFormat::USUAL));
    }

    #[test]
    fn the_largest_of_several_numbered_reports_counts() {
        let numbered = [
            0x75, 0x08, 0x85, 0x01, 0x95, 0x08, 0x81, 0x02, // report 1: 8 bytes in
            0x85, 0x04, 0x95, 0x20, 0x81, 0x02, 0x96, 0x1F, 0x00, 0x81,
            0x02, // report 4: 32 + 31 bytes in, two items
            0x85, 0x05, 0x75, 0x10, 0x95, 0x10, 0x91, 0x02, // report 5: 16 times 16 bits out
        ];
        let format = ReportFormat::from_descriptor(&numbered).unwrap();
        assert_eq!(format.input, ReportShape { number: Some(4), size: 63 });
        assert_eq!(format.output, ReportShape { number: Some(5), size: 32 });
    }

    #[test]
    fn what_cannot_carry_frames_is_refused() {
        let keyboard = [0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x38, 0x81, 0x02, 0x95, 0x05, 0x91, 0x02];
        let huge =
            [0x77, 0xFF, 0xFF, 0xFF, 0xFF, 0x97, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x02, 0x91, 0x02, 0x91, 0x02];
        let pops = [0xB4];
        let pushes = [0xA4; DEPTH + 1];
        for damaged in [&[][..], &keyboard, &huge, &pops, &pushes, &PLAIN[..13], &[0xFE], &[0xFE, 9, 0]] {
            assert_eq!(ReportFormat::from_descriptor(damaged), None, "{damaged:02x?}");
        }
    }

    #[test]
    fn a_long_item_is_skipped() {
        let mut long = vec![0xFE, 3, 0xF0, 1, 2, 3];
        long.extend(PLAIN);
        assert_eq!(ReportFormat::from_descriptor(&long), Some(ReportFormat::USUAL));
    }
}
