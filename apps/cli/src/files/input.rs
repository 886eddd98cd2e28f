//! Reading what a command is given.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use realname::profile::others_can_read;
use zeroize::Zeroizing;

use super::is_standard;
use crate::failure::Failure;
use crate::lang;
use crate::outside::path as shown;

/// No file that a command reads has a reason to be larger, pictures included.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Standard input can be read once.
static STANDARD_INPUT: AtomicBool = AtomicBool::new(false);

/// The files that this command has read, by their real names.
static READ: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Whether this command has read that file, by whatever name.
pub(super) fn was_read(path: &Path) -> bool {
    let read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    fs::canonicalize(path).is_ok_and(|path| read.contains(&path))
}

/// Reads a whole file, a pipe, or with `-` standard input. Wiped when dropped, because it may hold a key or a face.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    limited(open(path)?, path).map_err(|error| unreadable(path, &error))?
}

/// Opens a file, a pipe, or with `-` standard input, for what is too large to be held in one piece.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if !is_standard(path) {
        if let Ok(real) = fs::canonicalize(path) {
            READ.lock().unwrap_or_else(PoisonError::into_inner).push(real);
        }
        return Ok(Box::new(File::open(path).map_err(|error| unreadable(path, &error))?));
    }
    if STANDARD_INPUT.swap(true, Ordering::SeqCst) {
        return Err(Failure::usage(
            lang::pick("two files are to come from standard input", "有两个文件都指定为标准输入"),
            lang::pick("give `-` for one of them only", "只能有一个文件使用 -"),
        ));
    }
    Ok(Box::new(io::stdin().lock()))
}

/// Why it can't be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::trouble(
        "file",
        format!("{} {}: {}", lang::pick("can't read", "无法读取"), shown(path), lang::of_system(error)),
        lang::pick("check the path and its permissions", "请检查路径及其权限"),
    )
}

/// A pipe doesn't say how much it has, so the limit is on what comes.
fn limited(source: impl Read, path: &Path) -> io::Result<Result<Zeroizing<Vec<u8>>, Failure>> {
    let mut bytes = Zeroizing::new(Vec::new());
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(if bytes.len() as u64 > LARGEST {
        Err(Failure::damaged(
            "file_too_large",
            lang::pick(
                format!("{} has more than {LARGEST} bytes, the limit", shown(path)),
                format!("{} 超过 {LARGEST} 字节的上限", shown(path)),
            ),
            lang::pick("give the right file", "请提供正确的文件"),
        ))
    } else {
        Ok(bytes)
    })
}

/// Refuses a key in a file that others than its owner can read. Pipes and standard input have no such bits that matter.
pub(crate) fn of_this_user_only(path: &Path) -> Result<(), Failure> {
    if is_standard(path) || !others_can_read(path) {
        return Ok(());
    }
    Err(Failure::refused(
        "key_readable",
        format!("{}: {}", shown(path), lang::pick("others can read this key", "其他用户可读取该密钥")),
        lang::pick(
            "chmod 600 it, and make a new key if somebody may have read it",
            "请执行 chmod 600；如可能已被他人读取，请更换密钥",
        ),
    ))
}

/// Reads a text file; a final line end is dropped.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read(path)?;
    text(&bytes)
        .map_err(|(what, next)| Failure::damaged("not_text", format!("{}: {what}", shown(path)), next))
}

/// What editors of other systems write is named, so that whoever saved the file knows what to change.
fn text(bytes: &[u8]) -> Result<Zeroizing<String>, (&'static str, &'static str)> {
    let save = lang::pick("save it as UTF-8 without a byte order mark", "请另存为不带 BOM 的 UTF-8");
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err((lang::pick("it begins with a byte order mark", "文件以字节顺序标记（BOM）开头"), save));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err((lang::pick("it is UTF-16, not UTF-8", "文件为 UTF-16 编码，不是 UTF-8"), save));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let what = lang::pick(
            "it isn't UTF-8 (Chinese editors may have saved it as GB18030)",
            "文件不是 UTF-8 编码（可能被保存为 GB18030）",
        );
        (what, lang::pick("save it as UTF-8", "请另存为 UTF-8"))
    })?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_editor_is_named_by_its_encoding() {
        let what = |bytes: &[u8]| text(bytes).unwrap_err().0;
        assert!(what(b"\xEF\xBB\xBF{}").contains("byte order mark"));
        assert!(what(b"\xFF\xFE{\0}\0").contains("UTF-16"));
        // 测试 in GB18030.
        assert!(what(b"{\"name\":\"\xB2\xE2\xCA\xD4\"}").contains("GB18030"));
        assert_eq!(text(b"{}\r\n").unwrap().as_str(), "{}");
    }

    #[test]
    fn what_has_no_end_is_refused_at_the_limit() {
        let refused = limited(io::repeat(b' '), Path::new("endless")).unwrap();
        assert_eq!(refused.unwrap_err().code, "file_too_large");
    }
}
