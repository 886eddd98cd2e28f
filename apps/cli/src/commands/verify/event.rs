//! An acceptance as an event of the operator's journal. The store records both in one step, and the journal takes the event from there:
//! whoever is killed in between leaves an event that waits.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use realname::appraisal::{Policy, Quotas};
use realname::demand::PendingDemand;
use realname::jose::Json;
use realname::journal::entry::{Event, Stated};
use realname::journal::files::{Disk, Files};
use realname::journal::keyed::{YearKey, YearKeys};
use realname::journal::{Journal, JournalError};
use realname::rely::{Accepting, Telling, recorded};
use realname::standing::Standings;
use realname::store::{Outbox, Store};

use crate::commands::journal;
use crate::failure::Failure;
use crate::{lang, outside};

/// Notes of answers that may have been recorded, a file each below the journal's directory: by programs before the store kept events.
const WAITING: &str = "verifying";

/// How often another decision is waited for, and how long each time.
const TURNS: u32 = 100;
const TURN: Duration = Duration::from_millis(100);

/// The journal that this decision's event goes into.
pub(in crate::commands) struct Events {
    journal: Journal,
    keys: YearKeys,
}

impl Events {
    /// Opens the journal and writes the events that an earlier run owes.
    pub(in crate::commands) fn open(
        (directory, key): (Option<&Path>, Option<&Path>),
        keys: Option<&Path>,
        store: &dyn Outbox,
    ) -> Result<Option<Self>, Failure> {
        let (Some(directory), Some(key)) = (directory, key) else { return Ok(None) };
        let mut opened = journal::journal(directory, key);
        for _ in 0..TURNS {
            if !opened.as_ref().is_err_and(|failure| failure.code == "journal_in_use") {
                break;
            }
            std::thread::sleep(TURN);
            opened = journal::journal(directory, key);
        }
        let keys = keys.map(journal::year_keys).transpose()?.unwrap_or_default();
        let mut events = Self { journal: opened?, keys };
        for note in notes(&directory.join(WAITING))? {
            events.make_up_for(&note, store)?;
        }
        events.journal.take_from(store, Timestamp::now()).map_err(Failure::from)?;
        Ok(Some(events))
    }

    /// The secret of that moment's year.
    pub(in crate::commands) fn key(&self, at: Timestamp) -> Option<&YearKey> {
        self.keys.at(at)
    }

    /// The event that is recorded with an acceptance. Refuses the acceptance of an agent or a terminal that may not sell: what a measure
    /// says acts at once, whatever trust lists still say.
    pub(super) fn telling(
        &self,
        accepting: &Accepting<'_>,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Vec<Telling<'static>>, Failure> {
        let event = Event::verified(accepting, self.keys.at(now), now);
        let standings =
            self.journal.reader().and_then(|reader| Standings::read(&reader)).map_err(Failure::from)?;
        standings.admit(&event)?;
        // Counted before it is recorded: a try that fails counts the same number again, which changes nothing.
        let event = match accepting.activates() {
            Some((document, number)) => {
                let quotas = Quotas::of_terminal(store, Policy::on_site().limits())?;
                let end = Timestamp::MAX;
                let reached = quotas.reaches_limit("verify", &document, number.as_str(), end, now)?;
                event.with("limit_reached", Stated::Flag(reached))
            }
            None => event,
        };
        let told = event.telling().map_err(|error| JournalError::Event { number: 1, error })?;
        Ok(vec![told])
    }

    /// Has the journal take what waits. A refusal records nothing, and is no event.
    pub(in crate::commands) fn settle(
        mut self,
        store: &dyn Outbox,
        nonce: &str,
        accepted: bool,
        now: Timestamp,
    ) -> Result<(), Failure> {
        match self.journal.take_from(store, now) {
            Err(error) if accepted => Err(pending(nonce, error)),
            _ => Ok(()),
        }
    }

    /// What another run left: an answer of this store without its event, or nothing. Notes of other stores stay.
    fn make_up_for(&mut self, note: &Path, store: &dyn Store) -> Result<(), Failure> {
        let Some((nonce, size)) = read(note) else { return Ok(()) };
        let Some(demand) = PendingDemand::load(store, &nonce)? else { return Ok(()) };
        if demand.answer.is_some()
            && let Some(record) = recorded(store, &nonce)?
            && !self.has(&nonce, size).map_err(Failure::from)?
        {
            let at = record.accepted_at().unwrap_or_else(Timestamp::now);
            let event = Event::accepted("verified", &nonce, &record);
            self.journal.append(vec![event], at).map_err(|error| pending(&nonce, error))?;
        }
        let _ = fs::remove_file(note);
        Ok(())
    }

    /// Whether the event is there; it can't be before the note was made.
    fn has(&mut self, nonce: &str, size: u64) -> Result<bool, JournalError> {
        self.journal.integrate()?;
        let mut found = false;
        self.journal.reader()?.each(size, |_, entry, _| {
            found |= entry.event() == "verified" && entry.text("nonce") == Some(nonce);
        })?;
        Ok(found)
    }
}

fn notes(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let names = Disk::new(directory).names("").map_err(|error| Failure::from(JournalError::from(error)))?;
    Ok(names.into_iter().map(|name| directory.join(name)).collect())
}

fn read(note: &Path) -> Option<(String, u64)> {
    let json = Json::parse(&fs::read(note).ok()?, 4096).ok()?;
    let size = json.member("size")?.as_integer()?.try_into().ok()?;
    Some((json.member("nonce")?.as_str()?.to_owned(), size))
}

/// The answer is recorded and its event isn't there: nobody is told what was decided.
fn pending(nonce: &str, error: JournalError) -> Failure {
    let cause = Failure::from(error);
    let nonce = outside::shown(nonce);
    Failure::trouble(
        "event_pending",
        lang::pick(
            format!("the answer is recorded, its event isn't written: {}", cause.message),
            format!("应答已记录，但事件未能写入：{}", cause.message),
        ),
        lang::pick(
            format!(
                "mend the journal, run `realname verify --journal` again, then `realname verify --nonce={nonce} --again`"
            ),
            format!(
                "请修复日志，再次运行 realname verify --journal，然后运行 realname verify --nonce={nonce} --again"
            ),
        ),
    )
}
