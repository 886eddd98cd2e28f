//! `verify --audit --earlier DIR`: the records that a record superseded, back to the first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use realname::jose::encode;
use realname::profile::Purpose;
use realname::rely::{Limits, Record};
use realname::trust::TrustList;

use crate::failure::Failure;
use crate::{files, lang, outside};

/// More than anybody registers one number.
const LONGEST: usize = 1000;

/// Follows the chain; gives the digests, the newest first. Each record must be there, be believed as of `at`, be older than what supersedes
/// it, and be superseded by nothing else that is there.
pub(super) fn follow(
    newest: &Record,
    earlier: &Path,
    list: &TrustList,
    at: Timestamp,
) -> Result<Vec<String>, Failure> {
    let mut by_digest = BTreeMap::new();
    let mut superseded: BTreeMap<String, String> = BTreeMap::new();
    let kept = records(earlier)?;
    for record in std::iter::once(newest).chain(&kept) {
        let digest = encode(&record.digest());
        if let Some(old) = record.supersedes() {
            let other = superseded.insert(old, digest.clone());
            if other.is_some_and(|other| other != digest) {
                return Err(broken(
                    "chain_forked",
                    "two records supersede the same one",
                    "两条记录更新了同一条记录",
                ));
            }
        }
        by_digest.insert(digest, record);
    }
    let mut chain = vec![encode(&newest.digest())];
    let mut current = newest;
    while let Some(old) = current.supersedes() {
        if current.verdict().purpose() != Some(Purpose::NumberReverify) {
            return Err(broken(
                "chain_purpose",
                "a record that was no re-verification supersedes another",
                "非重新核验的记录更新了其他记录",
            ));
        }
        let Some(record) = by_digest.get(&old) else {
            return Err(broken("chain_missing", "a superseded record isn't there", "被更新的记录不在其中"));
        };
        let later = record.accepted_at() >= current.accepted_at()
            || record.accepted_at().is_some_and(|time| time > at);
        if later || chain.contains(&old) || chain.len() >= LONGEST {
            return Err(broken(
                "chain_order",
                "a superseded record isn't older than what supersedes it",
                "被更新的记录不早于更新它的记录",
            ));
        }
        let verdict = record.audit(list, &Limits::default());
        if let Some(reason) = verdict.reasons().first().filter(|_| !verdict.is_accepted()) {
            return Err(Failure::from(reason.code).about(&old));
        }
        chain.push(old);
        current = record;
    }
    Ok(chain)
}

fn records(directory: &Path) -> Result<Vec<Record>, Failure> {
    let trouble = |error: std::io::Error| {
        Failure::trouble(
            "file",
            format!("{}: {}", outside::path(directory), lang::of_system(&error)),
            lang::pick("name the directory that holds the kept records", "请指定保存记录的目录"),
        )
    };
    let mut paths = Vec::new();
    for file in std::fs::read_dir(directory).map_err(trouble)? {
        let path = file.map_err(trouble)?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: &PathBuf| Record::parse(&files::read(path)?).map_err(Failure::from);
    paths.iter().map(|path| read(path).map_err(|failure| failure.about(&outside::path(path)))).collect()
}

fn broken(code: &str, english: &'static str, chinese: &'static str) -> Failure {
    Failure::refused(
        code,
        lang::pick(english, chinese),
        lang::pick(
            "don't rely on this record: ask its keeper for all records of the number",
            "请勿采信此记录：请向保存方索取该号码的全部记录",
        ),
    )
}
