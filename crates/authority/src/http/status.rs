//! What a status code means when the body says nothing (RFC 9110 section 15).

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::Response;
use crate::clock::{later, time_left};
use crate::{AuthorityError, QuotaScope};

/// The longest pause that a register can ask for and be believed.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Why there is no answer in a reply with this status.
///
/// A 403 or 429 with words of the register that nobody here knows may be about the person ("not this one", "too often"), so
/// it isn't taken for trouble with our access or our rate. A map, or an adapter, says what such words mean.
///
/// Only what says of itself that the question wasn't worked on may be asked again (408, 421, 425, 503). A gateway's 502
/// and 504 and a server's 500 may come after the register did its work, and billed it: the outcome is unknown.
pub(super) fn error_of(reply: &Response, now: Timestamp) -> AuthorityError {
    let retry_after = retry_after(reply, now);
    if matches!(reply.status, 403 | 429) && has_words(reply) {
        return AuthorityError::Protocol;
    }
    match reply.status {
        401 | 403 | 407 => AuthorityError::Denied,
        408 | 421 | 425 | 503 => AuthorityError::Transient { retry_after },
        429 => {
            AuthorityError::Quota { scope: QuotaScope::Rate, reset: retry_after.map(|wait| later(now, wait)) }
        }
        451 => AuthorityError::PolicyBlocked,
        501 => AuthorityError::Unsupported,
        500..=599 => AuthorityError::Indeterminate,
        _ => AuthorityError::Protocol,
    }
}

/// Whether the body is a register's own: JSON, and not a gateway's page.
fn has_words(reply: &Response) -> bool {
    let start = reply.body.trim_ascii_start();
    start.starts_with(b"{") || start.starts_with(b"[") || start.starts_with(b"\"")
}

/// The `Retry-After` header: seconds or a date, at most a day.
pub(super) fn retry_after(reply: &Response, now: Timestamp) -> Option<Duration> {
    static DATES: DateTimeParser = DateTimeParser::new();
    let value = reply.header("retry-after")?.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => time_left(now, DATES.parse_timestamp(value).ok()?),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_in_seconds_or_as_a_date() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
        for (value, expected) in [
            ("5", Some(5)),
            ("Sat, 21 Nov 2026 08:01:00 GMT", Some(60)),
            ("Sat, 21 Nov 2026 07:00:00 GMT", Some(0)),
            ("99999999999", Some(24 * 3600)),
            ("soon", None),
            ("-1", None),
        ] {
            let reply = Response::new(503, "").with_header("Retry-After", value);
            assert_eq!(retry_after(&reply, now), expected.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn words_of_a_register_beside_403_and_429_arent_taken_for_trouble_with_our_access() {
        let now = Timestamp::UNIX_EPOCH;
        for status in [403, 429] {
            for body in [r#"{"code":"NO_SUCH_PERSON"}"#, " [1]", "\"no\"", "{broken"] {
                assert_eq!(
                    error_of(&Response::new(status, body), now),
                    AuthorityError::Protocol,
                    "{status} {body}"
                );
            }
        }
        assert_eq!(error_of(&Response::new(403, "<html>"), now), AuthorityError::Denied);
        let rate = AuthorityError::Quota { scope: QuotaScope::Rate, reset: None };
        assert_eq!(error_of(&Response::new(429, ""), now), rate);
    }

    #[test]
    fn no_status_is_a_pass_and_few_are_asked_again() {
        let now = Timestamp::UNIX_EPOCH;
        let again: Vec<u16> = (0..=999)
            .filter(|status| {
                matches!(error_of(&Response::new(*status, ""), now), AuthorityError::Transient { .. })
            })
            .collect();
        assert_eq!(again, [408, 421, 425, 503]);
        assert_eq!(error_of(&Response::new(502, ""), now), AuthorityError::Indeterminate);
        assert_eq!(error_of(&Response::new(302, ""), now), AuthorityError::Protocol);
        assert_eq!(error_of(&Response::new(200, ""), now), AuthorityError::Protocol);
    }
}
