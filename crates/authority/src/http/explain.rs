//! What a register's configuration that can't be used says.

use realname_terms::explain;

use super::{CodeMapError, SignatureError};
#[cfg(feature = "http")]
use super::{ConfigError, ConnectError, TlsError};

const EN: &str = "correct the register's configuration; nothing was asked";
const ZH: &str = "请更正登记系统配置；本次未进行查询";

explain! {
    CodeMapError {
        Self::Syntax(_) | Self::Word { .. } | Self::Slot(_) | Self::Path { .. } | Self::NotSent { .. } | Self::Empty { .. }
        | Self::CodeType { .. } | Self::NoSubject
        | Self::NoOuter
        | Self::OuterStates { .. }
        | Self::OneField { .. }
        | Self::HalfOfAPair { .. }
        | Self::Reason { .. }
        | Self::TwoRows { .. }
        | Self::Source { .. }
        | Self::Fault { .. } => "authority_config", Setup, EN, ZH;
    }
}

explain! {
    SignatureError {
        Self::Syntax(_) | Self::Text { .. } | Self::Header(_) | Self::Source | Self::Scope | Self::Parts | Self::Unsigned =>
            "authority_config", Setup, EN, ZH;
    }
}

#[cfg(feature = "http")]
explain! {
    TlsError {
        Self::Address | Self::Path | Self::UserInfo | Self::PlainHttp | Self::NoCertificate | Self::NoKey | Self::NoRoots => "authority_config", Setup, EN, ZH;
    }
}

#[cfg(feature = "http")]
explain! {
    ConfigError {
        Self::Unreadable(_) => "file", System,
            "check the path and its permissions", "请检查路径及其权限";
        Self::Audit(_) | Self::Syntax(_) | Self::NoVariable(_) | Self::Secret(_) | Self::EmptySecret(_) | Self::SecondHand(_) | Self::InFallback { .. } | Self::Id =>
            "authority_config", Setup, EN, ZH;
    }
    through {
        Self::CodeMap(error) => error;
        Self::Tls(error) => error;
        Self::Signature(error) => error;
    }
}

#[cfg(feature = "http")]
explain! {
    ConnectError {
        Self::NoRandomness => "signer", System,
            "Try again; if it stays, the system's randomness is broken.", "请重试；如仍失败，系统随机数已损坏。";
        Self::NoOrigin => "authority_config", Setup, EN, ZH;
        Self::OtherOrigin { .. } => "authority_origin", Caller,
            "give the address that the register's configuration names, or none", "请使用登记系统配置中的地址，或不指定地址";
    }
    through {
        Self::Config(error) => error;
        Self::Tls(error) => error;
    }
}
