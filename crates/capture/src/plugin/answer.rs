//! The one line that a judge answers with: a word, and its numbers.

use super::Measured;

/// The longest answer: a word and three numbers.
pub(super) const MOST_BYTES: usize = 64;

/// The word and its numbers; `None` for anything else.
pub(super) fn parse(text: &str) -> Option<(String, Option<Measured>)> {
    let mut parts = text.strip_suffix('\n')?.split(' ');
    let word = parts.next()?.to_owned();
    let numbers: Vec<f32> = parts.map(number).collect::<Option<_>>()?;
    let measured = match numbers[..] {
        [] => None,
        [score, threshold] => Some(Measured::new(score, threshold, None)),
        [score, threshold, rate] if (0.0..=1.0).contains(&rate) => {
            Some(Measured::new(score, threshold, Some(rate)))
        }
        _ => return None,
    };
    Some((word, measured))
}

/// A plain decimal, so that no word for infinity counts as a score.
pub(super) fn number(text: &str) -> Option<f32> {
    let plain = (1..=12).contains(&text.len())
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte.is_ascii_digit() || byte == b'.' || (at == 0 && byte == b'-'));
    plain.then(|| text.parse().ok()).flatten()
}
