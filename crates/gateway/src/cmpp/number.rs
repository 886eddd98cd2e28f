//! Numbers as CMPP writes them: national ones without their country.

use realname_flow::confirmation::PhoneNumber;

/// The digits for a receiver: a Chinese mobile number, without its country. Nobody else is reached through an ISMG.
pub(super) fn national(number: &PhoneNumber) -> Option<&str> {
    number.as_str().strip_prefix("+86").filter(|digits| is_mobile(digits))
}

/// Who sent it: gateways write a number with or without 86 before it.
pub(super) fn read(field: &str) -> Option<PhoneNumber> {
    let bare = field.strip_prefix('+').or_else(|| field.strip_prefix("00")).unwrap_or(field);
    let national = bare.strip_prefix("86").unwrap_or(bare);
    if is_mobile(national) { format!("+86{national}").parse().ok() } else { None }
}

/// Eleven digits from 1, or thirteen of a machine's number.
fn is_mobile(digits: &str) -> bool {
    matches!(digits.len(), 11 | 13)
        && digits.starts_with('1')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_the_country() {
        for field in ["13800000000", "8613800000000", "+8613800000000", "008613800000000"] {
            assert_eq!(read(field).unwrap().as_str(), "+8613800000000", "{field}");
        }
        assert_eq!(read("861064800000000").unwrap().as_str(), "+861064800000000");
        for bad in ["", "10086", "86", "138000000000", "1380000000a", "85291234567", "p-8f3a"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(national(&"+8613800000000".parse().unwrap()), Some("13800000000"));
        assert_eq!(national(&"+85291234567".parse().unwrap()), None);
    }
}
