//! What can be wrong with a statement or an outbox.

use realname_terms::explain;
use realname_token::jose::JoseError;
use realname_token::trust::TrustError;

use crate::entry::EntryError;

/// Why a terminal's statement wasn't written or taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminalError {
    /// Malformed, or its signature doesn't verify.
    #[error("the terminal's statement is refused: {0}")]
    Statement(#[from] JoseError),
    /// Its key may not speak for that issuer.
    #[error("the terminal's key isn't trusted: {0}")]
    Trust(#[from] TrustError),
    /// What it says can't be an entry: an id that looks like a number of a person, say.
    #[error("the statement can't be an entry: {0}")]
    Entry(#[from] EntryError),
    /// No delegation and no trust list: whose key it is can't be found out.
    #[error("the statement has no delegation, and no trust list was given to find its key in")]
    KeyUnknown,
    /// Signed by a key that was delegated to another terminal.
    #[error("the statement's key was delegated to another terminal")]
    OtherTerminal,
    /// What is sealed in it isn't sealed to this operator, or isn't what a terminal seals.
    #[error("what the statement seals can't be opened with this key")]
    Sealed,
    /// Dated after it was looked at: the terminal's clock is wrong, or it hides when it signed.
    #[error("the statement is dated in the future")]
    FromFuture,
    /// No directory is there: a name that was mistyped isn't a terminal that has signed nothing.
    #[error("there is no outbox here: it isn't a directory")]
    Missing,
    /// Another program writes this outbox.
    #[error("another program has this outbox open for writing")]
    InUse,
    /// Its last statement can't be read, so nothing can follow it.
    #[error("the outbox is damaged: its last statement can't be read")]
    Damaged,
    /// The disk.
    #[error("the outbox's disk failed")]
    Io(#[from] std::io::Error),
}

explain! {
    TerminalError {
        Self::Statement(_) => "statement_refused", Sender,
            "Fetch the terminal's outbox again; if it stays, take the terminal out of use until it is explained.", "请重新获取该终端的发件箱；如仍失败，请停用该终端直至查明。", "终端的陈述不被接受";
        Self::KeyUnknown => "statement_key_unknown", Caller,
            "Give --trust and --anchor.", "请提供 --trust 和 --anchor。", "无法确定陈述所用的密钥";
        Self::OtherTerminal => "statement_other_terminal", Sender,
            "Take the terminal out of use until it is explained.", "请停用该终端直至查明。", "密钥属于另一终端";
        Self::Sealed => "statement_sealed_otherwise", Sender,
            "Give --open with the key whose public half the terminal's configuration names as seal_to.", "请用 --open 提供终端配置中 seal_to 所指公钥对应的私钥。", "陈述中的密封内容无法用该密钥打开";
        Self::FromFuture => "statement_from_future", Clock,
            "Check the clocks of the terminal and of this computer; what it signed from there on waits.", "请检查终端和本机的时钟；其后的陈述暂不收取。", "陈述的时间在将来";
        Self::Missing => "outbox_missing", Store,
            "Give the terminal's outbox, or the directory with all of them.", "请提供终端的发件箱目录，或其上级目录。", "此处没有发件箱";
        Self::InUse => "outbox_in_use", System,
            "Let the other program end first: a terminal has one outbox.", "请等待另一程序结束：每个终端只有一个发件箱。", "发件箱正被其他程序写入";
        Self::Damaged => "outbox_damaged", Store,
            "Nothing was signed. Have the operator take in what it has, and give the terminal a new id and outbox.", "本次未签名。请运营方先收取现有内容，再为终端换用新的编号和发件箱。", "发件箱已损坏";
        Self::Io(cause) => "outbox_io", Store,
            "Nothing was attested. Check the disk, its room and the permissions.", "本次未出具证明。请检查磁盘、空间和权限。", "发件箱所在磁盘出错：{cause}", "the outbox's disk failed: {cause}";
    }
    through {
        Self::Trust(error) => error;
        Self::Entry(error) => error;
    }
}
