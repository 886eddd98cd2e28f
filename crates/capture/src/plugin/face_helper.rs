//! A face finder that runs as a program of its own.

use zeroize::Zeroizing;

use super::asked_program::{AskedProgram, builder};
use super::process::ProgramError;
use super::{FaceBox, FaceFinder, FaceFinderError, FacesFound};
use crate::Picture;
use crate::measure::Point;

/// The most faces that are taken. A photo with more isn't one of a person.
pub(crate) const MOST_FACES: usize = 64;
/// The longest output: a head of nine bytes, and eight numbers of eleven bytes for each face.
const MOST_BYTES: usize = 9 + MOST_FACES * 8 * 11;

/// Runs a face detector as a helper program, as [`HelperDecoder`](super::HelperDecoder) does with a licensed decoder: an
/// empty environment, a private directory that is removed afterwards, and a time limit.
///
/// On its standard input it gets the photo's brightness as a binary PGM (`P5`, 8 bits), upright. On its standard output it
/// says `faces N` and then, for each face, the box's left, top, right and bottom in pixels, or these followed by x and y of
/// both eyes' centres:
///
/// ```text
/// faces 2
/// 412 300.5 790 810 500.25 480 702 478
/// 60 340 121 422
/// ```
///
/// Numbers are plain decimals of at most ten characters, with one space between them; every line ends with a line feed.
/// Anything else is refused.
#[derive(Clone, Debug)]
pub struct HelperFaceFinder {
    helper: AskedProgram,
}

builder!(
    HelperFaceFinder,
    10,
    /// Says that the program is a detector that was measured on real faces, and no stand-in: production asks no other.
    measured_on_real_faces
);

impl FaceFinder for HelperFaceFinder {
    fn id(&self) -> &str {
        &self.helper.id
    }

    fn is_test(&self) -> bool {
        self.helper.is_test
    }

    fn find(&self, picture: &Picture) -> FacesFound {
        let answer = self.helper.program.run(pgm(picture), MOST_BYTES).map_err(FaceFinderError::from);
        match answer.and_then(|output| parse(&output)) {
            Ok(faces) => FacesFound::Faces(faces),
            Err(error) => FacesFound::Failed(error),
        }
    }
}

impl From<ProgramError> for FaceFinderError {
    fn from(error: ProgramError) -> Self {
        match error {
            ProgramError::Start(error) => Self::Start { kind: error.kind() },
            ProgramError::TimedOut { limit_ms } => Self::TimedOut { limit_ms },
            ProgramError::Failed { status } => Self::Failed { status },
            ProgramError::TooLong => Self::Output { part: "length" },
        }
    }
}

pub(super) fn pgm(picture: &Picture) -> Zeroizing<Vec<u8>> {
    let head = format!("P5\n{} {}\n255\n", picture.width(), picture.height());
    let samples = picture.luma().samples();
    let mut bytes = Zeroizing::new(Vec::with_capacity(head.len() + samples.len()));
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(samples);
    bytes
}

fn parse(output: &[u8]) -> Result<Vec<FaceBox>, FaceFinderError> {
    let wrong = |part| FaceFinderError::Output { part };
    let text = std::str::from_utf8(output).map_err(|_| wrong("text"))?;
    let mut lines = text.strip_suffix('\n').ok_or(wrong("last line"))?.split('\n');
    let count = lines.next().and_then(|line| line.strip_prefix("faces ")).ok_or(wrong("first line"))?;
    let plain = !count.is_empty() && count.len() <= 2 && count.bytes().all(|byte| byte.is_ascii_digit());
    let count: usize = if plain { count.parse().ok() } else { None }.ok_or(wrong("count"))?;
    if count > MOST_FACES {
        return Err(FaceFinderError::TooMany { got: count, limit: MOST_FACES });
    }
    let faces = lines.map(|line| face(line).ok_or(wrong("face"))).collect::<Result<Vec<_>, _>>()?;
    if faces.len() == count { Ok(faces) } else { Err(wrong("count")) }
}

fn face(line: &str) -> Option<FaceBox> {
    let numbers: Vec<f32> = line.split(' ').map(number).collect::<Option<_>>()?;
    match numbers[..] {
        [left, top, right, bottom] => Some(FaceBox::new([left, top, right, bottom])),
        [left, top, right, bottom, ax, ay, bx, by] => {
            let eyes = [Point::new(ax, ay), Point::new(bx, by)];
            Some(FaceBox::new([left, top, right, bottom]).with_eyes(eyes))
        }
        _ => None,
    }
}

