//! The functions whose names say that they write files: raw, where the caller says. Below `REALNAME_FILES`, where that is
//! set, are relative names.

use std::ffi::c_char;
use std::path::Path;

use realname_dropin::{code, desk, place, write};

use crate::boundary::{call, length, path};

/// A file's name and where its length goes.
type Target = (*const c_char, *mut u32);

/// Text and photo: 0x90, and 0 when a file can't be written.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_ReadBaseMsgToFile(
    iPort: i32,
    pcCHMsgFileName: *const c_char,
    puiCHMsgFileLen: *mut u32,
    pcPHMsgFileName: *const c_char,
    puiPHMsgFileLen: *mut u32,
    iIfOpen: i32,
) -> i32 {
    let targets = [(pcCHMsgFileName, puiCHMsgFileLen), (pcPHMsgFileName, puiPHMsgFileLen)];
    // SAFETY: names are null or end with a NUL, lengths are null or may be written, as the caller promises.
    call(|| unsafe { read(iPort, &targets, iIfOpen) })
}

/// The same, and fingerprints.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SDT_ReadBaseFPMsgToFile(
    iPort: i32,
    pcCHMsgFileName: *const c_char,
    puiCHMsgFileLen: *mut u32,
    pcPHMsgFileName: *const c_char,
    puiPHMsgFileLen: *mut u32,
    pcFPMsgFileName: *const c_char,
    puiFPMsgFileLen: *mut u32,
    iIfOpen: i32,
) -> i32 {
    let targets = [
        (pcCHMsgFileName, puiCHMsgFileLen),
        (pcPHMsgFileName, puiPHMsgFileLen),
        (pcFPMsgFileName, puiFPMsgFileLen),
    ];
    // SAFETY: as for SDT_ReadBaseMsgToFile.
    call(|| unsafe { read(iPort, &targets, iIfOpen) })
}

/// # Safety
/// Names are null or end with a NUL, lengths are null or may be written.
unsafe fn read(port: i32, targets: &[Target], if_open: i32) -> i32 {
    // SAFETY: as the caller promises.
    let names = targets.iter().map(|(name, _)| unsafe { path(*name) }).collect::<Option<Vec<_>>>();
    let Some(names) = names else { return code::ERROR };
    let card = match desk(port).read(targets.len() == 3, if_open) {
        Ok(card) => card,
        Err(code) => return code,
    };
    let place = place(Path::new(""));
    let parts = [card.text(), card.photo(), card.fingerprints()];
    for ((name, part), (_, to)) in names.iter().zip(parts).zip(targets) {
        if !write(&place, name, part) {
            return code::ERROR;
        }
        // SAFETY: as the caller promises.
        unsafe { length(*to, part.len()) };
    }
    code::DONE
}
