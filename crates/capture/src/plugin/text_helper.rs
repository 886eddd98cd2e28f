//! A text reader that runs as a program of its own.

use zeroize::Zeroizing;

use super::answer::number;
use super::asked_program::{AskedProgram, builder};
use super::face_helper::pgm;
use super::{Measured, TextField, TextReader, TextVerdict};
use crate::Picture;
use crate::document::Personal;

/// The longest text that is taken, in bytes: a card has no longer name.
const MOST_TEXT: usize = 200;
/// A head of 64 bytes and the text.
const MOST_BYTES: usize = 64 + MOST_TEXT;

/// Runs a text recogniser as a helper program: an empty environment, a private directory, and a time limit.
///
/// On its standard input it gets a line with the field, `id_number`, `name` or `validity`, and then the rectified side of the card as a binary PGM
/// (`P5`, 8 bits, 856 × 540: ten pixels a millimetre). It answers `illegible`, or with two lines: `read`, the score, its threshold and,
/// when its maker states one, the rate of wrong readings; then the text.
///
/// ```text
/// read 0.98 0.9
/// 测试甲
/// ```
///
/// A helper that fails, says anything else, or reads below its own threshold has read nothing.
#[derive(Clone, Debug)]
pub struct HelperTextReader {
    helper: AskedProgram,
}

builder!(
    HelperTextReader,
    15,
    /// Says that the program was measured on real cards, and is no stand-in.
    measured_on_real_cards
);

impl TextReader for HelperTextReader {
    fn id(&self) -> &str {
        &self.helper.id
    }

    fn is_test(&self) -> bool {
        self.helper.is_test
    }

    fn read(&self, card: &Picture, field: TextField) -> TextVerdict {
        let mut picture = pgm(card);
        let head = format!("{field}\n");
        // Grown at once: a vector that grows by itself leaves its old bytes behind.
        let mut input = Zeroizing::new(Vec::with_capacity(head.len() + picture.len()));
        input.extend_from_slice(head.as_bytes());
        input.append(&mut picture);
        let output = self.helper.program.run(input, MOST_BYTES).ok();
        output.and_then(|output| parse(std::str::from_utf8(&output).ok()?)).unwrap_or(TextVerdict::NotRun)
    }
}

/// `None` for what isn't an answer.
fn parse(output: &str) -> Option<TextVerdict> {
    if output == "illegible\n" {
        return Some(TextVerdict::Illegible);
    }
    let (head, text) = output.strip_prefix("read ")?.strip_suffix('\n')?.split_once('\n')?;
    let numbers: Vec<f32> = head.split(' ').map(number).collect::<Option<_>>()?;
    let measured = match numbers[..] {
        [score, threshold] => Measured::new(score, threshold, None),
        [score, threshold, rate] if (0.0..=1.0).contains(&rate) => {
            Measured::new(score, threshold, Some(rate))
        }
        _ => return None,
    };
    let plain = !text.trim().is_empty() && text.len() <= MOST_TEXT && !text.chars().any(char::is_control);
    match plain {
        false => None,
        true if measured.score < measured.threshold => Some(TextVerdict::Illegible),
        true => Some(TextVerdict::Read(Personal::from(text), measured)),
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::panic)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Plane;

    fn read(script: &str) -> TextVerdict {
        let arguments = ["-c".to_owned(), script.to_owned()];
        let reader = HelperTextReader::new("shell", "/bin/sh", arguments).with_limit(Duration::from_secs(20));
        assert!(reader.is_test() && !reader.clone().measured_on_real_cards().is_test());
        reader.read(&Picture::from_luma(Plane::filled(856, 540, 200)), TextField::Name)
    }

    #[test]
    fn a_reader_gets_the_field_and_the_card_and_says_what_it_read() {
        // Five bytes of the field, fifteen of head and the pixels.
        let told = read(
            "/usr/bin/tee in >/dev/null && [ $(/usr/bin/wc -c <in) -eq 462260 ] \
             && [ \"$(/usr/bin/head -n 1 in)\" = name ] && printf 'read 0.98 0.9\n测试甲\n'",
        );
        let TextVerdict::Read(text, measured) = told else { panic!("{told:?}") };
        assert_eq!((text.as_str(), measured), ("测试甲", Measured::new(0.98, 0.9, None)));
        assert_eq!(read("echo illegible"), TextVerdict::Illegible);
    }

    #[test]
    fn a_reader_that_is_unsure_by_its_own_word_has_read_nothing() {
        assert_eq!(read("printf 'read 0.5 0.9\n测试甲\n'"), TextVerdict::Illegible);
    }

    #[test]
    fn a_reader_that_fails_or_says_anything_else_has_not_run() {
        for script in [
            "exit 1",
            "true",
            "printf 'read 0.98 0.9\n'",
            "printf 'read 0.98 0.9\n\n'",
            "printf 'read 0.98 0.9\n测试甲'",
            "printf 'read 0.98 0.9\n测试甲\n\n'",
            "printf 'read 0.98 0.9\n\\033[2J\n'",
            "printf 'read 0.98\n测试甲\n'",
            "printf 'read nan 0.9\n测试甲\n'",
            "printf 'read 0.98 0.9 2\n测试甲\n'",
            "printf 'read 0.98 0.9\n测试甲\n'; exit 3",
            "while :; do echo 测; done",
        ] {
            assert_eq!(read(script), TextVerdict::NotRun, "{script}");
        }
    }
}
