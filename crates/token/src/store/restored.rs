//! When a store was last brought back from a backup.

use jiff::Timestamp;

use super::limits::from_micros;
use super::{HOUSEKEEPING, Store, StoreError};

/// The key of that moment in [`HOUSEKEEPING`]: eight bytes, microseconds since 1970.
pub const RESTORED: &[u8] = b"restored";

/// The moment at which the store was last restored, if it ever was: it may have forgotten what happened before that and after
/// the backup. A view whose records say by being there that something is used up must refuse what was made before it.
pub fn restored_at<S: Store + ?Sized>(store: &S) -> Result<Option<Timestamp>, StoreError> {
    let Some(entry) = store.get(HOUSEKEEPING, RESTORED)? else { return Ok(None) };
    let bytes = <[u8; 8]>::try_from(&entry.value[..]).map_err(|_| StoreError::Corrupt)?;
    from_micros(i64::from_be_bytes(bytes)).map(Some)
}
