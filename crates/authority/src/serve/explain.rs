//! What a served register that can't begin says.

use realname_terms::explain;

use super::{ServeError, UnknownFault};

explain! {
    ServeError {
        Self::Listen { .. } | Self::Worker(_) => "listen", System,
            "choose another address or port", "请更换监听地址或端口";
        Self::BeyondLoopback(_) => "beyond_loopback", Caller,
            "Listen on this machine only, or allow more on purpose.", "请仅在本机监听，或明确允许对外监听。";
    }
}

explain! {
    UnknownFault {
        Self => "unknown_fault", Caller,
            "Give one of the faults that are listed.", "请使用列出的故障名称之一。";
    }
}
