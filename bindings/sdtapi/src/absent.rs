//! Functions that headers have and no program seen calls. They are there so that a program loads, and answer 0x21: the command
//! isn't known. Whatever their parameters are, none is looked at; on 32-bit Windows the declared ones count.

use realname_dropin::code::WRONG_COMMAND;

macro_rules! absent {
    ($($name:ident($($parameter:ident: $type:ty),*);)*) => {$(
        /// 0x21.
        #[unsafe(no_mangle)]
        pub extern "system" fn $name($($parameter: $type),*) -> i32 {
            WRONG_COMMAND
        }
    )*};
}

absent! {
    SDT_WriteAppMsg(_port: i32, _message: *const u8, _length: u32, _if_open: i32);
    SDT_WriteAppMsgOK(_port: i32, _message: *const u8, _length: u32, _if_open: i32);
    SDT_CancelWriteAppMsg(_port: i32, _message: *const u8, _length: u32, _if_open: i32);
    SDT_ReadAllAppMsg(_port: i32, _message: *mut u8, _length: *mut u32, _if_open: i32);
    SDT_UsableAppMsg(_port: i32, _message: *mut u8, _if_open: i32);
    SDT_GetUnlockMsg(_port: i32, _message: *mut u8, _if_open: i32);
    SDT_SetRFFieldState(_port: i32, _state: u8, _if_open: i32);
    SDT_GetRFFieldState(_port: i32, _state: *mut u8, _if_open: i32);
    SDT_SetRFModParm(_port: i32, _value: u8, _if_open: i32);
    SDT_GetRFModParm(_port: i32, _value: *mut u8, _if_open: i32);
    SDT_SetSOFParm(_port: i32, _value: u8, _if_open: i32);
    SDT_GetSOFParm(_port: i32, _value: *mut u8, _if_open: i32);
    SDT_SetOpenCOMBaud(_port: i32, _rate: u32);
    SDT_GetErrorString(_code: i32, _text: *mut u8);
    SDT_ReadIINSNDN(_port: i32, _number: *mut u8, _if_open: i32);
    SDT_ReadIINSNDNToASCII(_port: i32, _number: *mut u8, _if_open: i32);
    SDT_ReadFPMsg(_port: i32, _message: *mut u8, _length: *mut u32, _if_open: i32);
    SDT_ReadBaseMsgFingerPrint(_port: i32, _text: *mut u8, _text_length: *mut u32, _photo: *mut u8, _photo_length: *mut u32,
        _prints: *mut u8, _prints_length: *mut u32, _if_open: i32);
}
