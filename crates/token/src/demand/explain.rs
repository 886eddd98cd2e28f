//! What stops a demand, at the asker and at the terminal.

use realname_terms::explain;

use super::{AnswerError, AskError};
use crate::profile::ReasonCode;

explain! {
    AskError {
        Self::ExpectationMissing => "ask_expectation_missing", Caller,
            "Say whose number it is: name and identity number.", "请提供机主姓名和证件号码。";
        Self::Issuer => "ask_issuer", Caller,
            "Give the asker's own URL.", "请提供请求方自己的网址。";
        Self::Number => "ask_number", Caller,
            "Give the number with its country, as +86…", "请提供带国家代码的号码，如 +86…";
        Self::Life { .. } => "ask_life", Caller,
            "Give a life from one second to a day.", "请将有效期设为一秒至一天。";
        Self::Impossible { .. } => "ask_impossible", Caller,
            "Leave the check out, or ask for it where it can be made.", "请去掉该核验项，或在可以完成的场所要求该项。";
        Self::Value { .. } => "ask_value", Caller,
            "Correct the value that is named.", "请更正所指出的内容。";
        Self::NumberMissing => "ask_number_missing", Caller,
            "Give the number that the text or region belongs to.", "请提供业务说明或地区所对应的号码。";
        Self::NonceTaken => "ask_nonce_taken", System,
            "Stop: this machine's randomness is broken. Nothing was sent.", "请停止使用：本机随机数已损坏。本次未发送。";
        Self::Jose(_) => "signer", System,
            "Nothing was sent; try again.", "本次未发送，请重试。";
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
