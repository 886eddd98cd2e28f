//! How far the journal is, kept in the store from which it takes its events: what is signed there was claimed here before.
//!
//! After a failover, or when a directory was restored, another machine may hold an older copy of the journal. Two that go on from there would
//! sign two histories. So size and root move forward in the store first, by compare-and-swap, and whoever finds there what it doesn't have signs
//! nothing.

use realname_token::store::{List, Outbox, Put, Space, StoreError, Task, Work};

use crate::JournalError;
use crate::tree::Hash;

/// The space of what a store keeps for the journal.
pub(super) const SPACE: Space = Space::new("journal");
const HEADS: List<'static> = List { space: SPACE, id: "head" };

/// Size and root that were claimed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) size: u64,
    pub(super) root: Hash,
}

impl Head {
    /// The one that a store has of the journal of that origin.
    pub(super) fn read(outbox: &dyn Outbox, origin: &str) -> Result<Option<Self>, StoreError> {
        outbox.task(HEADS, &name(origin))?.as_ref().map(Self::parse).transpose()
    }

    /// Claims this one behind `before`. Another one there is that of another directory, whose history this one isn't.
    pub(super) fn claim(
        self,
        outbox: &dyn Outbox,
        origin: &str,
        before: Option<Self>,
    ) -> Result<(), JournalError> {
        let name = name(origin);
        let found = outbox.task(HEADS, &name)?;
        let there = found.as_ref().map(Self::parse).transpose()?;
        if there != before {
            return Err(JournalError::Forked { size: there.map_or(0, |there| there.size) });
        }
        let value = format!("{} {}", self.size, self.root.to_base64url()).into_bytes().into();
        let work = Work { value, state: "head".into(), due_at: None };
        let claimed = match found {
            Some(task) => outbox.change(HEADS, &name, task.revision, &work)?,
            None => outbox.enlist(HEADS, &name, &work)? == Put::Stored,
        };
        if claimed { Ok(()) } else { Err(JournalError::Forked { size: self.size }) }
    }

    fn parse(task: &Task) -> Result<Self, StoreError> {
        let read = || {
            let (size, root) = std::str::from_utf8(&task.work.value).ok()?.split_once(' ')?;
            Some(Self { size: size.parse().ok()?, root: Hash::from_base64url(root)? })
        };
        read().ok_or(StoreError::Corrupt)
    }
}

/// An origin may be longer than a key.
fn name(origin: &str) -> Vec<u8> {
    Hash::of(origin.as_bytes()).as_bytes().to_vec()
}
