use super::*;

const FIND: &[u8] = &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 1, 0x22];
const FOUND: &[u8] = &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 8, 0, 0, 0x9F, 0, 0, 0, 0, 0x97];

/// Feeds `stream` in pieces of `size` bytes.
fn bodies(stream: &[u8], size: usize) -> (Vec<Vec<u8>>, u64, u64) {
    let mut framer = Framer::requests();
    let mut found = Vec::new();
    for mut piece in stream.chunks(size) {
        while let Some(frame) = framer.next(&mut piece) {
            found.push(frame.body().to_vec());
        }
    }
    while framer.give_up() {
        while let Some(frame) = framer.next(&mut [].as_slice()) {
            found.push(frame.body().to_vec());
        }
    }
    (found, framer.discarded(), framer.rejected())
}

#[test]
fn encodes_as_published() {
    let mut out = Vec::new();
    encode(&[0x20, 0x01], &mut out);
    assert_eq!(out, FIND);
}

#[test]
fn every_chunking_gives_the_same_frames() {
    let mut stream = b"AAAA\xAA\xAA".to_vec();
    stream.extend_from_slice(FIND);
    stream.extend_from_slice(&[0xAA, 0xAA, 0xAA, 0x69, 0x96, 0, 3, 0x18, 1, 0x1A]); // the neighbour with 69 96
    stream.extend_from_slice(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0xFF, 0xFF]); // an impossible length
    stream.extend_from_slice(FOUND);
    let mut damaged = FOUND.to_vec();
    damaged[9] ^= 1;
    stream.extend_from_slice(&damaged);
    stream.extend_from_slice(FIND);
    let whole = bodies(&stream, stream.len());
    assert_eq!(whole.0, [&FIND[7..9], &FOUND[7..14], &FIND[7..9]]);
    assert_eq!(whole.1, 6 + 10 + 7 + 15);
    for size in 1..stream.len() {
        assert_eq!(bodies(&stream, size), whole, "pieces of {size}");
    }
}

#[test]
fn a_damaged_length_hides_nothing_behind_it() {
    // A preamble that claims 300 bytes, then intact frames: nothing can be said before 300 bytes or silence.
    let mut stream = PREAMBLE.to_vec();
    stream.extend_from_slice(&[1, 44]);
    stream.extend_from_slice(FIND);
    stream.extend_from_slice(FOUND);
    let mut framer = Framer::requests();
    assert!(framer.next(&mut stream.as_slice()).is_none());
    assert!(framer.give_up());
    assert_eq!(framer.next(&mut [].as_slice()).map(|frame| frame.body().to_vec()), Some(FIND[7..9].to_vec()));
    assert_eq!(
        framer.next(&mut [].as_slice()).map(|frame| frame.body().to_vec()),
        Some(FOUND[7..14].to_vec())
    );
    assert!(framer.next(&mut [].as_slice()).is_none());
    assert_eq!(framer.discarded(), 7);
}

#[test]
fn giving_up_ends() {
    let mut framer = Framer::replies();
    let mut junk = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 200, 1, 2, 3].as_slice();
    assert!(framer.next(&mut junk).is_none());
    let mut rounds = 0;
    while framer.give_up() {
        assert!(framer.next(&mut [].as_slice()).is_none());
        rounds += 1;
        assert!(rounds <= 10);
    }
    assert_eq!(framer.waiting(), 0);
}

#[test]
fn long_streams_pass_through_a_bounded_buffer() {
    let mut stream = Vec::new();
    let mut body = vec![0x42; 2000];
    for number in 0..100_u8 {
        // The third byte keeps the false frames' checksums from holding by chance, as one in 256 would.
        (body[0], body[2]) = (number, number ^ 0x77);
        encode(&body, &mut stream);
        stream.extend_from_slice(&PREAMBLE);
        stream.extend_from_slice(&[0x0F, 0xFF]);
    }
    for size in [1, 7, 4096, stream.len()] {
        let found = bodies(&stream, size).0;
        // The false head behind each claims 4095 bytes, fails, and gives back what it covered.
        assert_eq!(found.len(), 100, "in pieces of {size}");
        assert!(found.iter().enumerate().all(|(at, body)| usize::from(body[0]) == at));
    }
}

#[test]
fn debug_shows_no_byte() {
    let mut framer = Framer::replies();
    framer.next(&mut [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 200, 0x4B, 0x6D].as_slice());
    let shown = format!("{framer:?} {:?}", Frame { body: &[0x4B, 0x6D] });
    assert_eq!(shown, "Framer { waiting: 9, discarded: 0, rejected: 0, .. } Frame([2 bytes])");
}

/// The plain way: at every position, is there a whole intact frame? With the number of bytes and of false frames passed over.
fn slowly(stream: &[u8]) -> (Vec<Vec<u8>>, u64, u64) {
    let (mut at, mut found, mut discarded, mut rejected) = (0, Vec::new(), 0, 0);
    while at + HEAD <= stream.len() {
        let length = usize::from(stream[at + 5]) << 8 | usize::from(stream[at + 6]);
        let end = at + HEAD + length;
        let whole = stream[at..at + 5] == PREAMBLE && (3..=4096).contains(&length) && end <= stream.len();
        if whole && xor(&stream[at + 5..end]) == 0 {
            found.push(stream[at + HEAD..end - 1].to_vec());
            at = end;
        } else {
            (at, discarded, rejected) = (at + 1, discarded + 1, rejected + u64::from(whole));
        }
    }
    (found, discarded + (stream.len() - at) as u64, rejected)
}

#[test]
fn finds_what_the_plain_way_finds() {
    use crate::reader::transport::fault::Random;

    let mut random = Random::new(20);
    for round in 0..200 {
        let mut stream = Vec::new();
        while stream.len() < 6000 {
            let count = random.below(40);
            match random.below(9) {
                // A crowd of false heads, as close as they can be.
                7 => (0..count).for_each(|_| {
                    stream.extend(PREAMBLE);
                    stream.extend([(random.bits() & 1) as u8, random.bits() as u8]);
                }),
                8 => stream.extend([0x96, 0x69].repeat(count as usize)),
                0 => stream.push(random.bits() as u8),
                1 => stream.extend((0..count).map(|_| 0xAA)),
                2 => {
                    stream.extend(PREAMBLE);
                    stream.extend([(random.bits() & 0x1F) as u8, random.bits() as u8]);
                }
                3 => {
                    stream.extend(PREAMBLE);
                    stream.extend([0, count as u8]);
                }
                4 => encode(&(0..3 + count).map(|_| random.bits() as u8).collect::<Vec<_>>(), &mut stream),
                5 => stream.extend((0..count).map(|_| 0x96)),
                _ => stream.extend(&[0x96, 0x69, 0xAA, 0xAA, 0xAA, 0x96][..random.below(7) as usize]),
            }
        }
        let slowly = slowly(&stream);
        for size in [1 + random.below(900) as usize, 1 + random.below(20) as usize, stream.len()] {
            assert!(bodies(&stream, size) == slowly, "round {round}, pieces of {size}");
        }
    }
}
