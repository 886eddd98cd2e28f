//! The language of all texts of a run. Codes, names in files and JSON members are the same in every language.

use std::borrow::Cow;
use std::io;
use std::sync::OnceLock;

use clap::ValueEnum;
use realname::profile;

/// A language of the clerk's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 中文
    Zh,
}

static CHOSEN: OnceLock<Lang> = OnceLock::new();

/// Fixes the language for this run: what was asked for, else what the locale says, else English.
pub(crate) fn choose(asked: Option<Lang>) {
    let _ = CHOSEN.set(asked.unwrap_or_else(from_locale));
}

/// Picks between two texts.
pub(crate) fn pick<T>(english: T, chinese: T) -> T {
    match CHOSEN.get().copied().unwrap_or(Lang::En) {
        Lang::En => english,
        Lang::Zh => chinese,
    }
}

/// POSIX order of precedence; on other systems the variables are simply absent.
fn from_locale() -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default();
    if locale.starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// The language that the command line asks for, found before it is parsed: a wrong command line is told in it, too.
pub(crate) fn asked(args: impl IntoIterator<Item = String>) -> Option<Lang> {
    let named = |name: &str| match name {
        "en" => Some(Lang::En),
        "zh" => Some(Lang::Zh),
        _ => None,
    };
    let mut args = args.into_iter();
    let mut asked = None;
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--lang") {
            Some("") => asked = args.next().as_deref().and_then(named),
            Some(value) => asked = value.strip_prefix('=').and_then(named).or(asked),
            None => {}
        }
    }
    asked
}

/// The language as the library calls it.
pub(crate) fn of_library() -> profile::Lang {
    pick(profile::Lang::En, profile::Lang::Zh)
}

/// The system's own words for what failed; systems say them in English only.
pub(crate) fn of_system(error: &io::Error) -> Cow<'static, str> {
    use io::ErrorKind as Kind;
    let chinese = match error.kind() {
        Kind::NotFound => "文件或目录不存在",
        Kind::PermissionDenied => "没有权限",
        Kind::AlreadyExists => "已存在",
        Kind::IsADirectory => "是一个目录",
        Kind::NotADirectory => "路径中有一部分不是目录",
        Kind::StorageFull => "磁盘空间不足",
        Kind::QuotaExceeded => "超出磁盘配额",
        Kind::ReadOnlyFilesystem => "文件系统只读",
        Kind::BrokenPipe => "管道的另一端已关闭",
        Kind::TimedOut => "等待超时：管道没有读取方",
        Kind::InvalidInput => "不是可写入的文件",
        Kind::AddrInUse => "地址或链接正被占用",
        Kind::AddrNotAvailable => "本机没有此地址",
        _ => match error.raw_os_error() {
            Some(number) => return pick(error.to_string(), format!("系统错误 {number}")).into(),
            None => "系统错误",
        },
    };
    pick(Cow::Owned(error.to_string()), Cow::Borrowed(chinese))
}
