//! How digests and lengths of time are written in JSON.

use serde::ser::{Serialize, Serializer};

/// A digest in hexadecimal digits.
pub(crate) fn digest<S: Serializer>(digest: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = digest.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    text.serialize(serializer)
}

/// A length of time in whole seconds.
pub(crate) fn seconds<S: Serializer>(
    time: &Option<std::time::Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs()).serialize(serializer)
}
