//! What a served register that can't begin says.

use realname_terms::explain;

use super::ServeError;

explain! {
    ServeError {
        Self::Listen { .. } | Self::Worker(_) => "listen", System,
            "choose another address or port", "请更换监听地址或端口", "无法在此地址监听";
        Self::BeyondLoopback(_) => "beyond_loopback", Caller,
            "Listen on this machine only, or allow more on purpose.", "请仅在本机监听，或明确允许对外监听。", "其他机器也能访问此地址";
    }
}
