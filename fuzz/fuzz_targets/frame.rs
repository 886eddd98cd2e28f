//! Any bytes, in any pieces, give the same frames, and every frame found is one. Bytes are raw: checksums are as they come.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::reader::wire::{Framer, Reply, encode_frame};

fn bodies(mut pieces: impl Iterator<Item = Vec<u8>>) -> (Vec<Vec<u8>>, u64) {
    let mut framer = Framer::requests();
    let mut found = Vec::new();
    while let Some(piece) = pieces.next() {
        let mut rest = piece.as_slice();
        while let Some(frame) = framer.next(&mut rest) {
            found.push(frame.body().to_vec());
        }
    }
    while framer.give_up() {
        while let Some(frame) = framer.next(&mut [].as_slice()) {
            found.push(frame.body().to_vec());
        }
    }
    (found, framer.discarded())
}

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (size, stream) = input;
    let whole = bodies(std::iter::once(stream.clone()));
    let size = usize::from(size).max(1);
    assert_eq!(bodies(stream.chunks(size).map(<[u8]>::to_vec)), whole);
    let mut total = whole.1;
    for body in &whole.0 {
        let mut frame = Vec::new();
        encode_frame(body, &mut frame);
        assert!(stream.windows(frame.len()).any(|window| window == frame), "a frame that nobody sent");
        total += frame.len() as u64;
        let mut framer = Framer::replies();
        if let Some(frame) = framer.next(&mut frame.as_slice())
            && let Ok(reply) = Reply::decode(frame)
        {
            let _ = (reply.shape(), reply.sam_id(), reply.card());
        }
    }
    assert_eq!(total, stream.len() as u64, "every byte is in a frame or counted");
});
