//! Appending: acknowledged in `pending`, then integrated into the tree, then signed.

use std::sync::Arc;

use jiff::Timestamp;
use realname_token::jose::Signer;

use super::publish::publish;
use super::reader::Reader;
use super::{PENDING, agents, bundle, intake};
use crate::JournalError;
use crate::entry::{Chains, Event, Staged};
use crate::files::Files;
use crate::note::{Checkpoint, SignedCheckpoint, VerifierKey};
use crate::tile::{self, Kind, WIDTH};
use crate::tree::{Edge, Hash};

/// Events that may wait for the tree; more are integrated first. So many are read when a journal is opened after a crash.
pub const MOST_PENDING: usize = 65_536;
/// Entries after which the cache of the agents' chains is written anew.
const CACHED: u64 = 8192;

/// A journal that this process alone may write. Dropping it ends that right; what is acknowledged is integrated by whoever opens it
/// next.
pub struct Journal {
    files: Arc<dyn Files>,
    signer: Arc<dyn Signer>,
    key: VerifierKey,
    checkpoint: SignedCheckpoint,
    edge: Edge,
    /// The bytes of the last, partial bundle.
    last: Vec<u8>,
    chains: Chains,
    /// The size for which the cache of the chains is.
    cached: u64,
    pending: Vec<Vec<u8>>,
    stopped: bool,
}

/// Where acknowledged events will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The index of the first one.
    pub first: u64,
    /// How many they are.
    pub count: u64,
}

/// What appending came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Entries of the tree that is signed now.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The index of the first event that was appended.
    pub first: u64,
}

impl Journal {
    pub(super) fn restored(
        files: Arc<dyn Files>,
        signer: Arc<dyn Signer>,
        key: VerifierKey,
        checkpoint: SignedCheckpoint,
        (edge, last): (Edge, Vec<u8>),
        (chains, cached): (Chains, u64),
        pending: Vec<Vec<u8>>,
    ) -> Self {
        Self { files, signer, key, checkpoint, edge, last, chains, cached, pending, stopped: false }
    }

    /// The key that judges it.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// What was signed last.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Entries that are acknowledged: those of the tree and those that wait.
    pub fn size(&self) -> u64 {
        self.edge.size() + self.pending.len() as u64
    }

    /// How many wait for the tree.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The agents' chains, with what waits.
    pub fn chains(&self) -> &Chains {
        &self.chains
    }

    /// Reads what was signed last.
    pub fn reader(&self) -> Result<Reader, JournalError> {
        Reader::over(Arc::clone(&self.files))
    }

    /// Takes events, all or none, in this order. When it returns they are safe.
    pub fn accept(&mut self, events: Vec<Event>, now: Timestamp) -> Result<Receipt, JournalError> {
        let mut taken = self.accept_each(vec![events], now)?;
        taken.pop().unwrap_or(Err(JournalError::Stopped))
    }

    /// Takes the events of several callers with one sync. A caller whose events can't be taken is told so, and the others' are taken.
    /// An error of the disk is everybody's.
    pub fn accept_each(
        &mut self,
        calls: Vec<Vec<Event>>,
        now: Timestamp,
    ) -> Result<Vec<Result<Receipt, JournalError>>, JournalError> {
        self.running()?;
        let first = self.size();
        let mut entries: Vec<Vec<u8>> = Vec::new();
        let mut all = Staged::over(&self.chains);
        let mut outcomes = Vec::with_capacity(calls.len());
        for events in calls {
            let begin = entries.len();
            // A single event is staged whole or not at all; of several events the first ones may have to be taken back.
            let before = (events.len() > 1).then(|| all.clone());
            let completed = (1..).zip(events).try_for_each(|(number, event)| {
                let bytes = event.complete(now, &mut all);
                entries.push(bytes.map_err(|error| JournalError::Event { number, error })?);
                Ok(())
            });
            if completed.is_err() {
                entries.truncate(begin);
                all = before.unwrap_or(all);
            }
            let receipt = Receipt { first: first + begin as u64, count: (entries.len() - begin) as u64 };
            outcomes.push(completed.map(|()| receipt));
        }
        let links = all.links();
        if !entries.is_empty() {
            self.guard(|journal| {
                journal.files.append(PENDING, &intake::frame(first, &entries))?;
                Ok(journal.files.sync(PENDING)?)
            })?;
            links.into_iter().for_each(|(agent, link)| self.chains.set(&agent, link));
            self.pending.append(&mut entries);
        }
        if self.pending.len() > MOST_PENDING {
            self.integrate()?;
        }
        Ok(outcomes)
    }

