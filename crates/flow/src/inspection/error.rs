//! Why nothing can be drawn, and whose doing that is.

use realname_terms::explain;

use super::Role;
use crate::jose::SignError;
use crate::journal::JournalError;

/// Why an inspection can't be committed to, or drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectionError {
    /// Not a chance.
    #[error("the rate isn't from 1 to 1000000 millionths")]
    Rate,
    /// A witness commits with its signature.
    #[error("a witness' commitment needs the witness' key")]
    Unsigned,
    /// The signer failed.
    #[error("the commitment wasn't signed: {0}")]
    Signer(SignError),
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    Random,
    /// Nobody of that role committed, or not before the period was closed.
    #[error("the {0} hasn't committed to this inspection before it was closed")]
    NotCommitted(Role),
    /// Operator and witness committed to different things.
    #[error("operator and witness committed to different terms")]
    TermsDiffer,
    /// It isn't closed, or was closed before its time or before both had committed.
    #[error("the inspection isn't closed, or was closed too early")]
    NotClosed,
    /// Whoever doesn't reveal has failed the inspection.
    #[error("the {0} hasn't revealed the bytes that it committed to")]
    NotRevealed(Role),
    /// A line of what was produced can't be read.
    #[error("line {0} of what was produced isn't one: expected JSON with index, record and at")]
    Produced(usize),
    /// The journal itself.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

explain! {
    InspectionError {
        Self::Rate => "inspection_rate", Caller,
            "Give a rate from 1 to 1000000 millionths.", "抽样率须为百万分之 1 至 1000000。", "抽样率有误";
        Self::Unsigned => "inspection_unsigned", Caller,
            "Give the witness' key.", "请提供见证方的密钥。", "见证方的承诺未签署";
        Self::Signer(_) | Self::Random => "signer", System,
            "Nothing was committed; try again.", "未作任何承诺，请重试。", "签名失败";
        Self::NotCommitted(_) => "inspection_not_committed", Sender,
            "Both commit before the period is closed; begin a new inspection.", "双方须在期间结束前作出承诺；请重新发起检查。", "结束前有一方未作承诺";
        Self::TermsDiffer => "inspection_terms_differ", Sender,
            "Begin a new inspection with the same terms on both sides.", "请以双方一致的条款重新发起检查。", "双方承诺的条款不一致";
        Self::NotClosed => "inspection_not_closed", Sender,
            "Close it after its time, when both have committed.", "请在双方承诺之后、期满时结束。", "检查未结束，或结束过早";
        Self::NotRevealed(_) => "inspection_not_revealed", Sender,
            "Who doesn't reveal has failed the inspection: ask once, then record that.", "不公开者视为检查不合格：请催告一次，然后记录在案。", "有一方未公开所承诺的内容";
        Self::Produced(line) => "inspection_produced", Input,
            "Correct the line that the message names.", "请修正提示的行。", "提交内容的第 {line} 行有误";
    }
    through { Self::Journal(error) => error; }
}
