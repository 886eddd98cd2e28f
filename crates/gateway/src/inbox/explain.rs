//! What a reply that can't be kept says.

use realname_terms::explain;

use super::InboxError;

explain! {
    InboxError {
        Self::Seal(_) => "gateway_seal", System,
            "The reply wasn't answered to the gateway, which sends it again.", "回复未应答，网关将重新下发。", "无法加密保存回复";
    }
    through {
        Self::Store(error) => error;
        Self::Confirmation(error) => error;
    }
}
