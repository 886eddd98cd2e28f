//! Which bytes stand for which signs.

use encoding_rs::{GB18030, UTF_16BE};
use zeroize::Zeroizing;

/// How a content is coded, whatever number a protocol gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// A byte a sign.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// Two bytes a unit, the higher first, no mark; pairs of units are signs as well.
    Ucs2,
    /// GBK, read as GB 18030, which contains it.
    Gbk,
    /// Bytes for a card or a program: never a text.
    Binary,
}

/// The text, unless it is none: a coding that holds no text, or bytes that aren't of that coding.
pub(crate) fn decode(coding: Coding, content: &[u8]) -> Option<Zeroizing<String>> {
    let text = match coding {
        // A centre's default alphabet has the letters and digits where ASCII has them, and its first sign at zero.
        Coding::Ascii => {
            content.is_ascii().then(|| content.iter().map(|byte| char::from(*byte)).collect::<String>())?
        }
        Coding::Latin1 => content.iter().map(|byte| char::from(*byte)).collect(),
        Coding::Ucs2 => UTF_16BE.decode_without_bom_handling_and_without_replacement(content)?.into_owned(),
        Coding::Gbk => GB18030.decode_without_bom_handling_and_without_replacement(content)?.into_owned(),
        Coding::Binary => return None,
    };
    Some(Zeroizing::new(text))
}

/// The text in units of 16 bits, the higher byte first.
pub(super) fn ucs2(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Whether every sign has the same byte in ASCII and in the alphabet of GSM 03.38: only such a text is sent a byte a sign.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" \n\r!\"#%&'()*+,-./:;<=>?".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_coding_reads_what_phones_send() {
        assert_eq!(decode(Coding::Ascii, b"Y1234").unwrap().as_str(), "Y1234");
        assert_eq!(decode(Coding::Ucs2, &[0x66, 0x2f]).unwrap().as_str(), "是");
        assert_eq!(decode(Coding::Ucs2, &[0xff, 0x39, 0xff, 0x11]).unwrap().as_str(), "Ｙ１");
        assert_eq!(decode(Coding::Gbk, &[0xca, 0xc7]).unwrap().as_str(), "是");
        assert_eq!(decode(Coding::Gbk, &[0x95, 0x32, 0x82, 0x36]).unwrap().as_str(), "𠀀");
        assert_eq!(decode(Coding::Latin1, &[0xe9]).unwrap().as_str(), "é");
        assert_eq!(decode(Coding::Ucs2, &[0xd8, 0x3d, 0xde, 0x00]).unwrap().as_str(), "😀");
    }

    #[test]
    fn what_is_no_text_is_none() {
        assert_eq!(decode(Coding::Ascii, &[0xca]), None);
        assert_eq!(decode(Coding::Ucs2, &[0x66]), None);
        assert_eq!(decode(Coding::Ucs2, &[0xd8, 0x3d]), None);
        assert_eq!(decode(Coding::Gbk, &[0xca]), None);
        assert_eq!(decode(Coding::Binary, b"Y1234"), None);
        assert_eq!(decode(Coding::Ucs2, &[]).unwrap().as_str(), "");
    }
}
