//! `Syn_ReadMsg`: the card as a struct of 547 bytes.

use std::ffi::c_char;
use std::path::{Path, PathBuf};

use realname_dropin::{Card, Fields, bitmap, code, desk, gbk, place, write};
use zeroize::Zeroizing;

use crate::boundary::{call, fill, path};
use crate::plain::returned;
use crate::settings::{Settings, settings};

/// Bytes of the struct: packed, each text in GBK with its NUL.
const SIZE: usize = 547;
/// The photo file's name is its last member.
const PHOTO: (usize, usize) = (292, 255);

/// 0; 1 when the photo wasn't decoded; else not read. Reads the card that was selected, and no other.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_ReadMsg(port: i32, if_open: i32, data: *mut u8) -> i32 {
    // SAFETY: null, or a struct of 547 bytes, as the caller promises.
    call(|| unsafe { read(port, if_open, data, None) })
}

/// The same, and fingerprints into a file: 0 without prints, 1 with.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn Syn_ReadFPMsg(
    port: i32,
    if_open: i32,
    data: *mut u8,
    file: *const c_char,
) -> i32 {
    // SAFETY: each is null, a struct of 547 bytes, or ends with a NUL, as the caller promises.
    call(|| unsafe {
        let Some(file) = path(file) else { return -1 };
        read(port, if_open, data, Some(&file))
    })
}

/// # Safety
/// `data` is null or has 547 bytes.
unsafe fn read(port: i32, if_open: i32, data: *mut u8, prints: Option<&Path>) -> i32 {
    if data.is_null() {
        return -1;
    }
    let card = match desk(port).read(prints.is_some(), if_open) {
        Ok(card) => card,
        Err(code) => return returned(code).max(2),
    };
    let Some(fields) = Fields::of(&card) else { return code::READ_FAILED };
    let settings = settings();
    let (file, decoded) = photo(&settings, &fields, &card);
    let record = record(&settings, &fields, file.as_deref());
    // SAFETY: not null, and large enough as the caller promises.
    unsafe { fill(data, record.as_slice()) };
    match prints {
        Some(file) if !write(&place(Path::new("")), file, card.fingerprints()) => -1,
        Some(_) => i32::from(!card.fingerprints().is_empty()),
        None => i32::from(!decoded),
    }
}

fn record(settings: &Settings, fields: &Fields, file: Option<&Path>) -> Zeroizing<Vec<u8>> {
    let sex = if settings.sex == 1 { &fields.sex } else { &fields.sex_code };
    let nation = match settings.nation {
        0 => fields.nation_code.clone(),
        2 if !fields.nation.is_empty() => format!("{}族", fields.nation),
        _ => fields.nation.clone(),
    };
    let until = match fields.until.as_str() {
        "长期" if settings.no_long_term => fifty_years(&fields.from),
        text => text.to_owned(),
    };
    let texts = [
        (0, 32, fields.name.clone()),
        (32, 6, sex.clone()),
        (38, 20, nation),
        (58, 18, date(&fields.born, settings.born)),
        (76, 72, fields.address.clone()),
        (148, 38, fields.number.clone()),
        (186, 32, fields.authority.clone()),
        (218, 18, date(&fields.from, settings.begin)),
        (236, 18, date(&until, settings.end)),
        (PHOTO.0, PHOTO.1, file.map(|file| file.to_string_lossy().into_owned()).unwrap_or_default()),
    ];
    let mut record = Zeroizing::new(vec![0; SIZE]);
    for (at, size, text) in texts {
        let text = Zeroizing::new(text);
        // Whole characters, and a NUL behind them.
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        for c in text.chars() {
            let next = gbk(c.encode_utf8(&mut [0; 4]));
            if bytes.len() + next.len() >= size {
                break;
            }
            bytes.extend_from_slice(&next);
        }
        if let Some(place) = record.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(&bytes);
        }
    }
    record
}

/// `20200131` in the way that is set; what is no date stays.
fn date(text: &str, way: i32) -> String {
    let parts = (text.get(..4), text.get(4..6), text.get(6..8));
    let (Some(year), Some(month), Some(day)) = parts else { return text.to_owned() };
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    match way {
        1 => format!("{year}年{month}月{day}日"),
        2 => format!("{year}.{month}.{day}"),
        3 => format!("{year}-{month}-{day}"),
        4 => format!("{year}/{month}/{day}"),
        _ => text.to_owned(),
    }
}

fn fifty_years(from: &str) -> String {
    let year = from.get(..4).and_then(|year| year.parse::<u32>().ok());
    match (year, from.get(4..)) {
        (Some(year), Some(rest)) => format!("{}{rest}", year.saturating_add(50)),
        _ => "长期".to_owned(),
    }
}

/// Writes the photo as it is set: its file, and whether it is what was asked for.
fn photo(settings: &Settings, fields: &Fields, card: &Card) -> (Option<PathBuf>, bool) {
    let usual = match settings.photo_path {
        0 if cfg!(windows) => PathBuf::from("C:\\"),
        1 => PathBuf::new(),
        2 => settings.photo_directory.clone(),
        // There is no such place here.
        _ if std::env::var_os("REALNAME_FILES").is_none() => return (None, settings.photo_type == 4),
        _ => PathBuf::new(),
    };
    let picture = || bitmap(card.photo());
    let (suffix, bytes) = match settings.photo_type {
        0 => ("bmp", picture()),
        2 => ("txt", picture().map(|picture| base64(&picture))),
        3 => ("wlt", Some(card.photo().to_vec())),
        4 => return (None, true),
        _ => ("jpg", None),
    };
    let Some(bytes) = bytes else { return (None, false) };
    let stem = match settings.photo_name {
        1 => fields.name.clone(),
        2 => fields.number.clone(),
        3 => format!("{}_{}", fields.name, fields.number),
        _ => "tmp".to_owned(),
    };
    // A card's text is no path.
    let stem: String =
        stem.chars().map(|c| if matches!(c, '/' | '\\' | '\0' | ':' | '.') { '_' } else { c }).collect();
    let name = PathBuf::from(format!("{stem}.{suffix}"));
    let place = place(&usual);
    if !write(&place, &name, &bytes) {
        return (None, false);
    }
    match place {
        realname_dropin::Place::Directory(directory) => (Some(directory.join(name)), true),
        realname_dropin::Place::Nowhere => (None, true),
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    use base64ct::Encoding;
    base64ct::Base64::encode_string(bytes).into_bytes()
}
