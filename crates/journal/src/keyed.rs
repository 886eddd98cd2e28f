//! Keyed digests: by which two entries are joined on a person, a number or a photo, and nobody is found who isn't asked about.
//!
//! A log forgets nothing, and all identity numbers and telephone numbers can be tried. So digests are made under a secret of the year,
//! which the operator destroys when its retention ends: from then on that year's entries join nothing and find nobody.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, tz::Offset};
use realname_token::jose::{JoseError, decode, encode, random};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::tree::Hash;

/// China's one time zone, in which years begin.
const CHINA: Offset = Offset::constant(8);

/// The secret of one year. It says nothing in `Debug`, and is wiped when dropped.
#[derive(Clone)]
pub struct YearKey(Zeroizing<[u8; 32]>);

/// The secrets that an operator still has, by year (UTC+8).
#[derive(Clone, Debug, Default)]
pub struct YearKeys(BTreeMap<i16, YearKey>);

impl YearKey {
    /// From 32 bytes that nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new one from the operating system's randomness.
    pub fn generate() -> Result<Self, JoseError> {
        random().map(Self::new)
    }

    /// Reads what [`to_text`](Self::to_text) wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(decode(text.trim_ascii()).ok()?);
        <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Self::new)
    }

    /// In base64url, to be kept.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(encode(&*self.0))
    }

    /// `person_key`: of a document's kind and number, a final X in upper case.
    pub fn person(&self, kind: &str, number: &str) -> Hash {
        self.mac("person", &[kind.as_bytes(), number.as_bytes()])
    }

    /// `photo_key`: of a photo's SHA-256.
    pub fn photo(&self, sha256: &[u8; 32]) -> Hash {
        self.mac("photo", &[sha256])
    }

    /// `number_key`: of a telephone number as E.164 writes it.
    pub fn number(&self, number: &str) -> Hash {
        self.mac("number", &[number.as_bytes()])
    }

    /// HMAC-SHA-256 over what it is and its parts, each behind its length.
    fn mac(&self, what: &str, parts: &[&[u8]]) -> Hash {
        // RFC 2104 pads a short key with zeros to the digest's block anyway.
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.0.iter()).for_each(|(to, from)| *to = *from);
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(b"realname journal 1\0");
        for part in std::iter::once(what.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Hash::from_bytes(mac.finalize().into_bytes().into())
    }
}

impl YearKeys {
    /// With the secret of one more year.
    #[must_use]
    pub fn with(mut self, year: i16, key: YearKey) -> Self {
        self.0.insert(year, key);
        self
    }

    /// The secret of the year of that moment; `None` once it was destroyed, or while there is none.
    pub fn at(&self, time: Timestamp) -> Option<&YearKey> {
        self.0.get(&Self::year_of(time))
    }

    /// Which year that moment is in.
    pub fn year_of(time: Timestamp) -> i16 {
        CHINA.to_datetime(time).year()
    }
}

impl std::fmt::Debug for YearKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("YearKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "119999199001010004";

    fn keys() -> YearKeys {
        YearKeys::default().with(2026, YearKey::new([1; 32])).with(2027, YearKey::new([2; 32]))
    }

    #[test]
    fn a_year_has_its_own_digests_and_begins_at_midnight_in_china() {
        let keys = keys();
        let person = |time: &str| keys.at(time.parse().unwrap()).map(|key| key.person("resident_id", NUMBER));
        assert_eq!(person("2026-12-31T15:59:59Z"), person("2026-01-01T00:00:00+08:00"));
        assert_ne!(person("2026-12-31T15:59:59Z"), person("2026-12-31T16:00:00Z"));
        assert_eq!(person("2027-12-31T16:00:00Z"), None);
        assert_eq!(format!("{keys:?}"), "YearKeys({2026: YearKey([redacted]), 2027: YearKey([redacted])})");
    }

    /// Whoever holds the other years' keys and a list of all possible numbers finds nobody; with the year's own it is found at once.
    #[test]
    fn another_years_key_finds_nobody() {
        let keys = keys();
        let (own, other) = (&keys.0[&2026], &keys.0[&2027]);
        let kept = own.number("+8613900004711");
        let all = || (0..10_000).map(|last| format!("+861390000{last:04}"));
        assert_eq!(all().position(|number| own.number(&number) == kept), Some(4711));
        assert_eq!(all().position(|number| other.number(&number) == kept), None);
        assert_ne!(own.number(NUMBER), own.person("", NUMBER));
    }

    #[test]
    fn is_kept_as_text() {
        let key = YearKey::new([7; 32]);
        let read = YearKey::parse(&format!("{}\n", *key.to_text())).unwrap();
        assert_eq!(read.number(NUMBER), key.number(NUMBER));
        assert!(YearKey::parse("AAAA").is_none() && YearKey::parse("").is_none());
    }
}
