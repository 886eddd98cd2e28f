//! Draws synthetic identity cards and photos of them.
//!
//! The cards are obviously no real ones: drawn figures, signs that aren't writing, an invented authority, and SPECIMEN
//! across them. Only where portrait, emblem and text lie is like on the real card, because that is what tells its sides
//! apart. What a check does on these pictures says nothing certain about real ones.
//!
//! There are two families that share nothing but the shapes to draw with and the lens. Thresholds are tuned on
//! [`Family::A`]; they are judged on [`Family::B`], whose cards, backgrounds, light, blur, noise and compression were
//! written apart and aren't looked at while tuning.

pub mod camera;
pub mod canvas;
mod family_a;
mod family_b;
mod kept;
pub mod photo;
pub mod random;
#[path = "../../src/capture/measure/annotate/strokes.rs"]
#[allow(dead_code, reason = "the font's own file, of which only the lines are used here")]
mod strokes;

pub use kept::{EDITION, Kept, kept};
pub use photo::Photo;

/// Which cards, backgrounds and degradations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// For tuning.
    A,
    /// For judging.
    B,
}

/// What the photo shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shot {
    /// The side with portrait and number.
    PortraitSide,
    /// The side with emblem, authority and validity.
    EmblemSide,
    /// A person with the card.
    Holder,
}

impl Shot {
    /// All three.
    pub const ALL: [Shot; 3] = [Shot::PortraitSide, Shot::EmblemSide, Shot::Holder];
}

/// What is wrong with the photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// Out of focus or shaken.
    Blurred,
    /// Too little light.
    Dark,
    /// Too much light.
    Bright,
    /// A lamp or a window is mirrored in the card.
    Glare,
    /// A sensor at its limit.
    Noisy,
    /// The card is far away.
    Far,
    /// A part of the card lies outside the frame.
    CutOff,
    /// The card is seen from the side.
    Tilted,
    /// A black-and-white copy of the card.
    GreyCopy,
    /// A copy that has lost most of its colour.
    PaleCopy,
    /// There is no card.
    NoCard,
}

impl Flaw {
    /// All of them, the flawless one first.
    pub const ALL: [Flaw; 12] = [
        Flaw::None,
        Flaw::Blurred,
        Flaw::Dark,
        Flaw::Bright,
        Flaw::Glare,
        Flaw::Noisy,
        Flaw::Far,
        Flaw::CutOff,
        Flaw::Tilted,
        Flaw::GreyCopy,
        Flaw::PaleCopy,
        Flaw::NoCard,
    ];
}

/// What to draw.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Which cards, backgrounds and degradations.
    pub family: Family,
    /// What the photo shows.
    pub shot: Shot,
    /// What is wrong with it.
    pub flaw: Flaw,
    /// Whose card it is.
    pub person: u64,
    /// Everything else: place, pose, light.
    pub seed: u64,
    /// Pixels along the longer side.
    pub longest: usize,
}

impl Recipe {
    /// A photo of 1600 pixels of the person and the surroundings that go with a seed.
    pub fn new(family: Family, shot: Shot, flaw: Flaw, seed: u64) -> Self {
        Self { family, shot, flaw, person: seed, seed, longest: 1600 }
    }

    /// Quality of the JPEG that a phone makes of it, 1 to 100: one for the first family, several for the second.
    pub fn quality(&self) -> u8 {
        match self.family {
            Family::A => 88,
            Family::B => [72, 80, 86, 93][(self.seed % 4) as usize],
        }
    }
}

/// Draws a photo.
pub fn render(recipe: &Recipe) -> Photo {
    match recipe.family {
        Family::A => family_a::render(recipe),
        Family::B => family_b::render(recipe),
    }
}

/// Draws one side of a card alone, at `scale` pixels a millimetre. The holder shows the portrait side.
pub fn card(family: Family, shot: Shot, person: u64, scale: f32) -> Photo {
    let canvas = match family {
        Family::A => family_a::card(shot, person, scale),
        Family::B => family_b::card(shot, person, scale),
    };
    photo::Raw { width: canvas.width, height: canvas.height, pixels: canvas.pixels }.finish(None)
}

/// A person's number: region 00 doesn't exist, so nobody has it.
pub(crate) fn number(person: u64) -> String {
    let mut random = random::Random::new(person, "number");
    let mut digits = String::from("00");
    for _ in 0..16 {
        digits.push(char::from(b'0' + (random.bits() % 10) as u8));
    }
    digits
}
