//! Work that is handed out: each thing that is due to one taker, however many ask.
//!
//! A view on the store beside the ledger: lists of tasks, each with a value, a state that can be counted, and a moment from
//! which it is due. Campaigns, reports and leases are views on it, made by the modules that own them.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{Put, Space, StoreError};

/// Which list a task is in. Lists of different spaces never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "what names a list")]
pub struct List<'a> {
    /// The view's space.
    pub space: Space,
    /// The list in it: at most [`MAX_KEY`](super::MAX_KEY) bytes.
    pub id: &'a str,
}

/// What a task says.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "what a task is made of")]
pub struct Work {
    /// The view's own.
    pub value: Zeroizing<Vec<u8>>,
    /// In which state it is, in the view's words: at most [`MAX_KEY`](super::MAX_KEY) bytes.
    pub state: String,
    /// From when on it is handed out; never without one.
    pub due_at: Option<Timestamp>,
}

/// A task as it stands.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Task {
    /// What names it in its list.
    pub key: Vec<u8>,
    /// What it says.
    pub work: Work,
    /// Rises with every change and every time that it is handed out.
    pub revision: u64,
}

impl Task {
    /// As a store has it.
    pub fn new(key: Vec<u8>, work: Work, revision: u64) -> Self {
        Self { key, work, revision }
    }
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work")
            .field("state", &self.state)
            .field("due_at", &self.due_at)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task")
            .field("work", &self.work)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// Lists of tasks. Every operation is one atomic, durable step, as those of [`Store`](super::Store).
///
/// A task stays until its list is dropped: nothing here expires by itself.
pub trait Queue: Send + Sync {
    /// Puts a task into a list unless one of that key is there, whatever it says.
    fn enlist(&self, list: List<'_>, key: &[u8], work: &Work) -> Result<Put, StoreError>;

    /// Hands out at most `max` tasks that are due at `now`, those that are due longest first, and makes each due again at `until`. Of
    /// any number of takers each task goes to one. Whoever takes one and then stops has lost his turn, and the task none.
    fn take(
        &self,
        list: List<'_>,
        now: Timestamp,
        until: Timestamp,
        max: u32,
    ) -> Result<Vec<Task>, StoreError>;

    /// Changes a task if nothing has changed it since it had that revision; says whether it did.
    fn change(&self, list: List<'_>, key: &[u8], revision: u64, work: &Work) -> Result<bool, StoreError>;

    /// Looks at a task.
    fn task(&self, list: List<'_>, key: &[u8]) -> Result<Option<Task>, StoreError>;

    /// At most `max` tasks of a list whose keys come after `after`, in the order of their keys: for going through all of it. Nothing
    /// comes before a key, not even the empty one, when `after` is `None`.
    fn tasks(&self, list: List<'_>, after: Option<&[u8]>, max: u32) -> Result<Vec<Task>, StoreError>;

    /// How many tasks of a list are in each state.
    fn tally(&self, list: List<'_>) -> Result<Vec<(String, u64)>, StoreError>;

    /// Removes at most `max` tasks of a list, with all that they say; says how many.
    fn drop_tasks(&self, list: List<'_>, max: u32) -> Result<u32, StoreError>;
}
