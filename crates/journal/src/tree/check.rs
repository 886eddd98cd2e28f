//! Judging proofs, as RFC 9162, sections 2.1.3.2 and 2.1.4.2 describe it for the trees of RFC 6962.

use super::Hash;

/// Whether `path` leads from the leaf at `index` to the root of a tree of `size`.
pub fn check_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = Hash::of_node(sibling, &hash);
            if place & 1 == 0 {
                // The last node of a level that has no sibling there goes up until it has one.
                let rise = place.trailing_zeros().min(u64::BITS - 1);
                place >>= rise;
                last >>= rise;
            }
        } else {
            hash = Hash::of_node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `old` leaves with `old_root` begins the tree of `new` leaves with `new_root`.
///
/// Every tree begins with the one without leaves, and for that and for equal sizes the path is empty.
pub fn check_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, path: &[Hash]) -> bool {
    if old == 0 {
        return path.is_empty() && *old_root == Hash::of_nothing();
    }
    if old >= new {
        return old == new && path.is_empty() && old_root == new_root;
    }
    // Where the old tree is one whole subtree, its root is the first hash, and left out.
    let (first, rest) = match path.split_first() {
        _ if old.is_power_of_two() => (old_root, path),
        Some((first, rest)) => (first, rest),
        None => return false,
    };
    let mut place = old - 1;
    let mut last = new - 1;
    let rise = place.trailing_ones();
    place >>= rise;
    last >>= rise;
    let (mut small, mut large) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            small = Hash::of_node(sibling, &small);
            large = Hash::of_node(sibling, &large);
            if place & 1 == 0 {
                let rise = place.trailing_zeros().min(u64::BITS - 1);
                place >>= rise;
                last >>= rise;
            }
        } else {
            large = Hash::of_node(&large, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && small == *old_root && large == *new_root
}
