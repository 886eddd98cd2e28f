//! Entry bundles: entries behind their length in two bytes, the high one first.

use crate::tree::Hash;

/// Adds an entry. Its length is at most [`MOST_BYTES`](crate::entry::MOST_BYTES), which an entry was judged by.
pub(super) fn add(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry.get(..usize::from(length)).unwrap_or(entry));
}

/// The entries of a bundle; `None` where one is cut off.
pub(super) fn entries(bundle: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = bundle;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let split = rest
            .split_first_chunk::<2>()
            .and_then(|(length, after)| after.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        match split {
            Some((entry, after)) => {
                rest = after;
                Some(Some(entry))
            }
            None => {
                rest = &[];
                Some(None)
            }
        }
    })
}

/// The bytes of the first so many entries; `None` when there are fewer.
pub(super) fn beginning(bundle: &[u8], count: usize) -> Option<&[u8]> {
    let lengths: Option<Vec<usize>> =
        entries(bundle).take(count).map(|entry| Some(entry?.len() + 2)).collect();
    let lengths = lengths.filter(|lengths| lengths.len() == count)?;
    bundle.get(..lengths.iter().sum())
}

/// Exactly so many entries.
pub(super) fn exactly(bundle: &[u8], count: usize) -> Option<Vec<&[u8]>> {
    let entries: Option<Vec<_>> = entries(bundle).take(count + 1).collect();
    entries.filter(|entries| entries.len() == count)
}

/// The bytes of a tile.
pub(super) fn tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes of a tile; `None` when it isn't that wide.
pub(super) fn hashes(bytes: &[u8], width: usize) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == width)
        .then(|| hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
}
