//! Reading a journal: its checkpoint, single entries, proofs. Needs neither a key nor the right to write.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::{CHECKPOINT, bundle};
use crate::JournalError;
use crate::entry::Entry;
use crate::files::{Disk, Files};
use crate::note::{SignedCheckpoint, TlogProof};
use crate::tile::{self, HASH, HEIGHT, Kind, WIDTH};
use crate::tree::{self, Edge, Hash, Nodes};

/// A journal as its checkpoint describes it. What is read is checked for its form; whether it belongs to the checkpoint is judged by
/// [`Audit`](super::Audit) as a whole and by a proof for an entry.
#[derive(Clone)]
pub struct Reader {
    pub(super) files: Arc<dyn Files>,
    checkpoint: SignedCheckpoint,
}

impl Reader {
    /// The journal in a directory, as it is now.
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::over(Arc::new(Disk::new(directory.as_ref())))
    }

    /// The journal in those files.
    pub fn over(files: Arc<dyn Files>) -> Result<Self, JournalError> {
        let bytes = files.read(CHECKPOINT)?.ok_or(JournalError::Missing)?;
        Ok(Self { files, checkpoint: SignedCheckpoint::parse(&bytes)? })
    }

    /// The checkpoint, unverified.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// How many entries the checkpoint names.
    pub fn size(&self) -> u64 {
        self.checkpoint.unverified().size
    }

    /// An entry.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, JournalError> {
        if index >= self.size() {
            return Err(JournalError::Index { index, size: self.size() });
        }
        let (number, place) = (index / WIDTH as u64, (index % WIDTH as u64) as usize);
        let mut entries = self.bundle(number)?;
        Ok(entries.swap_remove(place))
    }

    /// Shows each entry from that index on, with its index and its bytes.
    pub fn each(&self, from: u64, mut show: impl FnMut(u64, &Entry<'_>, &[u8])) -> Result<(), JournalError> {
        for number in from / WIDTH as u64..self.size().div_ceil(WIDTH as u64) {
            for (index, bytes) in
                (number * WIDTH as u64..).zip(self.bundle(number)?).filter(|(index, _)| *index >= from)
            {
                let entry = Entry::parse(&bytes).map_err(|error| JournalError::Entry { index, error })?;
                show(index, &entry, &bytes);
            }
        }
        Ok(())
    }

    /// The root that the tree had at a size, out of its tiles.
    pub fn root_at(&self, size: u64) -> Result<Hash, JournalError> {
        if size > self.size() {
            return Err(JournalError::Index { index: size, size: self.size() });
        }
        Ok(self.edge_at(size)?.root())
    }

    /// The proof that an entry is in the tree of the checkpoint. It is judged before it is handed out, but for the signature.
    pub fn prove(&self, index: u64) -> Result<TlogProof, JournalError> {
        let leaf = Hash::of_leaf(&self.entry(index)?);
        let size = self.size();
        let path = tree::inclusion(&mut Tiles::of(self), index, size)?;
        if !tree::check_inclusion(&leaf, index, size, &path, &self.checkpoint.unverified().root) {
            return Err(JournalError::RootDiffers);
        }
        Ok(TlogProof::new(index, path, self.checkpoint.clone()))
    }

    /// The hashes that show that this tree begins with that of `old` entries, which has `old_root`.
    pub fn prove_growth(&self, old: u64, old_root: &Hash) -> Result<Vec<Hash>, JournalError> {
        let new = self.size();
        if old > new {
            return Err(JournalError::Shrunk { expected: old, got: new });
        }
        let path = if old == 0 { Vec::new() } else { tree::consistency(&mut Tiles::of(self), old, new)? };
        if tree::check_consistency(old, old_root, new, &self.checkpoint.unverified().root, &path) {
            Ok(path)
        } else if self.edge_at(new)?.root() == self.checkpoint.unverified().root {
            Err(JournalError::Forked { size: old })
        } else {
            Err(JournalError::RootDiffers)
        }
    }

    /// The right edge that the tree had at `size`, which is at most its own.
    pub(super) fn edge_at(&self, size: u64) -> Result<Edge, JournalError> {
        let mut levels = Vec::new();
        for level in 0..tile::levels(size) {
            let width = tile::width(size, level);
            let mut hashes =
                if width == 0 { Vec::new() } else { self.hashes(level, tile::full_before(size, level))? };
            hashes.truncate(width);
            levels.push(hashes);
        }
        Edge::restored(size, levels).ok_or(JournalError::RootDiffers)
    }

    /// How wide a tile is in this tree.
    pub(super) fn width(&self, level: usize, index: u64) -> usize {
        if index < tile::full_before(self.size(), level) { WIDTH } else { tile::width(self.size(), level) }
    }

    /// The hashes of a tile.
    pub(super) fn hashes(&self, level: usize, index: u64) -> Result<Vec<Hash>, JournalError> {
        let (bytes, path) =
            self.file(Kind::Hashes(level), index, |bytes, width| bytes.get(..width * HASH))?;
        bundle::hashes(&bytes, self.width(level, index)).ok_or(JournalError::TileMalformed { path })
    }

    /// The bytes of an entry bundle, and its name.
    pub(super) fn bundle_bytes(&self, index: u64) -> Result<(Vec<u8>, String), JournalError> {
        self.file(Kind::Entries, index, bundle::beginning)
    }

    /// The bytes of a tile, and its name. A partial one goes when the full one is there, which a journal that grew since its checkpoint
    /// was read may have by now: the full one begins with it.
    fn file(
        &self,
        kind: Kind,
        index: u64,
        beginning: impl Fn(&[u8], usize) -> Option<&[u8]>,
    ) -> Result<(Vec<u8>, String), JournalError> {
        let level = if let Kind::Hashes(level) = kind { level } else { 0 };
        let width = self.width(level, index);
        let path = tile::path(kind, index, width);
        if let Some(bytes) = self.files.read(&path)? {
            return Ok((bytes, path));
        }
        let full = if width < WIDTH { self.files.read(&tile::path(kind, index, WIDTH))? } else { None };
        match full.as_deref().and_then(|full| beginning(full, width)) {
            Some(bytes) => Ok((bytes.to_vec(), path)),
            None => Err(JournalError::TileMissing { path }),
        }
    }

    /// The entries of a bundle.
    pub(super) fn bundle(&self, index: u64) -> Result<Vec<Vec<u8>>, JournalError> {
        let (bytes, path) = self.bundle_bytes(index)?;
        let entries =
            bundle::exactly(&bytes, self.width(0, index)).ok_or(JournalError::TileMalformed { path })?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("checkpoint", self.checkpoint.unverified()).finish_non_exhaustive()
    }
}

/// Hashes of subtrees out of tiles, each tile read once.
struct Tiles<'a> {
    reader: &'a Reader,
    read: HashMap<(usize, u64), Vec<Hash>>,
}

impl<'a> Tiles<'a> {
    fn of(reader: &'a Reader) -> Self {
        Self { reader, read: HashMap::new() }
    }
}

impl Nodes for Tiles<'_> {
    type Error = JournalError;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, JournalError> {
        let (level, within) = (height as usize / HEIGHT, height as usize % HEIGHT);
        let first = index << within;
        let (number, place) = (first / WIDTH as u64, (first % WIDTH as u64) as usize);
        let hashes = match self.read.entry((level, number)) {
            std::collections::hash_map::Entry::Occupied(hashes) => hashes.into_mut(),
            std::collections::hash_map::Entry::Vacant(empty) => {
                empty.insert(self.reader.hashes(level, number)?)
            }
        };
        hashes.get(place..place + (1 << within)).map(tree::perfect).ok_or(JournalError::RootDiffers)
    }
}
