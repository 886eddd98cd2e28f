//! `--annotate`: the photos with what was found drawn on them.

use std::fs;
use std::path::{Path, PathBuf};

use realname::capture::measure::{Drawing, annotate};
use realname::capture::{Examination, Triplet};

use crate::failure::Failure;
use crate::{files, lang, outside};

/// The files that will be written. They show a person, so they are nobody else's to read and never take another file's
/// place.
pub(super) struct Drawings {
    paths: [PathBuf; 3],
}

impl Drawings {
    /// Makes the directory, and refuses before anything is measured when a file is in the way.
    pub(super) fn open(directory: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(directory)
            .map_err(|error| crate::commands::specimens::unmade(directory, &error))?;
        let paths = Triplet::SLOTS.map(|slot| directory.join(format!("{slot}.png")));
        match paths.iter().find(|path| path.symlink_metadata().is_ok()) {
            Some(path) => Err(Failure::trouble(
                "file",
                format!("{} {}", outside::path(path), lang::pick("is already there", "已存在")),
                lang::pick("give another directory: no file is overwritten", "请换一个目录：不覆盖任何文件"),
            )),
            None => Ok(Self { paths }),
        }
    }

    /// Draws and writes; gives the files.
    pub(super) fn write(self, triplet: &Triplet, examination: &Examination) -> Result<Vec<PathBuf>, Failure> {
        let mut written = Vec::new();
        for ((photo, found), path) in triplet.photos().iter().zip(&examination.photos).zip(self.paths) {
            let Some(picture) = photo.picture() else { continue };
            let png = encode(&annotate(picture, found))
                .map_err(|error| Failure::trouble("file", error, lang::pick("try again", "请重试")))?;
            files::write_new_secret(&path, &png)?;
            written.push(path);
        }
        Ok(written)
    }
}

fn encode(drawing: &Drawing) -> Result<Vec<u8>, png::EncodingError> {
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size(drawing.width()), size(drawing.height()));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(drawing.rgb())?;
    writer.finish()?;
    Ok(bytes)
}
