//! Files in memory that end between two bytes: by a kill, which keeps what was written, or by a power loss, which keeps what was
//! made safe and whatever else it likes.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use super::Files;

/// What outlives the process.
#[derive(Clone, Debug, Default)]
struct World {
    /// As every process sees it.
    seen: BTreeMap<String, Vec<u8>>,
    /// What a power loss leaves.
    safe: BTreeMap<String, Vec<u8>>,
    locked: bool,
}

/// How the world ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Only the process dies.
    Kill,
    /// Nothing outlives that wasn't made safe.
    Power,
    /// Names outlive without their content, as when directories are written before files.
    PowerAndEmptyFiles,
}

/// One process' view. Each byte that is written costs one of its life, each other change too.
#[derive(Clone, Debug)]
pub(crate) struct Mortal {
    world: Arc<Mutex<World>>,
    life: Arc<Mutex<u64>>,
    mine: Arc<Mutex<bool>>,
}

impl Mortal {
    pub(crate) fn new() -> Self {
        Self { world: Arc::default(), life: Arc::new(Mutex::new(u64::MAX)), mine: Arc::default() }
    }

    /// Lets so many more bytes and changes happen.
    pub(crate) fn live(&self, life: u64) {
        *self.life.lock().unwrap() = life;
    }

    /// How much life was spent since [`live`](Self::live) gave `life`.
    pub(crate) fn spent(&self, life: u64) -> u64 {
        life - *self.life.lock().unwrap()
    }

    /// The world after this process, for the next one.
    pub(crate) fn after(&self, end: End) -> Self {
        let mut world = self.world.lock().unwrap().clone();
        match end {
            End::Kill => {}
            End::Power => world.seen = world.safe.clone(),
            End::PowerAndEmptyFiles => {
                let mut left = world.safe.clone();
                for path in world.seen.keys() {
                    left.entry(path.clone()).or_default();
                }
                world.seen = left;
            }
        }
        world.safe = world.seen.clone();
        world.locked = false;
        Self { world: Arc::new(Mutex::new(world)), ..Self::new() }
    }

    /// Another process beside this one.
    pub(crate) fn beside(&self) -> Self {
        Self { world: Arc::clone(&self.world), ..Self::new() }
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.world.lock().unwrap().seen.keys().cloned().collect()
    }

    /// Changes a file behind the journal's back; `None` takes it away.
    pub(crate) fn change(&self, path: &str, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) {
        let mut world = self.world.lock().unwrap();
        let old = world.seen.remove(path).unwrap_or_default();
        if let Some(new) = change(old) {
            world.seen.insert(path.to_owned(), new);
        }
        world.safe = world.seen.clone();
    }

    /// Everything, to see that nothing was written.
    pub(crate) fn content(&self) -> BTreeMap<String, Vec<u8>> {
        self.world.lock().unwrap().seen.clone()
    }

    fn spend(&self, wanted: u64) -> u64 {
        let mut life = self.life.lock().unwrap();
        let got = wanted.min(*life);
        *life -= got;
        got
    }

    fn change_one(&self, change: impl FnOnce(&mut World)) -> io::Result<()> {
        if self.spend(1) == 0 {
            return Err(io::Error::other("dead"));
        }
        change(&mut self.world.lock().unwrap());
        Ok(())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let lived = self.spend(bytes.len() as u64) as usize;
        let mut world = self.world.lock().unwrap();
        world.seen.entry(path.to_owned()).or_default().extend_from_slice(&bytes[..lived]);
        if lived == bytes.len() { Ok(()) } else { Err(io::Error::other("dead")) }
    }
}

impl Files for Mortal {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.world.lock().unwrap().seen.get(path).cloned())
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(self.read(path)?.map(|bytes| bytes.len() as u64))
    }

    fn names(&self, directory: &str) -> io::Result<Vec<String>> {
        let begin = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let mut names: Vec<String> = self
            .paths()
            .iter()
            .filter_map(|path| path.strip_prefix(&begin)?.split('/').next().map(str::to_owned))
            .collect();
        names.dedup();
        Ok(names)
    }

    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.change_one(|world| {
            world.seen.insert(path.to_owned(), Vec::new());
        })?;
        self.write(path, bytes)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.write(path, bytes)
    }

    fn cut(&self, path: &str, length: u64) -> io::Result<()> {
        self.change_one(|world| world.seen.get_mut(path).unwrap().truncate(length as usize))
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        self.change_one(|world| {
            let content = world.seen.get(path).cloned().unwrap();
            world.safe.insert(path.to_owned(), content);
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change_one(|world| {
            let content = world.seen.remove(from).unwrap();
            world.seen.insert(to.to_owned(), content);
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.change_one(|world| {
            world.seen.remove(path);
        })
    }

    fn settle(&self) -> io::Result<()> {
        self.change_one(|world| world.safe = world.seen.clone())
    }

    fn lock(&self) -> io::Result<bool> {
        let mut mine = self.mine.lock().unwrap();
        let mut world = self.world.lock().unwrap();
        if !*mine && world.locked {
            return Ok(false);
        }
        world.locked = true;
        *mine = true;
        Ok(true)
    }
}
