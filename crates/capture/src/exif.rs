//! What a camera wrote into the file about itself. Whoever sends the file can write anything there: a contradiction is a
//! remark, an agreement is nothing.

use jiff::civil::DateTime;

/// The few EXIF values (CIPA DC-008, section 4.6) that three photos of one session should agree on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// Make and model.
    pub(super) camera: Option<String>,
    /// What wrote the file.
    pub(super) software: Option<String>,
    /// When it says that it was taken, by the camera's own clock.
    pub(super) taken: Option<DateTime>,
}

const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const SOFTWARE: u16 = 0x0131;
const EXIF_DIRECTORY: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
/// Entries that are looked at in a directory. Cameras write a few dozen.
const MOST_ENTRIES: usize = 256;
/// Bytes of a text that are kept.
const MOST_TEXT: usize = 64;

impl Exif {
    /// From a TIFF structure. Anything senseless is as if it weren't there.
    pub(super) fn parse(tiff: &[u8]) -> Self {
        Tiff::new(tiff).and_then(|tiff| tiff.read()).unwrap_or_default()
    }
}

struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

struct Entry {
    tag: u16,
    count: usize,
    /// The value itself when it has at most four bytes, else where it is.
    at: usize,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.get(..4)? {
            [b'I', b'I', 42, 0] => true,
            [b'M', b'M', 0, 42] => false,
            _ => return None,
        };
        Some(Self { bytes, little })
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) } as usize)
    }

    fn entries(&self, directory: usize) -> impl Iterator<Item = Entry> + '_ {
        let count = usize::from(self.short(directory).unwrap_or(0)).min(MOST_ENTRIES);
        (0..count).filter_map(move |n| {
            let at = directory.checked_add(2 + n * 12)?;
            Some(Entry { tag: self.short(at)?, count: self.long(at + 4)?, at: at + 8 })
        })
    }

    fn text(&self, entry: &Entry) -> Option<String> {
        let at = if entry.count <= 4 { entry.at } else { self.long(entry.at)? };
        let bytes = self.bytes.get(at..at.checked_add(entry.count.min(MOST_TEXT))?)?;
        let text: String = bytes.iter().take_while(|b| **b != 0).map(|b| char::from(*b)).collect();
        let text = text.trim();
        (!text.is_empty() && text.is_ascii()).then(|| text.to_owned())
    }

    fn read(&self) -> Option<Exif> {
        let (mut make, mut model, mut exif) = (None, None, Exif::default());
        for entry in self.entries(self.long(4)?) {
            match entry.tag {
                MAKE => make = self.text(&entry),
                MODEL => model = self.text(&entry),
                SOFTWARE => exif.software = self.text(&entry),
                EXIF_DIRECTORY => {
                    let original = |entry: &Entry| entry.tag == DATE_TIME_ORIGINAL;
                    let found = self.entries(self.long(entry.at)?).find(original);
                    let text = found.and_then(|entry| self.text(&entry));
                    exif.taken = text.and_then(|text| DateTime::strptime("%Y:%m:%d %H:%M:%S", text).ok());
                }
                _ => {}
            }
        }
        let parts: Vec<String> = [make, model].into_iter().flatten().collect();
        exif.camera = (!parts.is_empty()).then(|| parts.join(" "));
        Some(exif)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A little-endian TIFF structure with these values.
    pub(crate) fn tiff(make: &str, model: &str, software: &str, taken: &str) -> Vec<u8> {
        let texts = [(MAKE, make), (MODEL, model), (SOFTWARE, software)];
        let mut bytes = b"II*\0\x08\0\0\0\x04\0".to_vec();
        let mut data = Vec::new();
        let first_data = 8 + 2 + 4 * 12 + 4 + 2 + 12 + 4;
        let mut entry = |bytes: &mut Vec<u8>, tag: u16, text: &str| {
            bytes.extend(tag.to_le_bytes());
            bytes.extend([2, 0]);
            bytes.extend((text.len() as u32 + 1).to_le_bytes());
            if text.len() < 4 {
                let mut value = text.as_bytes().to_vec();
                value.resize(4, 0);
                bytes.extend(value);
            } else {
                bytes.extend(((first_data + data.len()) as u32).to_le_bytes());
                data.extend(text.as_bytes());
                data.push(0);
            }
        };
        for (tag, text) in texts {
            entry(&mut bytes, tag, text);
        }
        bytes.extend(EXIF_DIRECTORY.to_le_bytes());
        bytes.extend([4, 0, 1, 0, 0, 0]);
        bytes.extend(((8 + 2 + 4 * 12 + 4) as u32).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend([1, 0]);
        entry(&mut bytes, DATE_TIME_ORIGINAL, taken);
        bytes.extend([0; 4]);
        bytes.extend(data);
        bytes
    }

    #[test]
    fn what_a_camera_says() {
        let exif = Exif::parse(&tiff("TEST", "Camera One", "v2", "2026:11:21 16:00:05"));
        assert_eq!(exif.camera.as_deref(), Some("TEST Camera One"));
        assert_eq!(exif.software.as_deref(), Some("v2"));
        assert_eq!(exif.taken, Some(jiff::civil::date(2026, 11, 21).at(16, 0, 5, 0)));
        assert_eq!(Exif::parse(&tiff("TEST", "Camera", "v2", "2026:13:21 16:00:05")).taken, None);
        assert_eq!(Exif::parse(b"II*\0\xFF\xFF\xFF\xFF"), Exif::default());
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..120, value: u8) {
            Exif::parse(&bytes);
            let mut near = tiff("TEST", "Camera One", "v2", "2026:11:21 16:00:05");
            if let Some(byte) = near.get_mut(at) {
                *byte = value;
            }
            Exif::parse(&near);
        }
    }
}
