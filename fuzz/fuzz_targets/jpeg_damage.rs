//! A good small JPEG whose data is cut, spliced or zeroed: it never panics, and never passes when data is missing for a block.
//! Whether some is missing says a reader of its own, which knows only the one kind of file that it is asked about.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::capture::{Intake, Slot};

/// In one scan, colour at half the size; and in several scans, of which only that they don't panic is asked.
const FILES: [&[u8]; 2] = [
    include_bytes!("../../fixtures/captures/baseline.jpg"),
    include_bytes!("../../fixtures/captures/progressive.jpg"),
];

fuzz_target!(|input: &[u8]| {
    let Some((which, steps)) = input.split_first() else { return };
    let file = FILES[usize::from(*which) % FILES.len()];
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    let begin = scan + 2 + usize::from(file[scan + 3]);
    let (head, data) = file.split_at(begin);
    let whole = data[..data.len() - 2].to_vec();
    let mut data = whole.clone();
    for step in steps.chunks_exact(5).take(8) {
        damage(&mut data, step);
    }
    let closed = [head, &data, &[0xFF, 0xD9]].concat();
    let taken = Intake::default().take(Slot::PortraitSide, closed, jiff::Timestamp::UNIX_EPOCH);
    if data == whole {
        taken.expect("nothing was done to it");
    } else if file == FILES[0] && !is_complete(head, &data) {
        let error = taken.expect_err("data is missing");
        assert!(!error.code().is_empty());
    }
});

/// Kind, place and length.
fn damage(data: &mut Vec<u8>, step: &[u8]) {
    if data.is_empty() {
        return;
    }
    let from = usize::from(u16::from_le_bytes([step[1], step[2]])) % data.len();
    let to = (from + usize::from(step[3])).min(data.len());
    match step[0] % 6 {
        0 => data.truncate(from),
        1 => drop(data.drain(from..to)),
        2 => data[from..to].fill(0),
        3 => {
            let again = data[from..to].to_vec();
            data.splice(from..from, again);
        }
        4 => data[from] = step[4],
        _ => data[from] ^= 1 << (step[4] % 8),
    }
}

/// Whether there is a code for every coefficient of 96 × 64 pixels with colour at half the size.
fn is_complete(head: &[u8], data: &[u8]) -> bool {
    let tables = tables(head);
    // As far as the first marker, without stuffed bytes.
    let mut bytes = Vec::new();
    let mut rest = data.iter().copied();
    while let Some(byte) = rest.next() {
        // Fill bytes may stand before the zero that was stuffed in, as other decoders have it.
        if byte == 0xFF && rest.find(|next| *next != 0xFF) != Some(0) {
            break;
        }
        bytes.push(byte);
    }
    let bit = |at: usize| bytes.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1);
    let mut at = 0;
    let symbol = |at: &mut usize, table: &[(u8, u32, u8)]| {
        let (mut length, mut code) = (0, 0u32);
        loop {
            code = code << 1 | u32::from(bit(*at)?);
            length += 1;
            *at += 1;
            if let Some((_, _, symbol)) = table.iter().find(|(l, c, _)| (*l, *c) == (length, code)) {
                return Some(*symbol);
            }
            if length == 16 {
                return None;
            }
        }
    };
    for _ in 0..6 * 4 {
        for component in [0, 0, 0, 0, 1, 1] {
            let Some(size) = symbol(&mut at, &tables[component]) else { return false };
            at += usize::from(size);
            let mut coefficient = 1;
            while coefficient < 64 {
                let Some(found) = symbol(&mut at, &tables[2 + component]) else { return false };
                if found & 15 == 0 && found != 0xF0 {
                    break;
                }
                at += usize::from(found & 15);
                coefficient += usize::from(found >> 4) + 1;
            }
        }
    }
    true
}

/// Length, code and symbol of the tables: DC of brightness and of colour, then AC.
fn tables(head: &[u8]) -> [Vec<(u8, u32, u8)>; 4] {
    let mut tables: [Vec<(u8, u32, u8)>; 4] = Default::default();
    let mut at = 2;
    while let [0xFF, marker, high, low, ..] = head[at..] {
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let mut segment = &head[at + 4..end];
        while marker == 0xC4 && !segment.is_empty() {
            let (kind, counts) = (segment[0], &segment[1..17]);
            let mut symbols = segment[17..].iter();
            let (mut code, mut table) = (0, Vec::new());
            for (length, count) in (1..).zip(counts) {
                for symbol in symbols.by_ref().take(usize::from(*count)) {
                    table.push((length, code, *symbol));
                    code += 1;
                }
                code <<= 1;
            }
            tables[usize::from(kind >> 4) * 2 + usize::from(kind & 1)] = table;
            segment = symbols.as_slice();
        }
        at = end;
    }
    tables
}
