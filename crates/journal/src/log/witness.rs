//! The witness: another party's key that has seen the journal grow.

use realname_token::jose::Signer;

use super::publish::publish;
use super::reader::Reader;
use crate::JournalError;
use crate::note::{KeyKind, NoteError, Quorum, SignedCheckpoint, VerifierKey};

/// A witness with its name and key.
pub struct Witness<'a> {
    key: VerifierKey,
    name: String,
    signer: &'a dyn Signer,
}

/// A checkpoint with the witness' cosignature. The witness keeps it as what it saw last **before** it hands it out.
#[derive(Clone, Debug)]
pub struct Witnessed {
    checkpoint: SignedCheckpoint,
}

impl<'a> Witness<'a> {
    /// A witness of that name.
    pub fn new(name: &str, signer: &'a dyn Signer) -> Result<Self, NoteError> {
        let key = VerifierKey::new(name, KeyKind::Witness, signer.verifying_key())?;
        Ok(Self { key, name: name.to_owned(), signer })
    }

    /// What others judge its cosignatures by.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// Cosigns the journal's checkpoint, if a known key signed it and its tree begins with the one that was seen last. `None` is a
    /// first sight: then any tree is taken, as long as its tiles make it.
    ///
    /// `keys` may be left empty by who gets the journal's key from nowhere; then nobody's signature is asked for, only growth.
    pub fn cosign(
        &self,
        reader: &Reader,
        keys: &[VerifierKey],
        seen: Option<&SignedCheckpoint>,
        now: jiff::Timestamp,
    ) -> Result<Witnessed, JournalError> {
        let checkpoint = reader.checkpoint();
        if !keys.is_empty() {
            checkpoint.verify(keys, &Quorum::none())?;
        }
        if let Some(seen) = seen {
            let seen = seen.unverified();
            if seen.origin() != checkpoint.unverified().origin() {
                return Err(NoteError::Origin.into());
            }
            reader.prove_growth(seen.size, &seen.root)?;
        }
        if reader.edge_at(reader.size())?.root() != checkpoint.unverified().root {
            return Err(JournalError::RootDiffers);
        }
        Ok(Witnessed { checkpoint: checkpoint.clone().cosign(&self.name, self.signer, now)? })
    }
}

impl Witnessed {
    /// The checkpoint, as it is published.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Puts it in the journal's place. Refuses when the journal has grown meanwhile, or is being written.
    pub fn publish(&self, reader: &Reader) -> Result<(), JournalError> {
        if !reader.files.lock()? {
            return Err(JournalError::InUse);
        }
        let now = Reader::over(reader.files.clone())?;
        if now.checkpoint().note() != reader.checkpoint().note() {
            return Err(JournalError::InUse);
        }
        publish(reader.files.as_ref(), &self.checkpoint)
    }
}

impl std::fmt::Debug for Witness<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witness").field("key", &self.key).finish_non_exhaustive()
    }
}
