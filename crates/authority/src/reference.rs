//! A register's reference number is kept only when it says nothing of the person.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Finding, Query};
use realname_terms::fold_name;

/// The longest reference number that is kept, in characters; a longer one is left out, as is one that isn't plain ASCII.
const MAX_REFERENCE: usize = 128;

/// How many digits in a row a reference may share with a number of the question: fewer than a birth date or a
/// subscriber's number has. Dates and counters of registers share fewer by chance.
const MAX_SHARED: usize = 7;

/// The reference, unless it isn't plain or has a value of the question in it: as it is, without its separators, in the other
/// case, escaped, in hexadecimal or base64, or as its SHA-256. A register that echoes the identity number as its reference
/// would put it into the trail.
pub(super) fn kept(query: &Query, reference: String) -> Option<String> {
    let plain =
        (1..=MAX_REFERENCE).contains(&reference.len()) && reference.bytes().all(|b| b.is_ascii_graphic());
    (plain && !echoes(query, &reference)).then_some(reference)
}

impl Finding {
    /// Without a reference that repeats a value of the question, or that isn't plain. Every adapter's finding goes through
    /// this before it is kept or recorded.
    pub fn without_echo(mut self, query: &Query) -> Self {
        self.meta.reference = self.meta.reference.take().and_then(|text| kept(query, text));
        self
    }
}

fn echoes(query: &Query, reference: &str) -> bool {
    let values = Values::of(query);
    // Each reading is looked through as it is; what decodes to something is looked through as well.
    let mut readings = vec![Zeroizing::new(reference.as_bytes().to_vec())];
    readings.extend(unescaped(reference).map(Zeroizing::new));
    let words = reference.split(|c: char| !c.is_ascii_alphanumeric() && !"+/-_".contains(c));
    let parts = reference.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.chain(parts).chain([reference]).filter(|word| word.len() >= 4).collect();
    for word in words {
        let bare = word.trim_end_matches('=');
        // Decoding may have to begin at a prefix such as "REQ-", which takes 0 to 3 letters out of step.
        for from in 0..4 {
            let Some(tail) = bare.get(from..) else { continue };
            readings.extend(base64(tail).map(Zeroizing::new));
        }
        readings.extend(unhex(word).map(Zeroizing::new));
    }
    readings.iter().any(|reading| values.are_in(reading))
}

/// What must not be in a reference.
struct Values {
    /// Numbers, as letters and digits in lower case.
    numbers: Vec<Zeroizing<String>>,
    names: Vec<Zeroizing<String>>,
    digests: Vec<[u8; 32]>,
}

impl Values {
    fn of(query: &Query) -> Self {
        let phone = query.phone_number_at_hand().unwrap_or_default();
        let number = query.id_number();
        let canonical = Zeroizing::new(number.canonical());
        let numbers = [bare(number.as_str()), bare(&canonical), bare(phone)];
        let names = [bare(query.name()), bare(&Zeroizing::new(fold_name(query.name())))];
        let national = phone.trim_start_matches("+86");
        let whole = [number.as_str(), &canonical, phone, national, query.name()].map(str::to_owned);
        let whole = whole.map(Zeroizing::new);
        Self {
            numbers: numbers.into_iter().filter(|text| !text.is_empty()).collect(),
            names: names.into_iter().filter(|text| !text.is_empty()).collect(),
            digests: whole
                .iter()
                .filter(|text| !text.is_empty())
                .map(|text| Sha256::digest(text.as_bytes()).into())
                .collect(),
        }
    }

    fn are_in(&self, reading: &[u8]) -> bool {
        if self.digests.iter().any(|digest| reading.windows(digest.len()).any(|window| window == digest)) {
            return true;
        }
        let text = Zeroizing::new(String::from_utf8_lossy(reading).into_owned());
        let text = bare(&text);
        self.names.iter().any(|name| text.contains(name.as_str()))
            || self.numbers.iter().any(|number| shares(&text, number))
    }
}

/// Whether more of the number in a row is in the text than chance puts there.
fn shares(text: &str, number: &str) -> bool {
    let (text, number) = (text.as_bytes(), number.as_bytes());
    let most = (MAX_SHARED + 1).min(number.len());
    number.windows(most).any(|part| text.windows(part.len()).any(|window| window == part))
}

