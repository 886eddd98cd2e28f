//! The library's errors as this program's failures: which exit code, which stable code, what to do next, in both languages.

use std::fmt::Display;

use realname::attest::AttestError;
use realname::capture::CaptureError;
use realname::demand::{AnswerError, AskError};
use realname::profile::{Explain, ReasonCode};
use realname::reader::ReaderError;
use realname::store::StoreError;
use realname::trust::TrustError;

use crate::failure::Failure;
use crate::lang;

/// The clerk's text of a reason code, in the language of this run.
pub(crate) fn clerk_text(code: ReasonCode) -> &'static str {
    code.text(lang::of_library())
}

/// What happened, in the language of this run: the library says it in English, its table of codes in Chinese.
pub(crate) fn message(code: ReasonCode, english: &dyn Display) -> String {
    lang::pick(
        english.to_string(),
        clerk_text(code).split(['，', '。']).next().unwrap_or_default().to_owned(),
    )
}

/// A refusal by reason code.
pub(crate) fn refusal(code: ReasonCode, what: impl Display) -> Failure {
    Failure::refused(code.as_str(), what, clerk_text(code))
}

/// A refusal by reason code, with the library's words.
fn told(code: ReasonCode, error: &dyn Display) -> Failure {
    refusal(code, message(code, error))
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        // The engine's own words say which of a dozen things it is; a store's errors quote no key and no value.
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        let advice = error.entry().advice;
        let what = lang::pick(format!("{error}{cause}"), format!("{}{cause}", store_in_chinese(&error)));
        Self::trouble("store", what, lang::pick(advice.en, advice.zh))
    }
}

fn store_in_chinese(error: &StoreError) -> String {
    match error {
        StoreError::TooLong { max, got, .. } => format!("存储的内容过长：最多 {max} 字节，实为 {got}"),
        StoreError::Busy { waited } => format!("存储繁忙：等待 {waited:?} 未轮到"),
        StoreError::NoSpace => "存储空间不足".into(),
        StoreError::ReadOnly => "存储只读".into(),
        StoreError::Corrupt => "存储已损坏".into(),
        StoreError::Foreign => "这是其他程序的数据库".into(),
        StoreError::SchemaVersion { expected, got } => {
            format!("存储的结构版本为 {got}，本程序支持的版本为 {expected}")
        }
        StoreError::NotDurable { .. } => "存储无法保证所记录的内容不丢失".into(),
        StoreError::Interrupted { .. } | StoreError::DiskFailed { .. } => {
            "存储在操作中出错，可能已记录".into()
        }
        StoreError::Missing => "此处没有存储".into(),
        StoreError::Exists => "此处已有文件".into(),
        StoreError::Backup => "这是存储的备份，不是存储".into(),
        StoreError::Displaced { .. } => "存储在打开期间被移动，现拒绝一切操作".into(),
        StoreError::Address => "无法识别存储服务器的地址".into(),
        StoreError::PlainText => "存储服务器不在本机，且未启用强制 TLS".into(),
        StoreError::Unreachable { .. } => "无法连接存储服务器".into(),
        StoreError::Poisoned => "存储先前出错，现拒绝一切操作".into(),
        StoreError::Stopped => "存储已停止".into(),
        _ => "存储出错".into(),
    }
}

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Store(error) => error.into(),
            error => match error.reason() {
                Some(code) => told(code, &error),
                None => Self::refused("trust", &error, ""),
            },
        }
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Trust(error) => error.into(),
            error => match error.reason() {
                Some(code) => told(code, &error),
                None => Self::refused("demand", &error, ""),
            },
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let again = lang::pick("nothing was sent; try again", "未发送任何内容，请重试");
        let (what, next) = match &error {
            AskError::Store(_) | AskError::Jose(_) => ("签名失败", again),
            AskError::ExpectationMissing => (
                "高风险业务须提供预期身份",
                lang::pick(
                    "give --expect FILE with {\"name\":…, \"id_number\":…}",
                    "请用 --expect FILE 提供 {\"name\":…, \"id_number\":…}",
                ),
            ),
            AskError::Number => (
                "电话号码格式有误，应为 + 和 5 至 15 位数字",
                lang::pick("give --number as +86…", "请用 --number 提供 +86… 形式的号码"),
            ),
            AskError::NonceTaken => ("新的随机编号已被使用：本机的随机数有问题", again),
            _ => (
                "请求内容有误",
                lang::pick("see `realname demand new --help`", "参见 realname demand new --help"),
            ),
        };
        let what = lang::pick(error.to_string(), what.to_owned());
        match error {
            AskError::Store(error) => error.into(),
            AskError::Jose(_) => Self::trouble("signer", what, next),
            _ => Self::usage(what, next),
        }
    }
}

