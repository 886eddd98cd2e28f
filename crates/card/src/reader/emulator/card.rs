//! Cards for the emulator.

use base64ct::{Base64, Encoding};
use zeroize::ZeroizeOnDrop;

use crate::document::PlainDocument;
use crate::reader::wire::layout;
use crate::reader::wire::{ADDRESS_LENGTH, BlockError, FINGERPRINT_LENGTH, TEXT_LENGTH, encode_address};

/// Most additional addresses that a card holds.
const ADDRESSES: usize = 4;

/// What a chip holds. Meant for synthetic data; `Debug` shows sizes only.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Card {
    pub(super) text: Box<[u8; TEXT_LENGTH]>,
    pub(super) photo: Vec<u8>,
    pub(super) fingerprints: Vec<u8>,
    pub(super) addresses: Vec<u8>,
}

/// A card description that no card can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// Not a JSON object of the fields of a card.
    #[error("not a card description: line {line}, column {column}")]
    Json {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// A fact doesn't fit into its field.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// A member that holds bytes isn't standard base64.
    #[error("{member} is not base64")]
    Base64 {
        /// Which member.
        member: &'static str,
    },
    /// A part has a size that no card has.
    #[error("{part} has {got} bytes")]
    Size {
        /// Which part.
        part: &'static str,
        /// Its size.
        got: usize,
    },
}

impl Card {
    /// A card with these facts, a synthetic photo block, and nothing else.
    ///
    /// # Errors
    /// When a fact doesn't fit into its field.
    pub fn new(facts: &PlainDocument) -> Result<Self, BlockError> {
        Ok(Self::from_block(*layout::encode(facts)?))
    }

    /// A card with this text block, whatever is in it.
    pub fn from_block(text: [u8; TEXT_LENGTH]) -> Self {
        Self {
            text: Box::new(text),
            photo: synthetic_photo(),
            fingerprints: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// From a description: the `document` object of `realname reader read --json`, and optionally `photo_base64`,
    /// `fingerprints_base64` (an array), `additional_address`, and `_comment`, which is ignored.
    ///
    /// # Errors
    /// See [`CardError`]; it says where, never what.
    pub fn from_json(text: &str) -> Result<Self, CardError> {
        let json = |error: serde_json::Error| CardError::Json { line: error.line(), column: error.column() };
        let mut members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(json)?;
        members.remove("_comment");
        let extras: Extras = {
            let names = ["photo_base64", "fingerprints_base64", "additional_address"];
            let taken = names.iter().filter_map(|&name| members.remove_entry(name)).collect();
            serde_json::from_value(serde_json::Value::Object(taken)).map_err(json)?
        };
        let facts: PlainDocument =
            serde_json::from_value(serde_json::Value::Object(members)).map_err(json)?;
        let mut card = Self::new(&facts)?;
        if let Some(photo) = extras.photo_base64 {
            card = card.with_photo(&decode("photo_base64", &photo)?)?;
        }
        let prints = extras.fingerprints_base64.iter().map(|print| decode("fingerprints_base64", print));
        card = card.with_fingerprints(&prints.collect::<Result<Vec<_>, _>>()?)?;
        if let Some(address) = extras.additional_address {
            card = card.with_additional_addresses(&[&address])?;
        }
        Ok(card)
    }

    /// Replaces the photo block.
    ///
    /// # Errors
    /// When it has more than 1024 bytes.
    pub fn with_photo(mut self, photo: &[u8]) -> Result<Self, CardError> {
        if photo.len() > 1024 {
            return Err(CardError::Size { part: "photo", got: photo.len() });
        }
        self.photo = photo.to_vec();
        Ok(self)
    }

    /// Replaces the fingerprints: none, one or two blocks of 512 bytes.
    ///
    /// # Errors
    /// When there are more, or one has another size.
    pub fn with_fingerprints(mut self, prints: &[Vec<u8>]) -> Result<Self, CardError> {
        let size = |got| CardError::Size { part: "fingerprints", got };
        if prints.len() > 2 {
            return Err(size(prints.iter().map(Vec::len).sum()));
        }
        if let Some(odd) = prints.iter().find(|print| print.len() != FINGERPRINT_LENGTH) {
            return Err(size(odd.len()));
        }
        self.fingerprints = prints.concat();
        Ok(self)
    }

    /// Replaces the additional addresses, oldest first: at most four of 35 UTF-16 units.
    ///
    /// # Errors
    /// When there are more, or one is longer.
    pub fn with_additional_addresses(mut self, addresses: &[&str]) -> Result<Self, CardError> {
        if addresses.len() > ADDRESSES {
            return Err(CardError::Size { part: "addresses", got: addresses.len() * ADDRESS_LENGTH });
        }
        self.addresses =
            addresses.iter().map(|address| encode_address(address)).collect::<Result<Vec<_>, _>>()?.concat();
        Ok(self)
    }
}

#[derive(serde::Deserialize)]
struct Extras {
    photo_base64: Option<String>,
    #[serde(default)]
    fingerprints_base64: Vec<String>,
    additional_address: Option<String>,
}

fn decode(member: &'static str, text: &str) -> Result<Vec<u8>, CardError> {
    Base64::decode_vec(text).map_err(|_| CardError::Base64 { member })
}

/// A block with the usual header that says what it is: no picture can be made of it.
fn synthetic_photo() -> Vec<u8> {
    let mut photo = vec![0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00];
    photo.extend(b"SYNTHETIC TEST DATA, NOT A PHOTO ".iter().cycle().take(1024 - photo.len()));
    photo
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { photo, fingerprints, addresses, .. } = self;
        write!(f, "Card([{} + {} + {} bytes])", photo.len(), fingerprints.len(), addresses.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::testkit;

    const JSON: &str = r#"{
        "_comment": "synthetic", "kind": "permanent_resident_2023", "name": "测试丁", "sex": "female",
        "english_name": "TEST, SPECIMEN", "birth_date": "1990-01-01", "number": "911000199001010005", "renewals": 1,
        "valid_from": "2024-01-01", "valid_until": "2034-01-01", "nationality": "UTO", "former_number": "UTO110190010118",
        "photo_base64": "AAEC", "fingerprints_base64": [], "additional_address": "测试省测试市测试路3号"}"#;

    #[test]
    fn a_description_becomes_the_block_that_the_tables_give() {
        let card = Card::from_json(JSON).unwrap();
        assert_eq!(*card.text, testkit::foreigner_2023());
        assert_eq!(card.photo, [0, 1, 2]);
        assert_eq!(card.addresses, testkit::text("测试省测试市测试路3号", 70));
        assert_eq!(format!("{card:?}"), "Card([3 + 0 + 70 bytes])");
    }

    #[test]
    fn what_is_no_card_is_refused() {
        for (from, to, message) in [
            ("\"_comment\"", "\"comment\"", "not a card description: line 0, column 0"),
            ("AAEC", "A", "photo_base64 is not base64"),
            ("[]", "[\"AAEC\"]", "fingerprints has 3 bytes"),
            ("1990-01-01", "1990-02-30", "birth_date is not a date of the form YYYY-MM-DD"),
            ("{", "[", "not a card description: line 1, column 0"),
        ] {
            let error = Card::from_json(&JSON.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.starts_with(message.split(':').next().unwrap()), "{error} for {message}");
        }
    }
}
