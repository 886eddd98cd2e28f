//! `Get…`: the fields of the card that was read, in GBK, and with the suffix U in UTF-16LE.

use std::ffi::c_char;

use realname_dropin::{Fields, bitmap, gbk, utf16};

use crate::cvr::{fill, length};
use crate::reading::{NO, YES, call};

/// # Safety
/// `to` is null, or large enough for the text and its terminator; `len` is null or may be written.
unsafe fn give(to: *mut u8, len: *mut i32, wide: bool, field: impl FnOnce(&Fields) -> &str) -> i32 {
    call(|reading| {
        let Some((_, fields)) = &reading.card else { return NO };
        if to.is_null() {
            return NO;
        }
        let text = if wide { utf16(field(fields)) } else { gbk(field(fields)) };
        // SAFETY: not null; the caller promises the rest.
        unsafe {
            fill(to, &text, if wide { 2 } else { 1 });
            length(len, text.len());
        }
        YES
    })
}

macro_rules! getters {
    ($($name:ident, $wide:ident => $field:ident;)*) => {$(
        /// In GBK: 1, or 0 when no card was read.
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $name(text: *mut c_char, len: *mut i32) -> i32 {
            // SAFETY: null or large enough, as the caller promises.
            unsafe { give(text.cast(), len, false, |fields| &fields.$field) }
        }

        /// In UTF-16LE.
        #[unsafe(no_mangle)]
        pub unsafe extern "system" fn $wide(text: *mut c_char, len: *mut i32) -> i32 {
            // SAFETY: null or large enough, as the caller promises.
            unsafe { give(text.cast(), len, true, |fields| &fields.$field) }
        }
    )*};
}

getters! {
    GetPeopleName, GetPeopleNameU => name;
    GetPeopleChineseName, GetPeopleChineseNameU => chinese_name;
    GetPeopleSex, GetPeopleSexU => sex;
    GetPeopleNation, GetPeopleNationU => nation;
    GetPeopleBirthday, GetPeopleBirthdayU => born;
    GetPeopleAddress, GetPeopleAddressU => address;
    GetPeopleIDCode, GetPeopleIDCodeU => number;
    GetDepartment, GetDepartmentU => authority;
    GetStartDate, GetStartDateU => from;
    GetEndDate, GetEndDateU => until;
    GetCertType, GetCertTypeU => kind;
    GetPeopleCertVersion, GetPeopleCertVersionU => version;
    GetNationCode, GetNationCodeU => nation_code;
    GetPassCheckID, GetPassCheckIDU => travel_permit;
}

/// How often a permit was issued: 1, or 0 on other documents.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetIssuesNum(number: *mut i32) -> i32 {
    call(|reading| match &reading.card {
        Some((_, Fields { issues: Some(issues), .. })) if !number.is_null() => {
            // SAFETY: not null, and the caller promises that a number may be written there.
            unsafe { number.write_unaligned(i32::from(*issues)) };
            YES
        }
        _ => NO,
    })
}

/// # Safety
/// As for [`give`]; no terminator.
unsafe fn bytes(to: *mut u8, len: *mut i32, bytes: Option<&[u8]>) -> i32 {
    match bytes {
        Some(bytes) if !to.is_null() => {
            // SAFETY: not null; the caller promises the rest.
            unsafe {
                fill(to, bytes, 0);
                length(len, bytes.len());
            }
            YES
        }
        _ => NO,
    }
}

/// The newest additional address in GBK, empty when there is none.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetNewAppMsg(text: *mut c_char, len: *mut i32) -> i32 {
    call(|reading| {
        let raw = reading.address();
        if text.is_null() || matches!(raw, Err(code) if code != realname_dropin::code::NO_ITEM) {
            return NO;
        }
        let raw = raw.unwrap_or_default();
        let units: Vec<u16> = raw.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let address = gbk(String::from_utf16_lossy(&units).trim_end_matches([' ', '\0']));
        // SAFETY: not null; 35 characters in GBK and a NUL are 71 bytes, which the manual's buffer has.
        unsafe {
            fill(text.cast(), &address, 1);
            length(len, address.len());
        }
        YES
    })
}

/// The photo as a BMP of 38,862 bytes: 1, or 0 without a decoder.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetBMPData(data: *mut u8, len: *mut i32) -> i32 {
    call(|reading| {
        let picture = reading.card.as_ref().and_then(|(card, _)| bitmap(card.photo()));
        // SAFETY: null or large enough, as the caller promises.
        unsafe { bytes(data, len, picture.as_deref()) }
    })
}

/// The same in base64, with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Getbase64BMPData(data: *mut u8, len: *mut i32) -> i32 {
    call(|reading| {
        let picture = reading.card.as_ref().and_then(|(card, _)| bitmap(card.photo()));
        let Some(picture) = picture.filter(|_| !data.is_null()) else { return NO };
        let text = base64(&picture);
        // SAFETY: not null; the caller promises the rest.
        unsafe {
            fill(data, text.as_bytes(), 1);
            length(len, text.len());
        }
        YES
    })
}

/// No JPEG is made here: 0.
#[unsafe(no_mangle)]
pub extern "system" fn Getbase64JpgData(_data: *mut u8, _len: *mut i32) -> i32 {
    NO
}

/// Fingerprints: none, 512 or 1024 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn GetFPDate(data: *mut u8, len: *mut i32) -> i32 {
    call(|reading| {
        let prints = if data.is_null() { None } else { reading.fingerprints() };
        // SAFETY: null or 1024 bytes, as the caller promises.
        unsafe { bytes(data, len, prints.as_ref().map(|prints| prints.as_slice())) }
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::Encoding;
    base64ct::Base64::encode_string(bytes)
}
