//! What stops a demand, at the asker and at the terminal.

use realname_terms::explain;

use super::{AnswerError, AskError};
use crate::profile::ReasonCode;

explain! {
    AskError {
        Self::ExpectationMissing => "ask_expectation_missing", Caller,
            "Say whose number it is: name and identity number.", "请提供机主姓名和证件号码。", "高风险业务须提供预期身份";
        Self::Issuer => "ask_issuer", Caller,
            "Give the asker's own URL.", "请提供请求方自己的网址。", "请求方不是最长 255 个可打印 ASCII 字符的网址";
        Self::Number => "ask_number", Caller,
            "Give the number with its country, as +86…", "请提供带国家代码的号码，如 +86…", "电话号码格式有误，应为 + 和 5 至 15 位数字";
        Self::Life { .. } => "ask_life", Caller,
            "Give a life from one second to a day.", "请将有效期设为一秒至一天。", "请求的有效期有误";
        Self::Impossible { .. } => "ask_impossible", Caller,
            "Leave the check out, or ask for it where it can be made.", "请去掉该核验项，或在可以完成的场所要求该项。", "所要求的核验项无法在该场所完成";
        Self::Value { member, .. } => "ask_value", Caller,
            "Correct the value that is named.", "请更正所指出的内容。", "请求内容有误：{member}";
        Self::NumberMissing => "ask_number_missing", Caller,
            "Give the number that the text or region belongs to.", "请提供业务说明或地区所对应的号码。", "缺少业务说明或地区所对应的号码";
        Self::NonceTaken => "ask_nonce_taken", System,
            "Stop: this machine's randomness is broken. Nothing was sent.", "请停止使用：本机随机数已损坏。本次未发送。", "新的随机编号已被使用：本机的随机数有问题";
        Self::Jose(_) => "signer", System,
            "Nothing was sent; try again.", "本次未发送，请重试。", "签名失败";
    }
    through { Self::Store(error) => error; }
}

explain! {
    AnswerError {}
    through {
        Self::Trust(error) => error;
        // Every other one has a reason: only a store's failure hasn't.
        refused => refused.reason().unwrap_or(ReasonCode::DemandMalformed);
    }
}