/// What a reader, a line or a card did.
pub(crate) fn of_reader(error: &ReaderError) -> Failure {
    let action = error.action();
    let what = lang::pick(error.to_string(), reader_in_chinese(error.code()).to_owned());
    Failure::trouble(error.code(), what, lang::pick(action.to_string(), action.chinese().to_owned()))
}

impl From<ReaderError> for Failure {
    fn from(error: ReaderError) -> Self {
        of_reader(&error)
    }
}

/// By code, so that a new one is at least named.
fn reader_in_chinese(code: &str) -> &'static str {
    match code {
        "no_card" => "未检测到证件",
        "card_moved" => "读取时证件被移动",
        "wrong_card" => "读取时证件被更换",
        "card_not_accepted" => "读卡器未认可此证件",
        "card_unreadable" => "无法读取证件",
        "card_malformed" => "证件数据不符合规范",
        "card_blank" => "证件中没有内容",
        "document_unknown" => "本程序不认识此类证件",
        "card_read_before" => "读卡器上的证件先前已读取过，且未重新放置",
        "two_cards" => "读到了两张不同的证件",
        "port_not_exclusive" => "无法独占此端口",
        "card_not_put_back" => "证件未放回",
        "reading_unconfirmed" => "两次读取结果未能一致",
        "sam_self_test_failed" => "读卡器的安全模块自检失败",
        "sam_not_authorised" => "读卡器的安全模块未获授权",
        "command_refused" => "读卡器拒绝执行命令",
        "reader_silent" => "读卡器没有响应",
        "reader_busy" => "读卡器正被使用",
        "reader_disconnected" => "读卡器已断开",
        "line_damaged" => "线路受扰，数据损坏",
        "no_reader" => "未找到读卡器",
        "several_readers" => "找到多个读卡器",
        "unknown_rate" => "读卡器没有此速率",
        "port_not_found" => "没有此端口",
        "port_in_use" => "端口被其他程序占用",
        "port_not_permitted" => "没有打开此端口的权限",
        "not_a_port" => "这不是读卡器的端口",
        "port_failed" => "端口出错",
        "cancelled" => "操作已取消",
        _ => "读卡器出错",
    }
}

impl From<CaptureError> for Failure {
    fn from(error: CaptureError) -> Self {
        let advice = error.entry().advice;
        // The advice says what is wrong with the photo as well.
        let what = lang::pick(error.to_string(), "照片无法使用".to_owned());
        Self::damaged(error.code(), what, lang::pick(advice.en, advice.zh))
    }
}

impl From<AttestError> for Failure {
    fn from(error: AttestError) -> Self {
        match error {
            AttestError::Delegation(error) => error.into(),
            error => Self::refused(
                "not_attested",
                lang::pick(format!("nothing was signed: {error}"), not_attested(&error)),
                lang::pick(
                    "ask the relying party for a demand that fits, and check this terminal's set-up",
                    "请让请求方重新出具合适的请求，并检查本终端配置",
                ),
            ),
        }
    }
}

fn not_attested(error: &AttestError) -> String {
    match error {
        AttestError::Check(check) => {
            format!("未签名：请求要求的核验项无法完成：{}", check.label(realname::profile::Lang::Zh))
        }
        AttestError::FactMissing(claim) => {
            format!("未签名：请求要求的信息无法提供：{}", claim.label(realname::profile::Lang::Zh))
        }
        _ => "未签名：无法按该请求出具证明".to_owned(),
    }
}
