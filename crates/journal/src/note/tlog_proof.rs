//! The proof that one entry is in the log, judged offline.

use super::checkpoint::decimal;
use super::{Checkpoint, Cosigned, NoteError, Quorum, SignedCheckpoint, VerifierKey};
use crate::tree::{Hash, check_inclusion};

const HEAD: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes of a path: a tree of 2^63 leaves has as many levels.
const MOST_HASHES: usize = 63;

/// A proof as c2sp.org/tlog-proof has it. Its `extra` line, which nothing authenticates, is read and never written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    index: u64,
    path: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl TlogProof {
    pub(crate) fn new(index: u64, path: Vec<Hash>, checkpoint: SignedCheckpoint) -> Self {
        Self { index, path, checkpoint }
    }

    /// Reads one.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let text = std::str::from_utf8(bytes).map_err(|_| NoteError::Proof)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(NoteError::Proof)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEAD) {
            return Err(NoteError::Proof);
        }
        if let Some(extra) = lines.next_if(|line| line.starts_with("extra ")) {
            use base64ct::{Base64, Encoding};
            Base64::decode_vec(extra.trim_start_matches("extra ")).map_err(|_| NoteError::Proof)?;
        }
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(decimal);
        let index = index.ok_or(NoteError::Proof)?;
        let path: Option<Vec<Hash>> = lines.take(MOST_HASHES + 1).map(Hash::from_base64).collect();
        let path = path.filter(|path| path.len() <= MOST_HASHES).ok_or(NoteError::Proof)?;
        Ok(Self { index, path, checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())? })
    }

    /// Where the entry is.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Judges it: the checkpoint as [`SignedCheckpoint::verify`] does, then that the entry is in its tree at that place.
    pub fn verify(
        &self,
        entry: &[u8],
        keys: &[VerifierKey],
        quorum: &Quorum,
    ) -> Result<Cosigned<'_>, NoteError> {
        let cosigned = self.checkpoint.verify(keys, quorum)?;
        let Checkpoint { size, root, .. } = cosigned.checkpoint();
        if check_inclusion(&Hash::of_leaf(entry), self.index, *size, &self.path, root) {
            Ok(cosigned)
        } else {
            Err(NoteError::Inclusion)
        }
    }
}

/// The proof as a file has it.
impl std::fmt::Display for TlogProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEAD}\nindex {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}
