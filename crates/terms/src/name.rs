//! How two spellings of one name are compared.

use unicode_normalization::UnicodeNormalization;

/// Separator dots met in minority and foreign names. The official form since the 2016 notice is U+00B7; older data hold
/// the others (`reader-protocol` section 7, quirk "separator dot").
const MIDDLE_DOTS: [char; 8] =
    ['\u{2022}', '\u{2027}', '\u{2219}', '\u{22C5}', '\u{30FB}', '\u{FF0E}', '\u{FF65}', '\u{0387}'];

/// Folds a name for comparison: Unicode NFC, outer spaces trimmed, middle-dot variants to U+00B7, inner spaces kept.
///
/// The card's own spelling is always kept beside it: this is for comparing, never for storing.
pub fn fold_name(name: &str) -> String {
    let name = name.trim();
    // At once as large as it can become: a text that grows leaves pieces of itself behind, which nobody could wipe.
    let mut folded = String::with_capacity(3 * name.len());
    folded.extend(name.nfc().map(|c| if MIDDLE_DOTS.contains(&c) { '\u{B7}' } else { c }));
    folded
}

#[cfg(test)]
mod tests {
    use super::fold_name;

    #[test]
    fn dots_spaces_and_composition() {
        assert_eq!(fold_name("  买买提\u{2022}测试 "), "买买提·测试");
        assert_eq!(fold_name("A\u{301}BC  D"), "\u{C1}BC  D");
        assert_eq!(fold_name("\u{E188}"), "\u{E188}");
    }
}
