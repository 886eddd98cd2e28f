//! What is never written over: keys, stores, journals, what the command reads, and what it writes itself.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::input::was_read;
use crate::failure::Failure;
use crate::{lang, outside};

/// What this command will write, by its real names: two things under one name, and the second takes the first one's place.
static CLAIMED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Refuses to take the place of what this command has read by now, of a key, of a store, and of a journal's files; `over` is an input that may
/// be written over.
pub(super) fn spare(path: &Path, over: Option<&Path>) -> Result<(), Failure> {
    let same = |but: &Path| {
        fs::canonicalize(but).is_ok_and(|but| fs::canonicalize(path).is_ok_and(|own| own == but))
    };
    let what = match beginning(path) {
        _ if is_of_a_journal(path) => lang::pick("is a journal's", "属于日志"),
        _ if is_of_a_store(path) => lang::pick("is a store's", "属于存储"),
        Some(bytes) if bytes.starts_with(b"-----BEGIN ") => lang::pick("is a key", "是密钥"),
        Some(bytes) if STORES.iter().any(|magic| bytes.starts_with(magic)) => {
            lang::pick("is a store's", "属于存储")
        }
        Some(_) if was_read(path) && !over.is_some_and(same) => {
            lang::pick("is what this command reads", "是本命令的输入文件")
        }
        _ => return Ok(()),
    };
    Err(never_overwritten(path, what))
}

/// What the files of a store begin with: the database and its log.
const STORES: [&[u8]; 3] = [b"SQLite format 3\0", &[0x37, 0x7F, 0x06, 0x82], &[0x37, 0x7F, 0x06, 0x83]];

/// How the names of a store's files begin: what lies there is taken for its log.
const OF_STORE: &str = "realname.sqlite3";
/// The files of a journal beside its tiles.
const OF_JOURNAL: [&str; 3] = ["checkpoint", "pending", "lock"];

/// Whether it is, or would be, one of a store's files by its name.
pub(super) fn is_of_a_store(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(OF_STORE.as_bytes()))
}

/// Whether it is, or would be, one of a journal's files: beside its checkpoint under one of their names, or among its tiles.
pub(super) fn is_of_a_journal(path: &Path) -> bool {
    let Some(path) = real(path) else { return false };
    let (name, directory) = (path.file_name().unwrap_or_default(), directory_of(&path));
    let is_journal =
        |directory: &Path| directory.join("checkpoint").is_file() && directory.join("lock").is_file();
    let beside = OF_JOURNAL.iter().any(|own| name == *own) && is_journal(directory);
    let tile = |below: &Path| {
        below.file_name().is_some_and(|name| name == "tile") && below.parent().is_some_and(is_journal)
    };
    beside || path.ancestors().any(tile)
}

/// The name without links, also of what isn't there yet.
fn real(path: &Path) -> Option<PathBuf> {
    let directory = fs::canonicalize(directory_of(path)).ok()?;
    fs::canonicalize(path).ok().or_else(|| Some(directory.join(path.file_name()?)))
}

/// Refuses a second output under one name.
pub(super) fn claim(path: &Path) -> Result<(), Failure> {
    let Some(name) = real(path) else { return Ok(()) };
    let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
    if claimed.contains(&name) {
        return Err(Failure::usage(
            format!(
                "{}: {}",
                outside::path(path),
                lang::pick("two outputs have this name", "有两项输出使用同一名称")
            ),
            lang::pick("give each a name of its own", "请为每项输出指定各自的名称"),
        ));
    }
    claimed.push(name);
    Ok(())
}

/// How the plain file begins that is there, if one is.
fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(16).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

pub(super) fn never_overwritten(path: &Path, what: &str) -> Failure {
    Failure::trouble(
        "file",
        format!("{} {what}", outside::path(path)),
        lang::pick("choose another name: this file is never overwritten", "请换一个名称：此类文件从不覆盖"),
    )
}

pub(super) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
