//! A text in one message, or cut into several.

use zeroize::Zeroizing;

use super::coding::{is_plain, ucs2};
use super::{Coding, MAX_CONTENT, MAX_PARTS, PartOf};

/// Most signs of one message, a byte each: below 160.
const MAX_PLAIN: usize = 159;

/// Bytes of text beside the header of a part, whole units of 16 bits.
const PART: usize = 134;

/// One message's content.
pub(crate) struct Piece {
    pub(crate) coding: Coding,
    pub(crate) part: Option<PartOf>,
    /// With the part's header before it, if it has one.
    pub(crate) content: Zeroizing<Vec<u8>>,
}

/// The text as messages: one if it fits, else parts under that reference. They are cut between signs, never inside a pair of
/// units. `None` when it takes too many.
pub(crate) fn split(text: &str, reference: u8) -> Option<Vec<Piece>> {
    if text.len() <= MAX_PLAIN && is_plain(text) {
        let content = Zeroizing::new(text.as_bytes().to_vec());
        return Some(vec![Piece { coding: Coding::Ascii, part: None, content }]);
    }
    let whole = Zeroizing::new(ucs2(text));
    if whole.len() <= MAX_CONTENT {
        return Some(vec![Piece { coding: Coding::Ucs2, part: None, content: whole }]);
    }
    let texts = cut(text);
    let total = u8::try_from(texts.len()).ok().filter(|_| texts.len() <= MAX_PARTS)?;
    let pieces = (1..=total).zip(texts).map(|(number, text)| {
        let part = PartOf { reference: u16::from(reference), wide: false, total, number };
        let content = Zeroizing::new([part.to_bytes(), ucs2(text)].concat());
        Piece { coding: Coding::Ucs2, part: Some(part), content }
    });
    Some(pieces.collect())
}

/// The longest beginnings that fit, one after the other.
fn cut(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut begin, mut bytes) = (0, 0_usize);
    for (at, sign) in text.char_indices() {
        let more = sign.len_utf16().saturating_mul(2);
        if bytes.saturating_add(more) > PART {
            pieces.extend(text.get(begin..at));
            (begin, bytes) = (at, 0);
        }
        bytes = bytes.saturating_add(more);
    }
    pieces.extend(text.get(begin..));
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{cut_header, decode};

    fn joined(text: &str) -> (usize, String) {
        let pieces = split(text, 7).unwrap();
        let read = pieces.iter().map(|piece| {
            let text = match piece.part {
                None => &piece.content[..],
                Some(part) => {
                    let (found, text) = cut_header(&piece.content).unwrap();
                    assert_eq!(found, Some(part));
                    text
                }
            };
            assert!(piece.content.len() <= MAX_CONTENT || piece.coding == Coding::Ascii);
            // Each part alone is whole signs.
            decode(piece.coding, text).unwrap().to_string()
        });
        (pieces.len(), read.collect())
    }

    #[test]
    fn the_edges() {
        for (text, parts) in [
            ("a".repeat(159), 1),
            ("a".repeat(160), 3),
            ("长".repeat(70), 1),
            ("长".repeat(71), 2),
            ("长".repeat(134), 2),
            ("长".repeat(135), 3),
            (format!("{}😀{}", "长".repeat(66), "长".repeat(66)), 3),
            ("@_[]".to_owned(), 1),
        ] {
            assert_eq!(joined(&text), (parts, text), "{parts} parts");
        }
        assert!(split(&"长".repeat(67 * MAX_PARTS + 1), 0).is_none());
        assert!(split("", 0).unwrap().first().unwrap().content.is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_sign_is_cut(text in "\\PC{0,400}") {
            prop_assert_eq!(joined(&text).1, text);
        }
    }
}
