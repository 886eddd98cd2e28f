//! `journal ingest`: what terminals signed, and what they didn't.

use jiff::Timestamp;
use realname::journal::terminal::{Ingest, Ingested, OpenWith, Opener, TerminalError};
use realname::profile::Explain;
use realname::trust::TrustList;

use super::journal;
use crate::args::JournalIngestArgs;
use crate::commands::{Done, done, trusted};
use crate::failure::Failure;
use crate::shapes::journal::IngestedStatements;
use crate::{files, lang, output, outside};

pub(super) fn run(args: &JournalIngestArgs) -> Done {
    let now = Timestamp::now();
    let list = match (&args.trust, &args.anchor) {
        (Some(trust), Some(anchor)) => {
            Some(TrustList::as_of(&files::read_text(trust)?, &trusted::anchors(anchor)?, now)?)
        }
        _ => None,
    };
    if list.is_none() {
        output::note(lang::pick(
            "no trust list was given, so terminals' keys weren't judged, only their chains",
            "未提供信任列表，因此未判定终端密钥，只检查了终端链",
        ));
    }
    let about = |failure: Failure| failure.about(&outside::path(&args.outbox));
    let ingest = Ingest::read_opening(&args.outbox, list.as_ref(), opener(args)?)
        .map_err(|error| about(error.into()))?;
    let mut journal = journal(&args.dir, &args.key)?;
    let found = ingest.into_journal(&mut journal, now).map_err(|error| about(error.into()))?;
    let told = IngestedStatements::of(&found, journal.size());
    match charge(&found) {
        Some(failure) => Err(failure.with_details(serde_json::json!(told), String::new())),
        None => {
            if args.json {
                output::json(&told);
            } else {
                let (taken, known) = (found.taken, found.known);
                output::line(lang::pick(
                    format!("{taken} statements taken in, {known} known before"),
                    format!("收取 {taken} 条陈述，{known} 条先前已有"),
                ));
            }
            done()
        }
    }
}

/// The key that opens seals, with the years' secrets.
fn opener(args: &JournalIngestArgs) -> Result<Option<Opener>, Failure> {
    let (Some(key), Some(keys)) = (&args.open, &args.keys) else { return Ok(None) };
    let pem = files::read_text(key)?;
    files::of_this_user_only(key)?;
    let with = OpenWith::from_pem(&pem).map_err(TerminalError::from);
    let with = with.map_err(|error| Failure::from(error).about(&outside::path(key)))?;
    Ok(Some(Opener { with, keys: super::year_keys(keys)? }))
}

/// The gravest thing that was found. Everything else was taken in all the same.
fn charge(found: &Ingested) -> Option<Failure> {
    if let Some(fork) = found.forks.first() {
        let (terminal, seq, more) = (&fork.terminal, fork.seq, found.forks.len() - 1);
        return Some(Failure::refused(
            "terminal_forked",
            lang::pick(
                format!(
                    "terminal {terminal} signed two statements {seq}, or one that doesn't follow ({more} more)"
                ),
                format!("终端 {terminal} 签署了两条第 {seq} 号陈述，或陈述不相接（另有 {more} 处）"),
            ),
            lang::pick(
                "take the terminal out of use; its second statement proves it",
                "请停用该终端；其第二条陈述即为证明",
            ),
        ));
    }
    if let Some((file, error)) = found.refused.first() {
        return Some(Failure::refused(
            error.code(),
            format!("{}: {error}", outside::shown(file)),
            lang::pick(error.entry().advice.en, error.entry().advice.zh),
        ));
    }
    let gap = found.gaps.first()?;
    let (terminal, expected, got, more) = (&gap.terminal, gap.expected, gap.got, found.gaps.len() - 1);
    Some(Failure::refused(
        "terminal_gap",
        lang::pick(
            format!(
                "terminal {terminal} holds statements back: expected {expected}, got {got} ({more} more gaps)"
            ),
            format!("终端 {terminal} 有未交陈述：应为第 {expected} 号，实为第 {got} 号（另有 {more} 处）"),
        ),
        lang::pick("fetch the rest of its outbox", "请收取其发件箱的其余内容"),
    ))
}
