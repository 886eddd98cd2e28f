//! `CVR_…`.

use std::ffi::c_char;
use std::path::Path;

use realname_dropin::{RATES, code, gbk, place};

use crate::reading::{NO, YES, call, picture};

/// Writes a text and a NUL.
///
/// # Safety
/// `to` is not null, and what is written fits.
pub(crate) unsafe fn fill(to: *mut u8, text: &[u8], terminator: usize) {
    // SAFETY: as the caller promises; what is ours and what is the caller's don't overlap.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len());
        std::ptr::write_bytes(to.add(text.len()), 0, terminator);
    }
}

/// Writes a length, where it is asked for.
///
/// # Safety
/// `to` is null, or a number may be written there.
pub(crate) unsafe fn length(to: *mut i32, length: usize) {
    if !to.is_null() {
        // SAFETY: not null, and the caller promises the rest.
        unsafe { to.write_unaligned(i32::try_from(length).unwrap_or(i32::MAX)) };
    }
}

/// 1, or 2 when there is no reader on that port.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_InitComm(port: i32) -> i32 {
    call(|reading| if reading.open(port) == code::DONE { YES } else { 2 })
}

/// 1, or 0 when nothing was open.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_CloseComm() -> i32 {
    call(|reading| reading.close())
}

/// Find and select: 1; 2 nothing new found, 3 not selected, 0 not initialised, 4 no reader.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_Authenticate() -> i32 {
    call(|reading| reading.authenticate())
}

/// The first half of [`CVR_Authenticate`], with its codes.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_FindCard() -> i32 {
    call(|reading| reading.find())
}

/// The second.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_SelectCard() -> i32 {
    call(|reading| reading.select())
}

/// As [`CVR_Authenticate`]. What it doesn't judge is said nowhere; a card that was read and still lies there stays the last
/// customer's here.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_AuthenticateForNoJudge() -> i32 {
    call(|reading| reading.authenticate())
}

/// The rate at which the next [`CVR_InitComm`] opens a serial port, 1 to 16: 1, or 0 for one that no reader has.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_SetBaudRate(rate: i32) -> i32 {
    call(|reading| match u32::try_from(rate) {
        Ok(rate) if RATES.contains(&rate) => {
            reading.rate = Some(rate);
            YES
        }
        _ => NO,
    })
}

/// Reads with the fingerprints, and writes WZ.TXT and ZP.BMP as `CVR_Read_Content(4)` does: 1, 0, 4 no reader. `GetFPDate` gives
/// the prints.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_Read_FPContent() -> i32 {
    call(|reading| match reading.read_with_prints() {
        YES => reading.write(4, Path::new("")),
        failed => failed,
    })
}

/// Reads, and writes the files of that mode into the working directory or `REALNAME_FILES`: 1, 0, 4 no reader.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_Read_Content(active: i32) -> i32 {
    call(|reading| reading.read_to_files(active, Path::new("")))
}

/// Mode 1: text in UTF-16LE, 256 bytes. 2: its lines in GBK. 3, 4: the same, and `ZP.BMP`. The photo has 1024 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CVR_ReadBaseMsg(
    text: *mut u8,
    text_length: *mut i32,
    photo: *mut u8,
    photo_length: *mut i32,
    mode: i32,
) -> i32 {
    call(|reading| {
        if text.is_null() || photo.is_null() || !(1..=4).contains(&mode) {
            return NO;
        }
        let read = reading.read();
        let Some((card, fields)) = &reading.card else { return read };
        let lines = gbk(&fields.lines());
        let (bytes, terminator): (&[u8], _) = if mode % 2 == 1 { (card.text(), 0) } else { (&lines, 1) };
        // SAFETY: not null; the manual's buffers have 256 and 1024 bytes, lengths are null or may be written.
        unsafe {
            fill(text, bytes.get(..256).unwrap_or(bytes), if bytes.len() < 256 { terminator } else { 0 });
            length(text_length, bytes.len().min(256));
            fill(photo, card.photo(), 0);
            length(photo_length, card.photo().len());
        }
        if mode < 3 || picture(&place(Path::new("")), card) { YES } else { NO }
    })
}

/// No reader's command switches the field: 0.
#[unsafe(no_mangle)]
pub extern "system" fn CVR_Ant(_mode: i32) -> i32 {
    NO
}

/// The module's number: 36 characters and a NUL, which a buffer of 32 bytes doesn't hold.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CVR_GetSAMID(id: *mut c_char) -> i32 {
    // SAFETY: null, or a buffer of at least 37 bytes, as the caller promises.
    unsafe { sam_id(id.cast()) }
}

/// The same.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetManuID(id: *mut u8) -> i32 {
    // SAFETY: as for CVR_GetSAMID.
    unsafe { sam_id(id) }
}

/// # Safety
/// `to` is null or a buffer of at least 37 bytes.
unsafe fn sam_id(to: *mut u8) -> i32 {
    call(|reading| match reading.sam_id() {
        Some(text) if !to.is_null() => {
            // SAFETY: not null, and large enough as the caller promises.
            unsafe { fill(to, text.as_bytes(), 1) };
            YES
        }
        _ => NO,
    })
}
