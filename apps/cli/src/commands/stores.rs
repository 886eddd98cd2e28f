//! Stores in directories, and what is done for them without being asked.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname::store::{Housekeeping, Outbox, SqliteStore, Store, StoreError};

use crate::failure::Failure;
use crate::lang;
use crate::outside::path as shown;

/// How long what is over is kept: `verify --again` shows an answer for that long.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Opens a store, making its directory when it's absent.
pub(crate) fn open(directory: &Path) -> Result<SqliteStore, Failure> {
    SqliteStore::open_dir(directory).map_err(|error| Failure::from(error).about(&shown(directory)))
}

/// Opens a store that was used before. Neither a mistyped directory nor one of something else becomes a store: nothing
/// in it could be answered.
pub(crate) fn existing(directory: &Path) -> Result<SqliteStore, Failure> {
    SqliteStore::open_existing_dir(directory).map_err(|error| match error {
        StoreError::Missing => Failure::from(error).about(&shown(directory)).advising(lang::pick(
            "give the --store DIR of `demand new`",
            "请提供 demand new 所用的 --store DIR",
        )),
        error => Failure::from(error).about(&shown(directory)),
    })
}

/// The store of an operator's commands: that of a directory, as [`existing`] opens it, or whichever the configuration of `realname serve`
/// names, in PostgreSQL too.
pub(crate) fn shared(place: &Path) -> Result<Arc<dyn Outbox>, Failure> {
    if place.is_file() { of_service(place) } else { Ok(Arc::new(existing(place)?)) }
}

/// As [`shared`], and a directory is made when it's absent.
pub(crate) fn shared_or_new(place: &Path) -> Result<Arc<dyn Outbox>, Failure> {
    if place.is_file() { of_service(place) } else { Ok(Arc::new(open(place)?)) }
}

#[cfg(feature = "serve")]
fn of_service(config: &Path) -> Result<Arc<dyn Outbox>, Failure> {
    realname_service::store_of(config).map_err(|error| Failure::from(error).about(&shown(config)))
}

#[cfg(not(feature = "serve"))]
fn of_service(_: &Path) -> Result<Arc<dyn Outbox>, Failure> {
    Err(Failure::usage(
        lang::pick("this program was built without `realname serve`", "本程序构建时未包含 realname serve"),
        lang::pick("give a store's directory", "请提供存储所在的目录"),
    ))
}

/// When what ended before it is removed.
pub(crate) fn retention(now: Timestamp) -> Timestamp {
    now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN)
}

/// Removes what ended long ago, a little at a time. What was to be done is done by now, so trouble here isn't its trouble.
pub(crate) fn keep_house(store: &dyn Store, now: Timestamp) {
    let _ = Housekeeping::new().keep(KEPT).run(store, now);
}
