//! A checkpoint: which tree a log has, who says so, and who saw it.

use jiff::Timestamp;
use realname_terms::Outside;
use realname_token::jose::Signer;

use super::signed::is_name;
use super::{KeyKind, Note, NoteError, VerifierKey};
use crate::tree::Hash;

/// Origin, size and root of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    /// How many entries the tree has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

impl Checkpoint {
    /// A checkpoint of that log. The origin is a key's name as well, so it has no space and no plus.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, NoteError> {
        if is_name(origin) {
            Ok(Self { origin: origin.to_owned(), size, root })
        } else {
            Err(NoteError::Name)
        }
    }

    /// Whose tree it is: the log's URL without its scheme.
    pub fn origin(&self) -> Outside<'_> {
        Outside::new(&self.origin)
    }

    fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.strip_suffix('\n').ok_or(NoteError::Checkpoint)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteError::Checkpoint);
        };
        // Extension lines are allowed, and say nothing here.
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(NoteError::Checkpoint);
        }
        let size = decimal(size).ok_or(NoteError::Checkpoint)?;
        let root = Hash::from_base64(root).ok_or(NoteError::Checkpoint)?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }
}

/// A number without leading zeroes or signs.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain && (text == "0" || !text.starts_with('0')) { text.parse().ok() } else { None }
}

/// A checkpoint as it came, with its signatures; what it says counts once [`verify`](Self::verify) has judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads one.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { note, checkpoint })
    }

    /// Signs a checkpoint as the log, under its origin.
    pub fn sign(checkpoint: Checkpoint, signer: &dyn Signer) -> Result<Self, NoteError> {
        let key = VerifierKey::new(&checkpoint.origin, KeyKind::Log, signer.verifying_key())?;
        let text = checkpoint.text();
        let signature = key.sign(signer, &text, 0)?;
        Ok(Self { note: Note::new(text, vec![signature]), checkpoint })
    }

    /// Adds a witness' cosignature: that this is the largest tree of this log that it saw, at `time` to the second. The caller has
    /// checked that: see [`Witness`](crate::Witness).
    pub fn cosign(self, name: &str, signer: &dyn Signer, time: Timestamp) -> Result<Self, NoteError> {
        let time = u64::try_from(time.as_second()).unwrap_or_default();
        let key = VerifierKey::new(name, KeyKind::Witness, signer.verifying_key())?;
        let signature = key.sign(signer, self.note.text(), time)?;
        Ok(Self { note: self.note.with(signature), checkpoint: self.checkpoint })
    }

    /// What it says, whoever signed it.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Judges it: a log's key of its origin signed it, no signature of a known key is wrong, and as many witnesses as demanded
    /// cosigned it. Unknown signatures are ignored.
    pub fn verify(&self, keys: &[VerifierKey], quorum: &Quorum) -> Result<Cosigned<'_>, NoteError> {
        let mut signed = false;
        for key in keys.iter().filter(|key| key.kind() == KeyKind::Log) {
            for signature in self.note.signatures().iter().filter(|signature| key.is_named_by(signature)) {
                key.verify(self.note.text(), signature).ok_or(NoteError::Signature)?;
                if key.name() != self.checkpoint.origin.as_str() {
                    return Err(NoteError::Origin);
                }
                signed = true;
            }
        }
        if !signed {
            return Err(NoteError::Signature);
        }
        let mut witnesses: Vec<(&VerifierKey, u64)> = Vec::new();
        for key in &quorum.witnesses {
            for signature in self.note.signatures().iter().filter(|signature| key.is_named_by(signature)) {
                let time = key.verify(self.note.text(), signature).ok_or(NoteError::Signature)?;
                if witnesses.iter().all(|(other, _)| other.bytes_differ(key)) {
                    witnesses.push((key, time));
                }
            }
        }
        if witnesses.len() < quorum.least {
            return Err(NoteError::Quorum { expected: quorum.least, got: witnesses.len() });
        }
        let time =
            |seconds| i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let witnesses = witnesses.into_iter().map(|(key, seconds)| (key.clone(), time(seconds))).collect();
        Ok(Cosigned { checkpoint: &self.checkpoint, witnesses })
    }
}

/// The checkpoint as a file has it.
impl std::fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.note.fmt(f)
    }
}

/// Which witnesses are known, and how many of them must have cosigned. One key counts once, under however many names.
#[derive(Clone, Debug, Default)]
pub struct Quorum {
    witnesses: Vec<VerifierKey>,
    least: usize,
}

impl Quorum {
    /// Nobody is asked for.
    pub fn none() -> Self {
        Self::default()
    }

    /// At least `least` of these. Refuses keys of logs, and a number that can't be reached.
    pub fn of(witnesses: Vec<VerifierKey>, least: usize) -> Result<Self, NoteError> {
        if witnesses.iter().any(|key| key.kind() != KeyKind::Witness) {
            return Err(NoteError::Key);
        }
        if witnesses.len() < least {
            return Err(NoteError::Quorum { expected: least, got: witnesses.len() });
        }
        Ok(Self { witnesses, least })
    }
}

/// A checkpoint that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned<'a> {
    checkpoint: &'a Checkpoint,
    witnesses: Vec<(VerifierKey, Option<Timestamp>)>,
}

impl<'a> Cosigned<'a> {
    /// What it says.
    pub fn checkpoint(&self) -> &'a Checkpoint {
        self.checkpoint
    }

    /// The known witnesses that cosigned it, and when, as each says; `None` for a time that no calendar has.
    pub fn witnesses(&self) -> &[(VerifierKey, Option<Timestamp>)] {
        &self.witnesses
    }
}
