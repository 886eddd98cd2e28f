//! Where pointers become values.

use std::ffi::{CStr, OsStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use realname_dropin::code;

/// Runs one call; a panic is an error, and closes the port that it was on.
pub(crate) fn call(job: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or(code::ERROR)
}

/// Writes bytes to a buffer.
///
/// # Safety
/// `to` is not null, and as many bytes may be written there.
pub(crate) unsafe fn fill(to: *mut u8, bytes: &[u8]) {
    // SAFETY: as the caller promises; what is ours and what is the caller's don't overlap.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
}

/// Writes a length, where it is asked for.
///
/// # Safety
/// `to` is null, or a number may be written there.
pub(crate) unsafe fn length(to: *mut u32, length: usize) {
    if !to.is_null() {
        // SAFETY: not null, and the caller promises the rest; some callers' aren't aligned.
        unsafe { to.write_unaligned(u32::try_from(length).unwrap_or(u32::MAX)) };
    }
}

/// A file's name, in whatever encoding the system has.
///
/// # Safety
/// `name` is null, or ends with a NUL.
pub(crate) unsafe fn path(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller promises the rest.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes();
    #[cfg(unix)]
    let name: Option<&OsStr> = Some(std::os::unix::ffi::OsStrExt::from_bytes(bytes));
    #[cfg(not(unix))]
    let name: Option<&OsStr> = std::str::from_utf8(bytes).ok().map(OsStr::new);
    name.filter(|name| !name.is_empty()).map(PathBuf::from)
}
