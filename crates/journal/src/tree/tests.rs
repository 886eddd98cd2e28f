use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// RFC 6962, section 2.1, word for word: what the rest is compared with.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of_nothing(),
        [leaf] => *leaf,
        leaves => {
            let mut middle = 1;
            while middle * 2 < leaves.len() {
                middle *= 2;
            }
            Hash::of_node(&naive(&leaves[..middle]), &naive(&leaves[middle..]))
        }
    }
}

struct Leaves(Vec<Hash>);

impl Nodes for Leaves {
    type Error = Infallible;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, Infallible> {
        let begin = (index << height) as usize;
        Ok(naive(&self.0[begin..begin + (1 << height)]))
    }
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|number| Hash::of_leaf(&number.to_be_bytes())).collect()
}

fn hex(hash: &Hash) -> String {
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The roots that implementations of RFC 6962 are commonly tested with.
#[test]
fn known_roots() {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves: Vec<Hash> = inputs.iter().map(|input| Hash::of_leaf(input)).collect();
    assert_eq!(hex(&naive(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(hex(&naive(&leaves[..1])), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    assert_eq!(hex(&naive(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    let mut edge = Edge::default();
    for leaf in &leaves {
        edge.push(*leaf, |_, _, _| Ok::<(), Infallible>(())).unwrap();
    }
    assert_eq!(edge.root(), naive(&leaves));
}

#[test]
fn the_edge_has_the_root_of_every_size() {
    let all = leaves(1100);
    let mut edge = Edge::default();
    for size in 0..=all.len() {
        if size < 20 || size % 37 == 0 || size % 256 < 2 {
            assert_eq!(edge.root(), naive(&all[..size]), "{size}");
        }
        let Some(leaf) = all.get(size) else { break };
        let mut tiles = Vec::new();
        let found = edge.push(*leaf, |level, index, hashes| {
            tiles.push((level, index, perfect(hashes)));
            Ok::<(), Infallible>(())
        });
        found.unwrap();
        let full = (size + 1) % 256 == 0;
        let expected = full.then(|| (0, size as u64 / 256, naive(&all[size - 255..=size])));
        assert_eq!(tiles, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn every_proof_of_small_trees_holds_and_no_other() {
    let all = leaves(40);
    for size in 1..=all.len() {
        let root = naive(&all[..size]);
        let mut nodes = Leaves(all[..size].to_vec());
        for index in 0..size {
            let Ok(path) = inclusion(&mut nodes, index as u64, size as u64);
            let check = |index: usize, size: usize, path: &[Hash], leaf: &Hash| {
                check_inclusion(leaf, index as u64, size as u64, path, &root)
            };
            assert!(check(index, size, &path, &all[index]), "{index} of {size}");
            assert!(!check(index, size, &path, &all[(index + 1) % 40]));
            assert!(!check(index + 1, size, &path, &all[index]));
            assert!(!check(size, size, &path, &all[index]));
            let longer = [path.as_slice(), &[root]].concat();
            assert!(!check(index, size, &longer, &all[index]));
            if let Some(shorter) = path.len().checked_sub(1) {
                assert!(!check(index, size, &path[..shorter], &all[index]));
                assert!(!check(index, size, &path[1..], &all[index]));
            }
        }
        for old in 1..=size {
            let Ok(path) = consistency(&mut nodes, old as u64, size as u64);
            let old_root = naive(&all[..old]);
            let check = |old: usize, path: &[Hash], old_root: &Hash| {
                check_consistency(old as u64, old_root, size as u64, &root, path)
            };
            assert!(check(old, &path, &old_root), "{old} of {size}");
            assert!(!check(old, &path, &Hash::of_leaf(b"another tree")));
            assert!(!check(old, &[path.as_slice(), &[root]].concat(), &old_root));
            if !path.is_empty() {
                assert!(
                    !check(old, &path[1..], &old_root) && !check(old, &path[..path.len() - 1], &old_root)
                );
            }
        }
        assert!(check_consistency(0, &Hash::of_nothing(), size as u64, &root, &[]));
        assert!(!check_consistency(0, &root, size as u64, &root, &[]));
        assert!(!check_consistency(size as u64 + 1, &root, size as u64, &root, &[]));
    }
}

proptest! {
    /// Nothing from outside makes the judges panic, and a changed hash never holds.
    #[test]
    fn a_changed_proof_doesnt_hold(size in 2..60usize, index: prop::sample::Index, place: prop::sample::Index, bit in 0..256usize) {
        let all = leaves(size);
        let index = index.index(size);
        let Ok(mut path) = inclusion(&mut Leaves(all.clone()), index as u64, size as u64);
        let place = place.index(path.len());
        path[place].0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!check_inclusion(&all[index], index as u64, size as u64, &path, &naive(&all)));
    }

    #[test]
    fn any_numbers_are_judged(index: u64, size: u64, old: u64, count in 0..70usize) {
        let path = leaves(count);
        let root = Hash::of_nothing();
        prop_assert!(!check_inclusion(&root, index, size, &path, &root));
        let _ = check_consistency(old, &root, size, &Hash::of_leaf(b""), &path);
    }
}
