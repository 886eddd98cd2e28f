//! Any bytes of a gateway, in any pieces, to open sessions of CMPP 2.0, CMPP 3.0 and SMPP 3.4: whatever they are, nothing panics.
//! The line is open before they come; lengths are as they come. The first byte says how they are cut.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some((size, stream)) = input.split_first() {
        realname_gateway::fuzzing::stream(stream, usize::from(*size));
    }
});
