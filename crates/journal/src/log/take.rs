//! Taking events from a store in which they were written together with what they tell.
//!
//! The event waits in a list of the store; a second mark there says how large the journal was when the last batch began. A process that is
//! killed anywhere leaves the event in the list, in the journal, or in both: whoever comes next looks from the mark on, appends what isn't
//! there, and takes the rest off the list. Only who has the journal open for writing does any of it, so there is one at a time.

use std::collections::HashSet;

use jiff::Timestamp;
use realname_token::rely::Telling;
use realname_token::store::{List, Outbox, Space, StoreError, Task, Work};

use super::Journal;
use crate::JournalError;
use crate::entry::{EntryError, Event};
use crate::tree::Hash;

/// The space of what waits for the journal.
const SPACE: Space = Space::new("journal");
/// The events.
const WAITING: List<'static> = List { space: SPACE, id: "events" };
/// How large the journal was when the last batch began.
const MARKS: List<'static> = List { space: SPACE, id: "mark" };
const MARK: &[u8] = b"mark";
/// Events that are taken together.
const BATCH: u32 = 1000;

impl Event {
    /// The event as a store keeps it until the journal has it, for [`answer_telling`](realname_token::rely::answer_telling). It is named by
    /// its kind and nonce, so there is one of both. It needs a nonce and its own time, and is judged now: what waits can be taken.
    pub fn telling(&self) -> Result<Telling<'static>, EntryError> {
        self.check()?;
        for member in ["event", "nonce", "time"] {
            if self.text(member).is_none() {
                return Err(EntryError::Missing { member });
            }
        }
        let value = self.to_bytes().into();
        Ok(Telling {
            list: WAITING,
            key: name(self),
            work: Work { value, state: "waits".into(), due_at: None },
        })
    }
}

impl Journal {
    /// Whether events wait in a store for their journal.
    pub fn awaits(outbox: &dyn Outbox) -> Result<bool, StoreError> {
        Ok(!outbox.tasks(WAITING, None, 1)?.is_empty())
    }

    /// Takes in the events that wait in a store, each once, signs the tree with them, and says how many they were. Nothing is lost or
    /// doubled when this is killed, or runs on another machine next with the same journal and store.
    pub fn take_from(&mut self, outbox: &dyn Outbox, now: Timestamp) -> Result<u64, JournalError> {
        let (mut taken, mut looked) = (0, false);
        loop {
            let rows = outbox.tasks(WAITING, None, BATCH)?;
            if rows.is_empty() {
                return Ok(taken);
            }
            if !looked {
                // Off the list before the mark moves on: behind a later mark they wouldn't be found again.
                let known = self.known_since(mark(outbox)?, &rows)?;
                looked = true;
                if !known.is_empty() {
                    outbox.drop_these(WAITING, &known)?;
                    continue;
                }
            }
            set_mark(outbox, self.size())?;
            let mut events =
                rows.iter().map(|row| Event::parse(&row.work.value)).collect::<Result<Vec<_>, _>>();
            if let Ok(events) = &mut events {
                events.sort_by_key(|event| event.text("time").map(str::to_owned));
            }
            let events = events.map_err(|error| JournalError::Event { number: 1, error })?;
            taken += events.len() as u64;
            self.append(events, now)?;
            let keys: Vec<Vec<u8>> = rows.into_iter().map(|row| row.key).collect();
            outbox.drop_these(WAITING, &keys)?;
        }
    }

    /// Which of these rows the journal has, from that size on.
    fn known_since(&mut self, mark: u64, rows: &[Task]) -> Result<Vec<Vec<u8>>, JournalError> {
        self.integrate()?;
        let waiting: HashSet<&[u8]> = rows.iter().map(|row| row.key.as_slice()).collect();
        let mut known = Vec::new();
        if mark < self.size() {
            self.reader()?.each(mark, |_, entry, _| {
                let Some(nonce) = entry.text("nonce") else { return };
                let key = name_of(entry.event(), nonce);
                if waiting.contains(key.as_slice()) {
                    known.push(key);
                }
            })?;
        }
        Ok(known)
    }
}

