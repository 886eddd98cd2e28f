//! What stops a replacement or transfer says.

use realname_terms::explain;

use super::{ChangeError, NewCardError};
use crate::profile::ReasonCode;

explain! {
    ChangeError {
        Self::OtherAccount => "change_other_account", Caller,
            "Give the account of the case.", "请使用本次办理对应的账户。", "所给账户与本次办理不符";
        Self::OtherChange => "change_other", Caller,
            "Give the card or the taker of the case.", "请使用本次办理对应的新卡或受让人。", "所给新卡或受让人与本次办理不符";
        Self::Jose(_) => "signer", System,
            "Nothing was signed; try again.", "本次未签名，请重试。", "签名失败";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的办理记录";
    }
    through {
        Self::Refused(reasons) => reasons.first().map_or(ReasonCode::ClaimMalformed, |reason| reason.code);
        Self::Ask(error) => error;
        Self::Confirmation(error) => error;
        Self::Store(error) => error;
    }
}

explain! {
    NewCardError {
        Self => "new_card", Caller,
            "Give the number that is printed on the SIM card: 19 or 20 signs that begin with 89.", "请填写新卡卡面的 ICCID：以 89 开头的 19 或 20 位。", "新卡号（ICCID）有误";
    }
}
