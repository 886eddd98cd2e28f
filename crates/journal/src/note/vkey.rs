//! Verifier keys: who may have signed, and what its signature says.

use base64ct::{Base64, Encoding};
use realname_terms::Outside;
use realname_token::jose::{Signer, VerifyingKey};

use super::signed::is_name;
use super::{NoteError, NoteSignature};
use crate::tree::Hash;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// The text of a note: a log's own signature (type 0x01).
    Log,
    /// That a checkpoint is the largest that a witness saw at a time (type 0x04, `cosignature/v1`).
    Witness,
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }
}

/// A public key with the name and the kind of signatures that it is known for.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    id: u32,
    key: VerifyingKey,
    bytes: [u8; 32],
}

impl VerifierKey {
    /// A key under a name.
    pub fn new(name: &str, kind: KeyKind, key: &VerifyingKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        let bytes = key.to_ed25519().ok_or(NoteError::Algorithm)?;
        let hashed = [name.as_bytes(), b"\n", &[kind.byte()], &bytes].concat();
        let [a, b, c, d, ..] = *Hash::of(&hashed).as_bytes();
        Ok(Self {
            name: name.to_owned(),
            kind,
            id: u32::from_be_bytes([a, b, c, d]),
            key: key.clone(),
            bytes,
        })
    }

    /// Reads a vkey.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        // Base 64 has a plus of its own, a name doesn't.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let bytes = Base64::decode_vec(key).map_err(|_| NoteError::Key)?;
        let (kind, key) = match bytes.split_first() {
            Some((1, key)) => (KeyKind::Log, key),
            Some((4, key)) => (KeyKind::Witness, key),
            _ => return Err(NoteError::Key),
        };
        let key = key.try_into().map_err(|_| NoteError::Key)?;
        let key = VerifyingKey::from_ed25519(key).map_err(|_| NoteError::Key)?;
        let own = Self::new(name, kind, &key).map_err(|_| NoteError::Key)?;
        if own.hex() != id {
            return Err(NoteError::Key);
        }
        Ok(own)
    }

    /// The name.
    pub fn name(&self) -> Outside<'_> {
        Outside::new(&self.name)
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The public key itself.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The key's id, as signature lines have it.
    pub fn id(&self) -> u32 {
        self.id
    }

    fn hex(&self) -> String {
        format!("{:08x}", self.id)
    }

    /// Whether it is another key than that one, whatever both are called.
    pub(super) fn bytes_differ(&self, other: &Self) -> bool {
        self.bytes != other.bytes
    }

    /// Whether a signature line says that this key made it.
    pub(super) fn is_named_by(&self, signature: &NoteSignature) -> bool {
        (self.name.as_str(), self.id) == (signature.name.as_str(), signature.id)
    }

    /// Whether it did. A cosignature gives its time, in seconds since 1970.
    pub(super) fn verify(&self, text: &str, signature: &NoteSignature) -> Option<u64> {
        match self.kind {
            KeyKind::Log => self.key.verify(text.as_bytes(), &signature.bytes).ok().map(|()| 0),
            KeyKind::Witness => {
                let (time, bytes) = signature.bytes.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                if time > i64::MAX as u64 {
                    return None;
                }
                self.key.verify(cosigned(text, time).as_bytes(), bytes).ok().map(|()| time)
            }
        }
    }

    /// Signs a note's text with the private half. `time` is a witness' only.
    pub(super) fn sign(
        &self,
        signer: &dyn Signer,
        text: &str,
        time: u64,
    ) -> Result<NoteSignature, NoteError> {
        let bytes = match self.kind {
            KeyKind::Log => signer.sign(text.as_bytes())?,
            KeyKind::Witness => {
                let signature = signer.sign(cosigned(text, time).as_bytes())?;
                [&time.to_be_bytes(), signature.as_slice()].concat()
            }
        };
        Ok(NoteSignature { name: self.name.clone(), id: self.id, bytes })
    }
}

/// What a witness signs.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The vkey.
impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[self.kind.byte()], self.bytes.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name(), self.hex(), Base64::encode_string(&bytes))
    }
}

impl std::fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}
