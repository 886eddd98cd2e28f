//! What a refused token, key, list or delegation says. The JOSE layer knows nothing of the profile, so it speaks here.

use realname_terms::explain;

use super::{DraftError, TrustError, jose_code};
use crate::jose::{JoseError, SignError};
use crate::profile::ReasonCode;

explain! {
    SignError {
        Self::Unavailable => "signer", System,
            "Check the signer and the way to it; nothing was signed.", "请检查签名设备及其连接；本次未签名。", "签名设备无法使用";
        Self::Refused => "signer", System,
            "Check the key's rights at the signer; nothing was signed.", "请检查密钥在签名设备上的权限；本次未签名。", "签名设备拒绝签名";
    }
}

explain! {
    JoseError {
        Self::Random => "signer", System,
            "Try again; if it stays, the system's randomness is broken.", "请重试；如仍失败，系统随机数已损坏。", "无法取得随机数";
    }
    through {
        Self::Signer(error) => error;
        // `jose_code` names every other variant.
        refused => jose_code(refused);
    }
}

explain! {
    TrustError {}
    through {
        Self::Store(error) => error;
        // Every other one has a reason: only a store's failure hasn't.
        refused => refused.reason().unwrap_or(ReasonCode::KeyUnknown);
    }
}

explain! {
    DraftError as error {
        Self::NotJson(_) | Self::Value { .. } => "input", Input, "correct the file", "请更正文件", "内容有误（{error}）";
        Self::Signing(_) => "signer", System, "nothing was signed; try again, or sign a shorter list", "本次未签名；请重试，或签署较短的列表", "签名失败";
    }
}
