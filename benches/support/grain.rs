//! Photos as sensors make them.
#![allow(unreachable_pub, clippy::unwrap_used)]

/// What a phone of 12 megapixels sends: each pixel a little off, at a camera's quality, colour at half the size. Drawn surfaces
/// are plain, and decode in less time than any photo would.
pub fn with_grain(jpeg: &[u8]) -> Vec<u8> {
    let mut picture =
        image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).unwrap().into_rgb8();
    let mut state = 1u32;
    for pixel in picture.pixels_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The sum of two even draws from -3 to 3: a spread of 2.8 levels, as at a phone's middle sensitivity.
        let grain = ((state >> 8) % 7) as i16 + ((state >> 20) % 7) as i16 - 6;
        pixel.0 = pixel.0.map(|value| (i16::from(value) + grain).clamp(0, 255) as u8);
    }
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    let (width, height) = picture.dimensions();
    encoder.encode(&picture, width as u16, height as u16, jpeg_encoder::ColorType::Rgb).unwrap();
    file
}
