//! All sessions, in the store: each process on it sees them, and a restart loses none.
//!
//! A session is a task that is due when its demand's time is over: whoever takes it then wipes it. Changes are made to the
//! revision that was looked at, so that of two at once one is made and the other begins anew.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use realname::jose::random_id;
use realname::store::{List, Outbox, Put, Space, Work};
use zeroize::Zeroizing;

use super::seal::{Key, OVERHEAD, Secret};
use super::session::{Photo, Session};
use crate::Refusal;
use crate::config::Limits;

const SPACE: Space = Space::new("session");
const PHOTOS: Space = Space::new("session_photo");
const ALL: List<'static> = List { space: SPACE, id: "all" };
/// How long it is told that a session ended, before nothing is known of it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);
/// How long whoever takes an ended session has for wiping it.
const TURN: SignedDuration = SignedDuration::from_secs(60);
/// Bytes of photos in sessions of this process' that are not over.
const MEMORY: usize = 1 << 30;
/// A piece of a photo: what the store takes in one value.
const PIECE: usize = (1 << 20) - OVERHEAD;
/// The state of a session that is kept whole, and of one of which only the id is left.
const HELD: &str = "held";
const ENDED: &str = "ended";

/// What a process remembers of the sessions that it made, for its limits.
struct Own {
    peer: Option<IpAddr>,
    end: Timestamp,
    bytes: HashMap<String, usize>,
}

/// All sessions.
pub(crate) struct Sessions {
    store: Arc<dyn Outbox>,
    secret: Secret,
    own: Mutex<HashMap<String, Own>>,
    per_address: usize,
    most: usize,
}

impl Sessions {
    pub(crate) fn new(store: Arc<dyn Outbox>, secret: Secret, limits: &Limits) -> Self {
        Self {
            store,
            secret,
            own: Mutex::default(),
            per_address: limits.sessions_per_address as usize,
            most: limits.sessions,
        }
    }

