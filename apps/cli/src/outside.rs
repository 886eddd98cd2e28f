//! Text from outside on this screen: what came from a token, a card, a list, a register or the command line is shown
//! with everything escaped that could move the cursor, begin a line or turn the writing.

use std::path::Path;

use realname::profile::Outside;

/// The text as it may be shown.
pub(crate) fn shown(text: &str) -> String {
    Outside::new(text).to_string()
}

/// A path as it may be shown.
pub(crate) fn path(path: &Path) -> String {
    if super::files::is_standard(path) {
        return super::lang::pick("standard input", "标准输入").to_owned();
    }
    shown(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_or_turns_the_writing_is_escaped() {
        assert_eq!(shown("till-1\u{1b}[2K\raccepted"), "till-1\\u{1b}[2K\\u{d}accepted");
        for unfit in
            ['\0', '\n', '\t', '\u{7f}', '\u{9b}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{feff}']
        {
            assert!(!shown(&unfit.to_string()).contains(unfit), "{unfit:?}");
        }
        assert_eq!(shown("测试甲 · O'Neil-Ł 家 é"), "测试甲 · O'Neil-Ł 家 é");
    }
}
