//! The connection that looks. Whoever waits for it shares the next look: after each commit the connection forgets the pages that
//! it had read, so a look of one's own is dear and one more record in a look is cheap.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use super::patience::{Deadline, PATIENCE};
use super::place::Place;
use super::poison::Poison;
use super::{fault, steps};
use crate::store::{Entry, Space, StoreError};

/// Where a record is, of one's own.
pub(super) type Key = (Space, Zeroizing<Vec<u8>>);

/// What was found, in the order in which it was asked for.
type Found = Result<Vec<Option<Entry>>, StoreError>;

pub(super) struct Reader {
    connection: Mutex<Connection>,
    deadline: Deadline,
    waiting: Mutex<Vec<Arc<Asked>>>,
    place: Arc<Place>,
    poison: Poison,
}

/// One caller's look.
struct Asked {
    keys: Vec<Key>,
    found: Mutex<Option<Found>>,
}

impl Reader {
    pub(super) fn new(connection: Connection, deadline: Deadline, place: Arc<Place>, poison: Poison) -> Self {
        Self { connection: Mutex::new(connection), deadline, waiting: Mutex::default(), place, poison }
    }

    /// Looks at records. What was committed before the call is seen.
    pub(super) fn get(&self, keys: Vec<Key>) -> Found {
        let mine = Arc::new(Asked { keys, found: Mutex::default() });
        lock(&self.waiting).push(Arc::clone(&mine));
        let connection = lock(&self.connection);
        // Another caller's look had it, which began after this one was waiting.
        if let Some(found) = lock(&mine.found).take() {
            return found;
        }
        let batch = std::mem::take(&mut *lock(&self.waiting));
        match self.look_with(&connection, PATIENCE, |connection| all(connection, &batch)) {
            Ok(found) => batch.iter().zip(found).for_each(|(asked, found)| *lock(&asked.found) = Some(found)),
            Err(error) => batch.iter().for_each(|asked| *lock(&asked.found) = Some(Err(error.clone()))),
        }
        lock(&mine.found).take().unwrap_or(Err(StoreError::Stopped))
    }

    /// Looks at the file, if it is still the store's.
    pub(super) fn look<T>(
        &self,
        patience: Duration,
        look: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.look_with(&lock(&self.connection), patience, look)
    }

    fn look_with<T>(
        &self,
        connection: &Connection,
        patience: Duration,
        look: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.poison.refuse()?;
        self.deadline.set(Instant::now() + patience);
        self.poison.watch(self.place.check().and_then(|()| look(connection)))
    }
}

/// What all of them asked for, as of one moment. A failure of one is all of theirs.
fn all(connection: &Connection, batch: &[Arc<Asked>]) -> Result<Vec<Found>, StoreError> {
    let moment =
        Transaction::new_unchecked(connection, TransactionBehavior::Deferred).map_err(fault::sqlite)?;
    let mut found = Vec::with_capacity(batch.len());
    for asked in batch {
        let one = |(space, key): &Key| steps::get(&moment, *space, key);
        found.push(Ok(asked.keys.iter().map(one).collect::<Result<Vec<_>, _>>()?));
    }
    moment.finish().map_err(fault::sqlite)?;
    Ok(found)
}

/// A thread that panicked while it held one of these left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
