//! Text from outside on this screen: what came from a token, a card, a list, a register or the command line is shown
//! with everything escaped that could move the cursor, begin a line or turn the writing.

use std::borrow::Cow;
use std::path::Path;

/// The text as it may be shown.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unfit) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unfit(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// A path as it may be shown.
pub(crate) fn path(path: &Path) -> String {
    if super::files::is_standard(path) {
        return super::lang::pick("standard input", "标准输入").to_owned();
    }
    shown(&path.to_string_lossy()).into_owned()
}

/// C0, C1 and delete; line and paragraph separators; marks, embeddings, overrides and isolates of direction; characters
/// without width that make two texts look alike; tags.
fn is_unfit(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
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
