//! Making proofs (RFC 6962, sections 2.1.1 and 2.1.2) out of whatever knows the hashes of whole subtrees.

use super::Hash;

/// Knows the root of each subtree whose size is a power of two and which is whole.
pub(crate) trait Nodes {
    /// Why a hash couldn't be had.
    type Error;

    /// The root over the leaves from `index << height` on, `1 << height` of them.
    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The largest power of two below `count`, which is above one.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// The root over leaves `from..to`; `from` is a multiple of the power of two that covers them, as RFC 6962 splits.
fn root<N: Nodes>(nodes: &mut N, from: u64, to: u64) -> Result<Hash, N::Error> {
    let count = to - from;
    if count.is_power_of_two() {
        let height = count.trailing_zeros();
        return nodes.node(height, from >> height);
    }
    let middle = from + split(count);
    let left = root(nodes, from, middle)?;
    Ok(Hash::of_node(&left, &root(nodes, middle, to)?))
}

/// The path from leaf `index` to the root of a tree of `size`, which is above `index`. The leaf's sibling comes first.
pub(crate) fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(root(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(root(nodes, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `old` leaves begins that of `new` leaves; `0 < old <= new`.
pub(crate) fn consistency<N: Nodes>(nodes: &mut N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut from, mut to) = (0, new);
    let mut path = Vec::new();
    // Whether what is looked at is the whole old tree, whose root the verifier has.
    let mut whole = true;
    while to > old {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(root(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(root(nodes, from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(root(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}
