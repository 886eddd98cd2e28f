//! The modules' libraries. A process begins each of them once (`C_Initialize`), whoever uses it.
//!
//! Some modules look for tokens only when they begin: SoftHSM's is such a one. One that comes back is seen by them only after they
//! ended and began again, which is done when nobody has a session any more.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, Weak};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use crate::Pkcs11Error;

/// How long a module that is to begin again waits for signatures under way.
const PATIENCE: Duration = Duration::from_secs(2);

static MODULES: Mutex<Option<HashMap<PathBuf, Arc<Module>>>> = Mutex::new(None);

/// A module's library, and who in this crate uses it.
pub(crate) struct Module {
    pub(crate) library: Pkcs11,
    /// Whether this crate began it: what another part of the program began is that part's to end.
    ours: bool,
    /// Held while sessions are opened, and alone while the module begins again.
    gate: RwLock<()>,
    /// Sessions of this crate that are open.
    open: Mutex<usize>,
    closed: Condvar,
    /// It is about to begin again: what is given back now isn't kept.
    ending: AtomicBool,
    /// How often it began.
    begun: AtomicU64,
    users: Mutex<Vec<Weak<dyn Sessions>>>,
}

/// Sessions of this module that somebody keeps open for later.
pub(crate) trait Sessions: Send + Sync {
    /// Gives up those that nobody uses.
    fn forget(&self);
}

/// An open session, counted as long as this is there.
pub(crate) struct Opened(Arc<Module>);

impl Drop for Opened {
    fn drop(&mut self) {
        let mut open = self.0.count();
        *open = open.saturating_sub(1);
        self.0.closed.notify_all();
    }
}

/// The module of that library, begun.
pub(crate) fn module(path: &Path) -> Result<Arc<Module>, Pkcs11Error> {
    let wrong = || Pkcs11Error::Module(path.to_owned());
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let modules = modules.get_or_insert_default();
    if let Some(module) = modules.get(path) {
        return Ok(Arc::clone(module));
    }
    let library = Pkcs11::new(path).map_err(|_| wrong())?;
    let ours = match begin(&library) {
        Ok(()) => true,
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
        Err(_) => return Err(wrong()),
    };
    let module = Arc::new(Module {
        library,
        ours,
        gate: RwLock::default(),
        open: Mutex::default(),
        closed: Condvar::default(),
        ending: AtomicBool::new(false),
        begun: AtomicU64::new(1),
        users: Mutex::default(),
    });
    modules.insert(path.to_owned(), Arc::clone(&module));
    Ok(module)
}

fn begin(library: &Pkcs11) -> Result<(), Error> {
    library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
}

impl Module {
    /// Remembers who keeps sessions.
    pub(crate) fn used_by(&self, user: Weak<dyn Sessions>) {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        users.retain(|known| known.strong_count() > 0);
        users.push(user);
    }

    /// To be held while a session is opened.
    pub(crate) fn opening(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a session.
    pub(crate) fn opened(self: &Arc<Self>) -> Opened {
        *self.count() += 1;
        Opened(Arc::clone(self))
    }

    fn count(&self) -> MutexGuard<'_, usize> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is about to begin again.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Acquire)
    }

    /// How often it began so far.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Acquire)
    }

    /// Ends the module and begins it again, so that it looks for its tokens anew, unless that happened since `seen`. It doesn't
    /// happen while a session is in use, and not to a module that another part of the program began.
    pub(crate) fn begin_again(&self, seen: u64) {
        if !self.ours {
            return;
        }
        let users = self.users.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Sessions that nobody uses are opened again when somebody needs them.
        users.iter().filter_map(Weak::upgrade).for_each(|user| user.forget());
        let _alone = self.gate.write().unwrap_or_else(PoisonError::into_inner);
        // Else another caller was faster.
        if self.begun() == seen {
            self.ending.store(true, Ordering::Release);
            let waited = self.closed.wait_timeout_while(self.count(), PATIENCE, |open| *open > 0);
            let open = *waited.unwrap_or_else(PoisonError::into_inner).0;
            if open == 0 {
                // One that doesn't end doesn't begin either, and goes on as it was.
                let _ = self.library.clone().finalize();
                let _ = begin(&self.library);
                self.begun.fetch_add(1, Ordering::AcqRel);
            }
            self.ending.store(false, Ordering::Release);
        }
    }
}
