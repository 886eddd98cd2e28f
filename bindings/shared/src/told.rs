//! Values that hold a person's data, wiped when they go.

use std::ops::{Deref, DerefMut};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A value for the caller. Its texts are wiped when it goes; its members' names, which are nobody's, aren't.
#[derive(Clone, PartialEq, Eq)]
pub struct Told(Value);

impl Told {
    /// Of anything that can be written as JSON.
    pub(crate) fn of(value: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::to_value(value).map(Self)
    }

    /// A member of it, by itself.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        Self(self.0.get(name).cloned().unwrap_or_default())
    }
}

impl From<Value> for Told {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Deref for Told {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl DerefMut for Told {
    fn deref_mut(&mut self) -> &mut Value {
        &mut self.0
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Told")
    }
}

/// JSON of ours is a few levels deep.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(members) => Map::values_mut(members).for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
