//! Damaged JPEGs: other decoders warn and fill with grey; here they are refused by name. And what isn't damage is taken.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use realname_capture::{Capture, CaptureError, Intake, Note, Slot};
use realname_specimen::photos::{Family, Flaw, Recipe, Shot, kept};

fn take(file: Vec<u8>) -> Result<Capture, CaptureError> {
    Intake::default().take(Slot::PortraitSide, file, jiff::Timestamp::UNIX_EPOCH)
}

/// One drawn photo as several encoders would write it.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures");
    let recipe = Recipe { longest: 1000, ..Recipe::new(Family::A, Shot::PortraitSide, Flaw::None, 2) };
    let drawn = kept(&recipe, &directory).unwrap().jpeg;
    let picture = image::load_from_memory(&drawn).unwrap().into_rgb8();
    let encode = |set: &dyn Fn(&mut Encoder<&mut Vec<u8>>)| {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 88);
        set(&mut encoder);
        let (width, height) = picture.dimensions();
        encoder.encode(&picture, width as u16, height as u16, ColorType::Rgb).unwrap();
        file
    };
    vec![
        ("colour at half the size", encode(&|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2))),
        (
            "with restarts",
            encode(&|encoder| {
                encoder.set_sampling_factor(SamplingFactor::F_2_1);
                encoder.set_restart_interval(50);
            }),
        ),
        (
            "a scan for each component",
            encode(&|encoder| {
                encoder.set_sampling_factor(SamplingFactor::F_1_1);
                encoder.set_optimized_huffman_tables(true);
            }),
        ),
        (
            "progressive",
            encode(&|encoder| {
                encoder.set_sampling_factor(SamplingFactor::F_2_2);
                encoder.set_progressive(true);
            }),
        ),
        ("drawn", drawn),
    ]
}

fn start_of_data(file: &[u8]) -> usize {
    file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 14
}

fn refused(file: Vec<u8>, what: &str) {
    let code = take(file).map_or_else(|error| error.code(), |_| "taken");
    assert!(matches!(code, "photo_truncated" | "photo_damaged"), "{what}: {code}");
}

#[test]
fn a_photo_that_was_cut_and_closed_with_an_end_marker_is_truncated() {
    for (name, whole) in files() {
        take(whole.clone()).unwrap();
        let begin = start_of_data(&whole);
        for thousandth in [999, 990, 950, 900, 850, 700, 500, 300, 100, 10] {
            let mut file = whole[..begin + (whole.len() - begin) * thousandth / 1000].to_vec();
            file.extend([0xFF, 0xD9]);
            let code = take(file).map_or_else(|error| error.code(), |_| "taken");
            assert_eq!(code, "photo_truncated", "{name} cut at {thousandth} ‰");
        }
    }
}

/// A file whose data is cut at the end is refused however little is missing, because every block is counted.
#[test]
fn a_cut_of_a_few_bytes_at_the_end_is_seen_as_well() {
    for (name, whole) in files() {
        let end = whole.len() - 2;
        assert_eq!(whole[end..], [0xFF, 0xD9], "{name} ends with its end marker");
        for length in 1..=64 {
            let mut file = whole[..end - length].to_vec();
            file.extend([0xFF, 0xD9]);
            refused(file, &format!("{name} without its last {length} bytes"));
        }
    }
}