fn name(event: &Event) -> Vec<u8> {
    name_of(event.text("event").unwrap_or_default(), event.text("nonce").unwrap_or_default())
}

fn name_of(event: &str, nonce: &str) -> Vec<u8> {
    Hash::of(format!("{event} {nonce}").as_bytes()).as_bytes().to_vec()
}

fn mark(outbox: &dyn Outbox) -> Result<u64, JournalError> {
    let Some(task) = outbox.task(MARKS, MARK)? else { return Ok(0) };
    let text = std::str::from_utf8(&task.work.value).ok().and_then(|text| text.parse().ok());
    Ok(text.ok_or(StoreError::Corrupt)?)
}

fn set_mark(outbox: &dyn Outbox, size: u64) -> Result<(), JournalError> {
    let work = Work { value: size.to_string().into_bytes().into(), state: "mark".into(), due_at: None };
    loop {
        let set = match outbox.task(MARKS, MARK)? {
            Some(task) => outbox.change(MARKS, MARK, task.revision, &work)?,
            None => outbox.enlist(MARKS, MARK, &work)? == realname_token::store::Put::Stored,
        };
        if set {
            return Ok(());
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the tests have files")]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use realname_token::jose::SigningKey;
    use realname_token::store::{MemoryStore, Queue};

    use super::*;
    use crate::entry::Stated;

    fn now() -> Timestamp {
        "2026-11-30T08:00:00Z".parse().unwrap()
    }

    fn event(number: u8) -> Event {
        let nonce = realname_token::jose::encode(&[number; 16]);
        Event::new("verified").with("nonce", Stated::Text(&nonce)).with("time", Stated::Time(now()))
    }

    fn wait(store: &MemoryStore, number: u8) {
        let telling = event(number).telling().unwrap();
        let _ = store.enlist(telling.list, &telling.key, &telling.work).unwrap();
    }

    fn counts(journal: &Journal) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let mut count =
            |nonce: Option<&str>| *counts.entry(nonce.unwrap_or_default().to_owned()).or_default() += 1;
        journal.reader().unwrap().each(0, |_, entry, _| count(entry.text("nonce"))).unwrap();
        counts
    }

    #[test]
    fn takes_each_once_wherever_it_was_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let key = Arc::new(SigningKey::from_ed25519_seed(&[1; 32]));
        let mut journal =
            Journal::create(dir.path().join("journal"), key, "operator.example/journal").unwrap();
        let store = MemoryStore::new();
        (0..3).for_each(|number| wait(&store, number));
        wait(&store, 2);
        assert!(Journal::awaits(&store).unwrap());
        assert_eq!(journal.take_from(&store, now()).unwrap(), 3);
        assert!(!Journal::awaits(&store).unwrap());
        assert_eq!(journal.take_from(&store, now()).unwrap(), 0);
        // Stopped after the mark and the append, before anything was taken off the list; another event came meanwhile.
        (3..6).for_each(|number| wait(&store, number));
        set_mark(&store, journal.size()).unwrap();
        journal.append(vec![event(3), event(4)], now()).unwrap();
        wait(&store, 6);
        assert_eq!(journal.take_from(&store, now()).unwrap(), 2);
        // Stopped in the middle of taking off: one of two is left.
        journal.append(vec![event(7)], now()).unwrap();
        wait(&store, 7);
        assert_eq!(journal.take_from(&store, now()).unwrap(), 0);
        let counts = counts(&journal);
        assert_eq!((counts.len(), counts.values().sum::<usize>()), (8, 8), "{counts:?}");
    }

    #[test]
    fn what_cant_be_told_apart_or_taken_doesnt_wait() {
        let without = Event::new("verified").with("time", Stated::Time(now()));
        assert!(matches!(without.telling(), Err(EntryError::Missing { member: "nonce" })));
        let personal = event(1).with("agent", Stated::Text("13900000000"));
        assert!(matches!(personal.telling(), Err(EntryError::Personal { .. })));
    }
}
