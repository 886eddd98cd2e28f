//! The card.

use realname::reader::wire::Command;
use realname_dropin::{Card, code, desk};

use crate::boundary::{call, fill, length};

/// 0x9F: a card that wasn't read yet. 0x80: none. Nothing is written: callers give buffers of one byte, and read none.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_StartFindIDCard(iPort: i32, _pucIIN: *mut u8, iIfOpen: i32) -> i32 {
    call(|| desk(iPort).find(iIfOpen))
}

/// 0x90, or 0x81. Nothing is written: callers give buffers of one byte and of four, and read none.
#[unsafe(no_mangle)]
pub extern "system" fn SDT_SelectIDCard(iPort: i32, _pucSN: *mut u8, iIfOpen: i32) -> i32 {
    call(|| desk(iPort).select(iIfOpen))
}

/// Text (256 bytes of UTF-16LE) and photo (1024 bytes).
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_ReadBaseMsg(
    iPort: i32,
    pucCHMsg: *mut u8,
    puiCHMsgLen: *mut u32,
    pucPHMsg: *mut u8,
    puiPHMsgLen: *mut u32,
    iIfOpen: i32,
) -> i32 {
    call(|| {
        if pucCHMsg.is_null() || pucPHMsg.is_null() {
            return code::ERROR;
        }
        match desk(iPort).read(false, iIfOpen) {
            Ok(card) => {
                // SAFETY: not null; the function's buffers have 256 and 1024 bytes, lengths are null or may be written.
                unsafe { give(&card, [pucCHMsg, pucPHMsg], [puiCHMsgLen, puiPHMsgLen]) };
                code::DONE
            }
            Err(code) => code,
        }
    })
}

/// The same, and fingerprints (0, 512 or 1024 bytes).
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_ReadBaseFPMsg(
    iPort: i32,
    pucCHMsg: *mut u8,
    puiCHMsgLen: *mut u32,
    pucPHMsg: *mut u8,
    puiPHMsgLen: *mut u32,
    pucFPMsg: *mut u8,
    puiFPMsgLen: *mut u32,
    iIfOpen: i32,
) -> i32 {
    call(|| {
        if pucCHMsg.is_null() || pucPHMsg.is_null() || pucFPMsg.is_null() {
            return code::ERROR;
        }
        match desk(iPort).read(true, iIfOpen) {
            Ok(card) => {
                // SAFETY: as for SDT_ReadBaseMsg; the third buffer has 1024 bytes.
                unsafe {
                    give(&card, [pucCHMsg, pucPHMsg], [puiCHMsgLen, puiPHMsgLen]);
                    fill(pucFPMsg, card.fingerprints());
                    length(puiFPMsgLen, card.fingerprints().len());
                }
                code::DONE
            }
            Err(code) => code,
        }
    })
}

/// The newest additional address, 70 bytes: 0x90, or 0x91 when the card has none.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_ReadNewAppMsg(
    iPort: i32,
    pucAppMsg: *mut u8,
    puiAppMsgLen: *mut u32,
    iIfOpen: i32,
) -> i32 {
    call(|| {
        if pucAppMsg.is_null() {
            return code::ERROR;
        }
        match desk(iPort).address(iIfOpen) {
            Ok(address) => {
                let address = zeroize::Zeroizing::new(address);
                // SAFETY: not null; the function's buffer has 70 bytes, the length is null or may be written.
                unsafe {
                    fill(pucAppMsg, address.get(..70).unwrap_or_default());
                    length(puiAppMsgLen, 70);
                }
                code::DONE
            }
            Err(code) => code,
        }
    })
}

/// The card's management information, 28 bytes at most. Few readers have it.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_ReadMngInfo(iPort: i32, pucManageMsg: *mut u8, iIfOpen: i32) -> i32 {
    call(|| {
        if pucManageMsg.is_null() {
            return code::ERROR;
        }
        desk(iPort).data(Command::ReadManagement, iIfOpen, |data| {
            // SAFETY: not null; the function's buffer has 28 bytes.
            unsafe { fill(pucManageMsg, data.get(..28).unwrap_or(data)) };
        })
    })
}

/// Writes text and photo.
///
/// # Safety
/// The buffers have 256 and 1024 bytes; the lengths are null or may be written.
unsafe fn give(card: &Card, [text, photo]: [*mut u8; 2], [text_length, photo_length]: [*mut u32; 2]) {
    // SAFETY: as the caller promises; a card's parts are no longer than that.
    unsafe {
        fill(text, card.text());
        length(text_length, card.text().len());
        fill(photo, card.photo());
        length(photo_length, card.photo().len());
    }
}
