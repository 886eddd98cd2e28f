//! Why nothing is lent, and why a use is refused.

use realname_terms::explain;

use crate::demand::AskError;
use crate::form::FormError;
use crate::jose::JoseError;
use crate::store::StoreError;

/// A lease wasn't granted, or a use isn't covered by one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// Nothing is lent here.
    #[error("this store lends nothing: it has no rules for it")]
    Closed,
    /// Other rules are in force.
    #[error("this store has other rules for leases")]
    Exists,
    /// There is no such lease.
    #[error("there is no such lease")]
    Unknown,
    /// That kind isn't lent.
    #[error("that kind of resource isn't lent")]
    Kind,
    /// It isn't lent for that.
    #[error("that scenario isn't one that it may be used for")]
    Scenario,
    /// It would end too late, or has ended already.
    #[error("the lease would be over already, or longer than {days} days")]
    Term {
        /// The longest, in days.
        days: u32,
    },
    /// The holder has as many as he may have.
    #[error("the holder has {most} of this kind already")]
    Full {
        /// How many he may have.
        most: u32,
    },
    /// It is lent to somebody.
    #[error("the resource is lent already")]
    Taken,
    /// It is a number that was cancelled lately.
    #[error("the number was cancelled and rests until the end of {until}")]
    Resting {
        /// The last natural day on which it rests.
        until: String,
    },
    /// Nobody answered its demand acceptably.
    #[error("the lease's own demand wasn't answered acceptably")]
    NotAnswered,
    /// Nobody has it.
    #[error("nobody has this resource")]
    Free,
    /// It is over.
    #[error("the lease is over")]
    Over,
    /// There is a measure against its holder.
    #[error("there is a measure against the holder")]
    Measured,
    /// Somebody changed the same all the time.
    #[error("others change the same lease all the time")]
    Contended,
    /// What the store has isn't a lease's.
    #[error("the store's record of the lease can't be read")]
    Record,
    /// The rules' file.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The demand.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Randomness.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

explain! {
    LeaseError {
        Self::Closed => "lease_closed", Caller,
            "Give the store its rules first: realname lease open.", "请先用 lease open 为存储设定规则。", "此存储未开放租用";
        Self::Exists => "lease_rules_exist", Caller,
            "Keep the rules: they don't change while leases run.", "请沿用原规则：租用期间规则不可更改。", "此存储已有其他租用规则";
        Self::Unknown => "lease_unknown", Request,
            "Give the lease's id as `lease ask` printed it.", "请使用 lease ask 给出的租用编号。", "没有该租用";
        Self::Kind => "lease_kind", Request,
            "Ask for a kind that the rules lend.", "请申请规则所列的资源种类。", "该类资源不出租";
        Self::Scenario => "lease_scenario", Request,
            "Use it for what it was lent for, or ask for another lease.", "请按约定用途使用，或另行申请。", "用途不在允许范围内";
        Self::Term { days } => "lease_term", Request,
            "Ask for a time from now on, at most as many days as the rules say.", "请申请规则允许天数以内的期限。", "期限已过，或超过 {days} 天";
        Self::Full { most } => "lease_full", Request,
            "Let one end first.", "请先结束一项租用。", "持有人该类资源已达 {most} 个";
        Self::Taken => "lease_taken", Request,
            "Choose another, or wait for its end.", "请另选资源，或等待其到期。", "该资源已租出";
        Self::Resting { until } => "number_resting", Request,
            "Choose another number: this one isn't given again before the day after.", "请另选号码：该号码静默期满后方可再次使用。", "该号码已注销，静默期至 {until}";
        Self::NotAnswered => "lease_not_answered", Request,
            "Have the holder answer the lease's demand, then grant it.", "请持有人先应答该租用的请求，再行授予。", "该租用的请求尚无有效应答";
        Self::Free => "lease_free", Request,
            "Ask for a lease before it is used.", "使用前请先申请租用。", "该资源未租出";
        Self::Over => "lease_over", Request,
            "Ask for another lease.", "请重新申请租用。", "租用已到期";
        Self::Measured => "lease_measured", Request,
            "Nothing is lent to this holder, or used by him, until the measure is lifted.", "处置解除之前，该持有人不得租用或使用。", "持有人处于处置之中";
        Self::Contended => "lease_contended", Store,
            "Try again.", "请重试。", "其他进程正在不断更改同一租用";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的租用记录";
    }
    through {
        Self::Form(error) => error;
        Self::Ask(error) => error;
        Self::Jose(error) => error;
        Self::Store(error) => error;
    }
}
