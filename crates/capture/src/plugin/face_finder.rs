//! Where a face is in a photo.

use serde::{Serialize, Serializer};

use crate::Picture;
use crate::measure::Point;

/// Finds the faces in a photo, so that quality is measured on the face and not on the frame.
///
/// Called by [`measure_with`](crate::measure::measure_with) and
/// [`Triplet::examine_with`](crate::Triplet::examine_with) for live photos and those of the holder. It takes a
/// trained detector: a helper program, or with the feature `rustface` one inside the program. It says where a face is, never whose it is or that it is alive.
pub trait FaceFinder: Send + Sync {
    /// Which finder and which model, for the operator's records.
    fn id(&self) -> &str;

    /// Whether it is a stand-in. The default is `true`: a real one has to say so on purpose, and production asks no other.
    fn is_test(&self) -> bool {
        true
    }

    /// Whether it counts that it found no face, or a second one. One that is often wrong about that says `false`: then neither is
    /// more than inconclusive.
    fn is_certain(&self) -> bool {
        true
    }

    /// Finds them.
    fn find(&self, picture: &Picture) -> FacesFound;
}

/// What a search says.
#[derive(Clone, Debug, PartialEq)]
pub enum FacesFound {
    /// All faces that it sees, in any order; empty when there is none.
    Faces(Vec<FaceBox>),
    /// It couldn't look. The photo isn't passed: an outage is never a pass.
    Failed(FaceFinderError),
    /// No finder is installed: nothing was looked for, and nothing follows.
    NotRun,
}

/// A face: an upright rectangle from the forehead to the chin, in pixels of the photo (the centre of the first one is 0).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FaceBox {
    /// Left, top, right, bottom.
    pub bounds: [f32; 4],
    /// The centres of the two eyes, where the finder knows them, in any order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eyes: Option<[Point; 2]>,
}

/// The finder is at fault, or its installation: nothing is said about the photo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaceFinderError {
    /// It couldn't look, for a reason of its own.
    #[error("the face finder couldn't look at the photo")]
    Unavailable,
    /// The helper couldn't be started, or the pipe to it broke.
    #[error("the face finder's helper program couldn't be run: {kind}")]
    Start {
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// The helper took too long and was stopped.
    #[error("the face finder's helper program took longer than {limit_ms} ms")]
    TimedOut {
        /// The time it has, in milliseconds.
        limit_ms: u64,
    },
    /// The helper ended with a failure.
    #[error("the face finder's helper program failed with exit status {status:?}")]
    Failed {
        /// Its exit status; `None` when a signal ended it.
        status: Option<i32>,
    },
    /// The helper's output has another form.
    #[error("the face finder's output hasn't the expected form: {part} is wrong")]
    Output {
        /// Which part.
        part: &'static str,
    },
    /// More faces than are looked at.
    #[error("the face finder gave {got} faces, the limit is {limit}")]
    TooMany {
        /// How many it gave.
        got: usize,
        /// The most that are taken.
        limit: usize,
    },
    /// A face that can't be one in this photo.
    #[error("the face finder gave a face that can't be in this photo: {part}")]
    BadFace {
        /// What is wrong with it.
        part: BadFace,
    },
}

/// What is wrong with a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFace {
    /// A coordinate is no number.
    #[error("a coordinate is no number")]
    NotANumber,
    /// Right isn't right of left, or bottom not below top, by a pixel at least.
    #[error("it covers less than a pixel")]
    Empty,
    /// Its centre lies outside the frame.
    #[error("its centre lies outside the frame")]
    Outside,
    /// A side is longer than twice the frame's.
    #[error("it is larger than the frame")]
    Huge,
    /// An eye lies outside the box, or both lie in one place.
    #[error("its eyes don't lie in it")]
    Eyes,
}

impl FaceBox {
    /// A face whose eyes aren't known.
    pub fn new(bounds: [f32; 4]) -> Self {
        Self { bounds, eyes: None }
    }

    /// With the centres of its eyes.
    pub fn with_eyes(mut self, eyes: [Point; 2]) -> Self {
        self.eyes = Some(eyes);
        self
    }

    /// Pixels across.
    pub fn width(&self) -> f32 {
        self.bounds[2] - self.bounds[0]
    }

    /// Pixels down.
    pub fn height(&self) -> f32 {
        self.bounds[3] - self.bounds[1]
    }

    /// Its middle.
    pub fn centre(&self) -> Point {
        let [left, top, right, bottom] = self.bounds;
        Point::new((left + right) / 2.0, (top + bottom) / 2.0)
    }

