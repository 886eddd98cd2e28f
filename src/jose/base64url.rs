//! base64url without padding (RFC 7515, section 2), one encoding per value.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::JoseError;

/// Encodes.
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Decodes, and refuses padding, whitespace, other alphabets, an impossible length, and a last character whose unused
/// bits aren't zero: with those, two texts would mean the same bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| JoseError::Base64)?;
    let tail = bytes.len() % 3;
    if tail != 0 {
        let end = Base64UrlUnpadded::encode_string(bytes.get(bytes.len() - tail..).unwrap_or_default());
        if !text.ends_with(&end) {
            return Err(JoseError::Base64);
        }
    }
    Ok(bytes)
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
