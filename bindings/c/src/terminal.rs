//! The terminal, and the photos of an online sale.

use std::ffi::c_char;

use realname_bindings::{Status, Terminal, check_photos, json};

use crate::errors::rn_status;
use crate::handles::{self, rn_reader, rn_terminal};
use crate::{boundary, reader, strings};

/// Bytes that the caller owns.
#[repr(C)]
pub struct rn_bytes {
    /// Where they are.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

/// Opens a terminal. `config` is the path of a configuration (the keys of `attest --config`, and `trust`, `anchor`,
/// `authority`), or a JSON object that names it and those three: `{"config": "terminal.toml", "trust": "trust.jwt",
/// "anchor": "anchor.json", "authority": "dir:register.json"}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_terminal_open(
    config: *const c_char,
    terminal: *mut *mut rn_terminal,
) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(terminal)?;
        // SAFETY: null or a text, as the caller promises.
        let opened = Terminal::open(unsafe { boundary::text(config, "config") }?)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { boundary::put(out, handles::open(opened)) }
    })
}

/// Closes a terminal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_terminal_close(terminal: *mut rn_terminal) -> rn_status {
    boundary::call(|| handles::close(terminal).map(drop))
}

/// Who asks, for what, and what would be disclosed, verified: what `demand check --json` prints. For showing it to the person
/// before anything is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_demand_check(
    terminal: *mut rn_terminal,
    demand: *const c_char,
    json: *mut *mut c_char,
) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(json)?;
        let terminal = handles::find(terminal)?;
        // SAFETY: null or a text, as the caller promises.
        let text = self::json(&terminal.check(unsafe { boundary::text(demand, "demand") }?)?)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, &text) }
    })
}

/// Checks the person at this terminal (card, live photo, register) and answers the demand with a presentation. `live` is the
/// photo taken on the spot, as JPEG, PNG or WebP. `consent_json` is `{"given": true}` when the person agreed to what
/// rn_demand_check told; `text` in it is what they were shown, when that isn't the configuration's. Of a refusal
/// rn_last_error's details have all checks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_attest(
    terminal: *mut rn_terminal,
    demand: *const c_char,
    reader: *mut rn_reader,
    live: *const u8,
    len: usize,
    consent_json: *const c_char,
    presentation: *mut *mut c_char,
) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(presentation)?;
        let terminal = handles::find(terminal)?;
        // SAFETY: each is null, a text, or `len` bytes, as the caller promises.
        let (demand, live, consent) = unsafe {
            (
                boundary::text(demand, "demand")?,
                boundary::bytes(live, len, "live")?,
                boundary::text(consent_json, "consent_json")?,
            )
        };
        let text = reader::with(reader, |held| terminal.attest(demand, &held.reader, "", live, consent))?;
        let text = zeroize::Zeroizing::new(text);
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, &text) }
    })
}

/// Looks at the three photos of an online sale (portrait side, emblem side, holder): what `capture check --json` prints. RN_OK:
/// they can be used. RN_REFUSED: they don't pass, and `json` says why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_photos_check(
    portrait: *const rn_bytes,
    emblem: *const rn_bytes,
    holder: *const rn_bytes,
    json: *mut *mut c_char,
) -> rn_status {
    boundary::judged(|| {
        let out = boundary::place(json)?;
        let given = |photo: *const rn_bytes, name: &str| {
            // SAFETY: null or one that can be read, as the caller promises; so are its bytes.
            match unsafe { photo.as_ref() } {
                // SAFETY: as above.
                Some(photo) => unsafe { boundary::bytes(photo.data, photo.len, name) },
                None => Err(realname_bindings::Failure::argument(&format!("{name} is null"))),
            }
        };
        let photos = (given(portrait, "portrait")?, given(emblem, "emblem")?, given(holder, "holder")?);
        let value = check_photos(photos.0, photos.1, photos.2)?;
        let passed = value["outcome"] == "pass";
        let text = self::json(&value)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, &text) }?;
        Ok(if passed { Status::Ok } else { Status::Refused })
    })
}
