//! A text field of the chip: UTF-16 code units, and the text that they spell.

use zeroize::ZeroizeOnDrop;

/// One text field, right-trimmed. Keeps the code units beside the text, because a cut surrogate pair has no `char`.
#[derive(Clone, Default, PartialEq, Eq, ZeroizeOnDrop)]
pub struct CardText {
    units: Vec<u16>,
    text: String,
}

impl CardText {
    /// From code units that are already trimmed. A lone surrogate becomes U+FFFD in the text and stays in the units.
    pub(crate) fn from_units(units: &[u16]) -> Self {
        Self { units: units.to_vec(), text: String::from_utf16_lossy(units) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The UTF-16 code units exactly as on the card, without the padding at the right end.
    pub fn units(&self) -> &[u16] {
        &self.units
    }

    /// Whether the field was blank.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// A copy for comparing with other sources, see [`fold_name`](super::fold_name).
    pub fn folded(&self) -> String {
        super::fold_name(&self.text)
    }

    /// Whether a private-use code point is in it (BMP U+E000–F8FF or planes 15 and 16): common on early cards with rare
    /// characters, and possibly another one in the register.
    pub fn has_private_use(&self) -> bool {
        self.text.chars().any(|c| {
            matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
        })
    }

    /// Whether a surrogate stands alone: a pair that the field's end cut.
    pub fn has_lone_surrogate(&self) -> bool {
        char::decode_utf16(self.units.iter().copied()).any(|unit| unit.is_err())
    }
}

impl std::fmt::Debug for CardText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardText([{} units])", self.units.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_pair_is_kept_and_told() {
        let text = CardText::from_units(&[0x6D4B, 0xD840]);
        assert_eq!(text.as_str(), "测\u{FFFD}");
        assert_eq!(text.units(), [0x6D4B, 0xD840]);
        assert!(text.has_lone_surrogate());
        assert!(!text.has_private_use());
    }

    #[test]
    fn private_use_is_told() {
        assert!(CardText::from_units(&[0xE188]).has_private_use());
        assert!(!CardText::from_units(&[0x6D4B]).has_private_use());
    }
}
