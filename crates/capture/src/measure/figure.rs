//! One measured number, what it is compared with, and what follows.

use serde::{Deserialize, Serialize};

use crate::profile::Outcome;

/// What is measured. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Measure {
    /// How much of the card's outline is seen as an edge, 0 to 1. The card isn't found when this is too low.
    CardOutline,
    /// Share of the frame that the card covers, 0 to 1.
    CardShare,
    /// How far the card's sides are from 85.60 : 54.00 with the perspective taken out, as a share.
    CardRatio,
    /// Share of the card's area that lies outside the frame, 0 to 1.
    CardCutOff,
    /// Degrees between the line of sight and the card's perpendicular.
    CardTilt,
    /// Pixels of the photo along the card's long side.
    PixelsAcross,
    /// Width of the sharpest edges on the card, in millimetres on the card. Small is sharp.
    EdgeWidth,
    /// Brightness of the card's ground, 0 to 255.
    Brightness,
    /// Brightness between the card's ground and its ink, in levels.
    Contrast,
    /// Share of the card where brightness is clipped, 0 to 1.
    Clipped,
    /// Share of the card under clipped spots that are large enough to hide print, 0 to 1.
    Glare,
    /// Standard deviation of the noise on the card, in levels.
    Noise,
    /// Spread of colour on the card, in levels. A black-and-white copy has none.
    Colour,
    /// How clearly the card's layout is that of the side which belongs into the slot, −1 to 1.
    Side,
    /// How much clearer the card's layout is when left and right are exchanged, −1 to 1.
    Mirrored,
    /// Share of the printed number's eighteen figures that stand there plainly, 0 to 1.
    NumberLine,
    /// Share of the number's line that has print with plain ground above and below, 0 to 1: what every card shows.
    CardLayout,
    /// Tones in the portrait, from dark to bright, as a share of the print's contrast.
    Portrait,
    /// Share of the frame where a person may be seen, 0 to 1: skin tones outside the card, which are a sign and no face
    /// detector, or the face that a plug-in found.
    Person,
    /// Likeness of two photos of a triplet after aligning, −1 to 1: near 1 for one file used twice.
    Reuse,
    /// Likeness of the layout on the holder's card and on the photo of the portrait side, −1 to 1.
    HolderCard,
    /// Faces that a plug-in found outside the card.
    Faces,
    /// Width of the second largest face over that of the largest, 0 to 1; 0 where there is one only.
    SecondFace,
    /// Share of the face that lies outside the frame, 0 to 1.
    FaceCutOff,
    /// Pixels between the centres of the eyes; half of the face's width where the finder doesn't know the eyes.
    FacePixels,
    /// How many times the width of the face's sharpest edges fits between the eyes. Large is sharp.
    FaceSharpness,
    /// Brightness of the skin, 0 to 255.
    FaceBrightness,
    /// Levels between the darkest and the brightest of the face.
    FaceContrast,
    /// Share of the face where brightness is clipped, 0 to 1.
    FaceClipped,
    /// Share of the face under spots that are clipped or far brighter than the skin, 0 to 1. The whites of the eyes count.
    FaceGlare,
    /// Standard deviation of the noise on the face, in levels.
    FaceNoise,
    /// Ink of the expected glyph at the position of a printed line that has the least, as a share of the line's median.
    PrintInk,
    /// Correlation with the expected glyph at the position that fits worst, −1 to 1.
    PrintLikeness,
    /// Correlation with the expected glyphs over the line, −1 to 1.
    PrintLine,
    /// How much better the expected glyph fits than any other digit does, at the position where that is least.
    PrintMargin,
}

/// What a figure of a printed line is measured by.
pub(super) const PRINTED: [Measure; 4] =
    [Measure::PrintInk, Measure::PrintLikeness, Measure::PrintLine, Measure::PrintMargin];

