//! The JSON of a finding, in the vocabulary's words.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::words::Word;
use crate::{Attributes, DocumentStatus, Face, Finding, Liveness, Meta, Subject};

macro_rules! as_word {
    ($($type:ty),+) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        })+
    };
}

as_word!(Subject, crate::Attribute, DocumentStatus, Face, Liveness);

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Attributes", 5)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("id_number", &self.id_number)?;
        out.serialize_field("valid_from", &self.valid_from)?;
        out.serialize_field("valid_until", &self.valid_until)?;
        out.serialize_field("phone_number", &self.phone_number)?;
        out.end()
    }
}

impl Serialize for Meta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sha256 = self
            .response_sha256
            .map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let mut out = serializer.serialize_struct("Meta", 8)?;
        out.serialize_field("authority", &self.authority)?;
        out.serialize_field("is_test", &self.is_test)?;
        out.serialize_field("answers", &self.answers)?;
        out.serialize_field("reference", &self.reference)?;
        out.serialize_field("answered_at", &self.answered_at)?;
        out.serialize_field("billed", &self.billed)?;
        out.serialize_field("response_sha256", &sha256)?;
        out.serialize_field("cached_for", &self.cached_for.map(|age| age.as_secs()))?;
        out.end()
    }
}

impl Serialize for Finding {
    /// No personal value is in a finding, so none is in its JSON.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 6)?;
        out.serialize_field("subject", &self.subject)?;
        out.serialize_field("attributes", &self.attributes)?;
        out.serialize_field("document", &self.document)?;
        out.serialize_field("face", &self.face)?;
        out.serialize_field("liveness", &self.liveness)?;
        out.serialize_field("meta", &self.meta)?;
        out.end()
    }
}