    fn own(&self, now: Timestamp) -> MutexGuard<'_, HashMap<String, Own>> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|_, own| now < own.end);
        own
    }

    /// How many are kept that are not over.
    pub(crate) fn open(&self) -> Result<usize, Refusal> {
        let tally = self.store.tally(ALL)?;
        let held = tally.into_iter().find(|(state, _)| state == HELD);
        Ok(held.map_or(0, |(_, count)| usize::try_from(count).unwrap_or(usize::MAX)))
    }

    /// Adds one, unless it is there already.
    pub(crate) fn add(&self, session: &Session, peer: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        if self.store.task(ALL, session.id.as_bytes())?.is_some() {
            return Ok(());
        }
        {
            let mut own = self.own(now);
            if own.values().filter(|other| other.peer == Some(peer)).count() >= self.per_address {
                return Err(Refusal::TooMany { what: "open sessions from this address", retry: 60 });
            }
            if own.len() >= self.most {
                return Err(Refusal::Busy);
            }
            let one = Own { peer: Some(peer), end: session.asked.end, bytes: HashMap::new() };
            own.insert(session.id.clone(), one);
        }
        let work = self.work(session)?;
        match self.store.enlist(ALL, session.id.as_bytes(), &work)? {
            Put::Stored | Put::Exists => Ok(()),
        }
    }

    fn work(&self, session: &Session) -> Result<Work, Refusal> {
        let plain = Zeroizing::new(serde_json::to_vec(session).map_err(|_| Refusal::Internal)?);
        let value = self.secret.of_session(&session.id).seal(&plain, SPACE.as_str().as_bytes())?;
        Ok(Work { value, state: HELD.to_owned(), due_at: Some(session.asked.end) })
    }

    /// The session of that id: 410 for one that ended, 404 later and for what never was.
    pub(crate) fn find(&self, id: &str, now: Timestamp) -> Result<Session, Refusal> {
        self.find_at(id, now).map(|(session, _)| session)
    }

    fn find_at(&self, id: &str, now: Timestamp) -> Result<(Session, u64), Refusal> {
        if id.is_empty() || id.len() > 64 {
            return Err(Refusal::NotFound);
        }
        let task = self.store.task(ALL, id.as_bytes())?.ok_or(Refusal::NotFound)?;
        if task.work.state != HELD {
            return Err(Refusal::Ended);
        }
        let key = self.secret.of_session(id);
        // Sealed under another secret, it is as good as gone.
        let plain = key.open(&task.work.value, SPACE.as_str().as_bytes()).ok_or(Refusal::Ended)?;
        let session: Session = serde_json::from_slice(&plain).map_err(|_| Refusal::Ended)?;
        if now < session.asked.end { Ok((session, task.revision)) } else { Err(Refusal::Ended) }
    }

    /// Changes a session. `change` may be called again, with what another made of it meanwhile.
    pub(crate) fn change<T>(
        &self,
        id: &str,
        now: Timestamp,
        mut change: impl FnMut(&mut Session) -> Result<T, Refusal>,
    ) -> Result<(Session, T), Refusal> {
        for _ in 0..32 {
            let (mut session, revision) = self.find_at(id, now)?;
            let done = change(&mut session)?;
            if self.store.change(ALL, id.as_bytes(), revision, &self.work(&session)?)? {
                return Ok((session, done));
            }
        }
        Err(Refusal::Busy)
    }

    /// The key of what only the page opens.
    pub(crate) fn page_key(&self, id: &str, cookie: &str) -> Key {
        self.secret.of_page(id, cookie)
    }

    /// Whether this process may keep more photos.
    pub(crate) fn room_for(&self, bytes: usize, now: Timestamp) -> Result<(), Refusal> {
        let held: usize = self.own(now).values().flat_map(|own| own.bytes.values()).sum();
        if held.saturating_add(bytes) > MEMORY { Err(Refusal::Busy) } else { Ok(()) }
    }

    /// Keeps a photo's bytes, sealed, in pieces; gives their name and their number.
    pub(crate) fn keep_photo(
        &self,
        session: &Session,
        slot: &str,
        key: &Key,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(String, u32), Refusal> {
        let name = random_id().map_err(|_| Refusal::Internal)?;
        let mut pieces = 0_u32;
        for piece in bytes.chunks(PIECE) {
            let at = place(&name, pieces);
            let value = key.seal(piece, &at)?;
            let work = Work { value, state: HELD.to_owned(), due_at: None };
            let _ = self.store.enlist(photos(&session.id), &at, &work)?;
            pieces = pieces.saturating_add(1);
        }
        let mut own = self.own(now);
        let one = || Own { peer: None, end: session.asked.end, bytes: HashMap::new() };
        own.entry(session.id.clone()).or_insert_with(one).bytes.insert(slot.to_owned(), bytes.len());
        Ok((name, pieces))
    }

    /// A photo's bytes.
    pub(crate) fn photo(&self, id: &str, key: &Key, photo: &Photo) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        self.pieces(id, key, (&photo.name, photo.pieces))
    }

    /// The bytes of a photo or frame whose pieces are named like that.
    pub(crate) fn pieces(
        &self,
        id: &str,
        key: &Key,
        (name, pieces): (&str, u32),
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        // Its whole size at once: bytes that a vector outgrew aren't wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(pieces as usize * PIECE));
        for piece in 0..pieces {
            let at = place(name, piece);
            let task = self.store.task(photos(id), &at)?.ok_or(Refusal::Ended)?;
            bytes.extend_from_slice(&key.open(&task.work.value, &at).ok_or(Refusal::Ended)?);
        }
        Ok(bytes)
    }

    /// Lets one photo go.
    pub(crate) fn drop_photo(&self, id: &str, (name, pieces): (&str, u32)) -> Result<(), Refusal> {
        let keys: Vec<_> = (0..pieces).map(|piece| place(name, piece)).collect();
        self.store.drop_these(photos(id), &keys)?;
        Ok(())
    }

    /// Lets all photos of a session go.
    pub(crate) fn drop_photos(&self, id: &str) -> Result<(), Refusal> {
        while self.store.drop_tasks(photos(id), 64)? == 64 {}
        self.own.lock().unwrap_or_else(PoisonError::into_inner).entry(id.to_owned()).and_modify(|own| {
            own.bytes.clear();
        });
        Ok(())
    }

    /// Wipes those whose demand's time is over, with everything in them. Of several processes each takes some.
    pub(crate) fn expire(&self, now: Timestamp) -> Result<(), Refusal> {
        let until = now.checked_add(TURN).unwrap_or(Timestamp::MAX);
        loop {
            let over = self.store.take(ALL, now, until, 32)?;
            let whole = over.len() == 32;
            for task in over {
                let Ok(id) = std::str::from_utf8(&task.key) else { continue };
                // Twice: a photo may have come while the session was wiped.
                self.drop_photos(id)?;
                if task.work.state != HELD {
                    self.store.drop_these(ALL, std::slice::from_ref(&task.key))?;
                    continue;
                }
                let due_at = Some(now.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX));
                let left = Work { value: Vec::new().into(), state: ENDED.to_owned(), due_at };
                let _ = self.store.change(ALL, &task.key, task.revision, &left)?;
            }
            if !whole {
                return Ok(());
            }
        }
    }
}

fn photos(id: &str) -> List<'_> {
    List { space: PHOTOS, id }
}

fn place(name: &str, piece: u32) -> Vec<u8> {
    [name.as_bytes(), &piece.to_be_bytes()].concat()
}
