//! The number that is asked.

use std::str::FromStr;

use crate::document::Personal;

/// A phone number in E.164 form: `+` and 5 to 15 digits. Personal: hidden in `Debug`, wiped when dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber(Personal);

/// The text isn't a phone number. It isn't quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a phone number: expected + and 5 to 15 digits (E.164)")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// The text, `+` included.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    /// Reads the E.164 form and no other: a national number without its country is somebody else's elsewhere.
    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        let digits = text.strip_prefix('+').ok_or(PhoneNumberError)?;
        let fits = (5..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if fits { Ok(Self(text.into())) } else { Err(PhoneNumberError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_international_form() {
        assert_eq!("+8613800000000".parse::<PhoneNumber>().unwrap().as_str(), "+8613800000000");
        for bad in [
            "",
            "+",
            "13800000000",
            "+86 138",
            "+1234",
            "+1234567890123456",
            "+0123456",
            "+86１３８",
            "+86-138",
        ] {
            assert_eq!(bad.parse::<PhoneNumber>(), Err(PhoneNumberError), "{bad}");
        }
    }

    #[test]
    fn debug_hides_it() {
        let number: PhoneNumber = "+8613800000000".parse().unwrap();
        assert!(!format!("{number:?}").contains("138"));
    }
}
