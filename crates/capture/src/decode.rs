//! From bytes to pixels: survey, limits, then the decoder.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder};
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::exif::Exif;
use super::jpeg::Found;
use super::plane::wipe;
use super::scratch::Scratch;
use super::{CaptureError, Damage, Format, Limits, Picture, Plane, icc, jpeg, png, sniff, webp};

/// A decoded file.
pub(super) struct Decoded {
    pub(super) format: Format,
    pub(super) picture: Picture,
    pub(super) exif: Exif,
    pub(super) progressive: bool,
    /// Bytes behind the end of the picture.
    pub(super) trailing: usize,
}

/// Decodes under `limits`. What `scratch` keeps is used, or given back: it is no memory beside that of the limit.
pub(super) fn decode(bytes: &[u8], limits: &Limits, scratch: &Scratch) -> Result<Decoded, CaptureError> {
    limits.check_bytes(bytes.len())?;
    let format = sniff::sniff(bytes).map_err(|found| CaptureError::UnsupportedFormat { found })?;
    if format == Format::Jpeg {
        return decode_jpeg(bytes, limits, scratch);
    }
    drop(scratch.take());
    if format == Format::Png { decode_png(bytes, limits) } else { decode_webp(bytes, limits) }
}

fn decode_jpeg(bytes: &[u8], limits: &Limits, scratch: &Scratch) -> Result<Decoded, CaptureError> {
    let survey = jpeg::survey(bytes, limits)?;
    limits.check_memory(survey.memory())?;
    limits.check_work(survey.work())?;
    if limits.check_memory(survey.memory().saturating_add(scratch.kept())).is_err() {
        drop(scratch.take());
    }
    let found = Found::default();
    survey.check_scans(bytes, &found)?;
    let unreadable = |_| {
        let damage = if found.at_end() { Damage::Truncated } else { Damage::Data };
        CaptureError::Damaged { format: Format::Jpeg, damage }
    };
    // Strict: damage is an error, not a grey area. The decoder sees nothing behind the picture.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(limits.max_side as usize)
        .set_max_height(limits.max_side as usize)
        .jpeg_set_max_scans(limits.max_scans as usize);
    let mut decoder = JpegDecoder::new_with_options(survey.reader(bytes, &found), options);
    decoder.decode_headers().map_err(unreadable)?;
    let wanted = match decoder.input_colorspace() {
        Some(ColorSpace::Luma) => ColorSpace::Luma,
        Some(ColorSpace::RGB) => ColorSpace::RGB,
        _ => ColorSpace::YCbCr,
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let (width, height) = (survey.width as usize, survey.height as usize);
    let expected = width * height * wanted.num_components();
    if decoder.dimensions() != Some((width, height)) || decoder.output_buffer_size() != Some(expected) {
        return Err(CaptureError::Damaged { format: Format::Jpeg, damage: Damage::TwoSizes });
    }
    let mut picture = scratch.with(expected, |pixels| {
        let whole = decoder.decode_into(pixels).map_err(unreadable).and_then(|()| survey.check_found(&found));
        let decoded = whole.map(|()| match wanted {
            ColorSpace::Luma => {
                Picture::from_luma(Plane::new(width, height, pixels.to_vec()).unwrap_or_default())
            }
            ColorSpace::RGB => Picture::from_rgb(width, height, pixels),
            // Wipes row by row, while a row is in the cache.
            _ => Picture::from_ycc(width, height, pixels),
        });
        if wanted != ColorSpace::YCbCr || decoded.is_err() {
            wipe(pixels);
        }
        decoded
    })?;
    if let Some(profile) = icc::joined(&survey.profile) {
        icc::apply(&mut picture, &profile);
    }
    Ok(Decoded {
        format: Format::Jpeg,
        picture: picture.oriented(orientation(survey.exif)),
        exif: survey.exif.map(Exif::parse).unwrap_or_default(),
        progressive: survey.progressive,
        trailing: survey.trailing(bytes, &found),
    })
}

fn decode_png(bytes: &[u8], limits: &Limits) -> Result<Decoded, CaptureError> {
    let survey = png::survey(bytes, limits)?;
    limits.check_memory(survey.memory())?;
    limits.check_work(u64::from(survey.width) * u64::from(survey.height))?;
    let bare = survey.bare(bytes);
    let damaged = CaptureError::Damaged { format: Format::Png, damage: Damage::Data };
    let decoder = PngDecoder::with_limits(Cursor::new(bare), bounds(limits)).map_err(|_| damaged.clone())?;
    let mut picture = flatten(decoder, (survey.width, survey.height), limits).ok_or(damaged)?;
    if let Some(profile) = survey.profile.and_then(icc::inflated) {
        icc::apply(&mut picture, &profile);
    }
    Ok(Decoded {
        format: Format::Png,
        picture: picture.oriented(orientation(survey.exif)),
        exif: survey.exif.map(Exif::parse).unwrap_or_default(),
        progressive: false,
        trailing: bytes.len() - survey.end,
    })
}

fn decode_webp(bytes: &[u8], limits: &Limits) -> Result<Decoded, CaptureError> {
    let survey = webp::survey(bytes, limits)?;
    limits.check_memory(survey.memory())?;
    limits.check_work(u64::from(survey.width) * u64::from(survey.height))?;
    let damaged = CaptureError::Damaged { format: Format::WebP, damage: Damage::Data };
    let mut decoder = WebPDecoder::new(Cursor::new(survey.bare())).map_err(|_| damaged.clone())?;
    decoder.set_limits(bounds(limits)).map_err(|_| damaged.clone())?;
    let mut picture = flatten(decoder, (survey.width, survey.height), limits).ok_or(damaged)?;
    if let Some(profile) = survey.profile.filter(|profile| profile.len() <= icc::LONGEST) {
        icc::apply(&mut picture, profile);
    }
    Ok(Decoded {
        format: Format::WebP,
        picture: picture.oriented(orientation(survey.exif)),
        exif: survey.exif.map(Exif::parse).unwrap_or_default(),
        progressive: false,
        trailing: bytes.len() - survey.end,
    })
}

fn bounds(limits: &Limits) -> image::Limits {
    let mut bounds = image::Limits::no_limits();
    bounds.max_image_width = Some(limits.max_side);
    bounds.max_image_height = Some(limits.max_side);
    bounds.max_alloc = Some(limits.max_memory);
    bounds
}

/// Runs an `image` decoder whose size and memory were agreed on, and drops transparency onto white.
fn flatten(decoder: impl ImageDecoder, size: (u32, u32), limits: &Limits) -> Option<Picture> {
    // `from_decoder` doesn't enforce the memory limit itself.
    if decoder.dimensions() != size || decoder.total_bytes() > limits.max_memory {
        return None;
    }
    let (width, height) = (size.0 as usize, size.1 as usize);
    let picture = match DynamicImage::from_decoder(decoder).ok()? {
        DynamicImage::ImageLuma8(grey) => Picture::from_luma(Plane::new(width, height, grey.into_raw())?),
        DynamicImage::ImageRgb8(rgb) => {
            let mut pixels = rgb.into_raw();
            let picture = Picture::from_rgb(width, height, &pixels);
            wipe(&mut pixels);
            picture
        }
        DynamicImage::ImageLumaA8(grey) => {
            let samples = grey.pixels().map(|pixel| on_white(pixel.0[0], pixel.0[1])).collect();
            Picture::from_luma(Plane::new(width, height, samples)?)
        }
        DynamicImage::ImageRgba8(rgba) => {
            let mut pixels = Vec::with_capacity(width * height * 3);
            for pixel in rgba.pixels() {
                let [r, g, b, a] = pixel.0;
                pixels.extend([r, g, b].map(|value| on_white(value, a)));
            }
            let picture = Picture::from_rgb(width, height, &pixels);
            wipe(&mut pixels);
            picture
        }
        _ => return None,
    };
    Some(picture)
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// How the camera was held (EXIF 2.32, tag 0x0112). Missing or senseless: as it is.
fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}
