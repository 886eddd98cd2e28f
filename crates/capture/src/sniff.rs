//! What a file is, by its first bytes. A name's ending and a declared media type are never believed.

use super::{Foreign, Format};

/// Names the format.
pub(super) fn sniff(bytes: &[u8]) -> Result<Format, Foreign> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Format::WebP),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => Err(Foreign::Video),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Err(iso_media(bytes)),
        [b'G', b'I', b'F', b'8', ..] => Err(Foreign::Gif),
        [b'B', b'M', ..] => Err(Foreign::Bmp),
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Err(Foreign::Tiff),
        [0xFF, 0x0A, ..] | [0, 0, 0, 0x0C, b'J', b'X', b'L', b' ', ..] => Err(Foreign::JpegXl),
        [b'%', b'P', b'D', b'F', ..] => Err(Foreign::Pdf),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Err(Foreign::Video),
        _ => Err(Foreign::Unknown),
    }
}

/// Names an ISO base media file (ISO/IEC 14496-12) by the brands in its `ftyp` box: major brand, minor version, then
/// compatible brands. HEIC files often have the major brand `mif1`, so all brands count.
fn iso_media(bytes: &[u8]) -> Foreign {
    const MOST: usize = 64;
    let size = bytes.first_chunk().map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let end = size.clamp(8, MOST.max(8)).min(bytes.len());
    let brands = bytes.get(8..end).unwrap_or_default();
    let (mut heic, mut avif) = (false, false);
    for brand in brands.chunks_exact(4) {
        match brand {
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"mif1"
            | b"msf1" => {
                heic = true;
            }
            b"avif" | b"avis" => avif = true,
            _ => {}
        }
    }
    // AVIF files list `mif1` too.
    if avif {
        Foreign::Avif
    } else if heic {
        Foreign::Heic
    } else {
        Foreign::Video
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ftyp(brands: &[&[u8; 4]]) -> Vec<u8> {
        let mut bytes = ((12 + 4 * brands.len()) as u32).to_be_bytes().to_vec();
        bytes.extend(b"ftyp");
        for (at, brand) in brands.iter().enumerate() {
            bytes.extend(*brand);
            if at == 0 {
                bytes.extend([0; 4]);
            }
        }
        bytes
    }

    #[test]
    fn formats_by_their_first_bytes() {
        assert_eq!(sniff(&[0xFF, 0xD8, 0xFF, 0xE0]), Ok(Format::Jpeg));
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...."), Ok(Format::Png));
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), Ok(Format::WebP));
        for (bytes, foreign) in [
            (&b"GIF89a"[..], Foreign::Gif),
            (b"BM......", Foreign::Bmp),
            (b"II*\0", Foreign::Tiff),
            (b"MM\0*", Foreign::Tiff),
            (b"%PDF-1.7", Foreign::Pdf),
            (b"\xFF\x0A", Foreign::JpegXl),
            (b"RIFF\0\0\0\0AVI ", Foreign::Video),
            (b"\x1a\x45\xdf\xa3", Foreign::Video),
            (b"<svg>", Foreign::Unknown),
            (b"", Foreign::Unknown),
        ] {
            assert_eq!(sniff(bytes), Err(foreign), "{foreign}");
        }
    }

    #[test]
    fn iso_media_by_any_of_its_brands() {
        assert_eq!(sniff(&ftyp(&[b"heic", b"mif1"])), Err(Foreign::Heic));
        assert_eq!(sniff(&ftyp(&[b"mif1", b"heic"])), Err(Foreign::Heic));
        assert_eq!(sniff(&ftyp(&[b"avif", b"mif1"])), Err(Foreign::Avif));
        assert_eq!(sniff(&ftyp(&[b"mif1", b"avif"])), Err(Foreign::Avif));
        assert_eq!(sniff(&ftyp(&[b"isom", b"mp42"])), Err(Foreign::Video));
        // A box that ends before its brands, or claims the whole address space.
        assert_eq!(sniff(b"\0\0\0\x08ftyp"), Err(Foreign::Video));
        assert_eq!(sniff(b"\xFF\xFF\xFF\xFFftypheic"), Err(Foreign::Heic));
    }
}
