//! `libWltRS.so`: `GetBmp`, over the operator's licensed decoder (`REALNAME_WLT_DECODER`). The format itself is closed.
#![allow(non_snake_case)] // It is the vendors' name.

use std::ffi::{CStr, OsStr, c_char};
use std::panic::catch_unwind;
use std::path::Path;

use realname_dropin::bitmap;

/// Writes `x.bmp` beside `x.wlt`: 1; −1 not decoded, −2 the suffix isn't .wlt, −3 it can't be read or written, −4 no photo
/// block, −5 no decoder.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetBmp(wlt_file: *const c_char, _interface: i32) -> i32 {
    if wlt_file.is_null() {
        return -3;
    }
    // SAFETY: not null, and ends with a NUL, as the caller promises.
    let name = unsafe { CStr::from_ptr(wlt_file) }.to_bytes();
    catch_unwind(|| decode(name)).unwrap_or(-1)
}

fn decode(name: &[u8]) -> i32 {
    #[cfg(unix)]
    let name: &OsStr = std::os::unix::ffi::OsStrExt::from_bytes(name);
    #[cfg(not(unix))]
    let name = OsStr::new(std::str::from_utf8(name).unwrap_or_default());
    let path = Path::new(name);
    if !path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("wlt")) {
        return -2;
    }
    let Ok(block) = std::fs::read(path) else { return -3 };
    if block.len() != 1024 {
        return -4;
    }
    if std::env::var_os("REALNAME_WLT_DECODER").is_none() {
        return -5;
    }
    let Some(picture) = bitmap(&block) else { return -1 };
    if std::fs::write(path.with_extension("bmp"), picture).is_ok() { 1 } else { -3 }
}
