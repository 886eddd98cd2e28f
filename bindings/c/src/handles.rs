//! Handles: numbers in the shape of pointers. They are looked up and never followed, so one that is closed, made up or of
//! another kind is known. The table isn't locked while anything is done.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use realname_bindings::{Failure, Store, Terminal, Trust};

use crate::held::Held;

/// A reader.
pub struct rn_reader {
    _opaque: [u8; 0],
}

/// A store.
pub struct rn_store {
    _opaque: [u8; 0],
}

/// A trust list with its anchors.
pub struct rn_trust {
    _opaque: [u8; 0],
}

/// A terminal.
pub struct rn_terminal {
    _opaque: [u8; 0],
}

/// What a kind of handle stands for, and where it is looked up.
pub(crate) trait Handle {
    type Value: 'static;
    fn table() -> &'static Table<Self::Value>;
}

pub(crate) struct Table<T: 'static>(Mutex<Option<HashMap<usize, Arc<T>>>>);

macro_rules! handles {
    ($($handle:ident => $value:ty;)*) => {$(
        impl Handle for $handle {
            type Value = $value;
            fn table() -> &'static Table<$value> {
                static TABLE: Table<$value> = Table(Mutex::new(None));
                &TABLE
            }
        }
    )*};
}

handles! {
    rn_reader => Held;
    rn_store => Store;
    rn_trust => Trust;
    rn_terminal => Terminal;
}

/// Makes a handle. No number is used twice, whatever its kind.
pub(crate) fn open<H: Handle>(value: H::Value) -> *mut H {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed) << 4;
    let mut table = H::table().0.lock().unwrap_or_else(PoisonError::into_inner);
    table.get_or_insert_default().insert(number, Arc::new(value));
    std::ptr::without_provenance_mut(number)
}

/// What a handle stands for.
pub(crate) fn find<H: Handle>(handle: *const H) -> Result<Arc<H::Value>, Failure> {
    let table = H::table().0.lock().unwrap_or_else(PoisonError::into_inner);
    table.as_ref().and_then(|table| table.get(&handle.addr()).cloned()).ok_or_else(Failure::handle)
}

/// Takes a handle out of use.
pub(crate) fn close<H: Handle>(handle: *const H) -> Result<Arc<H::Value>, Failure> {
    let mut table = H::table().0.lock().unwrap_or_else(PoisonError::into_inner);
    table.as_mut().and_then(|table| table.remove(&handle.addr())).ok_or_else(Failure::handle)
}
