//! XML as registers take and send it, read strictly: no document type, no entity but the five of XML, no processing
//! instruction, no text beside elements. What is read becomes the same tree that JSON becomes, so that a map's places lead
//! into both: an element is a member under its local name, several of one name are a list, an attribute is `@name`, and the text
//! of an element that has attributes is `#text`. An element without anything is nothing.

use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use roxmltree::{Document, Node, NodeType, ParsingOptions};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::json::Json;

/// How deep a reply may nest, as with JSON: known replies nest six deep.
const MAX_DEPTH: u8 = 16;

/// How many elements, texts and attributes a reply may have. Known replies have thirty.
const MAX_NODES: u32 = 10_000;

/// Which characters the octets stand for. It is the map's to say; a reply that says another one is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Charset {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "gbk")]
    Gbk,
}

impl Charset {
    /// How a header and a declaration name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gbk => "GBK",
        }
    }

    /// Whether that name is one of its own.
    pub(super) fn is(self, label: &str) -> bool {
        let named = Encoding::for_label(label.trim().as_bytes());
        match self {
            Self::Utf8 => named == Some(UTF_8),
            // The later standards extend the earlier one, and are decoded alike.
            Self::Gbk => named == Some(GBK) || named == Some(GB18030),
        }
    }

    /// The text, if every octet of it is one.
    fn decode(self, bytes: &[u8]) -> Option<String> {
        // Before the parser, which knows no GBK: a name read in another encoding is another name, and nothing says so.
        let encoding = match self {
            Self::Utf8 => UTF_8,
            Self::Gbk => GB18030,
        };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| self == Self::Utf8).unwrap_or(bytes);
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
    }

    /// The octets; `None` when it doesn't have one of the characters.
    fn encode(self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (bytes, _, lost) = match self {
            Self::Utf8 => return Some(Zeroizing::new(text.as_bytes().to_vec())),
            Self::Gbk => GBK.encode(text),
        };
        let bytes = Zeroizing::new(bytes.into_owned());
        (!lost).then_some(bytes)
    }
}

/// Reads one document, or the document that stands as a text at `within` in it, as envelopes have it. `None` says only that
/// it isn't one: the text may be personal.
pub(super) fn read(bytes: &[u8], charset: Charset, within: Option<&str>) -> Option<Json> {
    let text = Zeroizing::new(charset.decode(bytes)?);
    if declared(&text).is_some_and(|label| !charset.is(label)) {
        return None;
    }
    let outer = document(&text)?;
    match within {
        None => Some(outer),
        Some(at) => document(outer.at(at)?.as_text()?.trim_ascii_start()),
    }
}

fn document(text: &str) -> Option<Json> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let parsed = Document::parse_with_options(text, options).ok()?;
    let around = parsed.root().children();
    if around.into_iter().any(|node| node.is_pi()) {
        return None;
    }
    let root = parsed.root_element();
    Some(Json::Object(vec![(root.tag_name().name().to_owned(), element(root, MAX_DEPTH)?)]))
}

/// An element as a value. It has elements or a text, never both.
fn element(node: Node<'_, '_>, depth: u8) -> Option<Json> {
    let deeper = depth.checked_sub(1)?;
    let (mut members, mut text): (Vec<(String, Json)>, String) = (Vec::new(), String::new());
    for attribute in node.attributes() {
        add(&mut members, format!("@{}", attribute.name()), Json::Text(attribute.value().to_owned()));
    }
    let mut elements = false;
    for child in node.children() {
        match child.node_type() {
            NodeType::Element => {
                elements = true;
                add(&mut members, child.tag_name().name().to_owned(), element(child, deeper)?);
            }
            NodeType::Text => text.push_str(child.text().unwrap_or_default()),
            NodeType::Comment => {}
            NodeType::PI | NodeType::Root => return None,
        }
    }
    let blank = text.bytes().all(|byte| b" \t\r\n".contains(&byte));
    match (members.is_empty(), elements, blank) {
        (_, true, false) => None,
        (true, _, _) if text.is_empty() => Some(Json::Null),
        (true, _, _) => Some(Json::Text(text)),
        (false, false, _) if !text.is_empty() => {
            members.push(("#text".to_owned(), Json::Text(text)));
            Some(Json::Object(members))
        }
        (false, _, _) => Some(Json::Object(members)),
    }
}

/// A second member of one name makes a list of both.
fn add(members: &mut Vec<(String, Json)>, name: String, value: Json) {
    match members.iter_mut().find(|(known, _)| *known == name) {
        Some((_, Json::Array(items))) => items.push(value),
        Some((_, one)) => {
            let first = std::mem::replace(one, Json::Null);
            *one = Json::Array(vec![first, value]);
        }
        None => members.push((name, value)),
    }
}

/// The encoding that a document declares.
fn declared(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    let rest = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|sign| "\"'".contains(*sign))?;
    rest.get(1..)?.split_once(quote).map(|(label, _)| label)
}

/// A document that is being written.
pub(super) struct Writer {
    text: Zeroizing<String>,
    charset: Charset,
}

/// What can't stand in a document of that encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unwritable;

impl Writer {
    /// With its declaration. `capacity` is room enough that the text isn't moved while it is written.
    pub(super) fn new(charset: Charset, capacity: usize) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        text.push_str("<?xml version=\"1.0\" encoding=\"");
        text.push_str(charset.name());
        text.push_str("\"?>");
        Self { text, charset }
    }

    pub(super) fn raw(&mut self, markup: &str) {
        self.text.push_str(markup);
    }

    /// A text or an attribute's value.
    pub(super) fn escaped(&mut self, text: &str) -> Result<(), Unwritable> {
        for sign in text.chars() {
            match sign {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&apos;"),
                // No XML has them, not even escaped; white space other than a space would change on its way.
                '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => return Err(Unwritable),
                sign => self.text.push(sign),
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Zeroizing<Vec<u8>>, Unwritable> {
        self.charset.encode(&self.text).ok_or(Unwritable)
    }
}

/// Whether an element or attribute may have that name. ASCII alone, which every encoding has.
pub(super) fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    begins && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
}

#[cfg(test)]
mod tests;
