//! Any text block decodes or is refused; what decodes without a flag and can be written again reads the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::reader::wire::layout;

fuzz_target!(|block: [u8; 256]| {
    if let Ok(decoded) = layout::decode(&block) {
        let plain = decoded.document.to_plain();
        if let Ok(written) = layout::encode(&plain) {
            let again = layout::decode(&written).expect("what was written reads");
            assert!(again.document.to_plain() == plain, "the twins disagree");
        }
    }
});
