//! The port, the line and the security module.

use std::ffi::c_char;

use realname::document::SamId;
use realname::reader::wire::Command;
use realname_dropin::{code, desk};

use crate::boundary::{call, fill};

/// 0x90: a reader is there. 0x01: none, said within 150 ms.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_OpenPort(iPort: i32) -> i32 {
    call(|| desk(iPort).open())
}

/// 0x90, or 0x01 when it wasn't open.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_ClosePort(iPort: i32) -> i32 {
    call(|| desk(iPort).close())
}

/// The line's rate: 0x90, 0x01, or 0x05 when none works.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_GetCOMBaud(iPort: i32, puiBaud: *mut u32) -> i32 {
    call(|| {
        if puiBaud.is_null() {
            return code::ERROR;
        }
        match desk(iPort).rate() {
            Ok(rate) => {
                // SAFETY: not null, and the caller promises that a number may be written there.
                unsafe { puiBaud.write_unaligned(rate) };
                code::DONE
            }
            Err(code) => code,
        }
    })
}

/// Changes the rate: 0x90, 0x01, 0x02 when the current one is wrong, 0x21 when one isn't known.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_SetCOMBaud(iPort: i32, uiCurrBaud: u32, uiSetBaud: u32) -> i32 {
    call(|| desk(iPort).set_rate(uiCurrBaud, uiSetBaud))
}

/// 0x90, or 0x60 and 0x66 from a module that is broken.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_GetSAMStatus(iPort: i32, iIfOpen: i32) -> i32 {
    call(|| desk(iPort).command(Command::Status, iIfOpen))
}

/// Resets the module.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_ResetSAM(iPort: i32, iIfOpen: i32) -> i32 {
    call(|| desk(iPort).reset(iIfOpen))
}

/// The largest frame to the antenna: 24 to 255 bytes, else 0x21.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_SetMaxRFByte(iPort: i32, ucByte: u8, iIfOpen: i32) -> i32 {
    call(|| {
        if ucByte < 24 {
            code::WRONG_COMMAND
        } else {
            desk(iPort).command(Command::SetRfFrame(ucByte), iIfOpen)
        }
    })
}

/// The module's number: 16 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_GetSAMID(iPort: i32, pucSAMID: *mut u8, iIfOpen: i32) -> i32 {
    call(|| {
        if pucSAMID.is_null() {
            return code::ERROR;
        }
        desk(iPort).data(Command::SamId, iIfOpen, |data| {
            if data.len() == 16 {
                // SAFETY: not null, and the function's buffer has 16 bytes.
                unsafe { fill(pucSAMID, data) };
            }
        })
    })
}

/// The module's number as a text: 36 characters and a NUL, which a buffer of 32 bytes doesn't hold.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_GetSAMIDToStr(iPort: i32, pcSAMID: *mut c_char, iIfOpen: i32) -> i32 {
    call(|| {
        if pcSAMID.is_null() {
            return code::ERROR;
        }
        desk(iPort).data(Command::SamId, iIfOpen, |data| {
            if let Ok(bytes) = <[u8; 16]>::try_from(data) {
                let text = format!("{}\0", SamId::from_bytes(bytes));
                // SAFETY: not null, and the function's buffer has at least 40 bytes.
                unsafe { fill(pcSAMID.cast(), text.as_bytes()) };
            }
        })
    })
}
