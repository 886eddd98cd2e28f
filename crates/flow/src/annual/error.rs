//! What can be wrong with a bundle.

use realname_terms::explain;

use crate::journal::JournalError;

/// Why a bundle wasn't written, or isn't to be believed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnnualError {
    /// Not the lines of a bundle, or cut off.
    #[error("not an annual bundle, or cut off: {0} is missing or malformed")]
    Malformed(&'static str),
    /// A figure isn't the one that the entries make.
    #[error("the figure `{name}` isn't what the entries make it")]
    Figure {
        /// Which.
        name: &'static str,
    },
    /// The period ends before it begins.
    #[error("the period ends before it begins")]
    Period,
    /// Checkpoint, entries or chains.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Reading or writing failed.
    #[error("the bundle can't be read or written: {0}")]
    Io(#[from] std::io::Error),
}

explain! {
    AnnualError {
        Self::Malformed(_) => "annual_malformed", Input,
            "Give the bundle as realname annual wrote it.", "请提供 realname annual 写出的原样文件。", "不是年度数据文件，或不完整";
        Self::Figure { name } => "annual_figure_differs", Sender,
            "Don't rely on this report: ask its operator about the figure that is named.", "请勿采信此报告：请就所指出的数字询问运营方。", "数字 {name} 与记录不符";
        Self::Period => "annual_period", Caller,
            "Give --from before --to.", "--from 须早于 --to。", "期间的结束不晚于开始";
        Self::Io(cause) => "annual_io", System,
            "Check the path, its permissions and the disk.", "请检查路径、权限和磁盘。", "无法读写年度数据文件：{cause}";
    }
    through { Self::Journal(error) => error; }
}
