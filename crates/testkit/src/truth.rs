//! A face finder that knows where the face was drawn.

use realname::capture::Picture;
use realname::capture::measure::Point;
use realname::capture::plugin::{FaceBox, FaceFinder, FacesFound};
use realname_specimen::photos::Face;

/// Says what it was told.
pub struct Truth(pub FacesFound);

impl Truth {
    /// Of a drawn photo.
    pub fn of(faces: &[Face]) -> Self {
        let boxes = faces
            .iter()
            .map(|face| FaceBox::new(face.bounds).with_eyes(face.eyes.map(|[x, y]| Point::new(x, y))));
        Self(FacesFound::Faces(boxes.collect()))
    }
}

impl FaceFinder for Truth {
    fn id(&self) -> &str {
        "drawn truth"
    }

    fn find(&self, _: &Picture) -> FacesFound {
        self.0.clone()
    }
}
