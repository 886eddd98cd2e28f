//! Why an index couldn't do its work.

use std::error::Error;
use std::sync::Arc;

use realname_terms::explain;

/// An index couldn't do its work: whether something was used before isn't known then, and nothing may be taken as new.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReuseError {
    /// There is none.
    #[error("there is no reuse index here")]
    Missing,
    /// As many captures are in it as it can hold.
    #[error("the reuse index is full: it holds {capacity} captures")]
    Full {
        /// How many.
        capacity: usize,
    },
    /// An earlier failure left it uncertain.
    #[error("the reuse index refuses since an earlier failure")]
    Poisoned,
    /// It holds what this version didn't write.
    #[error("the reuse index is damaged, or of another version")]
    Damaged,
    /// The engine below it failed.
    #[error("the reuse index failed")]
    Engine(#[source] Arc<dyn Error + Send + Sync>),
}

explain! {
    ReuseError {
        Self::Missing => "reuse_missing", Caller,
            "Name the file of an index that is in use.", "请提供正在使用的索引文件。", "此处没有照片索引";
        Self::Full { capacity } => "reuse_full", Store,
            "Let what is over expire, or use an index in a database.", "请清理到期记录，或改用数据库索引。", "照片索引已满（{capacity} 条）";
        Self::Poisoned => "reuse_poisoned", Store,
            "Start again; nothing was decided.", "请重新启动；本次未作判断。", "照片索引先前出错，现拒绝一切操作";
        Self::Damaged => "reuse_damaged", Store,
            "Use the version of the program that wrote it, or make a new one.", "请使用写入该索引的程序版本，或新建索引。", "照片索引已损坏或版本不符";
        Self::Engine(_) => "reuse_failed", Store,
            "Check the index's file or server; nothing was decided.", "请检查索引文件或服务器；本次未作判断。", "照片索引出错";
    }
}