realname_terms::names! {
    Measure {
        CardOutline = "card_outline",
        CardShare = "card_share",
        CardRatio = "card_ratio",
        CardCutOff = "card_cut_off",
        CardTilt = "card_tilt",
        PixelsAcross = "pixels_across",
        EdgeWidth = "edge_width",
        Brightness = "brightness",
        Contrast = "contrast",
        Clipped = "clipped",
        Glare = "glare",
        Noise = "noise",
        Colour = "colour",
        Side = "side",
        Mirrored = "mirrored",
        NumberLine = "number_line",
        CardLayout = "card_layout",
        Portrait = "portrait",
        Person = "person",
        Reuse = "reuse",
        HolderCard = "holder_card",
        Faces = "faces",
        SecondFace = "second_face",
        FaceCutOff = "face_cut_off",
        FacePixels = "face_pixels",
        FaceSharpness = "face_sharpness",
        FaceBrightness = "face_brightness",
        FaceContrast = "face_contrast",
        FaceClipped = "face_clipped",
        FaceGlare = "face_glare",
        FaceNoise = "face_noise",
        PrintInk = "print_ink",
        PrintLikeness = "print_likeness",
        PrintLine = "print_line",
        PrintMargin = "print_margin",
    }
}

impl Measure {
    /// What it is counted in; empty for a plain number.
    pub fn unit(self) -> &'static str {
        match self {
            Self::CardTilt => "°",
            Self::PixelsAcross | Self::FacePixels => "px",
            Self::EdgeWidth => "mm",
            Self::Brightness | Self::Contrast | Self::Noise | Self::Colour => "levels",
            Self::FaceBrightness | Self::FaceContrast | Self::FaceNoise => "levels",
            _ => "",
        }
    }
}

/// A measured number with its threshold and outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figure {
    /// What was measured.
    pub measure: Measure,
    /// The number; absent when it couldn't be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<f32>,
    /// What it is compared with.
    pub threshold: Threshold,
    /// What follows. `NotRun` when there was nothing to measure on.
    pub outcome: Outcome,
}

/// What a number is compared with. Between `pass` and `fail` the outcome is `inconclusive`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Which end is the good one.
    pub better: Better,
    /// It passes from here on, this included.
    pub pass: f32,
    /// It fails from here on, this included.
    pub fail: f32,
    /// Where the two come from.
    pub source: String,
}

/// Which end of a scale is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
}

impl Threshold {
    /// What follows from a number. A number that is none is never a pass.
    pub fn outcome(&self, measured: f32) -> Outcome {
        let (value, pass, fail) = match self.better {
            Better::Higher => (measured, self.pass, self.fail),
            Better::Lower => (-measured, -self.pass, -self.fail),
        };
        if value >= pass {
            Outcome::Pass
        } else if value <= fail || !value.is_finite() {
            Outcome::Fail
        } else {
            Outcome::Inconclusive
        }
    }

    /// Whether `pass` lies on the good side of `fail`, and both are numbers.
    pub(super) fn is_sound(&self) -> bool {
        let finite = self.pass.is_finite() && self.fail.is_finite();
        finite
            && match self.better {
                Better::Higher => self.pass >= self.fail,
                Better::Lower => self.pass <= self.fail,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_the_two_it_is_inconclusive() {
        let higher = Threshold { better: Better::Higher, pass: 10.0, fail: 5.0, source: String::new() };
        for (value, outcome) in [
            (10.0, Outcome::Pass),
            (9.9, Outcome::Inconclusive),
            (5.0, Outcome::Fail),
            (f32::NEG_INFINITY, Outcome::Fail),
            (f32::NAN, Outcome::Fail),
        ] {
            assert_eq!(higher.outcome(value), outcome, "{value}");
        }
        let lower = Threshold { better: Better::Lower, pass: 0.1, fail: 0.3, source: String::new() };
        for (value, outcome) in [
            (0.0, Outcome::Pass),
            (0.2, Outcome::Inconclusive),
            (0.3, Outcome::Fail),
            (f32::NAN, Outcome::Fail),
        ] {
            assert_eq!(lower.outcome(value), outcome, "{value}");
        }
    }
}
