//! base64url without padding (RFC 7515, section 2), one encoding per value.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::JoseError;

/// Encodes.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Encodes at the end of a text.
pub(super) fn encode_onto(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// Decodes, and refuses padding, whitespace, other alphabets, an impossible length, and a last character whose unused
/// bits aren't zero: with those, two texts would mean the same bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    // This engine takes no padding and no loose bits.
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (&[0xFB, 0xFF, 0xFE], "-__-")]
        {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).unwrap(), bytes);
        }
    }

    /// Every tail of one, two and three characters: exactly one text per value, in both directions.
    #[test]
    fn no_value_has_two_texts() {
        let alphabet: Vec<char> = (b' '..=b'~').map(char::from).collect();
        let mut taken = 0;
        for a in &alphabet {
            for b in &alphabet {
                let two: String = ['Z', 'm', '9', 'v', *a, *b].iter().collect();
                if let Ok(bytes) = decode(&two) {
                    assert_eq!(encode(&bytes), two);
                    taken += 1;
                }
            }
        }
        assert_eq!(taken, 256);
    }

    #[test]
    fn one_text_per_value() {
        for bad in [
            "Zg==", "Zg=", "Zh", "Zm9", "Zm9=", "Z", " Zg", "Zg\n", "Zm9v\n", "+/+/", "Zm 9v", "Zm8é",
            "Zm9vZ",
        ] {
            assert_eq!(decode(bad), Err(JoseError::Base64), "{bad:?}");
        }
    }
}