/// Spoils `length` bytes of the data in three ways; the place is given in hundredths of the data.
fn spoilt(whole: &[u8], place: usize, length: usize) -> [(&'static str, Vec<u8>); 3] {
    let begin = start_of_data(whole);
    let from = begin + (whole.len() - begin - length - 2) * place / 100;
    let mut missing = whole.to_vec();
    missing.drain(from..from + length);
    let mut zeroed = whole.to_vec();
    zeroed[from..from + length].fill(0);
    let mut doubled = whole.to_vec();
    let again = whole[from..from + length].to_vec();
    doubled.splice(from..from, again);
    [("missing", missing), ("zeroed", zeroed), ("doubled", doubled)]
}

#[test]
fn bytes_that_are_missing_zeroed_or_doubled_in_the_middle_are_damage() {
    for (name, whole) in files() {
        // Between two restarts few bytes may be gone without a trace.
        let lengths: &[usize] = if name == "with restarts" { &[2000, 3000, 4000] } else { &[500, 4000] };
        for place in [5, 20, 35, 50, 65, 80, 95] {
            for length in lengths {
                for (how, file) in spoilt(&whole, place, *length) {
                    refused(file, &format!("{name}, {length} {how} at {place} %"));
                }
            }
        }
    }
}

#[test]
fn sixty_four_zeroed_bytes_are_damage_even_where_as_many_blocks_are_left() {
    for (name, whole) in files() {
        if matches!(name, "with restarts" | "progressive" | "a scan for each component") {
            continue; // There zeros may be codes for plain blocks.
        }
        for place in 1..99 {
            let [_, (how, file), _] = spoilt(&whole, place, 64);
            refused(file, &format!("{name}, 64 {how} at {place} %"));
        }
    }
}

/// After the damage the codes can fall into step again, and by chance the number of blocks is right. No decoder notices that.
#[test]
fn few_missing_or_doubled_bytes_leave_a_trace_nearly_always() {
    let (mut taken, mut all) = (0, 0);
    for (name, whole) in files().into_iter().filter(|(name, _)| *name != "with restarts") {
        for place in (2..98).step_by(4) {
            for (_, file) in spoilt(&whole, place, 64) {
                all += 1;
                taken += u32::from(take(file).is_ok());
            }
        }
        assert!(taken * 20 <= all, "{name}: {taken} of {all}");
    }
}

#[test]
fn a_progressive_photo_that_was_cut_between_two_scans_is_truncated() {
    let (_, whole) = files().remove(3);
    let scans: Vec<usize> =
        whole.windows(2).enumerate().filter(|(_, pair)| *pair == [0xFF, 0xDA]).map(|(at, _)| at).collect();
    assert!(scans.len() > 3);
    for scan in &scans[1..] {
        let file = [&whole[..*scan], &[0xFF, 0xD9]].concat();
        // The tables of the scan that is gone may stay behind.
        assert_eq!(take(file).unwrap_err().code(), "photo_truncated");
    }
}

#[test]
fn a_photo_without_an_end_marker_before_a_makers_trailer_is_taken() {
    for (name, whole) in files() {
        let reference = take(whole.clone()).unwrap();
        let bare = &whole[..whole.len() - 2];
        assert_eq!(take(bare.to_vec()).unwrap_err().code(), "photo_truncated", "{name}");
        let text = b"\0\0\x01\x0BImage_UTC_Data1700000000000SEFHk\0\0\0\x01\0\0\0SEFT".as_slice();
        let preview = [&[0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xD9], text].concat();
        for trailer in [text.repeat(3), preview] {
            let taken = take([bare, &trailer].concat()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(taken.notes().contains(&Note::TrailingBytes), "{name}");
            assert_eq!(taken.pixels_sha256(), reference.pixels_sha256(), "{name}");
        }
        // A trailer doesn't make a photo whole that was cut.
        let half = &whole[..whole.len() / 2];
        refused([half, &[0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xD9]].concat(), name);
    }
}

#[test]
fn stray_bytes_between_segments_are_skipped_as_other_decoders_do() {
    for (name, whole) in files() {
        let reference = take(whole.clone()).unwrap();
        for marker in [0xDB, 0xC4, 0xC0, 0xC2, 0xDA] {
            let Some(at) = whole.windows(2).position(|pair| pair == [0xFF, marker]) else { continue };
            let mut file = whole.clone();
            file.splice(at..at, [0x00, 0x41, 0x7F, 0xFF, 0x00, 0x12, 0x13, 0x14, 0x15]);
            let taken = take(file).unwrap_or_else(|error| panic!("{name}, {marker:X}: {error}"));
            assert_eq!(taken.pixels_sha256(), reference.pixels_sha256(), "{name}");
        }
    }
}

#[test]
fn a_camera_that_fills_up_behind_its_data_is_no_damage() {
    let (_, whole) = files().remove(0);
    let reference = take(whole.clone()).unwrap();
    for fill in [vec![0; 40], vec![0xFF; 12], [0xFF, 0].repeat(20)] {
        let mut file = whole.clone();
        let end = file.len() - 2;
        file.splice(end..end, fill);
        assert_eq!(take(file).unwrap().pixels_sha256(), reference.pixels_sha256());
    }
}

#[test]
fn a_plain_ground_that_is_all_zeros_in_the_file_is_no_damage() {
    let (width, height) = (1600, 1200);
    let mut picture = vec![200; 3 * width * height];
    let mut state = 1u32;
    for value in picture.iter_mut().take(3 * width * height / 2).skip(3 * width * height / 4) {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *value = (state >> 24) as u8;
    }
    for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_2] {
        for progressive in [false, true] {
            for optimised in [false, true] {
                let mut file = Vec::new();
                let mut encoder = Encoder::new(&mut file, 90);
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                if optimised {
                    encoder.set_optimized_huffman_tables(true);
                }
                encoder.encode(&picture, width as u16, height as u16, ColorType::Rgb).unwrap();
                let zeros = file.windows(64).any(|bytes| bytes.iter().all(|byte| *byte == 0));
                let taken = take(file);
                // Scans of their own with coarser colour are refused for another reason.
                let code = taken.map_or_else(|error| error.code(), |_| "taken");
                assert!(
                    matches!(code, "taken" | "photo_separate_scans"),
                    "{sampling:?} {progressive} {optimised} {zeros}: {code}"
                );
                println!("{sampling:?} {progressive} {optimised}: {zeros} {code}");
            }
        }
    }
}
