//! JSON that holds a person's data, written so that nothing of it stays behind.

use std::io;

use serde::Serialize;
use zeroize::Zeroizing;

/// Bytes that are wiped where they were before they grew, too.
pub(crate) struct Wiping(Zeroizing<Vec<u8>>);

impl Wiping {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            // A vector that grows by itself leaves what it held where it was.
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.0.capacity())));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }

    /// The text; JSON is always UTF-8.
    pub(crate) fn into_text(mut self) -> io::Result<Zeroizing<String>> {
        match String::from_utf8(std::mem::take(&mut *self.0)) {
            Ok(text) => Ok(Zeroizing::new(text)),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }
}

impl io::Write for Wiping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A value as JSON in one line, of which no copy stays behind when it goes.
///
/// # Errors
/// As for [`serde_json::to_string`].
pub fn to_wiped_json(value: &impl Serialize) -> serde_json::Result<Zeroizing<String>> {
    let mut bytes = Wiping::with_capacity(4 * 1024);
    serde_json::to_writer(&mut bytes, value)?;
    bytes.into_text().map_err(serde_json::Error::io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_text_however_often_it_grew() {
        let value = serde_json::json!({"name": "测试甲".repeat(3000), "n": [1, 2, 3]});
        assert_eq!(to_wiped_json(&value).unwrap().as_str(), value.to_string());
        let mut bytes = Wiping::with_capacity(0);
        for _ in 0..100 {
            bytes.push(b"abc");
        }
        assert_eq!(bytes.into_text().unwrap().as_str(), "abc".repeat(100));
    }
}
