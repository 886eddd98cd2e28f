//! Text that somebody else wrote. A terminal, a log and a screen obey some of its characters, and others turn the reading
//! order round or can't be seen at all, so that text which is printed as it came may forge what stands around it.
//!
//! [`Outside`] and its owned form [`OutsideText`] can't be printed raw: `Display` and `Debug` escape, and there is no
//! `Deref` and no `AsRef`. Whoever needs the text itself, to compare, to store or to sign it, asks by a name that can be
//! searched for: [`Outside::as_str_raw`].

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::wiping::Wiping;

/// Most characters of an [`id`](is_id): the profile's.
pub const MAX_ID: usize = 64;
/// Most characters of a text that a demand, a list or an attestation shows to people.
pub const MAX_SHOWN: usize = 1000;

/// A text from outside, borrowed. It compares with texts, and prints with everything escaped that isn't plainly visible.
///
/// ```
/// # use realname_terms::Outside;
/// let name = Outside::new("Home\u{1b}[2K\u{202e}");
/// assert_eq!(name.to_string(), r"Home\u{1b}[2K\u{202e}");
/// assert_eq!(name.as_str_raw().len(), 11);
/// ```
///
/// Printing it raw doesn't compile:
///
/// ```compile_fail
/// # use realname_terms::Outside;
/// fn print(text: &str) { println!("{text}"); }
/// print(&Outside::new("Home"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Outside<'a>(&'a str);

/// A text from outside, owned: see [`Outside`].
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutsideText(String);

impl<'a> Outside<'a> {
    /// Takes any text. Nothing is refused here: see [`is_safe`] for what may be signed.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text as it came: to compare, to store, to sign. Not to print.
    pub fn as_str_raw(self) -> &'a str {
        self.0
    }

    /// The same, owned.
    pub fn to_owned_text(self) -> OutsideText {
        OutsideText(self.0.to_owned())
    }

    /// Whether it prints as it is: nothing in it needs an escape.
    pub fn is_plain(self) -> bool {
        self.0.chars().all(is_visible)
    }
}

impl OutsideText {
    /// Takes any text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The borrowed form.
    pub fn as_outside(&self) -> Outside<'_> {
        Outside(&self.0)
    }

    /// The text as it came: to compare, to store, to sign. Not to print.
    pub fn as_str_raw(&self) -> &str {
        &self.0
    }
}

/// Whether a character can be seen and changes nothing around it. Not so: controls (C0, DEL, C1), what sets the reading
/// order, separators of lines and paragraphs, and characters without width.
pub fn is_visible(c: char) -> bool {
    !(is_unsafe(c)
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'))
}

/// Controls, marks of direction, separators of lines and paragraphs: what a signed text never holds. Joiners and selectors
/// without width are in the writing of several languages, so those are allowed there and shown escaped.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text may be signed to be shown to people: 1 to `most` characters, not only spaces, no control character, no
/// mark of direction, no separator of lines.
pub fn is_safe(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && !text.chars().any(is_unsafe) && text.chars().nth(most).is_none()
}

/// Whether a text is an id as the profile has them (terminal, agent, region): 1 to [`MAX_ID`] of `A`–`Z`, `a`–`z`, `0`–`9`,
/// `.`, `_`, `:`, `-`.
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-'))
}

/// Writes JSON for a screen: the same value to every reader, with `\u` escapes for what isn't plainly visible. No copy stays
/// behind of what it says, but the text itself is the caller's to wipe.
pub fn to_visible_json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut plain = Wiping::with_capacity(4 * 1024);
    serde_json::to_writer_pretty(&mut plain, value)?;
    let plain = plain.into_text().map_err(serde_json::Error::io)?;
    let mut shown = Wiping::with_capacity(plain.len());
    let mut utf8 = [0; 4];
    for c in plain.chars() {
        // Outside of texts JSON has none but line feeds, which pretty printing made.
        if c == '\n' || is_visible(c) {
            shown.push(c.encode_utf8(&mut utf8).as_bytes());
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                shown.push(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    utf8.zeroize();
    let mut shown = shown.into_text().map_err(serde_json::Error::io)?;
    Ok(std::mem::take(&mut *shown))
}

impl fmt::Display for Outside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_plain() {
            return f.pad(self.0);
        }
        let mut shown = String::with_capacity(self.0.len() + 8);
        for c in self.0.chars() {
            if is_visible(c) { shown.push(c) } else { shown.extend(c.escape_unicode()) }
        }
        f.pad(&shown)
    }
}

