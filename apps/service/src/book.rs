//! The operator's journal, where the configuration names one. Events lie in the store from the step on in which what they tell of was
//! recorded; from there the journal takes them, each once. What it says of an agent's standing is asked before anything is accepted.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use realname::jose::Signer;
use realname::journal::entry::Event;
use realname::journal::keyed::{YearKey, YearKeys};
use realname::journal::{Journal, JournalError};
use realname::standing::Watch;
use realname::store::Outbox;

use crate::files::read_secret;
use crate::{Refusal, SetupError, config, keys};

pub(crate) struct Book {
    /// The directory and who signs it; without a key another process takes the events.
    place: Option<Mutex<(PathBuf, Arc<dyn Signer>)>>,
    /// Who may sell. Without a directory nobody is asked for it.
    standing: Option<Mutex<Watch>>,
    keys: YearKeys,
    /// Somebody is about to take what waits.
    turn: AtomicBool,
}

impl Book {
    /// Loads key and secrets, and looks whether the journal is one that this key signs.
    pub(crate) fn load(config: &config::Journal) -> Result<Self, SetupError> {
        let broken = |path: &Path| {
            let path = path.to_owned();
            move |source| SetupError::Journal { path, source }
        };
        let place = match (&config.directory, &config.key) {
            (Some(directory), Some(key)) => {
                let signer = keys::load(key)?;
                match Journal::open(directory, Arc::clone(&signer)) {
                    // Another process has it open, as a node or a command.
                    Ok(_) | Err(JournalError::InUse) => Some(Mutex::new((directory.clone(), signer))),
                    Err(source) => return Err(broken(directory)(source)),
                }
            }
            (_, None) => None,
            (None, Some(_)) => {
                return Err(SetupError::Value {
                    key: "journal",
                    problem: "a `key` needs the `directory` that it signs",
                });
            }
        };
        let watch = |directory: &PathBuf| Watch::open(directory).map_err(broken(directory));
        let standing = config.directory.as_ref().map(watch).transpose()?.map(Mutex::new);
        let keys = config.keys.as_deref().map(year_keys).transpose()?.unwrap_or_default();
        Ok(Self { place, standing, keys, turn: AtomicBool::new(false) })
    }

    /// The secret of that moment's year.
    pub(crate) fn key(&self, at: Timestamp) -> Option<&YearKey> {
        self.keys.at(at)
    }

    /// Refuses what agents and terminals answered that may not sell by now.
    pub(crate) fn admit(&self, event: &Event) -> Result<(), Refusal> {
        let Some(standing) = &self.standing else { return Ok(()) };
        // A look that was cut off has changed nothing.
        let mut watch = standing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(watch.look()?.admit(event)?)
    }

    /// Whether events are taken here at all, and nobody is about to: who asked then does it.
    pub(crate) fn asks_for_a_turn(&self) -> bool {
        self.place.is_some() && !self.turn.swap(true, Ordering::SeqCst)
    }

    /// Has the journal take what waits, unless another thread or process does so.
    pub(crate) fn take(&self, store: &dyn Outbox, now: Timestamp) -> Result<u64, JournalError> {
        // What is recorded from here on asks for another turn.
        self.turn.store(false, Ordering::SeqCst);
        let Some(place) = self.place.as_ref().and_then(|place| place.try_lock().ok()) else { return Ok(0) };
        if !Journal::awaits(store)? {
            return Ok(0);
        }
        let (directory, signer) = &*place;
        match Journal::open(directory, Arc::clone(signer)) {
            Ok(mut journal) => journal.take_from(store, now),
            Err(JournalError::InUse) => Ok(0),
            Err(error) => Err(error),
        }
    }
}

/// The files that `realname journal year` makes: `2026.key`.
fn year_keys(directory: &Path) -> Result<YearKeys, SetupError> {
    let unread = |source| SetupError::File { path: directory.to_owned(), source };
    let mut keys = YearKeys::default();
    for entry in std::fs::read_dir(directory).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".key"));
        let Some(year) = name.and_then(|name| name.parse().ok()) else { continue };
        let key = YearKey::parse(&read_secret(&path)?);
        let key = key.ok_or(SetupError::Value {
            key: "journal.keys",
            problem: "a year's file isn't as `realname journal year` makes it",
        })?;
        keys = keys.with(year, key);
    }
    Ok(keys)
}
