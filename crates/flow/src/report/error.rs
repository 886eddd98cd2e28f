//! What stops a report.

use jiff::Timestamp;
use realname_terms::explain;

use crate::form::FormError;
use crate::jose::{JoseError, SignError};
use crate::store::StoreError;

/// A step of a report wasn't taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// No reports are taken in here.
    #[error("this store takes no reports in: it has no rules for them")]
    Closed,
    /// Other rules are in force.
    #[error("this store has other rules for reports")]
    Exists,
    /// The reporter sends too many.
    #[error("this reporter has sent many reports; the next is taken in from {until} on")]
    Slow {
        /// From when on.
        until: Timestamp,
    },
    /// There is no such report.
    #[error("there is no such report")]
    Unknown,
    /// An outlet, a batch, an agent or a lease that isn't an id.
    #[error("an outlet, batch, agent or lease is an id: 1 to 64 letters, digits and . _ : -")]
    Id,
    /// The step before wasn't taken.
    #[error("the report is `{state}`: the step before this one is missing")]
    Early {
        /// Where it stands.
        state: &'static str,
    },
    /// The step was taken with another result.
    #[error("another result of this step was recorded")]
    Recorded,
    /// Only what is ours can hold.
    #[error("a report about nobody's number doesn't hold, and what doesn't hold has no measure")]
    Nobody,
    /// Somebody changed the same report all the time.
    #[error("others change the same report all the time")]
    Contended,
    /// What the store has isn't a report.
    #[error("the store's record of the report can't be read")]
    Record,
    /// The rules' file.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Randomness, a signed outcome.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The signer.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

explain! {
    ReportError {
        Self::Closed => "report_closed", Caller,
            "Give the store its rules first: realname report open.", "请先用 report open 为存储设定规则。", "此存储未开放受理举报";
        Self::Exists => "report_rules_exist", Caller,
            "Keep the rules: they don't change while reports are open.", "请沿用原规则：受理期间规则不可更改。", "此存储已有其他举报规则";
        Self::Slow { until } => "report_slow", Request,
            "Send it again at the time that is named; it counts like any other.", "请在所示时间之后再次提交；其效力与其他举报相同。", "举报过于频繁，{until} 起可继续提交";
        Self::Unknown => "report_unknown", Request,
            "Give the report's id as `report receive` printed it.", "请使用 report receive 给出的举报编号。", "没有该举报";
        Self::Id => "report_id", Caller,
            "Name it with 1 to 64 letters, digits and . _ : -", "名称须为 1 至 64 个字母、数字或 . _ : -。", "名称有误";
        Self::Early { state } => "report_early", Request,
            "Match, then judge, then answer.", "请依次进行：匹配、判定、答复。", "举报处于 {state}，缺少前一步骤";
        Self::Recorded => "report_recorded", Request,
            "The first result stands.", "以首次记录的结果为准。", "该步骤已记录其他结果";
        Self::Nobody => "report_nobody", Request,
            "Judge it not_held.", "请判定为 not_held。", "号码不属于本方，举报不成立";
        Self::Contended => "report_contended", Store,
            "Try again.", "请重试。", "其他进程正在不断更改同一举报";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的举报记录";
    }
    through {
        Self::Form(error) => error;
        Self::Jose(error) => error;
        Self::Sign(error) => error;
        Self::Store(error) => error;
    }
}
