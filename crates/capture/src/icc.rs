//! Colours as a file's ICC profile means them (ICC.1:2022). Phones save photos in Display P3: the same look, other numbers.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::Picture;

/// The longest profile that is looked at. Those of phones and cameras have 500 bytes to 4 KB.
pub(super) const LONGEST: usize = 256 << 10;

/// Puts the numbered parts of a profile together (annex B.4). `None` when one is missing.
pub(super) fn joined(parts: &[(u8, &[u8])]) -> Option<Vec<u8>> {
    let mut parts: Vec<&(u8, &[u8])> = parts.iter().collect();
    parts.sort_by_key(|(number, _)| *number);
    let in_turn = parts.iter().zip(1usize..).all(|((number, _), turn)| usize::from(*number) == turn);
    let length: usize = parts.iter().map(|(_, part)| part.len()).sum();
    (in_turn && (1..=LONGEST).contains(&length))
        .then(|| parts.iter().flat_map(|(_, part)| part.iter().copied()).collect())
}

/// The profile of a PNG: a name, the method, and the profile, compressed (W3C PNG, section 11.3.2.3).
pub(super) fn inflated(chunk: &[u8]) -> Option<Vec<u8>> {
    let name = chunk.iter().position(|byte| *byte == 0)?;
    let data = chunk.get(name + 1..)?.strip_prefix(&[0])?;
    fdeflate::decompress_to_vec_bounded(data, LONGEST).ok()
}

/// Gives a picture the sRGB colours that its own ones stand for.
///
/// Only profiles of three primaries and their curves count, as every phone, camera and editor writes for RGB. A damaged
/// profile, or one of another kind, is as if it weren't there: so do other decoders.
pub(super) fn apply(picture: &mut Picture, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb || !profile.is_matrix_shaper() {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options) else {
        return;
    };
    let mapped = |from: &[u8]| {
        let mut to = vec![0; from.len()];
        transform.transform(from, &mut to).ok().map(|()| to)
    };
    let greys: Vec<u8> = (0..=255).flat_map(|value| [value; 3]).collect();
    let primaries = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [120, 60, 60], [60, 120, 60], [60, 60, 120]];
    let (Some(tones), Some(colours)) = (mapped(&greys), mapped(primaries.as_flattened())) else { return };
    let apart = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    let same_tones = apart(&tones, &greys) <= 2;
    if same_tones && apart(&colours, primaries.as_flattened()) <= 3 {
        return; // sRGB under another name.
    }
    let mut tone = [0; 256];
    tone.iter_mut().zip(tones.as_chunks::<3>().0).for_each(|(tone, [_, green, _])| *tone = *green);
    picture.map_colours((!same_tones).then_some(&tone), |from, to| {
        if transform.transform(from, to).is_err() {
            to.copy_from_slice(from);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn red(profile: &[u8]) -> [i32; 2] {
        let mut picture = Picture::from_rgb(8, 8, &[200, 60, 50].repeat(64));
        apply(&mut picture, profile);
        [picture.blue().at(0, 0), picture.red().at(0, 0)].map(i32::from)
    }

    #[test]
    fn wide_colours_are_taken_for_what_they_are() {
        let plain = red(b"");
        assert_eq!(red(&ColorProfile::new_srgb().encode().unwrap()), plain);
        for wide in
            [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb(), ColorProfile::new_bt2020()]
        {
            let [_, cr] = red(&wide.encode().unwrap());
            assert!(cr > plain[1] + 5, "{cr}");
        }
    }

    #[test]
    fn parts_are_joined_in_turn_or_not_at_all() {
        assert_eq!(joined(&[(2, b"b"), (1, b"a")]), Some(b"ab".to_vec()));
        for parts in [&[][..], &[(2, b"b".as_slice())], &[(1, b"a"), (1, b"a")], &[(0, b"a")], &[(1, b"")]] {
            assert_eq!(joined(parts), None);
        }
        assert_eq!(joined(&[(1, &vec![0; LONGEST + 1])]), None);
        assert_eq!(inflated(b"name\0\0no zlib"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

        #[test]
        fn a_damaged_profile_is_as_if_it_was_not_there(
            at in 0usize..700,
            value: u8,
            end in 0usize..700,
            cut: bool,
            noise in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let mut profile = ColorProfile::new_display_p3().encode().unwrap();
            if let Some(byte) = profile.get_mut(at) {
                *byte = value;
            }
            if cut {
                profile.truncate(end);
            }
            red(&profile);
            red(&noise);
        }
    }
}
