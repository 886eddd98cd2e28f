//! Files and fingerprints, and what isn't done here.

use std::ffi::c_char;
use std::path::Path;

use realname_dropin::{bitmap, code, desk, place, write};

use crate::boundary::{call, fill, length, path};
use crate::plain::returned;

/// Text and photo, raw, to the caller's own files.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_ReadBaseMsgToFile(
    port: i32,
    text_file: *const c_char,
    text_length: *mut u32,
    photo_file: *const c_char,
    photo_length: *mut u32,
    if_open: i32,
) -> i32 {
    call(|| {
        // SAFETY: each is null or ends with a NUL, as the caller promises.
        let names = unsafe { (path(text_file), path(photo_file)) };
        let (Some(text), Some(photo)) = names else { return 1 };
        let card = match desk(port).read(false, if_open) {
            Ok(card) => card,
            Err(code) => return returned(code),
        };
        let place = place(Path::new(""));
        if !write(&place, &text, card.text()) || !write(&place, &photo, card.photo()) {
            return returned(code::ERROR);
        }
        // SAFETY: lengths are null or may be written, as the caller promises.
        unsafe {
            length(text_length, card.text().len());
            length(photo_length, card.photo().len());
        }
        0
    })
}

/// Text, photo and fingerprints (0, 512 or 1024 bytes).
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_ReadBaseFPMsg(
    port: i32,
    text: *mut u8,
    text_length: *mut u32,
    photo: *mut u8,
    photo_length: *mut u32,
    prints: *mut u8,
    prints_length: *mut u32,
    if_open: i32,
) -> i32 {
    call(|| {
        if text.is_null() || photo.is_null() || prints.is_null() {
            return 1;
        }
        match desk(port).read(true, if_open) {
            Ok(card) => {
                // SAFETY: not null; the function's buffers have 256, 1024 and 1024 bytes, lengths are null or may be written.
                unsafe {
                    fill(text, card.text());
                    length(text_length, card.text().len());
                    fill(photo, card.photo());
                    length(photo_length, card.photo().len());
                    fill(prints, card.fingerprints());
                    length(prints_length, card.fingerprints().len());
                }
                0
            }
            Err(code) => returned(code),
        }
    })
}

/// Decodes a photo block's file to a BMP beside it: 0, or 1 without a decoder.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_GetBmp(_port: i32, file: *const c_char) -> i32 {
    call(|| {
        // SAFETY: null or ends with a NUL, as the caller promises.
        let Some(file) = (unsafe { path(file) }) else { return 1 };
        let picture = std::fs::read(&file).ok().and_then(|block| bitmap(&block));
        match picture {
            Some(picture) if std::fs::write(file.with_extension("bmp"), &picture).is_ok() => 0,
            _ => 1,
        }
    })
}

macro_rules! absent {
    ($($name:ident;)*) => {$(
        /// Not done here: 1.
        #[unsafe(no_mangle)]
        pub extern "system" fn $name(_from: *const c_char, _to: *mut c_char) -> i32 {
            1
        }
    )*};
}

absent! {
    Syn_BmpToJpeg;
    Syn_PhotoToStrBase64;
    Syn_StrBase64ToPhoto;
}
