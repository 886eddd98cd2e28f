//! Telling why a call failed.

use crate::boundary;
use crate::errors::{self, rn_error, rn_status};

/// Tells why the last call of this thread that failed did.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_last_error(error: *mut rn_error) -> rn_status {
    boundary::quiet(|| {
        let told = errors::last();
        // SAFETY: the caller's pointer is null or one to an rn_error that may be written.
        unsafe { boundary::put(error, told) }
    })
}