/// Letters and digits only, in lower case.
fn bare(text: &str) -> Zeroizing<String> {
    // At once as large as it can become: a text that grows leaves pieces of itself behind.
    let mut bare = Zeroizing::new(String::with_capacity(2 * text.len()));
    bare.extend(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    bare
}

/// With percent and `\u` escapes undone, when there is any.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    if text.contains("\\u") {
        let quoted = format!("\"{}\"", text.replace('"', ""));
        return serde_json::from_str::<String>(&quoted).ok().map(String::into_bytes);
    }
    if !text.contains('%') {
        return None;
    }
    // A form's field is escaped as a path is, but for the plus sign.
    let field = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(field.as_bytes()).next().map(|(_, value)| value.into_owned().into_bytes())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    // What is left over at the end doesn't spell a byte.
    let whole = if text.len() % 4 == 1 { text.get(..text.len() - 1)? } else { text };
    let lax = |text: &str| {
        let even = text.get(..text.len() / 4 * 4).unwrap_or_default();
        let standard = Base64Unpadded::decode_vec(text).or_else(|_| Base64Unpadded::decode_vec(even));
        standard
            .or_else(|_| Base64UrlUnpadded::decode_vec(text))
            .or_else(|_| Base64UrlUnpadded::decode_vec(even))
            .ok()
    };
    lax(whole)
}

/// The longest run of hexadecimal digits, as bytes.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let runs = text.split(|c: char| !c.is_ascii_hexdigit());
    let run = runs.max_by_key(|run| run.len())?;
    let even = run.get(..run.len() / 2 * 2).filter(|even| even.len() >= 6)?;
    (0..even.len()).step_by(2).map(|at| u8::from_str_radix(even.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use realname_terms::IdNumber;

    fn query() -> Query {
        Query::new("测试甲", IdNumber::new("11999919900101008X"), jiff::Timestamp::UNIX_EPOCH, "q1")
            .with_phone_number("+8619912345678")
    }

    fn is_kept(reference: &str) -> bool {
        kept(&query(), reference.to_owned()).is_some()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn a_register_that_echoes_the_number_as_its_reference_is_not_quoted() {
        let number = "11999919900101008X";
        let encoded = Base64Unpadded::encode_string(number.as_bytes());
        let name = "测试甲";
        for reference in [
            number.to_owned(),
            number.to_lowercase(),
            format!("REQ-{number}-7"),
            "1199-9919-9001-0100-8x".to_owned(),
            "119999.19900101.008X".to_owned(),
            "20261129-19900101".to_owned(),
            format!("{encoded}=="),
            encoded.clone(),
            format!("REQ-{encoded}"),
            format!("order.{encoded}.1"),
            Base64UrlUnpadded::encode_string(format!("id={number}").as_bytes()),
            Base64Unpadded::encode_string(name.as_bytes()),
            hex(number.as_bytes()),
            format!("0x{}", hex(number.as_bytes())),
            hex(&Sha256::digest(number.as_bytes())),
            Base64Unpadded::encode_string(&Sha256::digest(number.as_bytes())),
            "%E6%B5%8B%E8%AF%95%E7%94%B2".to_owned(),
            "\\u6d4b\\u8bd5\\u7532".to_owned(),
            hex(name.as_bytes()),
            "+8619912345678".to_owned(),
            "8619912345678".to_owned(),
            "199-1234-5678".to_owned(),
            "T19912345678".to_owned(),
            "测试甲".to_owned(),
        ] {
            assert!(!is_kept(&reference), "{reference}");
        }
    }

    #[test]
    fn a_latin_name_in_any_case_is_found() {
        let query = Query::new("LI MING", IdNumber::new("1"), jiff::Timestamp::UNIX_EPOCH, "q1");
        for reference in ["li-ming-1", "REQ.LiMing", "Li_Ming"] {
            assert_eq!(kept(&query, reference.to_owned()), None, "{reference}");
        }
    }

    #[test]
    fn plain_references_are_kept() {
        for reference in [
            "R-1",
            "7",
            "20261129180911-000123",
            "3f0c8a52-4a5e-4d7c-9d55-0d1f1c1a7b11",
            "4EB35E6B-7D08-5C5B-8C5B-1C1B0A0F3D2E",
            "b0a1d4bc-8b70-4b2e-8ff6-1e1a8a1f8e55",
            "shs1795975750000421337",
        ] {
            assert!(is_kept(reference), "{reference}");
        }
        let offered =
            Query::new("测", IdNumber::new("119999199001010004"), jiff::Timestamp::UNIX_EPOCH, "q1")
                .offering_phone_number("+8619912345678");
        assert_eq!(kept(&offered, "T19912345678".to_owned()), None);
    }
}
