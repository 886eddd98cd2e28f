//! What stops a cancellation says.

use realname_terms::explain;

use super::{CancellationError, StatementRefused};
use crate::profile::ReasonCode;

explain! {
    CancellationError {
        Self::OtherAccount => "cancellation_other_account", Caller,
            "Give the account of the case.", "请使用本次办理对应的账户。", "所给账户与本次办理不符";
        Self::Subscription => "cancellation_subscription", Caller,
            "Name the subscription in 1 to 64 printable ASCII characters.", "签约标识须为 1 至 64 个可打印 ASCII 字符。", "签约标识有误";
        Self::Life => "cancellation_life", Caller,
            "Let a case take from a minute to a day.", "请将办理时限设为一分钟至一天。", "办理时限有误";
        Self::Jose(_) => "signer", System,
            "Nothing was signed; try again.", "本次未签名，请重试。", "签名失败";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的办理记录";
    }
    through {
        Self::Refused(reasons) => first(reasons);
        Self::Ask(error) => error;
        Self::Confirmation(error) => error;
        Self::Store(error) => error;
    }
}

explain! {
    StatementRefused {}
    through { Self(code) => code; }
}

/// A refusal always has a reason.
fn first(reasons: &[crate::profile::Reason]) -> ReasonCode {
    reasons.first().map_or(ReasonCode::ClaimMalformed, |reason| reason.code)
}
