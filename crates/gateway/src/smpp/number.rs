//! Numbers as SMPP writes them: digits, and what type they are of.

use realname_flow::confirmation::PhoneNumber;

/// The type "international".
const INTERNATIONAL: u8 = 1;

/// Who sent it. A number that doesn't say its country is of the one that the settings name.
pub(super) fn read(digits: &str, ton: u8, country: Option<&str>) -> Option<PhoneNumber> {
    let bare = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"));
    let whole = match (bare, country) {
        (Some(bare), _) => format!("+{bare}"),
        (None, Some(country)) if ton != INTERNATIONAL && !is_whole(digits, country) => {
            format!("+{country}{}", digits.trim_start_matches('0'))
        }
        (None, _) => format!("+{digits}"),
    };
    whole.parse().ok()
}

/// Centres give a number of the country with its code although they don't call it international.
fn is_whole(digits: &str, country: &str) -> bool {
    digits.strip_prefix(country).is_some_and(|rest| rest.len() >= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_the_country() {
        let read = |digits, ton, country| read(digits, ton, country).map(|number| number.as_str().to_owned());
        let whole = Some("+8613800000000".to_owned());
        assert_eq!(read("8613800000000", 1, None), whole);
        assert_eq!(read("+8613800000000", 0, None), whole);
        assert_eq!(read("008613800000000", 0, None), whole);
        assert_eq!(read("8613800000000", 0, Some("86")), whole);
        assert_eq!(read("13800000000", 2, Some("86")), whole);
        assert_eq!(read("013800000000", 0, Some("86")), whole);
        assert_eq!(read("INFO", 5, None), None);
        assert_eq!(read("", 0, Some("86")), None);
    }
}
