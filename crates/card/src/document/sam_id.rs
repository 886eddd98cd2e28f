//! The identity that a reader's security module states.

/// SAM id, the 16 bytes of the reply to `12 FF` (`reader-protocol` 3.1). It is a claim, not proof: nothing that a host can
/// check ties it to a device.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SamId([u8; 16]);

impl SamId {
    /// From the wire's bytes: two `u16` and three `u32`, little-endian.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As on the wire.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl std::fmt::Display for SamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let b = self.0;
        let short = |at: usize| u16::from_le_bytes([b[at], b[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        write!(f, "{:02}.{:02}-{:08}-{:010}-{:010}", short(0), short(2), long(4), long(8), long(12))
    }
}

impl serde::Serialize for SamId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SamId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SamId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let pattern = r"^[0-9]{2,5}\.[0-9]{2,5}-[0-9]{8,10}-[0-9]{10}-[0-9]{10}$";
        schemars::json_schema!({"type": "string", "pattern": pattern})
    }
}

impl std::fmt::Debug for SamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SamId({self})")
    }
}

/// The text isn't a SAM id of the form `05.03-20161207-0000123456-1234567890`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SAM id: expected the form 05.03-20161207-0000123456-1234567890")]
pub struct ParseSamIdError;

impl std::str::FromStr for SamId {
    type Err = ParseSamIdError;

    fn from_str(text: &str) -> Result<Self, ParseSamIdError> {
        let mut parts = text.split(['.', '-']);
        let mut number = || -> Result<u32, ParseSamIdError> {
            let part = parts.next().ok_or(ParseSamIdError)?;
            if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(ParseSamIdError);
            }
            part.parse().map_err(|_| ParseSamIdError)
        };
        let mut bytes = [0; 16];
        for at in [0, 2] {
            let short = u16::try_from(number()?).map_err(|_| ParseSamIdError)?;
            bytes[at..at + 2].copy_from_slice(&short.to_le_bytes());
        }
        for at in [4, 8, 12] {
            bytes[at..at + 4].copy_from_slice(&number()?.to_le_bytes());
        }
        let id = Self(bytes);
        // The text form is fixed-width, so anything that doesn't print back isn't one.
        if id.to_string() == text { Ok(id) } else { Err(ParseSamIdError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_both_ways() {
        let bytes = [5, 0, 3, 0, 0xB7, 0xA2, 0x33, 1, 0x40, 0xE2, 1, 0, 0xD2, 2, 0x96, 0x49];
        let id = SamId::from_bytes(bytes);
        assert_eq!(id.to_string(), "05.03-20161207-0000123456-1234567890");
        assert_eq!("05.03-20161207-0000123456-1234567890".parse(), Ok(id));
    }

    #[test]
    fn large_parts_stay_unsigned() {
        let mut bytes = [0; 16];
        bytes[12..].copy_from_slice(&[0, 0x5E, 0xD0, 0xB2]);
        assert!(SamId::from_bytes(bytes).to_string().ends_with("-3000000000"));
    }

    #[test]
    fn other_text_is_refused() {
        for bad in [
            "",
            "05.03-20161207-0000123456",
            "5.3-20161207-0000123456-1234567890",
            "05.03-20161207-0000123456-9999999999",
        ] {
            assert_eq!(bad.parse::<SamId>(), Err(ParseSamIdError), "{bad}");
        }
    }
}
