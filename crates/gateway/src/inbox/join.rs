//! A long text from its parts: out of order, some twice, under a reference that was another text's a while ago.

use jiff::{SignedDuration, Timestamp};
use realname_token::store::{Task, Work};
use zeroize::Zeroizing;

use super::keep::Arrived;
use super::{APART, BATCH, InboxError, Replies, Whole, later};

impl Replies {
    /// The whole text, if this part completes it. A part that is still alone after [`APART`] is given up.
    pub(super) fn join(
        &self,
        task: Task,
        arrived: Arrived,
        done: &[Whole],
        now: Timestamp,
    ) -> Result<Option<Whole>, InboxError> {
        let Some(part) = arrived.part else { return Ok(None) };
        let group = self.group(&arrived, part);
        let mut parts = Vec::new();
        for task in self.store.tasks(self.list(), Some(&group), BATCH)? {
            if !task.key.starts_with(&group) {
                break;
            }
            let used = done.iter().any(|whole| whole.keys.contains(&task.key));
            if !used && let Some(arrived) = self.open(&task) {
                parts.push((task.key, arrived));
            }
        }
        parts.sort_by_key(|(_, arrived)| arrived.at);
        let near = |one: &Arrived| {
            let apart = arrived.at.duration_since(one.at).abs();
            apart <= APART
        };
        // The first of each number that is near enough; one that another text's reference left behind isn't.
        let chosen: Option<Vec<&(Vec<u8>, Arrived)>> = (1..=part.total)
            .map(|number| {
                parts.iter().find(|(_, one)| {
                    near(one)
                        && one.coding == arrived.coding
                        && one.part.is_some_and(|of| of.number == number)
                })
            })
            .collect();
        // It must hold this very part, else it is an earlier text, which its own parts complete.
        let chosen = chosen.filter(|chosen| chosen.iter().any(|(key, _)| *key == task.key));
        let Some(chosen) = chosen else {
            self.wait(task, arrived.at, now)?;
            return Ok(None);
        };
        let content: Zeroizing<Vec<u8>> =
            Zeroizing::new(chosen.iter().flat_map(|(_, one)| one.content.iter().copied()).collect());
        let keys = chosen.iter().map(|(key, _)| key.clone()).collect();
        for (_, one) in &chosen {
            self.part_done(one)?;
        }
        // It was sent when its first part came.
        let at = chosen.iter().map(|(_, one)| one.at).min().unwrap_or(arrived.at);
        let whole = Arrived { content, at, ..arrived };
        Ok(Some(Whole { keys, text: whole.text(), arrived: whole }))
    }

    /// Looks at it again when the time of its text is over: whichever part comes before that completes it.
    fn wait(&self, task: Task, at: Timestamp, now: Timestamp) -> Result<(), InboxError> {
        let over = later(at, APART);
        if over < now {
            self.store.drop_these(self.list(), &[task.key])?;
            return Ok(());
        }
        let due_at = later(over, SignedDuration::from_secs(1));
        let work = Work { due_at: Some(due_at), ..task.work };
        let _ = self.store.change(self.list(), &task.key, task.revision, &work)?;
        Ok(())
    }
}
