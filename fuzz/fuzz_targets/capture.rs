//! Any bytes are taken in or refused, quickly and inside the limits; what is taken in can be measured.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::capture::measure::{Thresholds, measure};
use realname::capture::{Intake, Limits, Slot};

fuzz_target!(|bytes: &[u8]| {
    let mut limits = Limits::DEFAULT;
    // Small, so that a run sees many files; the checks are the same.
    limits.max_pixels = 1 << 20;
    limits.max_memory = 16 << 20;
    let Ok(capture) =
        Intake::new(limits).take(Slot::PortraitSide, bytes.to_vec(), jiff::Timestamp::UNIX_EPOCH)
    else {
        return;
    };
    let picture = capture.picture().expect("pixels are kept until they are forgotten");
    assert_eq!((picture.width() as u32, picture.height() as u32), (capture.width(), capture.height()));
    assert!(u64::from(capture.width()) * u64::from(capture.height()) <= limits.max_pixels);
    assert_eq!(picture.luma().samples().len(), picture.width() * picture.height());
    // One input in sixteen, because measuring takes longer than decoding.
    if bytes.len() % 16 == 0 {
        measure(picture, Slot::PortraitSide, &Thresholds::default());
    }
});
