//! Texts that are handed out, and wiped when they come back.

use std::collections::HashMap;
use std::ffi::{CString, c_char};
use std::sync::{Mutex, PoisonError};

use realname_bindings::Failure;
use zeroize::Zeroize;

use crate::boundary;
use crate::errors::rn_status;

/// By address, so that one that isn't ours, or came back before, is known.
static OUT: Mutex<Option<HashMap<usize, CString>>> = Mutex::new(None);

/// Hands a text out.
///
/// # Safety
/// `place` is null, or a pointer may be written there.
pub(crate) unsafe fn give(place: *mut *mut c_char, text: &str) -> Result<(), Failure> {
    let place = boundary::place(place)?;
    let text = owned(text)?;
    let pointer = text.as_ptr().cast_mut();
    let mut out = OUT.lock().unwrap_or_else(PoisonError::into_inner);
    out.get_or_insert_default().insert(pointer.addr(), text);
    drop(out);
    // SAFETY: not null, and the caller promises the rest.
    unsafe { boundary::put(place, pointer) }
}

/// The text with a NUL behind it, of exactly its size: one that is made larger or smaller leaves itself where it was.
pub(crate) fn owned(text: &str) -> Result<CString, Failure> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(0);
    CString::from_vec_with_nul(bytes).map_err(|_| Failure::internal())
}

/// Wipes and frees a text that a function gave. Null is nothing to free; a text that isn't the library's, or was freed before,
/// is RN_BAD_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_string_free(text: *mut c_char) -> rn_status {
    boundary::call(|| {
        if text.is_null() {
            return Ok(());
        }
        let mut out = OUT.lock().unwrap_or_else(PoisonError::into_inner);
        let found = out.get_or_insert_default().remove(&text.addr());
        drop(out);
        let text = found
            .ok_or_else(|| Failure::argument("the text is none of this library's, or was freed before"))?;
        text.into_bytes_with_nul().zeroize();
        Ok(())
    })
}

/// The version of this library, as a text that is its own and isn't freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_version(version: *mut *const c_char) -> rn_status {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    // SAFETY: the caller's pointer is null or one to a pointer that may be written.
    boundary::call(|| unsafe { boundary::put(version, VERSION.as_ptr().cast()) })
}
