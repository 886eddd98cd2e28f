use std::time::Instant;

use realname_terms::Explain;

use super::*;

#[allow(clippy::disallowed_methods)] // A test reads its fixture.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../fixtures/captures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn take(bytes: Vec<u8>) -> Result<Capture, CaptureError> {
    Intake::default().take(Slot::Live, bytes, jiff::Timestamp::UNIX_EPOCH)
}

fn refusal(bytes: Vec<u8>) -> CaptureError {
    take(bytes).unwrap_err()
}

fn damaged(format: Format, damage: Damage) -> CaptureError {
    CaptureError::Damaged { format, damage }
}

/// The smallest JPEG that declares a size: SOI, SOF0, SOS, EOI, padded with a comment to `length`.
fn declared(width: u16, height: u16, length: usize) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    let comment = length - 2 - 19 - 14 - 2 - 4;
    bytes.extend([0xFF, 0xFE]);
    bytes.extend((comment as u16 + 2).to_be_bytes());
    bytes.extend(vec![b' '; comment]);
    bytes.extend([0xFF, 0xC0, 0, 17, 8]);
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend([0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    bytes.extend([0xFF, 0xD9]);
    assert_eq!(bytes.len(), length);
    bytes
}

#[test]
fn every_format_that_is_taken_shows_the_same_card() {
    let reference = take(fixture("rgb8.png")).unwrap();
    let reference = reference.picture().unwrap();
    for name in ["baseline.jpg", "progressive.jpg", "rgba8.png", "palette.png", "lossy.webp", "lossless.webp"]
    {
        let capture = take(fixture(name)).unwrap();
        assert_eq!((capture.width(), capture.height()), (96, 64), "{name}");
        let picture = capture.picture().unwrap();
        for (x, y) in [(20, 20), (60, 15), (90, 60)] {
            let apart = picture.luma().at(x, y).abs_diff(reference.luma().at(x, y));
            assert!(apart < 12, "{name} at {x},{y}: {apart}");
            let red = picture.red().at(x / 4, y / 4).abs_diff(reference.red().at(x / 4, y / 4));
            assert!(red < 16, "{name} at {x},{y}: {red}");
        }
    }
    let grey = take(fixture("grey.jpg")).unwrap();
    assert!(grey.picture().unwrap().red().samples().iter().all(|value| *value == 128));
}

/// The buffer that is used again holds nothing of the photo before, whether that one passed or failed.
#[test]
fn an_intake_that_is_kept_takes_photos_as_a_new_one_does() {
    let kept = Intake::default();
    // No code of a Huffman table is all ones: found while pixels are decoded.
    let mut spoilt = fixture("baseline.jpg");
    let middle = spoilt.len() * 2 / 3;
    spoilt[middle..middle + 8].copy_from_slice(&[0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0]);
    assert_eq!(refusal(spoilt.clone()), damaged(Format::Jpeg, Damage::Data));
    let photos = ["baseline.jpg", "rgb8.png", "grey.jpg", "lossy.webp", "progressive.jpg", "baseline.jpg"];
    for photo in photos.map(fixture).into_iter().chain([spoilt, fixture("baseline.jpg")]) {
        let taken = kept.take(Slot::Live, photo.clone(), jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(taken, take(photo));
    }
}

#[test]
fn digests_of_file_and_pixels() {
    let plain = take(fixture("baseline.jpg")).unwrap();
    let mut wrapped = fixture("baseline.jpg");
    wrapped.splice(2..2, [0xFF, 0xFE, 0, 6, b'T', b'E', b'S', b'T']);
    let wrapped = take(wrapped).unwrap();
    assert_ne!(plain.sha256(), wrapped.sha256());
    assert_eq!(plain.pixels_sha256(), wrapped.pixels_sha256());
    assert_ne!(plain.pixels_sha256(), take(fixture("progressive.jpg")).unwrap().sha256());
    assert_ne!(plain.pixels_sha256(), take(fixture("rgb8.png")).unwrap().pixels_sha256());
}

#[test]
fn turned_as_the_file_says() {
    for name in ["exif6.jpg", "exif6.png", "exif6.webp"] {
        let capture = take(fixture(name)).unwrap();
        assert_eq!((capture.width(), capture.height()), (64, 96), "{name}");
        // The red field on the left side is now on top.
        let red = capture.picture().unwrap().red();
        assert!(red.at(8, 4) > 180 && red.at(8, 21) < 140, "{name}");
    }
}

#[test]
fn notes_refuse_nothing() {
    assert_eq!(take(fixture("progressive.jpg")).unwrap().notes(), [Note::Progressive]);
    let mut appended = fixture("baseline.jpg");
    appended.extend(fixture("grey.jpg"));
    let appended = take(appended).unwrap();
    assert_eq!(appended.notes(), [Note::TrailingBytes]);
    assert_eq!(appended.pixels_sha256(), take(fixture("baseline.jpg")).unwrap().pixels_sha256());
    let mut png = fixture("rgb8.png");
    png.extend(b"more");
    assert_eq!(take(png).unwrap().notes(), [Note::TrailingBytes]);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let named =
        |name: &str| Intake::default().take_named(Slot::Live, name, fixture("baseline.jpg"), now).unwrap();
    assert_eq!(named("a.PNG").notes(), [Note::NameDisagrees]);
    for agreeing in ["a.JPG", "a.b.jpeg", "no extension"] {
        assert_eq!(named(agreeing).notes(), [], "{agreeing}");
    }
}

#[test]
fn refused_by_kind() {
    assert_eq!(refusal(vec![]), CaptureError::Empty);
    assert_eq!(refusal(b"hello".to_vec()), CaptureError::UnsupportedFormat { found: Foreign::Unknown });
    assert_eq!(refusal(fixture("cmyk.jpg")), CaptureError::PrintColours { components: 4 });
    assert_eq!(refusal(fixture("grey16.png")), CaptureError::TooDeep { format: Format::Png, bits: 16 });
    assert_eq!(refusal(fixture("animated.png")), CaptureError::Animated { format: Format::Png });
    assert_eq!(refusal(fixture("animated.webp")), CaptureError::Animated { format: Format::WebP });
    let mut arithmetic = fixture("baseline.jpg");
    let at = arithmetic.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    arithmetic[at + 1] = 0xC9;
    assert_eq!(refusal(arithmetic.clone()), CaptureError::UnsupportedProcess { marker: 0xC9 });
    arithmetic[at + 1] = 0xC1;
    arithmetic[at + 4] = 12;
    assert_eq!(refusal(arithmetic), CaptureError::TooDeep { format: Format::Jpeg, bits: 12 });
}

#[test]
fn cut_off_anywhere_is_refused() {
    for name in ["baseline.jpg", "progressive.jpg", "rgb8.png", "lossy.webp", "lossless.webp", "exif6.webp"] {
        let whole = fixture(name);
        for end in 4..whole.len() {
            let refused = refusal(whole[..end].to_vec());
            assert!(
                matches!(
                    refused,
                    CaptureError::Damaged { damage: Damage::Truncated, .. }
                        | CaptureError::UnsupportedFormat { .. }
                ),
                "{name} cut at {end}: {refused}"
            );
        }
    }
}

#[test]
#[allow(clippy::disallowed_methods)] // It measures time.
fn the_small_file_of_3600_megapixels_costs_nothing() {
    let bomb = declared(60_000, 60_000, 333);
    let begin = Instant::now();
    let refused = refusal(bomb);
    let took = begin.elapsed();
    assert_eq!(refused, CaptureError::SideTooLong { got: 60_000, limit: 12_000 });
    println!("333-byte JPEG declaring 60000 × 60000: refused in {took:?}");
    assert!(took.as_micros() < 1000, "{took:?}");
    assert_eq!(
        refusal(declared(11_000, 11_000, 333)),
        CaptureError::TooManyPixels { got: 121_000_000, limit: 52_000_000 }
    );
}

/// The sensors' largest pictures: "50 megapixels" is 50.1 million on many phones.
#[test]
fn fifty_megapixel_phones_are_taken_and_larger_ones_told_what_to_switch() {
    for (width, height) in [(8160, 6144), (8192, 6144), (6144, 8160), (8688, 5792)] {
        // Far enough to be found empty: the size was agreed on.
        assert_eq!(refusal(declared(width, height, 333)).code(), "photo_damaged", "{width} × {height}");
    }
    for (width, height) in [(9248, 6936), (12000, 9000), (16320, 12240)] {
        let refused = refusal(declared(width, height, 333));
        assert_eq!(refused.code(), "photo_too_many_pixels", "{width} × {height}");
        assert!(
            refused.advice(realname_terms::Lang::En).contains("high-resolution mode"),
            "{}",
            refused.advice(realname_terms::Lang::En)
        );
        assert!(refused.advice(realname_terms::Lang::Zh).contains("高像素模式"));
    }
}

#[test]
fn sizes_that_contradict() {
    assert_eq!(refusal(declared(0, 10, 100)), damaged(Format::Jpeg, Damage::NoSize));
    // A second frame header: this walk would believe the first, a decoder perhaps the second.
    let mut twice = declared(10, 10, 100);
    let header = twice.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let copy = twice[header..header + 19].to_vec();
    twice.splice(header..header, copy);
    assert_eq!(refusal(twice), damaged(Format::Jpeg, Damage::TwoSizes));
    let mut png = fixture("rgb8.png");
    let header = png[8..33].to_vec();
    png.splice(33..33, header);
    assert_eq!(refusal(png), damaged(Format::Png, Damage::TwoSizes));
}

#[test]
fn webp_parts_that_contradict() {
    // Canvas of one size, picture of another.
    let mut canvas = fixture("exif6.webp");
    let at = canvas.windows(4).position(|name| name == b"VP8X").unwrap();
    canvas[at + 12] += 1;
    assert_eq!(refusal(canvas.clone()), damaged(Format::WebP, Damage::TwoSizes));
    canvas[at + 8] |= 2;
    assert_eq!(refusal(canvas), CaptureError::Animated { format: Format::WebP });
    let mut huge = fixture("lossless.webp");
    let at = huge.windows(4).position(|name| name == b"VP8L").unwrap();
    huge[at + 9..at + 13].copy_from_slice(&[0xFF; 4]);
    assert_eq!(refusal(huge), CaptureError::SideTooLong { got: 16_384, limit: 12_000 });
    let mut broken = fixture("lossy.webp");
    let end = broken.len();
    broken[end / 2..end - 4].fill(0x55);
    let _ = take(broken); // any answer, but an answer
    let mut appended = fixture("lossy.webp");
    appended.extend(b"more");
    assert_eq!(take(appended).unwrap().notes(), [Note::TrailingBytes]);
}

#[test]
fn scan_bombs_are_counted_before_decoding() {
    let file = fixture("progressive.jpg");
    let scans: Vec<usize> =
        file.windows(2).enumerate().filter(|(_, pair)| *pair == [0xFF, 0xDA]).map(|(at, _)| at).collect();
    let last = file[scans[scans.len() - 1]..file.len() - 2].to_vec();
    let mut bomb = file[..file.len() - 2].to_vec();
    for _ in 0..100 {
        bomb.extend(&last);
    }
    bomb.extend([0xFF, 0xD9]);
    assert_eq!(refusal(bomb), CaptureError::TooManyScans { limit: 20 });
}

#[test]
fn time_is_bounded_before_decoding() {
    let refused = |name: &str, max_work| {
        let limits = Limits { max_work, ..Limits::DEFAULT };
        Intake::new(limits).take(Slot::Live, fixture(name), jiff::Timestamp::UNIX_EPOCH).err()
    };
    let pixels = |name: &str| {
        let capture = take(fixture(name)).unwrap();
        capture.width() as u64 * capture.height() as u64
    };
    for name in ["baseline.jpg", "rgb8.png", "lossy.webp"] {
        let needed = pixels(name);
        assert_eq!(refused(name, needed), None, "{name}");
        assert_eq!(
            refused(name, needed - 1),
            Some(CaptureError::TooMuchWork { needed, limit: needed - 1 }),
            "{name}"
        );
    }
    // A progressive file is gone through once for each scan, and once more at the end.
    let scans = fixture("progressive.jpg").windows(2).filter(|pair| *pair == [0xFF, 0xDA]).count() as u64;
    let needed = pixels("progressive.jpg") * (scans + 1);
    assert!(scans > 1);
    assert_eq!(refused("progressive.jpg", needed), None);
    let error = CaptureError::TooMuchWork { needed, limit: needed - 1 };
    assert_eq!(refused("progressive.jpg", needed - 1), Some(error));
}

#[test]
fn memory_is_bounded_before_decoding() {
    let limits = Limits { max_memory: 20_000, ..Limits::DEFAULT };
    let refused = Intake::new(limits).take(Slot::Live, fixture("baseline.jpg"), jiff::Timestamp::UNIX_EPOCH);
    assert!(
        matches!(refused, Err(CaptureError::TooMuchMemory { needed: 31_488, limit: 20_000 })),
        "{refused:?}"
    );
    let limits = Limits { max_bytes: 500, ..Limits::DEFAULT };
    let refused = Intake::new(limits).take(Slot::Live, fixture("baseline.jpg"), jiff::Timestamp::UNIX_EPOCH);
    assert!(matches!(refused, Err(CaptureError::TooManyBytes { limit: 500, .. })));
}

#[test]
fn text_chunks_never_reach_the_decoder() {
    // A compressed text chunk with a wrong CRC and senseless data: skipped, not read.
    let mut png = fixture("rgb8.png");
    let chunk = [&[0, 0, 0, 6][..], b"zTXt", b"a\0\0bad", &[0; 4]].concat();
    png.splice(33..33, chunk);
    assert_eq!(take(png).unwrap().pixels_sha256(), take(fixture("rgb8.png")).unwrap().pixels_sha256());
}

#[test]
fn forgetting_keeps_the_digests() {
    let mut capture = take(fixture("baseline.jpg")).unwrap();
    let digest = capture.sha256();
    assert!(capture.bytes().is_some() && capture.picture().is_some());
    capture.forget();
    assert!(capture.bytes().is_none() && capture.picture().is_none());
    assert_eq!((capture.sha256(), capture.width()), (digest, 96));
}

#[test]
fn every_refusal_says_what_to_do_in_both_languages() {
    let format = Format::Jpeg;
    for error in [
        CaptureError::Empty,
        CaptureError::TooManyBytes { got: 1, limit: 2 },
        CaptureError::SideTooLong { got: 1, limit: 2 },
        CaptureError::TooManyPixels { got: 1, limit: 2 },
        CaptureError::TooMuchMemory { needed: 1, limit: 2 },
        CaptureError::TooManyScans { limit: 2 },
        CaptureError::UnsupportedFormat { found: Foreign::Heic },
        CaptureError::UnsupportedFormat { found: Foreign::Pdf },
        CaptureError::Animated { format },
        CaptureError::PrintColours { components: 4 },
        CaptureError::TooDeep { format, bits: 16 },
        CaptureError::UnsupportedProcess { marker: 0xC3 },
        CaptureError::UnsupportedSampling,
        CaptureError::SeparateScans { scans: 3 },
        damaged(format, Damage::Truncated),
    ] {
        assert!(error.entry().advice.en.ends_with('.') && error.entry().advice.zh.ends_with('。'), "{error}");
        assert!(error.code().starts_with("photo_") && !error.to_string().is_empty());
    }
}
