//! What each question that can't be asked, reply that confirms nothing and grant that is refused says.

use realname_terms::{Advice, Codes, Entry, Explain, Fault, explain};

#[cfg(feature = "http")]
use super::GatewayError;
use super::{
    ConfirmationError, GrantRefused, MessengerError, NotAsked, PhoneNumberError, QuestionError, Replied,
    ServiceIdError,
};
use crate::profile::ReasonCode;

explain! {
    PhoneNumberError {
        Self => "phone_number", Caller,
            "Give the number with its country, as +86…", "请提供带国家代码的号码，如 +86…", "电话号码格式有误";
    }
}

explain! {
    ServiceIdError {
        Self => "service_id", Caller,
            "Name the service in 1 to 64 lower-case letters, digits and . _ : -", "业务代码须为 1 至 64 个小写字母、数字或 . _ : -", "业务代码格式有误";
    }
}

explain! {
    QuestionError {
        Self::Text => "question_text", Caller,
            "Give a text of 1 to 300 characters in one line.", "请提供 1 至 300 字的单行文本。", "确认内容有误";
        Self::Key => "question_key", Caller,
            "Name a key of a telephone: 0 to 9, * or #.", "请使用电话按键：0 至 9、* 或 #。", "不是电话按键";
    }
}

explain! {
    ConfirmationError {
        Self::Issuer => "issuer", Setup,
            "Set the issuer to the operator's URL.", "请将签发方设为运营方网址。", "签发方不是网址";
        Self::Limits => "confirmation_limits", Setup,
            "Let a question live a day at most and take 1 to 100 replies.", "请将确认有效期设为一天以内、回复次数设为 1 至 100。", "确认的有效期或回复次数有误";
        Self::NoCode => "confirmation_no_code", Caller,
            "Wait until the number's open questions of today are answered.", "该号码今日待确认事项过多，请稍后再试。", "该号码今日待确认事项过多";
        Self::Jose(_) => "signer", System,
            "Nothing was signed; try again.", "本次未签名，请重试。", "签名失败";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的确认记录";
    }
    through { Self::Store(error) => error; }
}

explain! {
    MessengerError {
        Self::Unreachable => "messenger_unreachable", Network,
            "The message wasn't sent. Try again.", "短信未发出，请重试。", "无法连接短信通道";
        Self::Busy => "messenger_busy", Network,
            "The message wasn't sent. Try again in a moment.", "短信未发出，请稍后重试。", "短信通道繁忙";
        Self::Refused { .. } => "messenger_refused", Setup,
            "The message wasn't sent. Check the number and the messenger's set-up.", "短信未发出，请检查号码及短信通道配置。", "短信通道拒绝发送";
        Self::Indeterminate => "messenger_indeterminate", Network,
            "Don't send it again: the customer may have it.", "客户可能已收到短信，请勿重复发送。", "短信已提交，结果未知";
    }
}

explain! {
    NotAsked {}
    through { Self { error, .. } => error; }
}

#[cfg(feature = "http")]
explain! {
    GatewayError {
        Self::Url | Self::Plain | Self::Roots | Self::Authorization => "messenger_config", Setup,
            "Correct the messenger's address and credentials.", "请更正短信通道的地址和凭据。", "短信通道的地址或凭据有误";
    }
}

impl Explain for GrantRefused {
    /// The first reason: there always is one.
    fn entry(&self) -> Entry {
        self.reasons.first().unwrap_or(&ReasonCode::ClaimMalformed).entry()
    }
}

const GRANTED: Entry = Entry {
    code: "granted",
    fault: Fault::Nobody,
    advice: Advice { en: "Go on.", zh: "客户已确认，请继续办理。" },
};

impl Explain for Replied {
    fn entry(&self) -> Entry {
        match self {
            Self::Granted(_) | Self::AlreadyGranted(_) => GRANTED,
            Self::Declined => ReasonCode::ConfirmationDeclined.entry(),
            Self::Refused(code) => code.entry(),
        }
    }
}

impl Codes for Replied {
    const NAME: &'static str = "Replied";
    const ENTRIES: &'static [Entry] = &[GRANTED];
}
