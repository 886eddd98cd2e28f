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
