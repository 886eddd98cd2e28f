//! A note: text and signature lines.

use base64ct::{Base64, Encoding};

use super::NoteError;

/// Longest note that is read: far above a checkpoint with [`MOST_SIGNATURES`] signatures of the largest kind.
const MOST_BYTES: usize = 512 * 1024;
/// Most signatures of a note. The specification demands at least 16; each witness has one.
pub const MOST_SIGNATURES: usize = 64;
/// What a signature line begins with: an em dash and a space.
const DASH: &str = "— ";

/// A signature line, of whatever kind: unknown ones are kept and ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    pub(super) name: String,
    pub(super) id: u32,
    pub(super) bytes: Vec<u8>,
}

impl NoteSignature {
    /// The key's name, as somebody wrote it.
    pub fn name(&self) -> realname_terms::Outside<'_> {
        realname_terms::Outside::new(&self.name)
    }

    /// The key's id.
    pub fn id(&self) -> u32 {
        self.id
    }

    fn line(&self) -> String {
        let bytes = [&self.id.to_be_bytes(), self.bytes.as_slice()].concat();
        format!("{DASH}{} {}\n", self.name, Base64::encode_string(&bytes))
    }
}

/// A note whose form is right, and of which nothing else is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    pub(super) fn new(text: String, signatures: Vec<NoteSignature>) -> Self {
        Self { text, signatures }
    }

    /// Reads a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MOST_BYTES {
            return Err(NoteError::Form);
        }
        let all = std::str::from_utf8(bytes).map_err(|_| NoteError::Form)?;
        if all.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Form);
        }
        let (text, lines) = all.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Form)?;
        let signatures: Vec<_> =
            lines.split('\n').take(MOST_SIGNATURES + 1).map(signature).collect::<Result<_, _>>()?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(NoteError::Form);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text, with its last line feed: unverified.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, known or not.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The note with one more signature; one of the same key before it is replaced.
    pub(super) fn with(mut self, signature: NoteSignature) -> Self {
        self.signatures.retain(|other| (&other.name, other.id) != (&signature.name, signature.id));
        self.signatures.push(signature);
        self
    }
}

/// The note as a file has it.
impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| f.write_str(&signature.line()))
    }
}

/// Whether a key may have that name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

fn signature(line: &str) -> Result<NoteSignature, NoteError> {
    let (name, text) =
        line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or(NoteError::Form)?;
    if !is_name(name) {
        return Err(NoteError::Form);
    }
    let bytes = Base64::decode_vec(text).map_err(|_| NoteError::Form)?;
    let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::Form)?;
    if bytes.is_empty() {
        return Err(NoteError::Form);
    }
    Ok(NoteSignature { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
}
