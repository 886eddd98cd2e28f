//! Which reader belongs to which terminal.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::document::SamId;

/// A terminal and the readers enrolled for it. A SAM id is evidence, not proof: it narrows what an honest host may mix up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EnrolledTerminal {
    /// The terminal's id, as attestations state it.
    pub id: String,
    /// The SAM ids of its readers, as printed on them.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub sam_ids: Vec<SamId>,
}

fn write<S: Serializer>(ids: &[SamId], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ids.iter().map(SamId::to_string))
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SamId>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}
