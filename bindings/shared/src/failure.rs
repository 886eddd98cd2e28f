//! How a call ends when it doesn't end well.

use std::fmt::Display;

use realname::profile::{Explain, Fault, Lang};
use realname::reader::ReaderError;

/// The number that a C function returns. They never change their meaning; new ones are added behind the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it means")]
pub enum Status {
    /// Done; what was asked about is accepted.
    Ok = 0,
    /// The answer is no, including anything wrong with keys and trust.
    Refused = 1,
    /// An argument is missing, no UTF-8, no JSON, or out of its range.
    Argument = 2,
    /// A device, a file, the network, a register or a store made trouble; the answer isn't known.
    Trouble = 3,
    /// What was handed in is damaged or not what it claims to be.
    Damaged = 4,
    /// The handle is none of this kind, or was closed.
    Handle = 5,
    /// No card was placed in time, or the one that lies there was read before and not lifted.
    NoCard = 6,
    /// Another thread stopped it.
    Cancelled = 7,
    /// The reader is being watched.
    Busy = 8,
    /// A fault of this library. The handle in use is closed.
    Internal = 9,
}

/// A failure: a stable code, what happened and what to do next, in both languages. It holds no personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, clippy::exhaustive_structs, reason = "a plain value; its fields say what they are")]
pub struct Failure {
    pub status: Status,
    pub code: String,
    pub message: String,
    pub message_zh: String,
    pub action: String,
    pub action_zh: String,
    /// More, as the JSON that the command line prints beside `error`: a refusal with all its checks.
    pub details: Option<serde_json::Value>,
}

impl Failure {
    /// One of a binding's own, with all its words.
    pub fn new(
        status: Status,
        code: &str,
        [message, message_zh]: [&str; 2],
        [action, action_zh]: [&str; 2],
    ) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: one_line(message),
            message_zh: one_line(message_zh),
            action: action.to_owned(),
            action_zh: action_zh.to_owned(),
            details: None,
        }
    }

    /// An argument that can't be used.
    pub fn argument(what: &str) -> Self {
        let zh = format!("参数有误：{what}");
        let next = ["correct the call; see the function's description", "请按函数说明修正调用"];
        Self::new(Status::Argument, "usage", [what, &zh], next)
    }

    /// A handle that isn't one.
    pub fn handle() -> Self {
        Self::new(
            Status::Handle,
            "bad_handle",
            ["the handle is none of this kind, or was closed", "句柄类型不符，或已关闭"],
            ["open it again; close each handle once", "请重新打开；每个句柄只关闭一次"],
        )
    }

    /// A reader that somebody watches.
    pub fn watched() -> Self {
        Self::new(
            Status::Busy,
            "reader_busy",
            ["the reader is being watched", "读卡器正在监视中"],
            ["cancel the watch first", "请先停止监视"],
        )
    }

    /// A panic that was caught, or what can't happen.
    pub fn internal() -> Self {
        Self::new(
            Status::Internal,
            "internal",
            ["a fault of this library", "本程序库内部错误"],
            [
                "open the reader again; report it with what was called before",
                "请重新打开读卡器，并反馈此前的调用顺序",
            ],
        )
    }

    /// From whatever explains itself.
    pub fn of(error: &impl Explain) -> Self {
        let entry = error.entry();
        let said = [Lang::En, Lang::Zh].map(|lang| error.message(lang));
        let next = [entry.advice.en, entry.advice.zh];
        Self::new(status_of(entry.fault), entry.code, [&said[0], &said[1]], next)
    }

    /// From a reader, a line or a card.
    pub fn of_reader(error: &ReaderError) -> Self {
        let mut failure = Self::of(error);
        match error {
            // A till that waits for a customer's card has none in both cases.
            ReaderError::NoCard { .. } | ReaderError::CardReadBefore => {
                failure.code = "no_card".to_owned();
                failure.status = Status::NoCard;
                failure.message_zh = "未检测到新放置的证件".to_owned();
            }
            ReaderError::Cancelled => {
                failure.status = Status::Cancelled;
            }
            ReaderError::Busy => failure.status = Status::Busy,
            _ => {}
        }
        failure
    }

    /// A file that can't be read.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let shown = path.display().to_string();
        Self::new(
            Status::Trouble,
            "file",
            [&format!("can't read {shown}: {error}"), &format!("无法读取 {shown}")],
            ["check the path and its permissions", "请检查路径及其权限"],
        )
    }

    /// The error object of `--json`, with the details beside it.
    pub fn to_json(&self) -> serde_json::Value {
        let mut value = self.details.clone().unwrap_or_else(|| serde_json::json!({}));
        value["error"] =
            serde_json::json!({"code": self.code, "message": self.message, "action": self.action});
        value
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}] -> {}", self.message, self.code, self.action)
    }
}

impl From<ReaderError> for Failure {
    fn from(error: ReaderError) -> Self {
        Self::of_reader(&error)
    }
}

fn status_of(fault: Fault) -> Status {
    match fault {
        Fault::Nobody | Fault::Person | Fault::Request | Fault::Sender | Fault::Trust | Fault::Clock => {
            Status::Refused
        }
        Fault::Caller => Status::Argument,
        Fault::Input | Fault::Setup => Status::Damaged,
        Fault::Card
        | Fault::Reader
        | Fault::Line
        | Fault::Port
        | Fault::Register
        | Fault::Network
        | Fault::Store
        | Fault::System => Status::Trouble,
    }
}

/// A message may quote a path or what a register said: it stays one line, with what isn't plain writing escaped.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    realname::profile::Outside::new(&line).to_string()
}
