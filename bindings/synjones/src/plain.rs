//! The functions that sdtapi has, too, with this library's success.

use std::ffi::c_char;

use realname::document::SamId;
use realname::reader::wire::Command;
use realname_dropin::{code, desk, find_reader};

use crate::boundary::{call, fill, length};

/// This library's number for one of sdtapi's: what is done is 0, and what isn't is never 0.
pub(crate) fn returned(code: i32) -> i32 {
    match code {
        code::DONE | code::FOUND => 0,
        code::ERROR => 1,
        other => other,
    }
}

/// The first port with a reader, or 0.
#[unsafe(no_mangle)]
pub extern "system" fn Syn_FindReader() -> i32 {
    call(|| find_reader(false))
}

/// The first USB port with a reader, or 0.
#[unsafe(no_mangle)]
pub extern "system" fn Syn_FindUSBReader() -> i32 {
    call(|| find_reader(true))
}

macro_rules! plain {
    ($($(#[doc = $doc:literal])* $name:ident($($parameter:ident: $type:ty),*) $job:expr;)*) => {$(
        $(#[doc = $doc])*
        #[unsafe(no_mangle)]
        pub extern "system" fn $name($($parameter: $type),*) -> i32 {
            call(|| returned($job))
        }
    )*};
}

plain! {
    /// 0: a reader is there.
    Syn_OpenPort(port: i32) desk(port).open();
    /// 0, or 1 when it wasn't open.
    Syn_ClosePort(port: i32) desk(port).close();
    /// 0 when the module works.
    Syn_GetSAMStatus(port: i32, if_open: i32) desk(port).command(Command::Status, if_open);
    /// Resets the module.
    Syn_ResetSAM(port: i32, if_open: i32) desk(port).reset(if_open);
    /// 24 to 255 bytes.
    Syn_SetMaxRFByte(port: i32, bytes: u8, if_open: i32)
        if bytes < 24 { code::WRONG_COMMAND } else { desk(port).command(Command::SetRfFrame(bytes), if_open) };
    /// Changes the line's rate.
    Syn_SetCOMBaud(port: i32, current: u32, wanted: u32) desk(port).set_rate(current, wanted);
    /// 0 found, 128 not. Nothing is written.
    Syn_StartFindIDCard(port: i32, _iin: *mut u8, if_open: i32) desk(port).find(if_open);
    /// 0 selected. Nothing is written.
    Syn_SelectIDCard(port: i32, _sn: *mut u8, if_open: i32) desk(port).select(if_open);
}

/// The line's rate.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_GetCOMBaud(port: i32, rate: *mut u32) -> i32 {
    call(|| match (rate.is_null(), desk(port).rate()) {
        (false, Ok(found)) => {
            // SAFETY: not null, and the caller promises that a number may be written there.
            unsafe { rate.write_unaligned(found) };
            0
        }
        (true, _) => 1,
        (_, Err(code)) => returned(code),
    })
}

/// The module's number: 16 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_GetSAMID(port: i32, id: *mut u8, if_open: i32) -> i32 {
    call(|| {
        if id.is_null() {
            return 1;
        }
        returned(desk(port).data(Command::SamId, if_open, |data| {
            if data.len() == 16 {
                // SAFETY: not null; the function's buffer has 16 bytes.
                unsafe { fill(id, data) };
            }
        }))
    })
}

/// The module's number as a text: 36 characters and a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_GetSAMIDToStr(port: i32, text: *mut c_char, if_open: i32) -> i32 {
    call(|| {
        if text.is_null() {
            return 1;
        }
        returned(desk(port).data(Command::SamId, if_open, |data| {
            if let Ok(bytes) = <[u8; 16]>::try_from(data) {
                let id = format!("{}\0", SamId::from_bytes(bytes));
                // SAFETY: not null; the function's buffer has at least 40 bytes.
                unsafe { fill(text.cast(), id.as_bytes()) };
            }
        }))
    })
}

/// Text (256 bytes of UTF-16LE) and photo (1024 bytes).
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_ReadBaseMsg(
    port: i32,
    text: *mut u8,
    text_length: *mut u32,
    photo: *mut u8,
    photo_length: *mut u32,
    if_open: i32,
) -> i32 {
    call(|| {
        if text.is_null() || photo.is_null() {
            return 1;
        }
        match desk(port).read(false, if_open) {
            Ok(card) => {
                // SAFETY: not null; the function's buffers have 256 and 1024 bytes, lengths are null or may be written.
                unsafe {
                    fill(text, card.text());
                    length(text_length, card.text().len());
                    fill(photo, card.photo());
                    length(photo_length, card.photo().len());
                }
                0
            }
            Err(code) => returned(code),
        }
    })
}

/// The newest additional address, 70 bytes; 0x91 when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_ReadNewAppMsg(
    port: i32,
    text: *mut u8,
    len: *mut u32,
    if_open: i32,
) -> i32 {
    call(|| {
        if text.is_null() {
            return 1;
        }
        match desk(port).address(if_open) {
            Ok(address) => {
                let address = zeroize::Zeroizing::new(address);
                // SAFETY: not null; the function's buffer has 70 bytes, the length is null or may be written.
                unsafe {
                    fill(text, address.get(..70).unwrap_or_default());
                    length(len, 70);
                }
                0
            }
            Err(code) => returned(code),
        }
    })
}
