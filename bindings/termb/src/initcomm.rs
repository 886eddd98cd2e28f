//! The family of `InitComm`: other makers' functions under the same library's name.

use std::ffi::{CStr, c_char};
use std::path::Path;

use realname_dropin::{Fields, code, find_reader, gbk};

use crate::reading::{NO, YES, call};

/// 1, or 0 when there is no reader on that port.
#[unsafe(no_mangle)]
pub extern "system" fn InitComm(port: i32) -> i32 {
    call(|reading| i32::from(reading.open(port) == code::DONE))
}

/// Opens the first reader there is: 1, or 0.
#[unsafe(no_mangle)]
pub extern "system" fn InitCommEx() -> i32 {
    call(|reading| {
        let port = find_reader(false);
        i32::from(port != 0 && reading.open(port) == code::DONE)
    })
}

/// The same, and says which: its number, or 0.
#[unsafe(no_mangle)]
pub extern "system" fn InitCommExt() -> i32 {
    call(|reading| {
        let port = find_reader(false);
        if port != 0 && reading.open(port) == code::DONE { port } else { 0 }
    })
}

/// 1, or 0 when nothing was open.
#[unsafe(no_mangle)]
pub extern "system" fn CloseComm() -> i32 {
    call(|reading| reading.close())
}

/// Find and select: 1, or 0.
#[unsafe(no_mangle)]
pub extern "system" fn Authenticate() -> i32 {
    call(|reading| i32::from(reading.authenticate() == YES))
}

/// As `CVR_Read_Content`: 1, or 0.
#[unsafe(no_mangle)]
pub extern "system" fn Read_Content(active: i32) -> i32 {
    call(|reading| i32::from(reading.read_to_files(active, Path::new("")) == YES))
}

/// The same, with the files in that directory.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Read_Content_Path(directory: *const c_char, active: i32) -> i32 {
    call(|reading| {
        if directory.is_null() {
            return NO;
        }
        // SAFETY: not null, and ends with a NUL, as the caller promises.
        let Ok(directory) = unsafe { CStr::from_ptr(directory) }.to_str() else { return NO };
        i32::from(reading.read_to_files(active, Path::new(directory)) == YES)
    })
}

fn shown(field: impl FnOnce(&Fields) -> &str) -> *const c_char {
    let mut pointer = c"".as_ptr();
    call(|reading| {
        if let Some((_, fields)) = &reading.card {
            let mut text = gbk(field(fields));
            text.push(0);
            reading.shown = text;
            pointer = reading.shown.as_ptr().cast();
        }
        YES
    });
    pointer
}

/// The name in GBK; empty when no card was read. It holds until the next function that returns a text.
#[unsafe(no_mangle)]
pub extern "system" fn GetName() -> *const c_char {
    shown(|fields| &fields.name)
}

/// 1 when the card is a foreigner's.
#[unsafe(no_mangle)]
pub extern "system" fn IsFPRIDCard() -> i32 {
    call(|reading| {
        i32::from(reading.card.as_ref().is_some_and(|(_, fields)| matches!(fields.kind.as_str(), "I" | "Y")))
    })
}