/// A sign, digits, a point and digits: no exponent, no `inf`, no `nan`.
fn number(text: &str) -> Option<f32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (text.len() <= 10 && plain(whole) && plain(part)).then(|| text.parse().ok())?
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod tests {
    #[cfg(unix)]
    use std::time::Duration;

    use super::*;
    use crate::Plane;

    #[test]
    fn only_the_one_form_is_taken() {
        let two = parse(b"faces 2\n412 300.5 790 810 500.25 480 702 478\n-6 340 121 422\n").unwrap();
        assert_eq!(two[0].bounds, [412.0, 300.5, 790.0, 810.0]);
        assert_eq!(two[0].eyes.unwrap()[0], Point::new(500.25, 480.0));
        assert_eq!((two[1].bounds[0], two[1].eyes), (-6.0, None));
        assert_eq!(parse(b"faces 0\n").unwrap(), []);
        for (text, wanted) in [
            ("", "last line"),
            ("faces 0", "last line"),
            ("\n", "first line"),
            ("Faces 0\n", "first line"),
            ("faces 1\r\n1 2 3 4\n", "count"),
            ("faces -1\n", "count"),
            ("faces +1\n1 2 3 4\n", "count"),
            ("faces 1\n", "count"),
            ("faces 0\n1 2 3 4\n", "count"),
            ("faces 1\n1 2 3 4\n\n", "face"),
            ("faces 1\n1 2 3\n", "face"),
            ("faces 1\n1 2 3 4 5\n", "face"),
            ("faces 1\n1  2 3 4\n", "face"),
            ("faces 1\n1 2 3 4 \n", "face"),
            ("faces 1\nnan 2 3 4\n", "face"),
            ("faces 1\n1 2 inf 4\n", "face"),
            ("faces 1\n1e3 2 3 4\n", "face"),
            ("faces 1\n1. 2 3 4\n", "face"),
            ("faces 1\n.5 2 3 4\n", "face"),
            ("faces 1\n+1 2 3 4\n", "face"),
            ("faces 1\n12345678901 2 3 4\n", "face"),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(FaceFinderError::Output { part: wanted }), "{text:?}");
        }
        assert_eq!(parse(b"faces 0\n\xFF\n"), Err(FaceFinderError::Output { part: "text" }));
        assert_eq!(parse(b"faces 65\n"), Err(FaceFinderError::TooMany { got: 65, limit: 64 }));
    }

    #[cfg(unix)]
    fn found(script: &str) -> FacesFound {
        let arguments = ["-c".to_owned(), script.to_owned()];
        let finder = HelperFaceFinder::new("a test's", "/bin/sh", arguments);
        assert!(finder.is_test() && !finder.clone().measured_on_real_faces().is_test());
        let picture = Picture::from_luma(Plane::filled(300, 200, 90));
        finder.with_limit(Duration::from_secs(20)).find(&picture)
    }

    #[cfg(unix)]
    #[test]
    fn a_helper_gets_the_whole_photo() {
        // 15 bytes of head and 60,000 pixels; the head's second line is the size.
        let script = "[ $(/bin/cat | /usr/bin/tee in | /usr/bin/wc -c) -eq 60015 ] \
            && [ \"$(/usr/bin/head -n 2 in)\" = \"P5\n300 200\" ] && printf 'faces 1\\n10 20 110 150\\n'";
        assert_eq!(found(script), FacesFound::Faces(vec![FaceBox::new([10.0, 20.0, 110.0, 150.0])]));
    }

    #[cfg(unix)]
    #[test]
    fn a_helper_that_goes_wrong_finds_nothing() {
        let failed = |script: &str| match found(script) {
            FacesFound::Failed(error) => error,
            other => panic!("{script}: {other:?}"),
        };
        assert_eq!(failed("exit 3"), FaceFinderError::Failed { status: Some(3) });
        assert_eq!(failed("true"), FaceFinderError::Output { part: "last line" });
        assert_eq!(failed("echo faces 0; exit 1"), FaceFinderError::Failed { status: Some(1) });
        assert_eq!(failed("while :; do echo faces 0; done"), FaceFinderError::Output { part: "length" });
        let missing = HelperFaceFinder::new("none", "/nonexistent/finder", []);
        let picture = Picture::from_luma(Plane::filled(3, 2, 90));
        let kind = std::io::ErrorKind::NotFound;
        assert_eq!(missing.find(&picture), FacesFound::Failed(FaceFinderError::Start { kind }));
        let arguments = ["-c".to_owned(), "/bin/sleep 60".to_owned()];
        let slow = HelperFaceFinder::new("slow", "/bin/sh", arguments).with_limit(Duration::from_millis(200));
        assert_eq!(slow.find(&picture), FacesFound::Failed(FaceFinderError::TimedOut { limit_ms: 200 }));
    }
}
