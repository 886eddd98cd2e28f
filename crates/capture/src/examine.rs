//! The three photos of an online sale, examined together.

use serde::Serialize;

use super::measure::{
    Arrangement, Faces, Measure, Measurement, Thresholds, TripletMeasurement, View, measure_triplet,
    measure_with,
};
use super::plugin::{FaceFinder, NoFaceFinder, TextReader};
use super::{Advice, DeclaredPrint, Defect, PhotoFault, PrintedExamination, Slot, Triplet};
use crate::profile::Outcome;

/// Everything that was found on three photos: what was measured, what is wrong, and what is worth a remark.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Examination {
    /// The worst outcome of all.
    pub outcome: Outcome,
    /// What didn't pass, the most telling first.
    pub faults: Vec<Defect>,
    /// What refuses nothing.
    pub remarks: Vec<Remark>,
    /// Each photo's figures, in the order of [`Triplet::SLOTS`]. Absent when the pixels were gone.
    pub photos: Vec<Measurement>,
    /// The figures of the three together.
    pub together: Option<TripletMeasurement>,
    /// What is printed on the card against what was declared; absent when nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printed: Option<PrintedExamination>,
    /// Which thresholds judged.
    pub thresholds: ThresholdsRef,
    /// Which face finder looked; absent when none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face_finder: Option<FaceFinderRef>,
    #[serde(skip)]
    photo_faults: Vec<Defect>,
}

/// Names a face finder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FaceFinderRef {
    /// Its id.
    pub id: String,
    /// Whether it is a stand-in.
    pub is_test: bool,
}

/// Names a set of thresholds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ThresholdsRef {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
}

/// A contradiction in what the files say of themselves. Whoever sends a file can write anything there, and messengers
/// remove it all, so this is for a person to look at and never refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The files name different cameras.
    CamerasDiffer,
    /// The files were written by different software.
    SoftwareDiffers,
    /// The cameras' clocks say that more than an hour lies between two photos.
    TimesApart,
    /// Some files name a camera, others don't.
    SomeWithoutCamera,
    /// A text reader read a name, a number or dates that weren't declared.
    TextReadsOtherwise,
}

impl Triplet {
    /// Examines the three photos: each in its slot, then together. Pixels that were dropped before can't be measured:
    /// then the outcome is `not_run`. No face is looked for.
    pub fn examine(&self, thresholds: &Thresholds) -> Examination {
        self.examine_with(thresholds, &NoFaceFinder)
    }

    /// As [`examine`](Self::examine), with the holder's face where `finder` says that it is.
    pub fn examine_with(&self, thresholds: &Thresholds, finder: &dyn FaceFinder) -> Examination {
        self.examine_all(thresholds, finder, None, None)
    }

    /// As [`examine_with`](Self::examine_with), and compares what is printed on the card with what was declared. The outcome
    /// is the worst of both; a number that can't be read is no pass.
    pub fn examine_declared(
        &self,
        thresholds: &Thresholds,
        finder: &dyn FaceFinder,
        declared: &DeclaredPrint,
    ) -> Examination {
        self.examine_all(thresholds, finder, Some(declared), None)
    }

    /// As [`examine_declared`](Self::examine_declared), and asks `reader` for the name, and for number and dates where no template
    /// fits. What it reads refuses nothing: [`PrintedExamination::texts`] and a [`Remark`] tell it to a person.
    pub fn examine_read(
        &self,
        thresholds: &Thresholds,
        finder: &dyn FaceFinder,
        declared: &DeclaredPrint,
        reader: &dyn TextReader,
    ) -> Examination {
        self.examine_all(thresholds, finder, Some(declared), Some(reader))
    }

    fn examine_all(
        &self,
        thresholds: &Thresholds,
        finder: &dyn FaceFinder,
        declared: Option<&DeclaredPrint>,
        reader: Option<&dyn TextReader>,
    ) -> Examination {
        let named = ThresholdsRef { id: thresholds.id.clone(), version: thresholds.version };
        let mut faults = self.same_files();
        let mut remarks = self.remarks();
        let pictures: Vec<_> =
            self.photos().iter().filter_map(|photo| Some((photo.picture()?, photo.slot()))).collect();
        if pictures.len() != Self::SLOTS.len() {
            faults.push(Defect::new(PhotoFault::Gone, Outcome::NotRun, &Self::SLOTS));
        }
        let photos: Vec<Measurement> = pictures
            .into_iter()
            .map(|(picture, slot)| measure_with(picture, slot, thresholds, finder))
            .collect();
        let together = match photos.as_slice() {
            [portrait, emblem, holder] => Some(measure_triplet(portrait, emblem, holder, thresholds)),
            _ => None,
        };
        if let Some(together) = &together {
            faults.extend(arrangement_fault(together.arrangement));
            for figure in together.figures.iter().filter(|figure| figure.outcome != Outcome::Pass) {
                faults.push(Defect::new(PhotoFault::of(figure.measure), figure.outcome, &Self::SLOTS));
            }
        }
        faults.extend(photos.iter().flat_map(Measurement::faults));
        let looked = photos.iter().any(|photo| photo.faces != Faces::NotLookedFor);
        let face_finder =
            looked.then(|| FaceFinderRef { id: finder.id().to_owned(), is_test: finder.is_test() });
        let printed = declared.map(|declared| declared.examine(&photos, thresholds, reader));
        if printed.as_ref().is_some_and(PrintedExamination::reads_otherwise) {
            remarks.push(Remark::TextReadsOtherwise);
        }
        let photo_faults = sorted(faults.clone());
        faults.extend(
            printed.iter().flat_map(|printed| [printed.number_fault(), printed.validity_fault()]).flatten(),
        );
        let outcome = faults.iter().map(|fault| fault.outcome).max().unwrap_or(Outcome::Pass);
        Examination {
            outcome,
            faults: sorted(faults),
            photo_faults,
            printed,
            remarks,
            photos,
            together,
            thresholds: named,
            face_finder,
        }
    }

