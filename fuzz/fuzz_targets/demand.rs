//! Any demand: as text, and any payload properly signed. What is answered asks for what the list allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::demand::VerifiedDemand;
use realname::jose::sign;
use realname::profile::Purpose;
use realname_fuzz::{key, list, now, object};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = VerifiedDemand::verify(text, list(), now());
    }
    let Some(payload) = object(data) else { return };
    let Ok(compact) = sign(&key("asker"), "realname-demand+jwt", [], &payload) else { return };
    if let Ok(demand) = VerifiedDemand::verify(&compact, list(), now()) {
        assert_eq!(demand.iss(), "https://home.example");
        assert!(
            [Purpose::SimCancel, Purpose::ServiceOrder, Purpose::DeliveryHandover].contains(demand.purpose())
        );
        assert!(
            demand.expires_at().as_second() - demand.issued_at().as_second() <= 600
                && demand.claims().len() <= 5
        );
    }
});
