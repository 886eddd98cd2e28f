//! The right edge of a tree, a list of hashes a tile level: all that is needed to grow it.

use super::Hash;
use crate::tile::{HEIGHT, WIDTH, full_before, width};

/// Hashes of the last tile of each level, whole tiles left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// An edge whose last tiles were read. `None` when a tile isn't as wide as the size demands.
    pub(crate) fn restored(size: u64, levels: Vec<Vec<Hash>>) -> Option<Self> {
        let fits = |(level, hashes): (usize, &Vec<Hash>)| hashes.len() == width(size, level);
        let all = full_before(size, levels.len()) == 0 && width(size, levels.len()) == 0;
        (all && levels.iter().enumerate().all(fits)).then_some(Self { size, levels })
    }

    /// Leaves so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the last tile of a level; none when that tile is empty.
    pub(crate) fn level(&self, level: usize) -> &[Hash] {
        self.levels.get(level).map_or(&[], Vec::as_slice)
    }

    /// How many levels have had a hash.
    pub(crate) fn height(&self) -> usize {
        self.levels.len()
    }

    /// Adds a leaf, and tells of each tile that it makes full: level, index, hashes.
    pub(crate) fn push<E>(
        &mut self,
        leaf: Hash,
        mut full: impl FnMut(usize, u64, &[Hash]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut hash = leaf;
        self.size += 1;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::with_capacity(WIDTH));
            }
            let Some(hashes) = self.levels.get_mut(level) else { break };
            hashes.push(hash);
            if hashes.len() < WIDTH {
                break;
            }
            full(level, full_before(self.size, level) - 1, hashes)?;
            hash = perfect(hashes);
            hashes.clear();
        }
        Ok(())
    }

    /// The root of the whole tree.
    pub(crate) fn root(&self) -> Hash {
        let mut root = None;
        for hashes in &self.levels {
            let mut rest = hashes.as_slice();
            for bit in 0..HEIGHT {
                if hashes.len() >> bit & 1 == 1 {
                    let (before, subtree) = rest.split_at(rest.len() - (1 << bit));
                    rest = before;
                    let hash = perfect(subtree);
                    root = Some(root.map_or(hash, |right| Hash::of_node(&hash, &right)));
                }
            }
        }
        root.unwrap_or_else(Hash::of_nothing)
    }
}

/// The root over a power of two of hashes.
pub(crate) fn perfect(hashes: &[Hash]) -> Hash {
    let mut level = [Hash([0; 32]); WIDTH / 2];
    let mut count = hashes.len() / 2;
    if count == 0 {
        return hashes.first().copied().unwrap_or_else(Hash::of_nothing);
    }
    for (place, pair) in level.iter_mut().zip(hashes.chunks_exact(2)) {
        *place = Hash::of_node(&pair[0], &pair[1]);
    }
    while count > 1 {
        count /= 2;
        for place in 0..count {
            level[place] = Hash::of_node(&level[2 * place], &level[2 * place + 1]);
        }
    }
    level[0]
}
