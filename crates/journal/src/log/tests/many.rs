use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::files::Files;

/// Counts syncs of the disk below.
struct Counted {
    disk: crate::files::Disk,
    syncs: std::sync::atomic::AtomicU64,
}

macro_rules! through {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        $(fn $name(&self, $($argument: $type),*) -> std::io::Result<$result> { self.disk.$name($($argument),*) })*
    };
}

impl Files for Counted {
    through! {
        read(path: &str) -> Option<Vec<u8>>;
        length(path: &str) -> Option<u64>;
        names(directory: &str) -> Vec<String>;
        put(path: &str, bytes: &[u8]) -> ();
        append(path: &str, bytes: &[u8]) -> ();
        cut(path: &str, length: u64) -> ();
        rename(from: &str, to: &str) -> ();
        remove(path: &str) -> ();
        settle() -> ();
        lock() -> bool;
    }

    fn sync(&self, path: &str) -> std::io::Result<()> {
        self.syncs.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.disk.sync(path)
    }
}

#[test]
fn sixty_four_writers_share_their_syncs() {
    let directory = tempfile::tempdir().unwrap();
    let disk = crate::files::Disk::new(directory.path());
    let files = Arc::new(Counted { disk, syncs: 0.into() });
    let journal = Journal::create_over(Arc::clone(&files) as Arc<dyn Files>, key(), ORIGIN).unwrap();
    let shared = SharedJournal::start(journal, now, Duration::from_millis(20)).unwrap();
    let firsts = std::sync::Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for writer in 0..64u64 {
            let (shared, firsts) = (&shared, &firsts);
            scope.spawn(move || {
                for number in 0..20 {
                    let receipt = shared.append(vec![event(writer * 20 + number)]).unwrap();
                    assert!(firsts.lock().unwrap().insert(receipt.first), "an index twice");
                }
            });
        }
    });
    assert!(shared.append(vec![Event::new("a name")]).is_err());
    let signed = shared.integrate().unwrap();
    assert_eq!(signed.unverified().size, 64 * 20);
    drop(shared);
    assert_eq!(firsts.into_inner().unwrap(), (0..64 * 20).collect());
    let syncs = files.syncs.load(std::sync::atomic::Ordering::SeqCst);
    assert!(syncs <= 64 * 20 / 4, "{syncs} syncs for 1280 events");
    drop(files);
    let read = Reader::open(directory.path()).unwrap();
    let audited = Audit::new(vec![vkey()]).run(&read).unwrap();
    assert_eq!((audited.size, audited.chains.len()), (1280, 3));
    assert!(Journal::open(directory.path(), key()).is_ok(), "the thread let go of it");
}

/// What waits is signed without being asked for, and when the last handle goes.
#[test]
fn a_tree_is_signed_in_time_and_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let start = |journal, every| SharedJournal::start(journal, now, every).unwrap();
    let size = || Reader::open(directory.path()).unwrap().size();
    let shared = start(Journal::create(directory.path(), key(), ORIGIN).unwrap(), Duration::from_millis(5));
    shared.append(events(0..3)).unwrap();
    let begin = std::time::Instant::now();
    while size() < 3 {
        assert!(begin.elapsed() < Duration::from_secs(20), "never signed");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(shared);
    let shared = start(Journal::open(directory.path(), key()).unwrap(), Duration::from_secs(3600));
    shared.append(events(3..5)).unwrap();
    assert_eq!(size(), 3);
    drop(shared);
    assert_eq!(size(), 5);
}
