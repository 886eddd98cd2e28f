//! The whole journal, judged from its tiles.

use super::bundle;
use super::reader::Reader;
use crate::JournalError;
use crate::entry::{Chains, Entry};
use crate::note::{Quorum, SignedCheckpoint, VerifierKey};
use crate::tile::{self, Kind, WIDTH};
use crate::tree::{Edge, Hash};

/// What is asked of a journal.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    keys: Vec<VerifierKey>,
    quorum: Quorum,
    since: Option<SignedCheckpoint>,
}

/// What was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Audited {
    /// How many entries there are.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The known witnesses that cosigned it, and when, as each says; `None` for a time that no calendar has.
    pub witnesses: Vec<(VerifierKey, Option<jiff::Timestamp>)>,
    /// Where each agent's chain ends.
    pub chains: Chains,
}

impl Audit {
    /// Asks for a signature by one of these keys.
    pub fn new(keys: Vec<VerifierKey>) -> Self {
        Self { keys, ..Self::default() }
    }

    /// Asks for witnesses as well.
    #[must_use]
    pub fn with_quorum(mut self, quorum: Quorum) -> Self {
        self.quorum = quorum;
        self
    }

    /// Asks that the tree begins with one that was signed before.
    #[must_use]
    pub fn since(mut self, checkpoint: SignedCheckpoint) -> Self {
        self.since = Some(checkpoint);
        self
    }

    /// Judges signature, witnesses, every entry, every tile, each agent's chain, and growth.
    pub fn run(&self, reader: &Reader) -> Result<Audited, JournalError> {
        self.run_with(reader, |_, _, _| {})
    }

    /// As [`run`](Self::run), and shows each entry with its index and bytes. What it shows counts once this returns `Ok`.
    pub fn run_with(
        &self,
        reader: &Reader,
        mut each: impl FnMut(u64, &Entry<'_>, &[u8]),
    ) -> Result<Audited, JournalError> {
        let cosigned = reader.checkpoint().verify(&self.keys, &self.quorum)?;
        let (size, root) = (cosigned.checkpoint().size, cosigned.checkpoint().root);
        let since = match &self.since {
            None => None,
            Some(since) => {
                let since = since.verify(&self.keys, &Quorum::none())?.checkpoint();
                if since.size > size {
                    return Err(JournalError::Shrunk { expected: since.size, got: size });
                }
                Some((since.size, since.root))
            }
        };
        let mut edge = Edge::default();
        let mut chains = Chains::default();
        // A fork is told once everything else was found in order: it is the graver charge.
        let mut forked = since.is_some_and(|(size, root)| size == 0 && root != edge.root());
        for number in 0..size.div_ceil(WIDTH as u64) {
            let (bytes, path) = reader.bundle_bytes(number)?;
            let mut count = 0;
            for entry in bundle::entries(&bytes) {
                let index = edge.size();
                let Some(bytes) = entry.filter(|_| count < reader.width(0, number)) else {
                    return Err(JournalError::TileMalformed { path });
                };
                count += 1;
                let wrong = |error| JournalError::Entry { index, error };
                let entry = Entry::parse(bytes).map_err(wrong)?;
                chains.follow(&entry, bytes).map_err(wrong)?;
                each(index, &entry, bytes);
                edge.push(Hash::of_leaf(bytes), |level, index, hashes| same(reader, level, index, hashes))?;
                if let Some((at, root)) = since
                    && at == edge.size()
                {
                    forked |= edge.root() != root;
                }
            }
            if count != reader.width(0, number) {
                return Err(JournalError::TileMalformed { path });
            }
        }
        for level in 0..edge.height() {
            let hashes = edge.level(level);
            if !hashes.is_empty() {
                same(reader, level, tile::full_before(size, level), hashes)?;
            }
        }
        if edge.root() != root {
            return Err(JournalError::RootDiffers);
        }
        if forked {
            return Err(JournalError::Forked { size: since.map_or(0, |(size, _)| size) });
        }
        Ok(Audited { size, root, witnesses: cosigned.witnesses().to_vec(), chains })
    }
}

impl Audit {
    /// Judges entries that came without tiles, as in a bundle: signature, witnesses, each entry, each agent's chain, and that these are all
    /// the entries of the checkpoint's tree. [`since`](Self::since) isn't looked at. What is shown counts once this returns `Ok`.
    pub fn run_entries<E: From<JournalError>>(
        &self,
        checkpoint: &SignedCheckpoint,
        entries: impl Iterator<Item = Result<Vec<u8>, E>>,
        mut each: impl FnMut(u64, &Entry<'_>, &[u8]),
    ) -> Result<Audited, E> {
        let cosigned = checkpoint.verify(&self.keys, &self.quorum).map_err(JournalError::from)?;
        let (size, root) = (cosigned.checkpoint().size, cosigned.checkpoint().root);
        let (mut edge, mut chains) = (Edge::default(), Chains::default());
        for bytes in entries {
            let (bytes, index) = (bytes?, edge.size());
            let wrong = |error| JournalError::Entry { index, error };
            let entry = Entry::parse(&bytes).map_err(wrong)?;
            chains.follow(&entry, &bytes).map_err(wrong)?;
            each(index, &entry, &bytes);
            edge.push(Hash::of_leaf(&bytes), |_, _, _| Ok::<(), JournalError>(()))?;
        }
        if edge.size() != size || edge.root() != root {
            return Err(JournalError::RootDiffers.into());
        }
        Ok(Audited { size, root, witnesses: cosigned.witnesses().to_vec(), chains })
    }
}

/// Whether a tile is what its entries make it.
fn same(reader: &Reader, level: usize, index: u64, hashes: &[Hash]) -> Result<(), JournalError> {
    if reader.hashes(level, index)? == hashes {
        return Ok(());
    }
    Err(JournalError::TileDiffers { path: tile::path(Kind::Hashes(level), index, hashes.len()) })
}
