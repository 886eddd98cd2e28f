//! `realname journal`: the operator's log, its witness and its auditor.

mod append;
mod check_proof;
mod cosign;
mod ingest;
mod new;
mod papers;
mod prove;
mod verify;
mod year;

use std::path::Path;
use std::sync::Arc;

use realname::jose::Signer;
use realname::journal::note::{KeyKind, NoteError, Quorum, SignedCheckpoint, VerifierKey};
use realname::journal::{Journal, Reader};
use realname::profile::Explain;

use super::{Done, key};
use crate::args::{JournalCommand, Signers};
use crate::failure::Failure;
use crate::shapes::journal::ShownWitness;
use crate::{files, lang, outside};

pub(crate) fn run(command: JournalCommand) -> Done {
    match command {
        JournalCommand::New(args) => new::run(&args),
        JournalCommand::Append(args) => append::run(&args),
        JournalCommand::Verify(args) => verify::run(&args),
        JournalCommand::Prove(args) => prove::run(&args),
        JournalCommand::CheckProof(args) => check_proof::run(&args),
        JournalCommand::Cosign(args) => cosign::run(&args),
        JournalCommand::Ingest(args) => ingest::run(&args),
        JournalCommand::Year(args) => year::run(&args),
        JournalCommand::Papers(args) => papers::run(&args),
    }
}

pub(super) use self::year::year_keys;

/// The key that signs a journal, or its cosignatures.
fn signer(path: &Path) -> Result<Arc<dyn Signer>, Failure> {
    key::load(path).map(Arc::from)
}

/// Opens a journal for writing.
pub(super) fn journal(directory: &Path, key: &Path) -> Result<Journal, Failure> {
    let signer = signer(key)?;
    Journal::open(directory, signer).map_err(|error| Failure::from(error).about(&outside::path(directory)))
}

/// Opens a journal for reading.
pub(super) fn reader(directory: &Path) -> Result<Reader, Failure> {
    Reader::open(directory).map_err(|error| Failure::from(error).about(&outside::path(directory)))
}

/// A checkpoint from a file of the caller's.
fn checkpoint(path: &Path) -> Result<SignedCheckpoint, Failure> {
    let bytes = files::read(path)?;
    SignedCheckpoint::parse(&bytes).map_err(|error| Failure::from(error).about(&outside::path(path)))
}

/// The keys of a journal, of the kind that signs checkpoints.
pub(super) fn log_keys(texts: &[String]) -> Result<Vec<VerifierKey>, Failure> {
    let keys: Vec<VerifierKey> =
        texts.iter().map(|text| VerifierKey::parse(text)).collect::<Result<_, _>>()?;
    match keys.iter().find(|key| key.kind() != KeyKind::Log) {
        Some(key) => Err(Failure::from(NoteError::Key).about(&key.name().to_string())),
        None => Ok(keys),
    }
}

pub(super) fn signers(signers: &Signers) -> Result<(Vec<VerifierKey>, Quorum), Failure> {
    let witnesses =
        signers.witness.iter().map(|text| VerifierKey::parse(text)).collect::<Result<Vec<_>, _>>()?;
    // Witnesses that are named and not counted would be no demand at all.
    let least = signers.quorum.unwrap_or(witnesses.len());
    let quorum = Quorum::of(witnesses, least).map_err(|error| {
        Failure::usage(error.message(lang::of_library()), error.advice(lang::of_library()))
    })?;
    Ok((log_keys(&signers.vkey)?, quorum))
}

/// Who cosigned, for people.
fn seen_by(found: &[(VerifierKey, Option<jiff::Timestamp>)]) -> String {
    let named = found.iter().zip(ShownWitness::of(found)).map(|((key, _), shown)| {
        let time = shown.time.map(|time| time.to_string()).unwrap_or_default();
        lang::pick(format!("seen by {} at {time}", key.name()), format!("{} 于 {time} 见证", key.name()))
    });
    named.collect::<Vec<_>>().join("\n")
}