impl fmt::Debug for Outside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl fmt::Display for OutsideText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_outside().fmt(f)
    }
}

impl fmt::Debug for OutsideText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_outside(), f)
    }
}

/// As the text itself: who reads JSON gets the value. Print it with [`to_visible_json`].
impl Serialize for Outside<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl Serialize for OutsideText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for OutsideText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OutsideText".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}

impl<'de> Deserialize<'de> for OutsideText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl<'a> From<&'a str> for Outside<'a> {
    fn from(text: &'a str) -> Self {
        Self(text)
    }
}

impl From<&str> for OutsideText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for OutsideText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl PartialEq<str> for Outside<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Outside<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<str> for OutsideText {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for OutsideText {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_screen_obeys_or_hides_is_shown_escaped() {
        for (raw, shown) in [
            ("测试 Shop (TEST)", "测试 Shop (TEST)"),
            ("a\u{1b}[1A\r\n\tb", r"a\u{1b}[1A\u{d}\u{a}\u{9}b"),
            ("\u{9b}2J\u{85}\u{7f}", r"\u{9b}2J\u{85}\u{7f}"),
            ("x\u{202e}y\u{2066}z\u{61c}", r"x\u{202e}y\u{2066}z\u{61c}"),
            ("a\u{2028}b\u{2029}", r"a\u{2028}b\u{2029}"),
            ("pos\u{200b}-1\u{feff}\u{ad}", r"pos\u{200b}-1\u{feff}\u{ad}"),
            ("\u{e188}\u{3000}\u{1f600}", "\u{e188}\u{3000}\u{1f600}"),
        ] {
            assert_eq!(Outside::new(raw).to_string(), shown);
            assert_eq!(format!("{:?}", OutsideText::from(raw)), format!("\"{shown}\""));
            assert_eq!(Outside::new(raw).as_str_raw(), raw);
            assert_eq!(Outside::new(raw).is_plain(), raw == shown);
        }
        assert_eq!(format!("{:<6}|", Outside::new("ab")), "ab    |");
    }

    #[test]
    fn json_for_a_screen_is_the_same_value() {
        let value = serde_json::json!({"id\u{202e}": "a\u{1b}[2K\u{9b}\u{2028}\u{e0001}测试\n"});
        let shown = to_visible_json(&value).unwrap();
        assert!(shown.chars().all(|c| c == '\n' || is_visible(c)), "{shown:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn what_may_be_signed() {
        assert!(is_safe("Cancel this number (TEST) 测试，\u{200d}", MAX_SHOWN) && is_safe("a", 1));
        for bad in
            ["", "  ", "\u{3000}", "a\nb", "\u{1b}", "\u{85}", "\u{202e}", "\u{2028}", "\u{200f}", "\u{2069}"]
        {
            assert!(!is_safe(bad, MAX_SHOWN), "{bad:?}");
        }
        assert!(is_safe(&"长".repeat(1000), MAX_SHOWN) && !is_safe(&"长".repeat(1001), MAX_SHOWN));
        assert!(is_id("pos-1") && is_id("CN-44:shop_12.a") && is_id(&"a".repeat(64)));
        for bad in ["", "a b", "pos/1", "终端", "a\u{1b}", &"a".repeat(65), "pos-1\n"] {
            assert!(!is_id(bad), "{bad:?}");
        }
    }
}
