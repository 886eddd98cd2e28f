//! `realname journal`: the operator's log, its witness and its auditor.

mod append;
mod check_proof;
mod cosign;
mod ingest;
mod new;
mod prove;
mod verify;

use std::path::Path;
use std::sync::Arc;

use realname::jose::SigningKey;
use realname::journal::note::{Cosigned, KeyKind, NoteError, Quorum, SignedCheckpoint, VerifierKey};
use realname::journal::terminal::TerminalError;
use realname::journal::{Journal, JournalError, Reader};
use realname::profile::{Explain, Fault};
use serde_json::{Value, json};

use super::{Done, key};
use crate::args::{JournalCommand, Signers};
use crate::failure::{Exit, Failure};
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
    }
}

/// A failure of the library, with the exit code of whose fault it is.
pub(super) fn failed(error: &(impl Explain + std::fmt::Display)) -> Failure {
    let exit = match error.fault() {
        Fault::Input => Exit::Damaged,
        Fault::Setup => Exit::Usage,
        Fault::System => Exit::Trouble,
        _ => Exit::Refused,
    };
    told(exit, error)
}

pub(super) fn told(exit: Exit, error: &(impl Explain + std::fmt::Display)) -> Failure {
    let advice = error.entry().advice;
    let what = lang::pick(error.to_string(), in_chinese(error.code()).to_owned());
    Failure::new(exit, error.code(), what, lang::pick(advice.en, advice.zh))
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        match &error {
            JournalError::Io(cause) => {
                let mut failure = told(Exit::Trouble, &error);
                failure.message = format!("{}: {}", failure.message, lang::of_system(cause));
                failure
            }
            JournalError::Stopped => told(Exit::Trouble, &error),
            JournalError::Index { .. } => told(Exit::Usage, &error),
            JournalError::Event { .. } => told(Exit::Damaged, &error),
            error => failed(error),
        }
    }
}

impl From<NoteError> for Failure {
    fn from(error: NoteError) -> Self {
        match error {
            NoteError::Key | NoteError::Name => told(Exit::Usage, &error),
            error => failed(&error),
        }
    }
}

impl From<TerminalError> for Failure {
    fn from(error: TerminalError) -> Self {
        match &error {
            TerminalError::Io(cause) => {
                let mut failure = told(Exit::Trouble, &error);
                failure.message = format!("{}: {}", failure.message, lang::of_system(cause));
                failure
            }
            TerminalError::Damaged | TerminalError::InUse => told(Exit::Trouble, &error),
            error => failed(error),
        }
    }
}

/// What an error means, shortly; the numbers and names are in the English message.
fn in_chinese(code: &str) -> &'static str {
    match code {
        "journal_missing" => "此处没有日志",
        "journal_exists" => "此处已有日志",
        "journal_in_use" => "日志正被其他程序写入",
        "tile_missing" => "日志丢失了文件",
        "tile_malformed" | "tile_differs" => "日志的文件已损坏或与记录不符",
        "root_differs" => "日志内容与检查点不符",
        "journal_shrunk" => "日志变短了",
        "journal_forked" => "日志已分叉",
        "journal_pending_damaged" => "已确认但尚未入树的事件已损坏",
        "entry_index" => "没有该序号的记录",
        "checkpoint_signature" => "检查点没有已知密钥的有效签名",
        "journal_other_origin" => "检查点属于另一日志",
        "quorum_missing" => "联署的见证方不足",
        "proof_refused" => "证明不成立",
        "agent_chain_broken" => "代理商的记录链断裂",
        "vkey_malformed" => "vkey 格式有误",
        "key_name" => "名称格式有误",
        "journal_key_algorithm" => "密钥不是 Ed25519",
        "entry_personal" => "事件中出现类似电话或证件号码的内容",
        "annual_malformed" => "不是年度数据文件，或不完整",
        "annual_figure_differs" => "有数字与记录不符",
        "annual_period" => "期间的结束早于开始",
        "annual_io" => "无法读写年度数据文件",
        "inspection_rate" => "抽样率有误",
        "inspection_unsigned" => "见证方的承诺须由其密钥签署",
        "inspection_not_committed" => "结束前有一方未作承诺",
        "inspection_terms_differ" => "双方承诺的条款不一致",
        "inspection_not_closed" => "检查未结束，或结束过早",
        "inspection_not_revealed" => "有一方未公开所承诺的内容",
        "inspection_produced" => "提交内容的某一行有误",
        "outbox_damaged" => "发件箱已损坏",
        "outbox_in_use" => "发件箱正被其他程序写入",
        "outbox_io" => "发件箱所在磁盘出错",
        code if code.starts_with("statement_") => "终端的陈述不被接受",
        code if code.starts_with("entry_") => "事件内容有误",
        code if code.ends_with("_malformed") => "文件格式有误",
        _ => "日志出错",
    }
}

/// The key that signs a journal, or its cosignatures.
fn signer(path: &Path) -> Result<Arc<SigningKey>, Failure> {
    key::load(path).map(Arc::new)
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
    let quorum = Quorum::of(witnesses, least).map_err(|error| told(Exit::Usage, &error))?;
    Ok((log_keys(&signers.vkey)?, quorum))
}

/// The witnesses, as JSON.
pub(super) fn witnesses(found: &[(VerifierKey, u64)]) -> Value {
    let told =
        |(key, time): &(VerifierKey, u64)| json!({ "name": key.name().as_str_raw(), "time": at(*time) });
    found.iter().map(told).collect()
}

/// Who cosigned, for people.
fn seen_by(found: &[(VerifierKey, u64)]) -> String {
    let named = found.iter().map(|(key, time)| {
        let time = at(*time).map(|time| time.to_string()).unwrap_or_default();
        lang::pick(format!("seen by {} at {time}", key.name()), format!("{} 于 {time} 见证", key.name()))
    });
    named.collect::<Vec<_>>().join("\n")
}

fn at(seconds: u64) -> Option<jiff::Timestamp> {
    i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
}

/// What a checkpoint says, as JSON.
fn checkpoint_json(found: &Cosigned<'_>) -> Value {
    let checkpoint = found.checkpoint();
    json!({
        "origin": checkpoint.origin().as_str_raw(), "size": checkpoint.size, "root": checkpoint.root.to_string(),
        "witnesses": witnesses(found.witnesses()),
    })
}
