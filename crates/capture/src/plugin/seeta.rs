//! A face finder inside the program: the feature `rustface`.

use rustface::ImageData;
use sha2::{Digest, Sha256};

use super::face_helper::MOST_FACES;
use super::{FaceBox, FaceFinder, FaceFinderError, FacesFound};
use crate::Picture;

/// Looks for upright faces with the cascade of SeetaFace, as `rustface` 0.1.7 runs it.
///
/// Its weights are a file of that crate's package, `model/seeta_fd_frontal_v1.0.bin`; they are given, not built in, and no other file is
/// taken for them. It looks at the reduced photo (720 pixels at most), so that time doesn't grow with the camera.
///
/// It misses faces, and sees some where there are none: counted before this library had it, 18 of 19 real faces were found, and 5 of
/// 29 pictures without a face had one. So that it found none, or a second one, is never more than inconclusive.
#[derive(Clone)]
pub struct SeetaFaceFinder {
    model: Vec<u8>,
}

/// The file isn't the one that this finder was measured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file isn't the face finder's model seeta_fd_frontal_v1.0.bin")]
pub struct WrongModel;

/// SHA-256 of the one model file that is taken: other bytes could make the cascade's reader panic.
const MODEL: [u8; 32] = [
    0xc4, 0x61, 0x9d, 0x06, 0x6e, 0xd3, 0x5e, 0x84, 0xd9, 0xa8, 0xe8, 0x42, 0x86, 0x0b, 0x0d, 0xff, 0x56,
    0x7a, 0xba, 0x0c, 0xbb, 0x13, 0x98, 0x81, 0x07, 0x55, 0x38, 0x76, 0x1d, 0xb3, 0xff, 0x5d,
];
/// The smallest face that is looked for, in pixels of the reduced photo: a holder's is 70 and more.
const LEAST_FACE: u32 = 32;
/// From which score on a window is a face: what the maker of the cascade uses.
const SCORE: f64 = 2.0;

impl SeetaFaceFinder {
    /// With the bytes of the model file.
    ///
    /// # Errors
    /// [`WrongModel`].
    pub fn new(model: Vec<u8>) -> Result<Self, WrongModel> {
        if Sha256::digest(&model)[..] == MODEL { Ok(Self { model }) } else { Err(WrongModel) }
    }
}

impl FaceFinder for SeetaFaceFinder {
    fn id(&self) -> &str {
        "rustface 0.1.7, seeta_fd_frontal_v1.0"
    }

    fn is_test(&self) -> bool {
        false
    }

    fn is_certain(&self) -> bool {
        false
    }

    fn find(&self, picture: &Picture) -> FacesFound {
        let small = picture.small();
        let size = [small.width(), small.height()].map(|side| u32::try_from(side).unwrap_or(0));
        // The cascade has no window for less, and panics on nothing.
        if size.iter().any(|side| *side < LEAST_FACE) {
            return FacesFound::Faces(Vec::new());
        }
        let Ok(model) = rustface::read_model(&self.model[..]) else {
            return FacesFound::Failed(FaceFinderError::Unavailable);
        };
        let mut detector = rustface::create_detector_with_model(model);
        detector.set_min_face_size(LEAST_FACE);
        detector.set_score_thresh(SCORE);
        detector.set_pyramid_scale_factor(0.8);
        detector.set_slide_window_step(4, 4);
        let mut found = detector.detect(&ImageData::new(small.samples(), size[0], size[1]));
        found.sort_by(|a, b| b.score().total_cmp(&a.score()));
        let step = picture.small_step() as f32;
        let faces = found.iter().take(MOST_FACES).map(|face| {
            let face = face.bbox();
            let [left, top] = [face.x(), face.y()].map(|at| at as f32);
            let [width, height] = [face.width(), face.height()].map(|size| size as f32);
            FaceBox::new([left, top, left + width, top + height].map(|place| place * step))
        });
        // A window may stand over the frame's edge by more than half: no such face can be measured.
        let (width, height) = (picture.width(), picture.height());
        FacesFound::Faces(faces.filter(|face| face.check(width, height).is_ok()).collect())
    }
}

impl std::fmt::Debug for SeetaFaceFinder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SeetaFaceFinder")
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // A test reads the model where cargo put the crate.
mod tests {
    use super::*;
    use crate::{Intake, Plane, Slot};

    /// The model in the package of the crate that is used, where cargo unpacked it to compile it. Cargo itself isn't asked: it would
    /// want the packages of every other platform, too.
    fn model() -> Vec<u8> {
        let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).unwrap();
        let registries = std::fs::read_dir(home.join("registry/src")).unwrap();
        let packages = registries.flat_map(|registry| std::fs::read_dir(registry.unwrap().path()).unwrap());
        let mut found = packages
            .map(|package| package.unwrap())
            .filter(|package| package.file_name().to_str().is_some_and(|name| name.starts_with("rustface-")));
        let package = found.next().expect("cargo has unpacked rustface");
        std::fs::read(package.path().join("model").join("seeta_fd_frontal_v1.0.bin")).unwrap()
    }

    #[test]
    fn no_other_file_is_taken_for_the_model() {
        let whole = model();
        assert!(SeetaFaceFinder::new(whole.clone()).is_ok());
        assert_eq!(SeetaFaceFinder::new(whole[1..].to_vec()).unwrap_err(), WrongModel);
        assert_eq!(SeetaFaceFinder::new(Vec::new()).unwrap_err(), WrongModel);
    }

    #[test]
    fn a_plain_wall_has_no_face_and_what_it_finds_lies_in_the_photo() {
        let finder = SeetaFaceFinder::new(model()).unwrap();
        assert!(!finder.is_test() && !finder.is_certain());
        let wall = Picture::from_luma(Plane::filled(900, 700, 120));
        assert_eq!(finder.find(&wall), FacesFound::Faces(Vec::new()));
        assert_eq!(finder.find(&Picture::from_luma(Plane::filled(3, 2, 9))), FacesFound::Faces(Vec::new()));
        for name in ["sale/holder.jpg", "portraits/jia-live-1.jpg"] {
            let path = format!("{}/../../fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
            let file = std::fs::read(path).unwrap();
            let photo = Intake::default().take(Slot::Live, file, jiff::Timestamp::UNIX_EPOCH).unwrap();
            let picture = photo.picture().unwrap();
            let FacesFound::Faces(faces) = finder.find(picture) else { panic!("{name}: not looked") };
            assert!(faces.iter().all(|face| face.check(picture.width(), picture.height()).is_ok()), "{name}");
        }
    }
}
