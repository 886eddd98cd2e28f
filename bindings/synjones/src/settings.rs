//! Settings, for the process until they are changed.

use std::ffi::c_char;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::boundary::{call, path};

/// How fields are written. The default is all 0, as the vendor's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) photo_path: i32,
    pub(crate) photo_directory: PathBuf,
    pub(crate) photo_type: i32,
    pub(crate) photo_name: i32,
    pub(crate) sex: i32,
    pub(crate) nation: i32,
    pub(crate) born: i32,
    pub(crate) begin: i32,
    pub(crate) end: i32,
    pub(crate) no_long_term: bool,
}

static SETTINGS: Mutex<Option<Settings>> = Mutex::new(None);

pub(crate) fn settings() -> Settings {
    SETTINGS.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
}

/// 0, or 1 when the value isn't in the range.
fn set(value: i32, most: i32, change: impl FnOnce(&mut Settings)) -> i32 {
    if !(0..=most).contains(&value) {
        return 1;
    }
    change(SETTINGS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default());
    0
}

/// Where photos go: 0 `C:\` (on Windows; elsewhere nowhere), 1 the working directory, 2 `path`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn SetPhotoPath(option: i32, directory: *const c_char) -> i32 {
    call(|| {
        // SAFETY: null or ends with a NUL, as the caller promises; looked at with 2 only, others pass anything.
        let given = if option == 2 { unsafe { path(directory) } } else { Some(PathBuf::new()) };
        let Some(given) = given else { return 1 };
        set(option, 2, |settings| (settings.photo_path, settings.photo_directory) = (option, given))
    })
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])* $name:ident($field:ident <= $most:literal);)*) => {$(
        $(#[doc = $doc])*
        #[unsafe(no_mangle)]
        pub extern "system" fn $name(value: i32) -> i32 {
            call(|| set(value, $most, |settings| settings.$field = value))
        }
    )*};
}

settings! {
    /// 0 BMP, 1 JPEG (not made here), 2 base64, 3 the block itself, 4 none.
    SetPhotoType(photo_type <= 4);
    /// 0 `tmp`, 1 the name, 2 the number, 3 both.
    SetPhotoName(photo_name <= 3);
    /// 0 code, 1 word.
    SetSexType(sex <= 1);
    /// 0 code, 1 word, 2 word and 族.
    SetNationType(nation <= 2);
    /// 0 YYYYMMDD, 1 年月日, 2 dots, 3 dashes, 4 slashes.
    SetBornType(born <= 4);
    /// The same for the first day of validity.
    SetUserLifeBType(begin <= 4);
}

/// The same for the last day; with 1 in the second, 长期 is the first day and fifty years.
#[unsafe(no_mangle)]
pub extern "system" fn SetUserLifeEType(value: i32, option: i32) -> i32 {
    call(|| set(value, 4, |settings| (settings.end, settings.no_long_term) = (value, option == 1)))
}
