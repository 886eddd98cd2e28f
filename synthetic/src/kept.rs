//! Photos that are drawn once and kept in a directory: drawing takes longer than checking.
#![allow(clippy::disallowed_methods, reason = "a tool for tests and benches, which keeps files")]

use std::fs;
use std::io;
use std::path::Path;

use crate::{Recipe, render};

/// Grows whenever anything is drawn differently, so that kept photos aren't mistaken for new ones.
pub const EDITION: u32 = 1;

/// A photo as a JPEG file, and where the card's corners are.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The file.
    pub jpeg: Vec<u8>,
    /// The card's corners as it is read; absent when there is no card.
    pub corners: Option<[[f32; 2]; 4]>,
}

/// Takes a photo from the directory, or draws it and puts it there.
///
/// # Errors
/// When the directory can't be written.
pub fn kept(recipe: &Recipe, directory: &Path) -> io::Result<Kept> {
    let Recipe { family, shot, flaw, person, seed, longest } = recipe;
    let quality = recipe.quality();
    let name = format!("{EDITION}-{family:?}-{shot:?}-{flaw:?}-{person}-{seed}-{longest}-q{quality}");
    let (picture, text) = (directory.join(format!("{name}.jpg")), directory.join(format!("{name}.txt")));
    if let (Ok(jpeg), Ok(corners)) = (fs::read(&picture), fs::read_to_string(&text)) {
        return Ok(Kept { jpeg, corners: parse(&corners) });
    }
    let photo = render(recipe);
    let jpeg = photo.jpeg(quality);
    fs::create_dir_all(directory)?;
    fs::write(&picture, &jpeg)?;
    let values: Vec<String> = photo.corners.iter().flatten().flatten().map(f32::to_string).collect();
    fs::write(&text, values.join(" "))?;
    Ok(Kept { jpeg, corners: photo.corners })
}

fn parse(text: &str) -> Option<[[f32; 2]; 4]> {
    let values: Vec<f32> = text.split_whitespace().filter_map(|value| value.parse().ok()).collect();
    match values[..] {
        [a, b, c, d, e, f, g, h] => Some([[a, b], [c, d], [e, f], [g, h]]),
        _ => None,
    }
}
