//! The compact serialisation in its parts (RFC 9901, section 4).

use memchr::memchr;

use super::SdJwtError;
use crate::jose::{JoseError, MAX_TOKEN};

/// Most disclosures that are read. The profile needs eight.
pub const MAX_DISCLOSURES: usize = 128;

/// `<jwt>~<disclosure>*~<kb-jwt>`, split and not yet looked into.
#[derive(Clone, Copy)]
pub struct Combined<'a> {
    text: &'a str,
    issuer_jwt: &'a str,
    disclosures: &'a str,
    key_binding: Option<&'a str>,
}

impl<'a> Combined<'a> {
    /// Splits. Without a key-binding JWT the text ends in `~`.
    pub fn parse(text: &'a str) -> Result<Self, SdJwtError> {
        if text.len() > MAX_TOKEN {
            return Err(JoseError::TooLarge { limit: MAX_TOKEN, got: text.len() }.into());
        }
        let end = memchr(b'~', text.as_bytes()).ok_or(SdJwtError::Parts)?;
        let (issuer_jwt, rest) = text.split_at_checked(end).ok_or(SdJwtError::Parts)?;
        let rest = rest.get(1..).unwrap_or_default();
        let (disclosures, key_binding) = rest.rsplit_once('~').unwrap_or(("", rest));
        let combined = Self {
            text,
            issuer_jwt,
            disclosures,
            key_binding: Some(key_binding).filter(|part| !part.is_empty()),
        };
        let got = combined.disclosures().count();
        if got > MAX_DISCLOSURES {
            return Err(SdJwtError::TooMany { limit: MAX_DISCLOSURES, got });
        }
        // Every JWS has a dot and no disclosure has one: a last part with a dot is a key binding.
        if combined.disclosures().any(|part| part.contains('.')) {
            return Err(SdJwtError::MisplacedKeyBinding);
        }
        Ok(combined)
    }

    /// The issuer's JWT.
    pub fn issuer_jwt(&self) -> &'a str {
        self.issuer_jwt
    }

    /// The disclosures, encoded, in their order.
    pub fn disclosures(&self) -> impl Iterator<Item = &'a str> {
        let none = self.disclosures.is_empty() && !self.has_empty_disclosure();
        self.disclosures.split('~').filter(move |_| !none)
    }

    /// The key-binding JWT, when there is one.
    pub fn key_binding(&self) -> Option<&'a str> {
        self.key_binding
    }

    /// What `sd_hash` covers: everything up to and with the last `~` (RFC 9901, section 4.3.1).
    pub fn bound_part(&self) -> &'a str {
        let end = self.text.len() - self.key_binding.map_or(0, str::len);
        self.text.get(..end).unwrap_or_default()
    }

    /// `<jwt>~~` has one disclosure, an empty one, which is then refused as such.
    fn has_empty_disclosure(&self) -> bool {
        self.bound_part().len() > self.issuer_jwt.len() + 1
    }
}

impl std::fmt::Debug for Combined<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Combined")
            .field("length", &self.text.len())
            .field("key_binding", &self.key_binding.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Vec<&str>, Option<&str>, &str) {
        let combined = Combined::parse(text).unwrap();
        (combined.disclosures().collect(), combined.key_binding(), combined.bound_part())
    }

    #[test]
    fn split() {
        assert_eq!(parts("a.b.c~"), (vec![], None, "a.b.c~"));
        assert_eq!(parts("a.b.c~d.e.f"), (vec![], Some("d.e.f"), "a.b.c~"));
        assert_eq!(parts("a.b.c~x~y~d.e.f"), (vec!["x", "y"], Some("d.e.f"), "a.b.c~x~y~"));
        assert_eq!(parts("a.b.c~x~"), (vec!["x"], None, "a.b.c~x~"));
        assert_eq!(parts("a.b.c~~d.e.f"), (vec![""], Some("d.e.f"), "a.b.c~~"));
        assert_eq!(parts("a.b.c~~x~d.e.f"), (vec!["", "x"], Some("d.e.f"), "a.b.c~~x~"));
    }

    #[test]
    fn refusals() {
        assert_eq!(Combined::parse("a.b.c").unwrap_err(), SdJwtError::Parts);
        assert_eq!(Combined::parse("a~d.e.f~d.e.f").unwrap_err(), SdJwtError::MisplacedKeyBinding);
        let many = format!("a{}~", "~x".repeat(MAX_DISCLOSURES + 1));
        assert!(matches!(Combined::parse(&many), Err(SdJwtError::TooMany { .. })));
    }
}
