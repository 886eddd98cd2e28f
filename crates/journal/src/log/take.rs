//! Taking events from a store in which they were written together with what they tell.
//!
//! The event waits in a list of the store; a second mark there says how large the journal was when the last batch began. A process that is
//! killed anywhere leaves the event in the list, in the journal, or in both: whoever comes next looks from the mark on, appends what isn't
//! there, and takes the rest off the list. Only who has the journal open for writing does any of it, so there is one at a time.
//! Of two copies of the journal one goes on: size and root are claimed in the store before they are signed.

use std::collections::HashSet;

use jiff::Timestamp;
use realname_token::rely::Telling;
use realname_token::store::{List, Outbox, StoreError, Task, Work};

use super::Journal;
use super::head::{Head, SPACE};
use crate::JournalError;
use crate::entry::{EntryError, Event};
use crate::tree::Hash;

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
        let (mut taken, mut looked, mut head) = (0, false, None);
        let origin = self.checkpoint().unverified().origin().as_str_raw().to_owned();
        loop {
            let rows = outbox.tasks(WAITING, None, BATCH)?;
            if rows.is_empty() {
                return Ok(taken);
            }
            if !looked {
                // A copy that is older than what was claimed, or another history, writes nothing.
                head = self.behind(Head::read(outbox, &origin)?)?;
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
            self.accept(events, now)?;
            self.integrate_claiming(|size, root| {
                let next = Head { size, root };
                next.claim(outbox, &origin, head)?;
                head = Some(next);
                Ok(())
            })?;
            let keys: Vec<Vec<u8>> = rows.into_iter().map(|row| row.key).collect();
            outbox.drop_these(WAITING, &keys)?;
        }
    }

    /// What was claimed, if this journal begins with it.
    fn behind(&self, head: Option<Head>) -> Result<Option<Head>, JournalError> {
        let Some(Head { size, root }) = head else { return Ok(None) };
        match self.root_at(size)? {
            Some(own) if own == root => Ok(head),
            Some(_) => Err(JournalError::Forked { size }),
            None => Err(JournalError::Shrunk { expected: size, got: self.size() }),
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

    const ORIGIN: &str = "operator.example/journal";

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

    fn copied(from: &std::path::Path, to: &std::path::Path) {
        std::fs::create_dir_all(to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let (file, to) = (file.unwrap(), to.to_owned());
            let to = to.join(file.file_name());
            if file.file_type().unwrap().is_dir() {
                copied(&file.path(), &to);
            } else {
                std::fs::copy(file.path(), to).unwrap();
            }
        }
    }

    /// A failover to an older copy of the directory, a copy that went on by itself, and a stop between claim and signature.
    #[test]
    fn of_two_copies_one_goes_on_and_the_other_signs_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = (dir.path().join("first"), dir.path().join("second"));
        let key = Arc::new(SigningKey::from_ed25519_seed(&[1; 32]));
        let open = |at: &std::path::Path| Journal::open(at, Arc::clone(&key) as _).unwrap();
        let store = MemoryStore::new();
        let mut journal = Journal::create(&first, Arc::clone(&key) as _, "operator.example/journal").unwrap();
        wait(&store, 1);
        assert_eq!(journal.take_from(&store, now()).unwrap(), 1);
        drop(journal);
        copied(&first, &second);
        wait(&store, 2);
        assert_eq!(open(&first).take_from(&store, now()).unwrap(), 1);
        wait(&store, 3);
        let unchanged = std::fs::read(second.join("checkpoint")).unwrap();
        let behind = open(&second).take_from(&store, now()).unwrap_err();
        assert!(matches!(behind, JournalError::Shrunk { expected: 2, got: 1 }), "{behind:?}");
        assert_eq!(std::fs::read(second.join("checkpoint")).unwrap(), unchanged);
        // It went on without the store: another history, as long.
        open(&second).append(vec![event(9)], now()).unwrap();
        let forked = open(&second).take_from(&store, now()).unwrap_err();
        assert!(matches!(forked, JournalError::Forked { size: 2 }), "{forked:?}");
        // Two that looked at the same moment: the second to claim signs nothing, and never does.
        let mut slow = open(&first);
        let head = slow.behind(Head::read(&store, ORIGIN).unwrap()).unwrap();
        let other = Head { size: 3, root: Hash::of(b"another tree") };
        other.claim(&store, ORIGIN, head).unwrap();
        slow.accept(vec![event(3)], now()).unwrap();
        let claimed = slow.integrate_claiming(|size, root| Head { size, root }.claim(&store, ORIGIN, head));
        assert!(matches!(claimed, Err(JournalError::Forked { size: 3 })), "{claimed:?}");
        assert!(matches!(slow.integrate(), Err(JournalError::Stopped)));
        drop(slow);
        assert!(matches!(open(&first).take_from(&store, now()), Err(JournalError::Forked { size: 3 })));
        assert!(Journal::awaits(&store).unwrap(), "the event waits for the right journal");
    }

    #[test]
    fn who_was_stopped_between_claim_and_signature_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let key = Arc::new(SigningKey::from_ed25519_seed(&[1; 32]));
        let path = dir.path().join("journal");
        let mut journal = Journal::create(&path, Arc::clone(&key) as _, "operator.example/journal").unwrap();
        let store = MemoryStore::new();
        wait(&store, 1);
        assert_eq!(journal.take_from(&store, now()).unwrap(), 1);
        wait(&store, 2);
        let head = Head::read(&store, ORIGIN).unwrap();
        set_mark(&store, journal.size()).unwrap();
        journal.accept(vec![event(2)], now()).unwrap();
        let root = journal.root_at(2).unwrap().unwrap();
        Head { size: 2, root }.claim(&store, ORIGIN, head).unwrap();
        drop(journal);
        let mut journal = Journal::open(&path, key).unwrap();
        assert_eq!(journal.take_from(&store, now()).unwrap(), 0, "it was in the journal already");
        wait(&store, 3);
        assert_eq!(journal.take_from(&store, now()).unwrap(), 1);
        let counts = counts(&journal);
        assert_eq!((counts.len(), journal.size()), (3, 3), "{counts:?}");
        assert_eq!(Head::read(&store, ORIGIN).unwrap().map(|head| head.size), Some(3));
    }

    #[test]
    fn what_cant_be_told_apart_or_taken_doesnt_wait() {
        let without = Event::new("verified").with("time", Stated::Time(now()));
        assert!(matches!(without.telling(), Err(EntryError::Missing { member: "nonce" })));
        let personal = event(1).with("agent", Stated::Text("13900000000"));
        assert!(matches!(personal.telling(), Err(EntryError::Personal { .. })));
    }
}