    /// Files or pictures that are one and the same.
    fn same_files(&self) -> Vec<Defect> {
        let [a, b, c] = self.photos();
        let pairs = [(a, b), (a, c), (b, c)].into_iter();
        let same = pairs.filter(|(x, y)| x.sha256() == y.sha256() || x.same_pixels(y));
        same.map(|(x, y)| Defect::new(PhotoFault::Reused, Outcome::Fail, &[x.slot(), y.slot()])).collect()
    }

    fn remarks(&self) -> Vec<Remark> {
        let exifs = self.photos().each_ref().map(|photo| photo.exif());
        let mut remarks = Vec::new();
        let named: Vec<&str> = exifs.iter().filter_map(|exif| exif.camera.as_deref()).collect();
        if named.windows(2).any(|pair| pair[0] != pair[1]) {
            remarks.push(Remark::CamerasDiffer);
        }
        if !named.is_empty() && named.len() < exifs.len() {
            remarks.push(Remark::SomeWithoutCamera);
        }
        let software: Vec<&str> = exifs.iter().filter_map(|exif| exif.software.as_deref()).collect();
        if software.windows(2).any(|pair| pair[0] != pair[1]) {
            remarks.push(Remark::SoftwareDiffers);
        }
        let times = || exifs.iter().filter_map(|exif| exif.taken);
        if let (Some(first), Some(last)) = (times().min(), times().max())
            && last.duration_since(first) > jiff::SignedDuration::from_hours(1)
        {
            remarks.push(Remark::TimesApart);
        }
        remarks
    }
}

impl Examination {
    /// What is wrong with the photos themselves, whatever was declared.
    pub fn photo_faults(&self) -> &[Defect] {
        &self.photo_faults
    }

    /// What the buyer does next: the advice of the most telling fault.
    pub fn advice(&self) -> Option<Advice> {
        self.faults.first().map(|fault| fault.advice)
    }
}

impl Measurement {
    /// What didn't pass on this photo alone, the most telling first: what a counter says about its live photo.
    pub fn faults(&self) -> Vec<Defect> {
        let wrong = self.counting().filter(|figure| figure.outcome != Outcome::Pass);
        let faults = wrong.map(|figure| {
            let code = match (figure.measure, figure.outcome) {
                // That there is no face can be said only by a finder that looked.
                (Measure::Faces, Outcome::NotRun) => PhotoFault::FaceNotMeasured,
                (measure, _) => PhotoFault::of(measure),
            };
            Defect::new(code, figure.outcome, &[self.slot])
        });
        sorted(faults.collect())
    }
}

impl Defect {
    pub(crate) fn new(code: PhotoFault, outcome: Outcome, slots: &[Slot]) -> Self {
        Self { code, outcome, slots: slots.to_vec(), advice: code.text() }
    }
}

fn arrangement_fault(arrangement: Arrangement) -> Option<Defect> {
    let outcome = arrangement.outcome();
    match arrangement {
        Arrangement::AsSent => None,
        Arrangement::Swapped { first, second } => {
            Some(Defect::new(PhotoFault::Swapped, outcome, &[first, second]))
        }
        // The side is what is wrong, when it is a card in a card's place.
        Arrangement::Misplaced { slot: Slot::PortraitSide, view: View::EmblemSide }
        | Arrangement::Misplaced { slot: Slot::EmblemSide, view: View::PortraitSide } => None,
        Arrangement::Misplaced { slot, .. } => Some(Defect::new(PhotoFault::Misplaced, outcome, &[slot])),
        Arrangement::Unclear { slot } => Some(Defect::new(PhotoFault::Unclear, outcome, &[slot])),
    }
}

/// The most telling first: a photo in the wrong place explains what is wrong with its figures, a missing card everything
/// measured on it. Each fault of a photo once.
fn sorted(mut faults: Vec<Defect>) -> Vec<Defect> {
    faults.sort_by_key(|fault| (std::cmp::Reverse(fault.outcome), fault.code));
    faults.dedup_by(|next, kept| next.code == kept.code && next.slots == kept.slots);
    faults
}
