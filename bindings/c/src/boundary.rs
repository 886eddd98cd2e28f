//! Where pointers become values: each is judged here.

use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use realname_bindings::{Failure, Status};

use crate::errors::{self, rn_status};

/// Runs one call: a failure is kept for this thread, and a panic becomes one.
pub(crate) fn call(job: impl FnOnce() -> Result<(), Failure>) -> rn_status {
    judged(|| job().map(|()| Status::Ok))
}

/// As [`call`], for what can end in a no that isn't a failure.
pub(crate) fn judged(job: impl FnOnce() -> Result<Status, Failure>) -> rn_status {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(Ok(status)) => status.into(),
        Ok(Err(failure)) => errors::keep(&failure),
        Err(_) => errors::keep(&Failure::internal()),
    }
}

/// As [`call`], keeping no failure: for what asks for the one that is kept.
pub(crate) fn quiet(job: impl FnOnce() -> Result<(), Failure>) -> rn_status {
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(Ok(())) => rn_status::RN_OK,
        Ok(Err(failure)) => failure.status.into(),
        Err(_) => rn_status::RN_INTERNAL,
    }
}

/// A text.
///
/// # Safety
/// `text` is null, or ends with a NUL and stays as it is during the call.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: as the caller of this function promises.
    unsafe { maybe_text(text, name) }?.ok_or_else(|| Failure::argument(&format!("{name} is null")))
}

/// A text that may be left out.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn maybe_text<'a>(text: *const c_char, name: &str) -> Result<Option<&'a str>, Failure> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: not null, and ends with a NUL, as the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map(Some).map_err(|_| Failure::argument(&format!("{name} is no UTF-8")))
}

/// Bytes.
///
/// # Safety
/// `bytes` is null, or `len` bytes can be read there and stay as they are during the call.
pub(crate) unsafe fn bytes<'a>(bytes: *const u8, len: usize, name: &str) -> Result<&'a [u8], Failure> {
    if bytes.is_null() || len == 0 || isize::try_from(len).is_err() {
        return Err(Failure::argument(&format!("{name} is empty")));
    }
    // SAFETY: not null, `len` fits, and the caller promises the rest.
    Ok(unsafe { std::slice::from_raw_parts(bytes, len) })
}

/// Refuses a place for a result that is null, before anything is done.
pub(crate) fn place<T>(place: *mut T) -> Result<*mut T, Failure> {
    if place.is_null() { Err(Failure::argument("the place for the result is null")) } else { Ok(place) }
}

/// Writes a result.
///
/// # Safety
/// `place` is null, or a `T` may be written there.
pub(crate) unsafe fn put<T>(place: *mut T, value: T) -> Result<(), Failure> {
    let place = self::place(place)?;
    // SAFETY: not null, and the caller promises the rest; nothing that was there is dropped.
    unsafe { place.write(value) };
    Ok(())
}
