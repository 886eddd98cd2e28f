//! Where a tile is: level, index, and how wide it is in a tree of a given size.

/// Levels of the tree in a tile.
pub(crate) const HEIGHT: usize = 8;
/// Hashes in a full tile.
pub(crate) const WIDTH: usize = 1 << HEIGHT;
/// Bytes of a hash.
pub(crate) const HASH: usize = 32;

/// Full tiles of a level in a tree of that size: the index of the one that is partial or absent.
pub(crate) fn full_before(size: u64, level: usize) -> u64 {
    shifted(size, HEIGHT * (level + 1))
}

/// Hashes in the last, partial tile of a level; 0 when there is none.
pub(crate) fn width(size: u64, level: usize) -> usize {
    (shifted(size, HEIGHT * level) % WIDTH as u64) as usize
}

/// Levels of a tree of that size which have a hash.
pub(crate) fn levels(size: u64) -> usize {
    (0..).take_while(|level| shifted(size, HEIGHT * level) > 0).count()
}

fn shifted(size: u64, bits: usize) -> u64 {
    u32::try_from(bits).ok().and_then(|bits| size.checked_shr(bits)).unwrap_or(0)
}

/// What is in a file of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Hashes of that level.
    Hashes(usize),
    /// Entries.
    Entries,
}

/// A tile's name below the journal's directory; `width` is [`WIDTH`] for a full one.
pub(crate) fn path(kind: Kind, index: u64, width: usize) -> String {
    let begin = match kind {
        Kind::Hashes(level) => format!("tile/{level}/"),
        Kind::Entries => "tile/entries/".to_owned(),
    };
    let whole = begin + &digits(index);
    if width == WIDTH { whole } else { format!("{whole}.p/{width}") }
}

/// The directory of the partial forms of a tile.
pub(crate) fn partials(kind: Kind, index: u64) -> String {
    path(kind, index, WIDTH) + ".p"
}

/// The index in groups of three digits, all but the last one behind an `x`.
fn digits(index: u64) -> String {
    let text = index.to_string();
    let padded = format!("{}{text}", "0".repeat((3 - text.len() % 3) % 3));
    let mut path = String::with_capacity(padded.len() * 5 / 3);
    for (place, c) in padded.chars().enumerate() {
        if place % 3 == 0 {
            if place > 0 {
                path.push('/');
            }
            if place + 3 < padded.len() {
                path.push('x');
            }
        }
        path.push(c);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification.
    #[test]
    fn names_are_those_of_the_specification() {
        assert_eq!(path(Kind::Hashes(0), 1_234_067, WIDTH), "tile/0/x001/x234/067");
        assert_eq!(path(Kind::Entries, 0, 7), "tile/entries/000.p/7");
        assert_eq!(path(Kind::Hashes(1), 1000, 255), "tile/1/x001/000.p/255");
        assert_eq!(path(Kind::Hashes(63), 999, WIDTH), "tile/63/999");
    }

    #[test]
    fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
        let tiles: Vec<_> = (0..4).map(|level| (full_before(70_000, level), width(70_000, level))).collect();
        assert_eq!(tiles, [(273, 112), (1, 17), (0, 1), (0, 0)]);
        assert_eq!((full_before(256, 0), width(256, 0), full_before(256, 1), width(256, 1)), (1, 0, 0, 1));
        assert_eq!((levels(0), levels(1), levels(255), levels(256), levels(u64::MAX)), (0, 1, 1, 2, 8));
        assert_eq!((full_before(u64::MAX, 7), width(u64::MAX, 8)), (0, 0));
    }
}
