//! What can be wrong with a note, a key or a proof.

/// Why a note, a verifier key or a proof was refused. It never quotes what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// No text, blank line and signatures in the form of a note, or longer than anything that is read here.
    #[error("not a signed note: expected text, an empty line and signature lines")]
    Form,
    /// A note, but its text isn't that of a checkpoint.
    #[error("not a checkpoint: expected an origin, a size and a root, a line each")]
    Checkpoint,
    /// Not the lines of a proof.
    #[error("not a proof: expected the lines of c2sp.org/tlog-proof@v1")]
    Proof,
    /// Not a verifier key, or one whose id isn't that of its name and key.
    #[error("not a verifier key: expected <name>+<8 hex digits>+<base64 of type and key>")]
    Key,
    /// A name that no key can have: empty, or with a space or a plus.
    #[error("not a name for a key: expected text without spaces and plus signs")]
    Name,
    /// The signing key isn't Ed25519: tlog-checkpoint and tlog-cosignature have no other that is used here.
    #[error("the key is of another kind: expected Ed25519")]
    Algorithm,
    /// No signature of a known key, or one of a known key that doesn't verify.
    #[error("the checkpoint isn't signed by a key that is known here")]
    Signature,
    /// Signed, but of another log than the key's.
    #[error("the checkpoint is of another journal than the key")]
    Origin,
    /// Fewer witnesses than demanded have cosigned.
    #[error("too few witnesses have cosigned: expected {expected}, got {got}")]
    Quorum {
        /// How many are demanded.
        expected: usize,
        /// How many of the known ones cosigned.
        got: usize,
    },
    /// The path doesn't lead from the entry to the root.
    #[error("the entry isn't in the journal at that place: the path doesn't lead to the checkpoint's root")]
    Inclusion,
    /// The signer failed.
    #[error(transparent)]
    Signer(#[from] realname_token::jose::SignError),
}
