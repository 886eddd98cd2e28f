//! `journal year`: the secret of a year, made once and destroyed by deleting its file.

use std::path::Path;

use jiff::Timestamp;
use realname::journal::files::{Disk, Files};
use realname::journal::keyed::{YearKey, YearKeys};
use realname::journal::terminal::TerminalError;

use crate::args::JournalYearArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::{files, lang, output, outside};

/// Ends the name of a year's file.
const SUFFIX: &str = ".key";

pub(super) fn run(args: &JournalYearArgs) -> Done {
    let year = args.year.unwrap_or_else(|| YearKeys::year_of(Timestamp::now()));
    if !(2000..=9999).contains(&year) {
        return Err(Failure::usage(
            lang::pick("the year has four digits", "年份应为四位数字"),
            lang::pick("give a year such as 2026", "请提供年份，例如 2026"),
        ));
    }
    let key = YearKey::generate().map_err(TerminalError::from)?;
    std::fs::create_dir_all(&args.keys).map_err(TerminalError::from)?;
    let file = args.keys.join(format!("{year}{SUFFIX}"));
    files::write_new_secret(&file, key.to_text().as_bytes())?;
    output::line(outside::path(&file));
    done()
}

/// The secrets of a directory, by the names of their files. Others' files in it are left alone.
pub(in crate::commands) fn year_keys(directory: &Path) -> Result<YearKeys, Failure> {
    let mut keys = YearKeys::default();
    for name in Disk::new(directory).names("").map_err(TerminalError::from)? {
        let Some(year) = name.strip_suffix(SUFFIX).filter(|year| year.len() == 4) else { continue };
        let Ok(year) = year.parse() else { continue };
        let path = directory.join(&name);
        files::of_this_user_only(&path)?;
        let text = files::read_text(&path)?;
        let key = YearKey::parse(&text).ok_or_else(|| {
            Failure::damaged(
                "year_key",
                format!(
                    "{}: {}",
                    outside::path(&path),
                    lang::pick("not the secret of a year", "不是年度密钥")
                ),
                lang::pick(
                    "give a file that `journal year` made, or take this one away",
                    "请提供 journal year 生成的文件，或移走该文件",
                ),
            )
        })?;
        keys = keys.with(year, key);
    }
    Ok(keys)
}
