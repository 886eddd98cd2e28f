//! The JSON of a finding, in the vocabulary's words.

use serde::ser::{Serialize, Serializer};

use crate::words::Word;
use crate::{Face, Subject};

macro_rules! as_word {
    ($($type:ident),+) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
        realname_terms::__schema! { $type, <$type as Word>::ALL.iter().map(|value| value.word()) }
        )+
    };
}

as_word!(Subject, Face);

/// A digest in hexadecimal digits.
pub(super) fn digest<S: Serializer>(digest: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = digest.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    text.serialize(serializer)
}

/// A length of time in whole seconds.
pub(super) fn seconds<S: Serializer>(
    time: &Option<std::time::Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs()).serialize(serializer)
}
