//! base64url without padding (RFC 7515, section 2), one encoding per value.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use std::sync::LazyLock;

use base64::Engine as _;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::{Simd, general_purpose::NO_PAD};

use super::JoseError;

/// Takes and gives no padding, and takes no loose bits. Long texts go 32 characters at a time where the processor can.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::url_safe(NO_PAD));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
static ENGINE: GeneralPurpose = URL_SAFE_NO_PAD;

/// Encodes.
pub fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Encodes at the end of a text that is being put together as bytes.
pub(super) fn encode_onto(bytes: &[u8], text: &mut Vec<u8>) {
    let begin = text.len();
    // Four characters for three bytes, at most.
    text.resize(begin + bytes.len().div_ceil(3) * 4, 0);
    let written = ENGINE.encode_slice(bytes, text.get_mut(begin..).unwrap_or_default());
    // There was room, so it was written; if not, nothing was.
    text.truncate(begin + written.unwrap_or_default());
}

/// Decodes, and refuses padding, whitespace, other alphabets, an impossible length, and a last character whose unused
/// bits aren't zero: with those, two texts would mean the same bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    ENGINE.decode(text).map_err(|_| JoseError::Base64)
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

    /// Where many characters go at a time, each place is judged as strictly.
    #[test]
    fn long_texts_are_judged_character_by_character() {
        for length in 60..200 {
            let bytes: Vec<u8> = (0..length).map(|byte: u8| byte.wrapping_mul(37)).collect();
            let text = encode(&bytes);
            assert_eq!(decode(&text).unwrap(), bytes);
            let mut onto = b"before.".to_vec();
            encode_onto(&bytes, &mut onto);
            assert_eq!(onto, format!("before.{text}").as_bytes());
            for place in 0..text.len() {
                for bad in ["+", "/", "=", " ", "\n", "\0", "\u{7F}", "é"] {
                    let mut spoilt = text.clone();
                    spoilt.replace_range(place..=place, bad);
                    assert_eq!(decode(&spoilt), Err(JoseError::Base64), "{place} of {length}");
                }
            }
        }
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