    /// Puts what waits into the tree and signs it. Nothing is signed that a crash could take back.
    pub fn integrate(&mut self) -> Result<&SignedCheckpoint, JournalError> {
        self.running()?;
        if !self.pending.is_empty() {
            self.guard(|journal| journal.grow(|_, _| Ok(())))?;
        }
        Ok(&self.checkpoint)
    }

    /// As [`integrate`](Self::integrate), and signs only if size and root could be claimed.
    pub(super) fn integrate_claiming(
        &mut self,
        claim: impl FnOnce(u64, Hash) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        self.running()?;
        if self.pending.is_empty() { Ok(()) } else { self.guard(|journal| journal.grow(claim)) }
    }

    /// The root of the tree at a size, with what waits for it; `None` beyond that.
    pub(super) fn root_at(&self, size: u64) -> Result<Option<Hash>, JournalError> {
        let signed = self.edge.size();
        if size <= signed {
            return self.reader()?.root_at(size).map(Some);
        }
        let mut edge = self.edge.clone();
        let Some(waiting) = self.pending.get(..(size - signed) as usize) else { return Ok(None) };
        for entry in waiting {
            edge.push(Hash::of_leaf(entry), |_, _, _| Ok::<(), JournalError>(()))?;
        }
        Ok(Some(edge.root()))
    }

    /// Appends events and signs the tree with them.
    pub fn append(&mut self, events: Vec<Event>, now: Timestamp) -> Result<Appended, JournalError> {
        let receipt = self.accept(events, now)?;
        let Checkpoint { size, root, .. } = *self.integrate()?.unverified();
        Ok(Appended { size, root, first: receipt.first })
    }

    fn grow(
        &mut self,
        claim: impl FnOnce(u64, Hash) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let old = self.edge.size();
        let files = Arc::clone(&self.files);
        for entry in std::mem::take(&mut self.pending) {
            bundle::add(&mut self.last, &entry);
            let last = &mut self.last;
            self.edge.push(Hash::of_leaf(&entry), |level, index, hashes| {
                files.put(&tile::path(Kind::Hashes(level), index, WIDTH), &bundle::tile(hashes))?;
                if level == 0 {
                    files.put(&tile::path(Kind::Entries, index, WIDTH), last)?;
                    last.clear();
                }
                Ok::<(), JournalError>(())
            })?;
        }
        let size = self.edge.size();
        for level in 0..self.edge.height() {
            let hashes = self.edge.level(level);
            let index = tile::full_before(size, level);
            // One that a checkpoint names already stays untouched: a torn one in its place would be damage.
            let same = index == tile::full_before(old, level) && hashes.len() == tile::width(old, level);
            if !hashes.is_empty() && !same {
                self.files
                    .put(&tile::path(Kind::Hashes(level), index, hashes.len()), &bundle::tile(hashes))?;
                if level == 0 {
                    self.files.put(&tile::path(Kind::Entries, index, hashes.len()), &self.last)?;
                }
            }
        }
        self.files.settle()?;
        claim(size, self.edge.root())?;
        let checkpoint =
            Checkpoint::new(self.checkpoint.unverified().origin().as_str_raw(), size, self.edge.root())?;
        let signed = SignedCheckpoint::sign(checkpoint, self.signer.as_ref())?;
        publish(self.files.as_ref(), &signed)?;
        self.checkpoint = signed;
        self.files.cut(PENDING, 0)?;
        self.tidy(old)
    }

    /// Removes partial tiles whose full tile is there, and writes the cache now and then.
    fn tidy(&mut self, old: u64) -> Result<(), JournalError> {
        let size = self.edge.size();
        for level in 0..tile::levels(old) {
            let index = tile::full_before(old, level);
            if index < tile::full_before(size, level) {
                self.remove_partials(Kind::Hashes(level), index)?;
                if level == 0 {
                    self.remove_partials(Kind::Entries, index)?;
                }
            }
        }
        if size - self.cached >= CACHED {
            agents::write(self.files.as_ref(), size, &self.checkpoint.unverified().root, &self.chains)?;
            self.cached = size;
        }
        Ok(())
    }

    fn remove_partials(&self, kind: Kind, index: u64) -> Result<(), JournalError> {
        let directory = tile::partials(kind, index);
        let names = self.files.names(&directory)?;
        if names.is_empty() {
            return Ok(());
        }
        names.iter().try_for_each(|name| self.files.remove(&format!("{directory}/{name}")))?;
        Ok(self.files.remove(&directory)?)
    }

    fn running(&self) -> Result<(), JournalError> {
        if self.stopped { Err(JournalError::Stopped) } else { Ok(()) }
    }

    /// After a write that failed nobody knows what is on the disk: nothing more is done.
    fn guard(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let done = work(self);
        self.stopped |= done.is_err();
        done
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal")
            .field("size", &self.edge.size())
            .field("pending", &self.pending.len())
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}
