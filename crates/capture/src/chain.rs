//! A chain of digests, bound to the demand for which something is captured.

use sha2::{Digest, Sha256};

use super::Slot;
use super::live::LiveTake;

/// What was captured for one demand, in the order in which it came: digests, and nothing of the pictures.
///
/// It begins with the demand's nonce, and each link covers the link before it, the slot and the file: a capture that is
/// taken out, put in, exchanged, or moved to another demand changes every link after it. Whoever judges has the demand,
/// and computes the chain again ([`belongs_to`](Self::belongs_to)). A chain says nothing about where a camera was.
#[derive(Clone, PartialEq, Eq)]
pub struct Chain {
    head: [u8; 32],
    links: Vec<Link>,
}

/// One capture in a [`Chain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "what a link covers")]
pub struct Link {
    /// What it was meant to show.
    pub slot: Slot,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

impl Chain {
    /// Most links that are read, retaken photos included.
    pub const LIMIT: usize = 4096;

    /// Begins a chain for the demand with that nonce, as it stands in the demand.
    pub fn begin(demand_nonce: &str) -> Self {
        Self { head: first(demand_nonce), links: Vec::new() }
    }

    /// A chain as it was written down. Whether the two belong together is said by [`belongs_to`](Self::belongs_to).
    pub fn from_parts(head: [u8; 32], links: Vec<Link>) -> Self {
        Self { head, links }
    }

    /// The last link: what stands for the whole.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// What was captured, in order.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The link that a capture would get: SHA-256 over the link before, the slot's name with its length, and the file's
    /// SHA-256.
    pub fn next(&self, link: Link) -> [u8; 32] {
        after(self.head, link)
    }

    /// Whether it was begun for the demand with that nonce, and its head is what its links give.
    pub fn belongs_to(&self, demand_nonce: &str) -> bool {
        self.links.len() <= Self::LIMIT
            && self.links.iter().fold(first(demand_nonce), |head, link| after(head, *link)) == self.head
    }

    /// The chain with the frames of a live capture behind it, in their order.
    #[must_use]
    pub fn with_live(&self, take: &LiveTake) -> Self {
        let mut chain = self.clone();
        for (_, frame) in &take.frames {
            chain.append(Link { slot: frame.slot(), sha256: frame.sha256() });
        }
        chain
    }

    pub(super) fn append(&mut self, link: Link) {
        self.head = self.next(link);
        self.links.push(link);
    }
}

fn first(demand_nonce: &str) -> [u8; 32] {
    Sha256::new_with_prefix(b"realname capture chain 2").chain_update(demand_nonce).finalize().into()
}

fn after(head: [u8; 32], link: Link) -> [u8; 32] {
    let name = link.slot.as_str().as_bytes();
    Sha256::new_with_prefix(b"realname capture link 2")
        .chain_update(head)
        .chain_update((name.len() as u64).to_be_bytes())
        .chain_update(name)
        .chain_update(link.sha256)
        .finalize()
        .into()
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain").field("links", &self.links.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: &str = "BQUFBQUFBQUFBQUFBQUFBQ";

    fn link(slot: Slot, byte: u8) -> Link {
        Link { slot, sha256: [byte; 32] }
    }

    fn chain(nonce: &str, links: &[Link]) -> Chain {
        let mut chain = Chain::begin(nonce);
        links.iter().for_each(|link| chain.append(*link));
        chain
    }

    #[test]
    fn the_chain_covers_demand_order_slot_and_file() {
        let (a, b, c) = (link(Slot::PortraitSide, 1), link(Slot::EmblemSide, 2), link(Slot::Holder, 3));
        let whole = chain(NONCE, &[a, b, c]);
        assert!(whole.belongs_to(NONCE) && Chain::begin(NONCE).belongs_to(NONCE));
        for other in ["", "BQUFBQUFBQUFBQUFBQUFBg", "BQUFBQUFBQUFBQUFBQUFBQ="] {
            assert!(!whole.belongs_to(other) && !Chain::begin(NONCE).belongs_to(other), "{other:?}");
        }
        let swapped = [Link { slot: b.slot, ..a }, Link { slot: a.slot, ..b }, c];
        let others = [
            vec![b, a, c],
            vec![a, b],
            vec![a, b, c, c],
            vec![a, b, link(Slot::Holder, 4)],
            swapped.to_vec(),
            vec![],
        ];
        for links in others {
            assert_ne!(chain(NONCE, &links).head(), whole.head());
            assert!(!Chain::from_parts(whole.head(), links).belongs_to(NONCE));
        }
        assert!(Chain::from_parts(whole.head(), vec![a, b, c]).belongs_to(NONCE));
    }

    #[test]
    fn what_is_too_long_to_be_of_a_person_is_not_computed() {
        let links = vec![link(Slot::Live, 1); Chain::LIMIT + 1];
        assert!(!chain(NONCE, &links).belongs_to(NONCE));
    }
}
