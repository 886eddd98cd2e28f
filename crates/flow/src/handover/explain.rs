//! What stops a hand-over says.

use realname_terms::explain;

use super::HandoverError;
use crate::profile::ReasonCode;

explain! {
    HandoverError {
        Self::OrderId => "handover_order_id", Caller,
            "Name the order in 1 to 64 of A-Z a-z 0-9 . _ : -", "订单号须为 1 至 64 个字母、数字或 . _ : - 字符。", "订单号有误";
        Self::OrderExists => "handover_order_exists", Caller,
            "Go on with that order, or give the new one an id of its own.", "请继续办理该订单，或为新订单使用新的订单号。", "该订单号已存在";
        Self::OtherOrder => "handover_other_order", Caller,
            "Give the order's own buyer and phone number.", "请提供该订单本身的购买人和号码。", "该订单属于其他购买人或号码";
        Self::Life => "handover_life", Caller,
            "Let an order take from an hour to a year.", "请将订单时限设为一小时至一年。", "订单时限有误";
        Self::Jose(_) => "signer", System,
            "Nothing was signed; try again.", "本次未签名，请重试。", "随机数生成失败";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的订单记录";
    }
    through {
        Self::Refused(reasons) => reasons.first().map_or(ReasonCode::ClaimMalformed, |reason| reason.code);
        Self::Ask(error) => error;
        Self::Store(error) => error;
    }
}