    /// Pixels between the centres of the eyes. Half of the box's width where the eyes aren't known: ISO/IEC 19794-5 takes
    /// a head of 180 pixels for one of about 90 between the eyes.
    pub fn eye_distance(&self) -> f32 {
        self.eyes.map_or(self.width() / 2.0, |[a, b]| a.distance(b))
    }

    /// Whether it can be a face in a picture of this size. A face that the frame cuts may reach beyond it.
    ///
    /// # Errors
    /// [`BadFace`] says what is wrong.
    pub fn check(&self, width: usize, height: usize) -> Result<(), BadFace> {
        let (frame_width, frame_height) = (width as f32, height as f32);
        let eyes = self.eyes.iter().flatten();
        if !self.bounds.iter().chain(eyes.flat_map(|eye| [&eye.x, &eye.y])).all(|value| value.is_finite()) {
            return Err(BadFace::NotANumber);
        }
        if !(self.width() >= 1.0 && self.height() >= 1.0) {
            return Err(BadFace::Empty);
        }
        if self.width() > 2.0 * frame_width || self.height() > 2.0 * frame_height {
            return Err(BadFace::Huge);
        }
        let centre = self.centre();
        let inside = (0.0..frame_width).contains(&centre.x) && (0.0..frame_height).contains(&centre.y);
        if !inside {
            return Err(BadFace::Outside);
        }
        let [left, top, right, bottom] = self.bounds;
        let within = |eye: &Point| (left..=right).contains(&eye.x) && (top..=bottom).contains(&eye.y);
        match &self.eyes {
            // A head that is turned far away shows its eyes close together, but never in one place.
            Some([a, b]) if !(within(a) && within(b) && a.distance(*b) >= (self.width() * 0.05).max(1.0)) => {
                Err(BadFace::Eyes)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for FaceFinderError {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FaceFinderError".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}

impl Serialize for FaceFinderError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// No finder is installed: no face is ever looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaceFinder;

impl FaceFinder for NoFaceFinder {
    fn id(&self) -> &str {
        "none"
    }

    fn find(&self, _: &Picture) -> FacesFound {
        FacesFound::NotRun
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_box_may_be() {
        let eyes = |a: (f32, f32), b: (f32, f32)| [Point::new(a.0, a.1), Point::new(b.0, b.1)];
        let good = FaceBox::new([100.0, 50.0, 200.0, 190.0]);
        let (nan, inf) = (f32::NAN, f32::INFINITY);
        for (face, wanted) in [
            (good, Ok(())),
            (good.with_eyes(eyes((130.0, 100.0), (170.0, 100.0))), Ok(())),
            (FaceBox::new([-40.0, -30.0, 60.0, 90.0]), Ok(())),
            (FaceBox::new([nan, 50.0, 200.0, 190.0]), Err(BadFace::NotANumber)),
            (FaceBox::new([0.0, 0.0, inf, 190.0]), Err(BadFace::NotANumber)),
            (good.with_eyes(eyes((130.0, nan), (170.0, 100.0))), Err(BadFace::NotANumber)),
            (FaceBox::new([100.0, 50.0, 100.0, 190.0]), Err(BadFace::Empty)),
            (FaceBox::new([200.0, 190.0, 100.0, 50.0]), Err(BadFace::Empty)),
            (FaceBox::new([0.0; 4]), Err(BadFace::Empty)),
            (FaceBox::new([-f32::MAX, 0.0, f32::MAX, 100.0]), Err(BadFace::Huge)),
            (FaceBox::new([-900.0, -700.0, 1100.0, 900.0]), Err(BadFace::Huge)),
            (FaceBox::new([-100.0, 50.0, 90.0, 190.0]), Err(BadFace::Outside)),
            (FaceBox::new([600.0, 450.0, 700.0, 550.0]), Err(BadFace::Outside)),
            (good.with_eyes(eyes((130.0, 100.0), (130.0, 100.0))), Err(BadFace::Eyes)),
            (good.with_eyes(eyes((130.0, 100.0), (270.0, 100.0))), Err(BadFace::Eyes)),
        ] {
            assert_eq!(face.check(640, 480), wanted, "{face:?}");
        }
        assert_eq!(good.check(0, 0), Err(BadFace::Huge));
    }

    #[test]
    fn half_a_width_stands_for_unknown_eyes() {
        let face = FaceBox::new([0.0, 0.0, 180.0, 240.0]);
        assert_eq!(face.eye_distance(), 90.0);
        assert_eq!(face.with_eyes([Point::new(50.0, 90.0), Point::new(130.0, 90.0)]).eye_distance(), 80.0);
    }
}
