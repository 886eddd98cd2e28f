//! Who it must be: kept by the relying party, never sent.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{Personal, fold_name};

/// Name and number of the person whom a flow is about.
#[derive(Clone, Debug)]
pub struct Expectation {
    name: Personal,
    id_number: Personal,
}

impl Expectation {
    /// As the relying party's own record has them. Spelling is folded before it is compared: Unicode NFC, outer spaces,
    /// middle dots to U+00B7, a final X in upper case.
    pub fn new(name: impl Into<Personal>, id_number: impl Into<Personal>) -> Self {
        Self { name: name.into(), id_number: id_number.into() }
    }

    /// The form that is kept beside a pending demand.
    pub fn salted(&self, salt: [u8; 16]) -> SaltedExpectation {
        SaltedExpectation {
            salt,
            name: digest(&salt, "name", &Zeroizing::new(fold_name(self.name.as_str()))),
            id_number: digest(&salt, "id_number", &fold_number(self.id_number.as_str())),
        }
    }
}

/// An [`Expectation`] as salted SHA-256 digests. It spares a store the plain values; it is no protection against somebody
/// who has the store and tries all numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SaltedExpectation {
    /// The salt.
    pub salt: [u8; 16],
    /// Of the folded name.
    pub name: [u8; 32],
    /// Of the folded number.
    pub id_number: [u8; 32],
}

impl SaltedExpectation {
    /// Whether these are the ones expected. Takes the same time wherever they differ.
    pub fn is_met_by(&self, name: &str, id_number: &str) -> bool {
        let name = digest(&self.salt, "name", &Zeroizing::new(fold_name(name))).ct_eq(&self.name);
        let number = digest(&self.salt, "id_number", &fold_number(id_number)).ct_eq(&self.id_number);
        bool::from(name & number)
    }
}

impl std::fmt::Debug for SaltedExpectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SaltedExpectation([redacted])")
    }
}

fn fold_number(number: &str) -> Zeroizing<String> {
    Zeroizing::new(number.trim().to_ascii_uppercase())
}

/// Domain, member and value are apart by their lengths.
fn digest(salt: &[u8; 16], member: &str, value: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"realname expectation 1\0");
    hash.update(salt);
    hash.update(member.as_bytes());
    hash.update([0]);
    hash.update(value.as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_folded_and_persons_are_not() {
        let kept = Expectation::new("买买提\u{2022}测试 ", "11999919900101000x").salted([7; 16]);
        assert!(kept.is_met_by("买买提·测试", "11999919900101000X"));
        assert!(kept.is_met_by(" 买买提\u{30FB}测试", " 11999919900101000x "));
        assert!(!kept.is_met_by("买买提测试", "11999919900101000X"));
        assert!(!kept.is_met_by("买买提·测试", "119999199001010004"));
        assert!(!kept.is_met_by("11999919900101000X", "买买提·测试"));
        assert!(!kept.is_met_by("", ""));
    }

    #[test]
    fn debug_shows_nothing() {
        let expectation = Expectation::new("CANARYNAME", "CANARYNUMBER");
        let shown = format!("{expectation:?} {:?}", expectation.salted([0; 16]));
        assert!(!shown.contains("CANARY") && !shown.contains('7'));
    }
}
